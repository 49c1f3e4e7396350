/** Who sees what, and how people get in: accounts made by the administrator, in a browser each. */

import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../domain/account.ts';
import { clientOf, type Client } from '../system/client.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { writeRepository } from '../system/repository.ts';
import {
  complaintsOf,
  launchChromium,
  newPasswordByHand,
  openContext,
  signInByHand,
  withoutChromium,
} from './chromium.ts';

const WATCHING = ['总览', '报警', '应急', '评估', '规则', '设备'];
/** The figures of alarms are for those who answer for them. */
const WORKING = ['总览', '报警', '应急', '报警绩效', '评估', '规则', '设备'];
/** The whole navigation of each role, where it lands, and a page that it is kept from. */
const ROLES: readonly {
  readonly role: Role;
  readonly sees: readonly string[];
  readonly lands: string;
  readonly closed: string;
}[] = [
  { role: 'manager', sees: [...WORKING, '日志', '管理'], lands: '/', closed: '' },
  { role: 'duty', sees: WORKING, lands: '/', closed: '/admin' },
  { role: 'inspector', sees: [...WORKING, '日志'], lands: '/', closed: '/admin' },
  { role: 'observer', sees: WATCHING, lands: '/', closed: '/journal' },
  { role: 'administrator', sees: ['管理'], lands: '/admin', closed: '/alarms' },
  { role: 'auditor', sees: ['日志'], lands: '/journal', closed: '/' },
];
const GIVEN = 'given by somebody else 1';
const OWN = 'a sentence of my own 2';
const LOCKED_AFTER = 5;

const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;

async function atTheDoor(): Promise<Page> {
  const context = await openContext(browser, { url: lantai.url });
  const page = await context.newPage();
  await page.goto(lantai.url);
  await page.waitForURL('**/sign-in**');
  return page;
}

function makeAccount(name: string, roles: readonly Role[]): Promise<unknown> {
  const account = { name, displayName: `${name} 甲`, roles, repositories: ['*'], password: GIVEN };
  return client.act('POST /api/accounts', account);
}

describe.skipIf(withoutChromium)('people at the door', () => {
  beforeAll(async () => {
    const settings = {
      LANTAI_DATA_DIR: join(folder.path, 'data'),
      LANTAI_REPOSITORY: writeRepository(folder.path),
    };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    client = await clientOf(lantai.url);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });

  it.each(ROLES)(
    '$role changes the given password first, then sees only what is theirs',
    async ({ role, sees, lands, closed }) => {
      await makeAccount(`a-${role}`, [role]);
      const page = await atTheDoor();
      await signInByHand(page, `a-${role}`, GIVEN);
      await page.waitForURL('**/password');
      expect(await page.locator('nav').count(), 'nothing is seen before').toBe(0);
      await page.goto(`${lantai.url}/alarms`);
      await newPasswordByHand(page, GIVEN, OWN);
      await page.waitForSelector('nav a');
      const complaints = complaintsOf(page);
      const labels = await page.locator('nav a').allInnerTexts();
      expect(labels.map((label) => label.replace(/[\s\d]/g, ''))).toEqual(sees);
      expect(new URL(page.url()).pathname).toBe(lands);
      if (closed !== '') {
        await page.goto(lantai.url + closed);
        await page.waitForSelector('nav a');
        expect(new URL(page.url()).pathname).not.toBe(closed);
      }
      for (const path of await page
        .locator('nav a')
        .evaluateAll((links) => links.map((a) => a.getAttribute('href')))) {
        await page.click(`nav a[href="${path}"]`);
        await page.waitForSelector('main h1');
      }
      expect(complaints).toEqual([]);
      await page.context().close();
    },
  );

  it('an account that only reads has nothing to press', async () => {
    const page = await atTheDoor();
    await signInByHand(page, 'a-observer', OWN);
    await page.waitForSelector('nav a');
    await page.click('nav a[href="/incidents"]');
    await page.waitForSelector('main h1');
    expect(await page.locator('main button:has-text("手动启动预案")').count()).toBe(0);
    await page.context().close();
  });

  it('whoever signs out is out, and a removed account is shown the door', async () => {
    const page = await atTheDoor();
    await signInByHand(page, 'a-duty', OWN);
    await page.waitForSelector('nav a');
    await page.click('header details summary');
    await page.click('button:has-text("退出登录")');
    await page.waitForURL('**/sign-in');
    await signInByHand(page, 'a-duty', OWN);
    await page.waitForSelector('.pill.state.live');
    await client.act('DELETE /api/accounts/a-duty');
    await page.waitForURL('**/sign-in**');
    await page.context().close();
  });

  // Last: the lock holds for this machine's address as well.
  it('a wrong password says so, and the fifth one locks', async () => {
    await makeAccount('forgetful', ['duty']);
    const page = await atTheDoor();
    const failure = page.locator('.failure');
    for (let attempt = 1; attempt <= LOCKED_AFTER; attempt += 1) {
      const answered = page.waitForResponse('**/api/session');
      await signInByHand(page, 'forgetful', `wrong ${attempt}`);
      await answered;
      await failure.waitFor();
      if (attempt === 1) expect(await failure.innerText()).toContain('账号或密码不对');
      expect(await page.inputValue('input[name=password]')).toBe('');
    }
    const answered = page.waitForResponse('**/api/session');
    await signInByHand(page, 'forgetful', GIVEN);
    await answered;
    await page.waitForSelector('.failure:has-text("已锁定")');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await page.context().close();
  });
});
