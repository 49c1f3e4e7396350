/** Real sensors, no simulators: what falls silent is never shown as fine, and a lost server is seen at once. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/servers.ts';
import { clientOf } from '../system/client.ts';
import { connectDevice, say } from '../system/devices.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { until } from '../system/until.ts';
import {
  complaintsOf,
  DESK,
  launchChromium,
  openContext,
  PHONE,
  watchFor,
  withoutChromium,
} from './chromium.ts';

const INTERVAL_MS = 1_000;
const REPOSITORY = `repository: { id: sx, name: 试验档案馆, timezone: Asia/Shanghai }
rooms:
  - { id: r1, name: 一号库, class: paper, floor: 1 }
  - { id: r2, name: 二号库, class: paper, floor: 1 }
  - { id: r3, name: 三号库, class: paper, floor: 1 }
sensors:
  - { id: th-1, room: r1, metrics: [temperature, humidity], intervalSeconds: 1 }
  - { id: th-2, room: r2, metrics: [temperature, humidity], intervalSeconds: 1 }
  - { id: sm-2, room: r2, metrics: [smoke], intervalSeconds: 3600 }
  - { id: th-3, room: r3, metrics: [temperature, humidity], intervalSeconds: 3600 }
`;
const TOLD_WITHIN_MS = 1_000;

const folder = temporaryFolder();
let settings: Readonly<Record<string, string>>;
let lantai: Lantai;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let device: MqttClient;
let beat: NodeJS.Timeout | undefined;
/** The sensors that speak, once an interval. */
const speaking = new Set(['th-1', 'th-2']);

function tile(room: string) {
  return page.locator(`[data-room="sx.${room}"]`);
}

function connectSensor(): Promise<MqttClient> {
  const url = `mqtt://127.0.0.1:${settings['LANTAI_MQTT_PORT']}`;
  return until('the broker listens', () => connectDevice(url).catch(() => undefined));
}

function speak(): void {
  const payload = { temperature: 20 + Math.sin(Date.now() / 500), humidity: 51 };
  // While the server is away nobody listens; that is what is tried here.
  for (const sensor of speaking) {
    void say(device, `lantai/sx/${sensor}/telemetry`, payload).catch(() => undefined);
  }
}

describe.skipIf(withoutChromium)('missing data in a browser', () => {
  beforeAll(async () => {
    const repository = join(folder.path, 'repository.yaml');
    writeFileSync(repository, REPOSITORY);
    settings = {
      LANTAI_DATA_DIR: join(folder.path, 'data'),
      LANTAI_REPOSITORY: repository,
      LANTAI_HTTP_PORT: String(await freePort()),
      LANTAI_MQTT_PORT: String(await freePort()),
    };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    const { cookie } = await clientOf(lantai.url);
    context = await openContext(browser, { url: lantai.url, cookie });
    page = await context.newPage();
    device = await connectSensor();
    await say(device, 'lantai/sx/sm-2/telemetry', { smoke: 0 });
    beat = setInterval(speak, INTERVAL_MS);
    await page.goto(lantai.url);
  }, 90_000);
  afterAll(async () => {
    clearInterval(beat);
    await device?.endAsync(true);
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });

  it('a room that never sent anything has no data and is not normal', async () => {
    await until('the others have values', async () => {
      return (await page.locator('[data-room] .value').count()) === 4;
    });
    expect(await tile('r3').getAttribute('class')).toContain('is-unknown');
    expect(await tile('r3').innerText()).toContain('无数据');
    expect(await tile('r1').getAttribute('class')).toContain('is-normal');
  });

  it('a sensor that falls silent is struck through after three intervals and its room is not fine', async () => {
    speaking.delete('th-2');
    const line = tile('r2').locator('.line').first();
    await page.waitForSelector('[data-room="sx.r2"] .line.stale');
    const looks = await line.locator('.value').evaluate((value) => {
      const style = getComputedStyle(value);
      return { line: style.textDecorationLine, colour: style.color };
    });
    const live = await tile('r1')
      .locator('.value')
      .first()
      .evaluate((value) => getComputedStyle(value).color);
    expect(looks.line).toContain('line-through');
    expect(looks.colour).not.toBe(live);
    expect(await tile('r2').getAttribute('class')).not.toContain('is-normal');
    expect(await tile('r2').innerText()).toMatch(/无数据|[▲◆●▬]/);
    // Its neighbour goes on as before.
    expect(await tile('r1').locator('.line.stale').count()).toBe(0);
    await page.goto(`${lantai.url}/rooms/sx.r2`);
    await page.waitForSelector('td.live-value.stale');
    await page.goto(lantai.url);
  });

  it('a sensor that speaks again is believed again', async () => {
    await page.waitForSelector('[data-room="sx.r2"] .line.stale');
    speaking.add('th-2');
    await until('nothing is struck through', async () => {
      return (await tile('r2').locator('.line.stale').count()) === 0;
    });
  });

  it('smoke is on the screen within a second of its sending', async () => {
    const alarm = await watchFor(page, { selector: '[data-room="sx.r2"].is-critical' });
    const sentAt = Date.now();
    await say(device, 'lantai/sx/sm-2/telemetry', { smoke: 1 });
    const tookMs = (await alarm.at()) - sentAt;
    process.stdout.write(`sending to screen: ${tookMs} ms\n`);
    expect(tookMs).toBeLessThan(TOLD_WITHIN_MS);
  });

  it('an acknowledgement without an answer is not said to be sent, and not said to be undone', async () => {
    const button = page.locator('aside article.critical .actions .danger').first();
    const LONGEST_MS = 30_000;
    // Stopped, not ended: the line stands, and nobody answers on it.
    process.kill(lantai.pid, 'SIGSTOP');
    try {
      await button.click();
      expect(await button.innerText()).toBe('发送中…');
      await page.waitForSelector('.lost-link', { timeout: LONGEST_MS });
      expect(await button.innerText()).toBe('尚无应答…');
      const cannotTell = page.locator('.kpi', { hasText: '不能判断' });
      expect(await cannotTell.innerText()).toContain('全部库房');
      expect(await cannotTell.innerText()).not.toContain('有数据');
      await page.setViewportSize(PHONE);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      expect(await page.locator('.lost-link').boundingBox()).toMatchObject({ y: 0 });
      await page.setViewportSize(DESK);
      await page.waitForSelector('aside .failure >> text=不知道是否已经生效', {
        timeout: LONGEST_MS,
      });
    } finally {
      process.kill(lantai.pid, 'SIGCONT');
    }
    // It was done: the request lay there, and was taken up.
    await page.waitForSelector('aside article.critical >> text=已确认', {
      timeout: LONGEST_MS,
    });
  }, 90_000);

  it('a lost server is seen at once, and nothing looks alive', async () => {
    const banner = await watchFor(page, { selector: '.lost-link[role=alert]' });
    const killedAt = Date.now();
    await lantai.kill9();
    const tookMs = (await banner.at()) - killedAt;
    process.stdout.write(`lost server to banner: ${tookMs} ms\n`);
    expect(tookMs).toBeLessThan(TOLD_WITHIN_MS);
    expect(await page.locator('.lost-link').innerText()).toContain('连接已断开');
    const value = tile('r1').locator('.live-value').first();
    expect(Number(await value.evaluate((v) => getComputedStyle(v).opacity))).toBeLessThan(0.6);
    expect(await page.locator('.pill.state.live').count()).toBe(0);
  });

  it('it comes back by itself, with the alarm still open', async () => {
    const complaints = complaintsOf(page);
    await device.endAsync(true);
    lantai = await startLantai(settings);
    device = await connectSensor();
    await page.waitForSelector('.pill.state.live', { timeout: 20_000 });
    expect(await page.locator('.lost-link').count()).toBe(0);
    expect(await tile('r2').getAttribute('class')).toContain('is-critical');
    const before = await tile('r1').locator('.value').first().innerText();
    await until('values change again', async () => {
      return (await tile('r1').locator('.value').first().innerText()) !== before;
    });
    const value = tile('r1').locator('.live-value').first();
    expect(await value.evaluate((v) => getComputedStyle(v).opacity)).toBe('1');
    // What failed while it was away is over; from here on nothing complains.
    complaints.length = 0;
    await page.click('nav a[href="/alarms"]');
    await page.waitForSelector('article.critical');
    expect(complaints).toEqual([]);
  }, 60_000);
});
