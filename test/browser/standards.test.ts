/** What a room keeps to, chosen by its manager on screen: listed with its reasons, and its limits follow. */

import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomStandards, StandardsChoice } from '../../domain/standards.ts';
import type { Page as Paged } from '../../domain/api.ts';
import { clientOf, type Client } from '../system/client.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { writeRepository } from '../system/repository.ts';
import {
  complaintsOf,
  launchChromium,
  LOCALES,
  newPasswordByHand,
  openContext,
  signInByHand,
  withoutChromium,
} from './chromium.ts';
import { lookAtScreens } from './looks.ts';

const ROOM = 'sx.r302';
const CHOSEN = 'ashrae-2019:a1';
const READER = { name: 'reader', password: 'made by somebody else too' };
const MANAGER = { name: 'keeper', password: 'made by somebody else' };

const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;
let context: BrowserContext;
let page: Page;
let complaints: string[];

const dialog = () => page.locator('dialog');
const submit = () => dialog().locator('button[type=submit]');
const kept = () => client.get<RoomStandards>(`/api/room-standards?room=${ROOM}`);

async function openDialog(): Promise<void> {
  await page.goto(`${lantai.url}/rules`);
  await page.selectOption('main select', ROOM);
  await page.click('button:has-text("选定标准…")');
  await page.waitForSelector('dialog[open] li');
}

/** What has the focus, as whoever uses the keyboard hears it. */
function focused(): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLInputElement | null;
    return at?.name || at?.ariaLabel || at?.textContent?.trim() || '';
  });
}

describe.skipIf(withoutChromium)('the standards of a room in a browser', () => {
  beforeAll(async () => {
    const settings = {
      LANTAI_DATA_DIR: join(folder.path, 'data'),
      LANTAI_REPOSITORY: writeRepository(folder.path),
    };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    client = await clientOf(lantai.url);
    await client.act('POST /api/accounts', {
      ...MANAGER,
      displayName: '库房主管',
      roles: ['manager'],
      repositories: ['*'],
    });
    context = await openContext(browser, { url: lantai.url });
    page = await context.newPage();
    await page.goto(lantai.url);
    await signInByHand(page, MANAGER.name, MANAGER.password);
    await newPasswordByHand(page, MANAGER.password, 'a sentence of my own 2');
    await page.waitForSelector('.pill.state.live');
    complaints = complaintsOf(page);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });
  it('the library says of every pack what it is from, and which are the default', async () => {
    await page.goto(`${lantai.url}/rules`);
    await page.click('[role=tab]:has-text("标准库")');
    const pack = page.locator('details', { hasText: 'ASHRAE' });
    await pack.locator('summary').click();
    await pack.locator('table >> text=A1').first().waitFor();
    expect(await pack.locator('table').innerText()).toContain('规则判定');
    const standard = page.locator('summary', { hasText: 'JGJ 25-2010' });
    expect(await standard.innerText()).toContain('默认');
  });

  it('a room that nobody chose for says so, and nothing is listed', async () => {
    await page.click('[role=tab]:has-text("修改记录")');
    await page.waitForSelector('text=各库房都执行默认的标准');
    await page.click('[role=tab]:has-text("限值")');
    await page.selectOption('main select', ROOM);
    await page.waitForSelector('text=默认，未曾选定');
  });

  it('mistakes are told before anything is sent, and Esc leaves all as it was', async () => {
    await openDialog();
    expect(await focused()).toBe('add');
    for (let left = await dialog().locator('li').count(); left > 0; left -= 1) {
      await dialog().locator('[aria-label^="去掉"]').first().click();
    }
    expect(await dialog().innerText()).toContain('至少选一个标准');
    expect(await submit().isDisabled()).toBe(true);
    await dialog().locator('select[name=add]').selectOption(CHOSEN);
    expect(await submit().isDisabled()).toBe(false);
    // Without a reason it is not sent: the field is asked for.
    await submit().click();
    expect(await focused()).toBe('reason');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await focused()).toBe('选定标准…');
    expect((await kept()).choice).toBeUndefined();
  });

  it('what the server refuses is said in Chinese, and the keyboard keeps its place', async () => {
    await openDialog();
    // As if the pack had lost its class meanwhile: what is named must exist when it is saved.
    await page.route(
      '**/api/room-standards',
      (route) => {
        const body = {
          ...(route.request().postDataJSON() as object),
          standards: ['ashrae-2019:a9'],
        };
        return route.continue({ postData: JSON.stringify(body) });
      },
      { times: 1 },
    );
    await dialog().locator('textarea[name=reason]').fill('本馆决定');
    await submit().focus();
    await page.keyboard.press('Enter');
    const failure = dialog().locator('.failure');
    await failure.waitFor();
    expect(await failure.innerText()).toContain('标准 ashrae-2019 没有类别 a9');
    expect(await failure.innerText()).not.toMatch(/[A-Za-z]{3,} [a-z]{2,}/);
    expect(await focused()).toBe('保存');
    // The browser says so too, as of every refusal.
    complaints.length = 0;
    await page.keyboard.press('Escape');
  });

  it('the keyboard alone chooses a standard, sets it first, and saves it with reason and approver', async () => {
    await openDialog();
    await page.selectOption('dialog select[name=add]', CHOSEN);
    const steps = await dialog().locator('li').count();
    const name = await dialog().locator('li .name').last().innerText();
    for (let at = steps; at > 1; at -= 1) {
      await dialog().locator(`[aria-label="提前 ${name}"]`).press('Enter');
    }
    expect(await dialog().locator('li .name').first().innerText()).toBe(name);
    await dialog().locator('select[name=add]').focus();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('validFrom');
    await dialog().locator('input[name=approvedBy]').focus();
    await page.keyboard.type('馆务会');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('reason');
    await page.keyboard.type('胶片与磁带同库');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('保存');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForSelector('text=理由：胶片与磁带同库');
    expect(await page.locator('.packs li').first().innerText()).toContain('ASHRAE');
  });

  it('the limits of the room follow at once, on its own page too, and the change is listed by name', async () => {
    const { limits, choice } = await kept();
    expect(choice).toMatchObject({ by: MANAGER.name, approvedBy: '馆务会', origin: 'screen' });
    const humidity = limits.find((one) => one.metric === 'humidity' && one.kind === 'range');
    expect(humidity?.pack).toBe(CHOSEN);
    const bounds = `${humidity?.min}–${humidity?.max}%`;
    const row = page.locator('tr', { hasText: '相对湿度' }).first();
    expect(await row.innerText()).toContain(bounds);
    expect(await row.innerText()).toContain('ASHRAE');
    await page.goto(`${lantai.url}/rooms/${ROOM}`);
    await page.locator('main tr', { hasText: bounds }).waitFor();
    await page.goto(`${lantai.url}/rules`);
    await page.click('[role=tab]:has-text("修改记录")');
    const change = page.locator('tr', { hasText: '302 音像档案库' });
    await change.waitFor();
    const said = await change.innerText();
    expect(said).toContain('胶片与磁带同库');
    expect(said).toContain(`${MANAGER.name} · 批准：馆务会`);
    expect(said).not.toContain(CHOSEN);
  });

  it('a choice for a later day is listed, and the limits of today stay', async () => {
    await openDialog();
    await dialog().locator('[aria-label^="去掉"]').first().click();
    await page.fill('dialog input[name=validFrom]', '2099-01-01T08:00');
    await page.fill('dialog textarea[name=reason]', '新库启用后');
    await submit().click();
    await page.waitForSelector('dialog', { state: 'detached' });
    expect((await kept()).standards[0]).toBe(CHOSEN);
    await page.click('[role=tab]:has-text("修改记录")');
    const change = page.locator('tr', { hasText: '新库启用后' });
    expect(await change.innerText()).toContain('2099/01/01 08:00:00');
    const { items } = await client.get<Paged<StandardsChoice>>('/api/room-standards/changes');
    expect(items).toHaveLength(2);
  });

  it('nothing complains, and whoever only reads has nothing to press', async () => {
    expect(complaints).toEqual([]);
    await client.act('POST /api/accounts', {
      ...READER,
      displayName: '观察员',
      roles: ['observer'],
      repositories: ['*'],
    });
    const own = await openContext(browser, { url: lantai.url });
    const reading = await own.newPage();
    await reading.goto(lantai.url);
    await signInByHand(reading, READER.name, READER.password);
    await newPasswordByHand(reading, READER.password, 'a sentence of my own 3');
    await reading.goto(`${lantai.url}/rules`);
    await reading.waitForSelector('.packs li');
    expect(await reading.locator('button:has-text("选定标准")').count()).toBe(0);
    await own.close();
  });

  it.each(LOCALES)(
    'the rules page is whole in %s with a choice in it',
    async (locale) => {
      const looking = await openContext(browser, {
        url: lantai.url,
        cookie: client.cookie,
        locale,
      });
      const findings = await lookAtScreens(await looking.newPage(), {
        url: lantai.url,
        paths: ['/rules', `/rooms/${ROOM}`],
        locale,
      });
      expect(findings).toEqual([]);
      await looking.close();
    },
    60_000,
  );
});
