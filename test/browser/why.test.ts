/**
 * The five questions about an alarm, asked of a climate alarm and of a fire of the sample archive, in both languages, at a
 * desk and on a phone; then the figures of all alarms, and a value that is tried on the rules.
 */

import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmView } from '../../domain/api.ts';
import { QUESTIONS, type Question } from '../../dashboard/src/logic/why.ts';
import { startWebhookSink, type WebhookSink } from '../faults/webhook-sink.ts';
import { clientOf, type Client } from '../system/client.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { until } from '../system/until.ts';
import {
  complaintsOf,
  DESK,
  launchChromium,
  LOCALES,
  openContext,
  PHONE,
  withoutChromium,
  type Locale,
} from './chromium.ts';
import { contrastFailures, sizeFailures } from './in-page.ts';

const CLIMATE_ROOM = 'sample.r301';
const FIRE_ROOM = 'sample.r302';
const ALARM_WITHIN_MS = 45_000;
const PERSON = { id: 'why-duty', name: '值班员乙', role: 'duty', order: 1, repository: 'sample' };

interface Scenarios {
  readonly scenarios: readonly { readonly id: string }[];
}

const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;
let sink: WebhookSink;
const alarms: Partial<Record<'climate' | 'fire', AlarmView>> = {};

/** What each question must be answered with. */
const ANSWERS: Readonly<
  Record<
    'climate' | 'fire',
    Readonly<Record<Locale, Readonly<Record<Question, readonly RegExp[]>>>>
  >
> = {
  climate: {
    'zh-CN': {
      happened: [/湿度 24 小时波动/, /%/, /报警前后的读数 · 相对湿度 · .*301 温湿度/],
      clause: [/JGJ 25-2010/, /5\.2\.3/, /多份独立转录一致/, /24 小时内最高与最低之差超过/],
      sure: [/这是模拟数据/, /本库房 [12] 个测点一致/, /应有 \d+ 条，收到 [1-9]\d* 条/],
      todo: [/查找波动原因/, /以前没有结束过的同类报警/],
      known: [/给人员的消息：送达 \d+/, /还没有人确认/],
    },
    en: {
      happened: [/humidity moved .* within 24 h/, /Readings around the alarm · Relative humidity/],
      clause: [/JGJ 25-2010/, /5\.2\.3/, /independent copies agree/, /ranging over 24 h/],
      sure: [/simulated data/, /Sensors of the room: [12] agree/, /[1-9]\d* of \d+ expected/],
      todo: [/Find the cause/, /No earlier alarm/],
      known: [/Messages to people: \d+ delivered/, /Nobody has acknowledged/],
    },
  },
  fire: {
    'zh-CN': {
      happened: [/火灾确认/, /302 感烟/],
      clause: [/GB 50116-2013/, /4\.1\.6/, /只见到一份转录/, /2 个探测器报警/, /不按库房限值判断/],
      sure: [/这是模拟数据/, /[23] 个测点一致，0 个不一致/, /烟雾报警/],
      todo: [/拨打 119/, /预案：/, /还有 \d+ 步未完成/],
      known: [/送达 [1-9]/, /已送达/, /why-duty/, /网络接口/],
    },
    en: {
      happened: [/fire confirmed by 2 detectors/, /302/],
      clause: [/GB 50116-2013/, /Only one copy was seen/, /does not go by a limit/],
      sure: [/simulated data/, /[23] agree, 0 disagree/, /smoke alarm/],
      todo: [/call 119/i, /Plan: /, /\d+ steps are open/],
      known: [/[1-9]\d* delivered/, /why-duty/, /Webhook/],
    },
  },
};

describe.skipIf(withoutChromium)('why an alarm is there, on screen', () => {
  beforeAll(async () => {
    sink = await startWebhookSink();
    [lantai, browser] = await Promise.all([
      startLantai({ LANTAI_DATA_DIR: folder.path }),
      launchChromium(),
    ]);
    client = await clientOf(lantai.url);
    await client.act('POST /api/people', { ...PERSON, webhook: sink.url });
    alarms.climate = await playUntil('plum-rain', CLIMATE_ROOM, 'humidity-daily-range');
    alarms.fire = await playUntil('smouldering-fire', FIRE_ROOM, 'fire-confirmed');
    await until('somebody was told of the fire', () => sink.told.length > 0);
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await lantai?.stop();
    await sink?.close();
    folder.remove();
  });

  describe.each(['climate', 'fire'] as const)('a %s alarm', (kind) => {
    it.each(LOCALES)('answers the five questions in order, in %s', async (locale) => {
      const { page, context, complaints } = await look(locale, alarmPath(kind));
      await answered(page);
      const order = await page
        .locator('[data-question]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('data-question')));
      expect(order).toEqual(QUESTIONS);
      for (const question of QUESTIONS) {
        const text = await page.locator(`[data-question=${question}]`).innerText();
        for (const wanted of ANSWERS[kind][locale][question]) {
          expect([question, text.replaceAll(/\s+/g, ' ')]).toEqual([
            question,
            expect.stringMatching(wanted),
          ]);
        }
      }
      expect(await inkOf(page), 'the picture has lines').toBeGreaterThan(50);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('fits a phone, in light and dark', async () => {
      const { page, context } = await look('zh-CN', alarmPath(kind));
      await page.setViewportSize(PHONE);
      await answered(page);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate(sizeFailures)).toEqual([]);
        expect(await page.evaluate(contrastFailures)).toEqual([]);
      }
      await context.close();
    });
  });

  it('says who acknowledged as soon as somebody has', async () => {
    const { page, context } = await look('zh-CN', alarmPath('climate'));
    await page.click('.actions .button.primary');
    await page.waitForSelector('[data-question=known] >> text=admin 于');
    expect(await page.locator('[data-gap=not-acknowledged]').count()).toBe(0);
    await context.close();
  });

  it('the figures of alarms judge nothing by minutes, lead to alarms, and are saved as a table', async () => {
    const { page, context, complaints } = await look('zh-CN', '/performance');
    await page.waitForSelector('[data-kpi]');
    expect(await page.locator('[role=note]').innerText()).toMatch(/数据不足.*\n.*\n.*模拟/);
    const words = page.locator('[data-kpi=floodShare] [data-judgement]');
    expect(await words.getAttribute('data-judgement')).toBe('tooLittle');
    expect(await words.innerText()).toMatch(/\?\s数据不足/);
    expect(await page.locator('[data-group="夜班 20:00"], [data-group="白班 08:00"]').count()).toBe(
      2,
    );
    const waiting = page.waitForEvent('download');
    await page.click('button:has-text("导出表格")');
    const saved = readFileSync(await (await waiting).path(), 'utf8');
    expect(saved.charCodeAt(0)).toBe(0xfeff);
    expect(saved).toMatch(/报警绩效,sample,/);
    expect(saved).toContain('ANSI/ISA-18.2-2016 16.4');
    await page.setViewportSize(PHONE);
    expect(await page.evaluate(sizeFailures)).toEqual([]);
    await page.setViewportSize(DESK);
    await page.click('tbody .what a >> nth=0');
    await page.waitForSelector('[data-question=happened]');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a value is tried on the rules, and nothing comes of it', async () => {
    const before = (await client.openAlarms()).map((alarm) => alarm.id);
    const { page, context } = await look('zh-CN', '/rules');
    await page.click('[role=tab]:has-text("试一试")');
    await page.selectOption('select[name=room]', 'sample.r303');
    await page.selectOption('select[name=metric]', 'humidity');
    await page.fill('input[name=value]', '63');
    await page.fill('input[name=before]', '50');
    await page.click('button:has-text("推演")');
    const answer = await page.locator('[data-trial]').innerText();
    expect(answer).toContain('持续 20 分钟');
    const high = page.locator('[data-rule=humidity-high] >> nth=0');
    expect(await high.innerText()).toMatch(
      /10 分钟后[\s\S]*中[\s\S]*湿度高于上限[\s\S]*JGJ 25-2010/,
    );
    const now = (await client.openAlarms()).filter((alarm) => alarm.room === 'r303');
    expect(now.filter((alarm) => !before.includes(alarm.id))).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await page.evaluate(sizeFailures)).toEqual([]);
    await page.setViewportSize(DESK);
    await page.click('[role=tab]:has-text("报警规则")');
    await page.waitForSelector('.sentence >> text=湿度高于库房上限');
    await context.close();
  });
});

function alarmPath(kind: 'climate' | 'fire'): string {
  const alarm = alarms[kind];
  if (!alarm) throw new Error(`there is no ${kind} alarm`);
  return `/alarms/${alarm.id}`;
}

/** Plays the scenario and waits for the first alarm of the rule in the room. */
async function playUntil(scenario: string, room: string, rule: string): Promise<AlarmView> {
  // The simulators start after the pages.
  await until('the scenario can be played', async () => {
    const { scenarios } = await client.get<Scenarios>('/api/demonstration');
    return scenarios.some(({ id }) => id === scenario);
  });
  await client.act('POST /api/demonstration', { scenario, room });
  const isIt = (alarm: AlarmView) =>
    alarm.rule === rule && `${alarm.repository}.${alarm.room}` === room;
  return until(
    `${rule} in ${room}`,
    async () => (await client.openAlarms()).find(isIt),
    ALARM_WITHIN_MS,
  );
}

async function look(
  locale: Locale,
  path: string,
): Promise<{
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
}> {
  const context = await openContext(browser, { url: lantai.url, cookie: client.cookie, locale });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(lantai.url + path, { waitUntil: 'networkidle' });
  return { page, context, complaints };
}

/** The server's part of the answer is there, and its picture. */
async function answered(page: Page): Promise<void> {
  await page.waitForSelector('[data-question=known] table');
  await page.waitForSelector('[data-question=happened] canvas');
}

/** Pixels of the first picture that are neither empty nor white. */
function inkOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-question=happened] canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    let ink = 0;
    for (let i = 3; pixels && i < pixels.length; i += 4) if ((pixels[i] ?? 0) > 0) ink += 1;
    return ink;
  });
}
