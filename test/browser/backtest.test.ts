/** The manager tries a limit on the sample's first day, sees old against new, and adopts it with a reason. */

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page as Paged } from '../../domain/api.ts';
import type { LimitChange } from '../../domain/limits.ts';
import { freePort } from '../support/servers.ts';
import { clientOf, type Client } from '../system/client.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { until } from '../system/until.ts';
import { complaintsOf, launchChromium, openContext, withoutChromium } from './chromium.ts';

/** Comes over its upper limit in the evening. */
const ROOM = 'sample.r203';
const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];

describe.skipIf(withoutChromium)('a limit tried on the past', () => {
  beforeAll(async () => {
    const settings = {
      LANTAI_DATA_DIR: folder.path,
      LANTAI_MQTT_PORT: String(await freePort()),
    };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    client = await clientOf(lantai.url);
    context = await openContext(browser, { url: lantai.url, cookie: client.cookie });
    page = await context.newPage();
    complaints = complaintsOf(page);
    await until(
      'the history of the room is stored',
      async () => {
        const rows = await client.get<{ readonly rows: readonly unknown[] }>(
          `/api/readings?sensor=sample.th-203-1&metric=humidity&from=${Date.now() - 86_400_000}&to=${Date.now()}&step=1h`,
        );
        return rows.rows.length > 20 ? true : undefined;
      },
      60_000,
    );
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });

  it('shows alarms, calls and minutes of the old limit and the new one', async () => {
    await page.goto(`${lantai.url}/rules`);
    await page.getByRole('tab', { name: '历史试算' }).click();
    await page.locator('select[name=room]').selectOption(ROOM);
    await page.locator('select[name=days]').selectOption('7');
    await page.locator('input[name=max]').fill('72');
    await page.getByRole('button', { name: '试算', exact: true }).click();
    const result = page.locator('[data-backtest]');
    await result.waitFor({ timeout: 60_000 });
    const said = await result.locator('p').first().innerText();
    expect(Number(/重放 ([\d,]+) 条读数/.exec(said)?.[1]?.replaceAll(',', ''))).toBeGreaterThan(
      200,
    );
    // A day that came as back-fill raised nothing live, and raises nothing here.
    const cells = await result.locator('tr[data-rule=""] td').allTextContents();
    expect(cells).toHaveLength(8);
    expect(cells.every((cell) => /^[\d,.]+$/.test(cell))).toBe(true);
    await result.locator('canvas').waitFor();
    await page.screenshot({ path: 'test/output/backtest.png', fullPage: true });
  }, 90_000);

  it('ends in the ordinary change of a limit, with a reason', async () => {
    await page.locator('button[name=adopt]').click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.locator('input[name=max]').inputValue()).toBe('72');
    await dialog.locator('textarea[name=reason]').fill('试算后放宽');
    await dialog.locator('button[type=submit]').click();
    await dialog.waitFor({ state: 'detached' });
    const { items } = await client.get<Paged<LimitChange>>(`/api/limits/changes?room=${ROOM}`);
    expect(items[0]).toMatchObject({ metric: 'humidity', max: 72, reason: '试算后放宽' });
    expect(complaints).toEqual([]);
  }, 30_000);
});
