/** The sample archive as a newcomer sees it: rooms go live, a fire, its plan, the day in the assessment history; then every screen. */

import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/servers.ts';
import { clientOf, type Client } from '../system/client.ts';
import { connectDevice } from '../system/devices.ts';
import { ADMIN_PASSWORD, startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { until } from '../system/until.ts';
import {
  complaintsOf,
  launchChromium,
  LOCALES,
  openContext,
  newPasswordByHand,
  sessionOf,
  signInByHand,
  watchFor,
  withoutChromium,
} from './chromium.ts';
import { firstViewBytes, lookAtScreens } from './looks.ts';
import { pagePaths } from './pages.ts';

const ROOM = 'sample.r301';
const TILE = `[data-room="${ROOM}"]`;
const TOLD_WITHIN_MS = 1_000;
const FIRST_VIEW_BYTES_MAX = 250 * 1024;
const INSPECTOR = { name: 'inspector-a', password: 'made by somebody else' };

const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];
let listener: MqttClient;
interface Telemetry {
  readonly time: string | number;
  readonly smoke?: number;
}
/** When each detector sent its first smoke message: what the broker hands out, by its own time. */
const sent = new Map<string, number>();

describe.skipIf(withoutChromium)('the sample archive in a browser', () => {
  beforeAll(async () => {
    const mqttPort = String(await freePort());
    const settings = { LANTAI_DATA_DIR: folder.path, LANTAI_MQTT_PORT: mqttPort };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    client = await clientOf(lantai.url);
    context = await openContext(browser, { url: lantai.url });
    page = await context.newPage();
    listener = await until('the broker listens', () =>
      connectDevice(`mqtt://127.0.0.1:${mqttPort}`).catch(() => undefined),
    );
    listener.on('message', (topic, payload) => {
      const sentAt = smokeAt(payload);
      if (sentAt !== undefined && !sent.has(topic)) sent.set(topic, sentAt);
    });
    await listener.subscribeAsync('lantai/sample/+/telemetry');
  }, 90_000);
  afterAll(async () => {
    await listener?.endAsync(true);
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });

  it('shows rooms live to whoever signs in', async () => {
    await page.goto(lantai.url);
    await page.waitForURL('**/sign-in**');
    await signInByHand(page, 'admin', ADMIN_PASSWORD);
    await page.waitForSelector('.pill.state.live');
    // From here on: a browser that asks who is signed in gets a 401 before, and says so.
    complaints = complaintsOf(page);
    await page.waitForSelector(`${TILE} .value`);
    expect(await page.locator('[data-room]').count()).toBe(18);
    expect(await page.locator('.demo').innerText()).toContain('模拟数据');
    const before = await valuesOf(page);
    expect(before.length).toBeGreaterThan(30);
    await until('values change on screen', async () => {
      const now = await valuesOf(page);
      return now.join() !== before.join();
    });
  });

  it('tells one detector, then a confirmed fire with its plan, within a second of the message', async () => {
    const speaker = page.locator('[aria-live=assertive]');
    // What was there before is on the page; only what is new is said.
    expect(await speaker.innerText()).toBe('');
    const one = await watchFor(page, {
      selector: `${TILE}.is-critical footer`,
      words: '1 个探测器',
    });
    const two = await watchFor(page, { selector: `${TILE} footer`, words: '2 个探测器' });
    const incident = await watchFor(page, { selector: 'aside .incident', words: '火灾应急预案' });
    await page.click('.demo button');
    await page.selectOption('.demo select', ROOM);
    await page.click('.demo .choices >> text=阴燃火灾');
    const oneMs = (await one.at()) - (await sentAt(0));
    await until('the new alarm is said aloud', async () => {
      return (await speaker.innerText()).includes('火灾报警');
    });
    expect(await page.locator('aside .incident').count(), 'one detector is no fire yet').toBe(0);

    const twoMs = (await two.at()) - (await sentAt(1));
    const incidentMs = (await incident.at()) - (await sentAt(1));
    process.stdout.write(
      `message to screen: one detector ${oneMs} ms, second ${twoMs} ms, incident ${incidentMs} ms\n`,
    );
    expect(oneMs).toBeLessThan(TOLD_WITHIN_MS);
    expect(twoMs).toBeLessThan(TOLD_WITHIN_MS);
    expect(incidentMs).toBeLessThan(TOLD_WITHIN_MS);
  }, 60_000);

  it('shows the steps of the plan, and a person works them', async () => {
    await page.click('aside .incident a');
    await page.waitForSelector('[data-step=call-119]');
    // The navigation says where one is, on the pages below as well.
    expect(await page.locator('nav a.on').innerText()).toContain('应急');
    expect(await page.locator('[data-step]').count()).toBeGreaterThan(8);
    expect(await page.getAttribute('[data-step=confirmed]', 'data-state')).toBe('done');
    await page.click('button:has-text("我来处置")');
    await page.waitForSelector('text=正在处置');
    await page.click('[data-step=call-119] button:has-text("已完成")');
    await page.waitForSelector('[data-step=call-119][data-state=done]');
    const [incident] = await client.openIncidents();
    expect(incident?.acknowledged?.by).toBe('admin');
    const step = incident?.steps.find((s) => s.id === 'call-119');
    expect(step).toMatchObject({ outcome: 'done', by: 'admin' });
  });

  it('an acknowledged incident acknowledges its alarms on screen', async () => {
    await page.click('nav a[href="/alarms"]');
    await page.waitForSelector('article.critical');
    await until('no fire alarm waits for a person', async () => {
      return (await page.locator('article.critical .button.danger').count()) === 0;
    });
  });

  it('an inspector makes an assessment and finds the day in the history', async () => {
    await client.act('POST /api/accounts', {
      ...INSPECTOR,
      displayName: '检查员甲',
      roles: ['inspector'],
      repositories: ['*'],
    });
    const cookie = await sessionOf(lantai.url, INSPECTOR.name, INSPECTOR.password);
    const inspectors = await openContext(browser, { url: lantai.url, cookie });
    const sheet = await inspectors.newPage();
    await sheet.goto(`${lantai.url}/assessments`);
    await newPasswordByHand(sheet, INSPECTOR.password, 'a sentence of my own 5');
    await sheet.click('nav a[href="/assessments"]');
    await sheet.click('button:has-text("立即评估")');
    await sheet.waitForSelector('[data-indicator]', { timeout: 30_000 });
    expect(await sheet.locator('[data-indicator]').count()).toBe(15);
    const words = await sheet.locator('[data-indicator] .line .result').allInnerTexts();
    const official = /高危性安全风险隐患|危险性安全风险隐患|未发现安全风险隐患|不能证明/;
    for (const word of words) expect(word).toMatch(official);
    const row = sheet.locator('.page table').last().locator('tbody tr').first();
    expect(await row.innerText()).toContain(INSPECTOR.name);
    expect(await row.innerText()).toContain(today());
    await inspectors.close();
  }, 60_000);

  it('nothing was complained about so far', () => {
    expect(complaints).toEqual([]);
  });

  it.each(LOCALES)(
    'every screen is whole in %s: light and dark, phone and desk',
    async (locale) => {
      const paths = await pagePaths(client, ROOM);
      const own = await openContext(browser, { url: lantai.url, cookie: client.cookie, locale });
      const findings = await lookAtScreens(await own.newPage(), { url: lantai.url, paths, locale });
      await own.close();
      expect(findings).toEqual([]);
    },
    90_000,
  );

  it('the sign-in page is whole too', async () => {
    for (const locale of LOCALES) {
      const own = await openContext(browser, { url: lantai.url, locale });
      const door = await own.newPage();
      const paths = ['/sign-in'];
      // The browser itself writes the 401 of "who is signed in?" to the console.
      const findings = await lookAtScreens(door, { url: lantai.url, paths, locale });
      expect(findings.filter((f) => !f.includes('401'))).toEqual([]);
      await own.close();
    }
  });

  it('shows where the keyboard is on every main action', async () => {
    await page.goto(`${lantai.url}/alarms`);
    await page.waitForSelector('article .button');
    const reached = new Set<string>();
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return undefined;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const visible = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
        const kind = element.closest('article')
          ? 'alarm'
          : element.closest('nav')
            ? 'nav'
            : 'other';
        return { visible, kind, text: element.textContent.trim() };
      });
      if (!focus) continue;
      expect(focus.visible, `focus on "${focus.text}"`).toBe(true);
      reached.add(focus.kind);
    }
    expect([...reached].sort()).toEqual(['alarm', 'nav', 'other']);
  });

  it(`needs at most ${FIRST_VIEW_BYTES_MAX / 1024} KB of script for the first view`, async () => {
    const bytes = await firstViewBytes(
      await openContext(browser, { url: lantai.url, cookie: client.cookie }),
      lantai.url,
    );
    process.stdout.write(`first view: ${(bytes / 1024).toFixed(1)} KB of script, gzipped\n`);
    expect(bytes).toBeGreaterThan(30 * 1024);
    expect(bytes).toBeLessThan(FIRST_VIEW_BYTES_MAX);
  });
});

function valuesOf(where: Page): Promise<readonly string[]> {
  return where.locator('[data-room] .value').allInnerTexts();
}

/** When the detector itself says it sent it; `undefined` for a message without smoke. */
function smokeAt(payload: Buffer): number | undefined {
  const said = JSON.parse(String(payload)) as Telemetry | readonly Telemetry[];
  const first = [said].flat().find((one) => one.smoke === 1);
  return first && new Date(first.time).getTime();
}

/** When the detector with this place in the order sent its message; waits for it. */
function sentAt(place: number): Promise<number> {
  return until('a detector sends smoke', () => [...sent.values()][place], 40_000);
}

/** As the screen writes it, in the archive's time zone. */
function today(): string {
  const options = { timeZone: 'Asia/Shanghai', dateStyle: 'short' } as const;
  const [year = '', month = '', day = ''] = new Intl.DateTimeFormat('sv', options)
    .format(Date.now())
    .split('-');
  return `${year}/${month}/${day}`;
}
