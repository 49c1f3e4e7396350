/** A door contact that nobody knows: heard, adopted on screen, shown closed in its room, shown open when it opens. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/servers.ts';
import { bridgeDevices } from '../unit/gateway/profiles/z2m-list.ts';
import { clientOf, type Client } from '../system/client.ts';
import { connectDevice, say } from '../system/devices.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { until } from '../system/until.ts';
import {
  complaintsOf,
  launchChromium,
  LOCALES,
  openContext,
  sessionOf,
  withoutChromium,
} from './chromium.ts';
import { lookAtScreens } from './looks.ts';
import { DEVICE_PATHS } from './pages.ts';

const REPOSITORY = `repository: { id: sx, name: 试验档案馆, timezone: Asia/Shanghai }
rooms:
  - { id: r301, name: 301 纸质档案库, class: paper, floor: 3 }
  - { id: r302, name: 302 音像档案库, class: av-tape, floor: 3 }
sensors:
  - { id: th-1, room: r302, metrics: [temperature, humidity] }
`;
const TOPIC = 'zigbee2mqtt/door_north';
const CARD = '[data-device="door_north"]';

const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;
let context: BrowserContext;
let page: Page;
let complaints: readonly string[];
let device: MqttClient;

describe.skipIf(withoutChromium)('an unknown device in a browser', () => {
  beforeAll(async () => {
    const repository = join(folder.path, 'repository.yaml');
    writeFileSync(repository, REPOSITORY);
    const mqttPort = String(await freePort());
    const settings = {
      LANTAI_DATA_DIR: join(folder.path, 'data'),
      LANTAI_REPOSITORY: repository,
      LANTAI_MQTT_PORT: mqttPort,
    };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    client = await clientOf(lantai.url);
    context = await openContext(browser, { url: lantai.url, cookie: client.cookie });
    page = await context.newPage();
    complaints = complaintsOf(page);
    page.on('dialog', (dialog) => void dialog.accept());
    device = await until('the broker listens', () =>
      connectDevice(`mqtt://127.0.0.1:${mqttPort}`).catch(() => undefined),
    );
  }, 90_000);
  afterAll(async () => {
    await device?.endAsync(true);
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });

  it('says what to do while nothing is unknown', async () => {
    await page.goto(`${lantai.url}/devices?tab=unknown`);
    await page.waitForSelector('text=没有待认领的设备');
  });

  it('appears by itself with its value in words', async () => {
    await say(device, TOPIC, { contact: true, battery: 91, linkquality: 120 });
    await page.waitForSelector(CARD);
    const contact = page.locator(`${CARD} [data-metric=door_open]`);
    expect(await contact.innerText()).toContain('关');
    expect(await page.locator(CARD).innerText()).toContain('91%');
  });

  it('is seen to flip in the dialog before anything is saved', async () => {
    await page.click(`${CARD} .button.primary`);
    const contact = page.locator('dialog [data-metric=door_open]');
    await contact.waitFor();
    expect(await page.locator('dialog').innerText()).toContain('请打开门一次');
    await say(device, TOPIC, { contact: false, battery: 91, linkquality: 120 });
    await until('the dialog shows it open', async () => {
      return (await contact.innerText()).includes('关 → 开');
    });
    await say(device, TOPIC, { contact: true, battery: 91, linkquality: 120 });
    await until('the dialog shows it closed', async () => {
      return (await contact.innerText()).includes('开 → 关');
    });
    expect(await client.get('/api/sensors')).toMatchObject({ items: [{ id: 'sx.th-1' }] });
  });

  it('is closed by Escape, and the keyboard is back where it was', async () => {
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    const focused = await page.evaluate(() => document.activeElement?.textContent ?? '');
    expect(focused).toContain('登记');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog [data-metric=door_open]');
  });

  it('is adopted with the metrics that it sent and an id of its name', async () => {
    const dialog = page.locator('dialog');
    expect(await dialog.locator('input[name=id]').inputValue()).toBe('door-north');
    const ticked = dialog.locator('input[name=metric]:checked');
    const metrics = await ticked.evaluateAll((all) => all.map((one) => one.getAttribute('value')));
    expect(metrics).toEqual(['door_open', 'battery', 'link_quality']);
    // The profile that knows it is asked for anew when the dialog opens.
    await until('the interval is the profile’s', async () => {
      return (await dialog.locator('input[name=interval]').inputValue()) === '3600';
    });
    await dialog.locator('input[name=id]').fill('th-1');
    await page.waitForSelector('text=编号已被使用');
    await dialog.locator('input[name=id]').fill('door-north');
    await dialog.locator('select[name=room]').selectOption('sx.r301');
    await dialog.locator('button[type=submit]').click();
    await page.waitForSelector('text=已登记 door-north');
    await page.waitForSelector(CARD, { state: 'detached' });
  });

  it('is closed in its room, and open when it opens', async () => {
    await say(device, TOPIC, { contact: true, battery: 91, linkquality: 120 });
    await page.click('text=查看 301 纸质档案库');
    await page.waitForURL('**/rooms/sx.r301');
    const row = page.locator('tr', { hasText: '门磁' }).locator('.live-value');
    await until('the room shows it closed', async () => {
      return (await row.count()) === 1 && (await row.innerText()) === '关';
    });
    await say(device, TOPIC, { contact: false, battery: 91, linkquality: 120 });
    await until('the room shows it open', async () => (await row.innerText()) === '开');
  });

  it('is bound to a new device that takes its place, and retired at the end', async () => {
    await say(device, 'zigbee2mqtt/door_new', { contact: true });
    await page.goto(`${lantai.url}/devices`);
    const row = page.locator('tr[data-thing=door-north]');
    await row.locator('button', { hasText: '更换设备' }).click();
    await page.waitForSelector('dialog select[name=unknown] option:nth-child(2)', {
      state: 'attached',
    });
    await page.selectOption('dialog select[name=unknown]', { index: 1 });
    await page.fill('dialog textarea[name=reason]', '原门磁损坏');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await until('the row names the new one', async () =>
      (await row.innerText()).includes('door_new'),
    );
    // What the file manages is not changed here.
    const fromFile = page.locator('tr[data-thing=th-1]');
    expect(await fromFile.innerText()).toContain('由文件管理');
    expect(await fromFile.locator('button').count()).toBe(0);
    await row.locator('button', { hasText: '停用' }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('is listed by its gateway before it speaks, and adopted from that', async () => {
    const vault = { name: 'vault', ieee: '0x00158d0001' };
    const fresh = { name: '0x00158d0002', ieee: '0x00158d0002' };
    await say(device, 'zigbee2mqtt/bridge/devices', bridgeDevices(vault, fresh));
    await page.goto(`${lantai.url}/devices?tab=unknown`);
    const card = page.locator('[data-device="vault"]');
    await card.waitFor();
    const text = await card.innerText();
    for (const word of ['Aqara WSDCGQ11LM', '还没有发过消息', '自报的测量项']) {
      expect(text).toContain(word);
    }
    await card.locator('button', { hasText: '登记' }).click();
    const ticked = page.locator('dialog input[name=metric]:checked');
    await until('its metrics are ticked', async () => (await ticked.count()) === 3);
    await page.locator('dialog select[name=room]').selectOption('sx.r302');
    await page.click('dialog button[type=submit]');
    await card.waitFor({ state: 'detached' });
    await page.goto(`${lantai.url}/devices`);
    await page.waitForSelector('tr[data-thing=vault] >> text=Aqara WSDCGQ11LM');
  });

  it('is bound to its new name when its gateway renamed it, and seen to be gone', async () => {
    const fresh = { name: '0x00158d0002', ieee: '0x00158d0002' };
    const renamed = { name: 'vault east', ieee: '0x00158d0001' };
    await say(device, 'zigbee2mqtt/bridge/devices', bridgeDevices(renamed, fresh));
    await page.goto(`${lantai.url}/devices?tab=unknown`);
    await page.waitForSelector('[data-device="vault east"] >> text=与已登记的 vault 是同一台设备');
    await page.goto(`${lantai.url}/devices`);
    const row = page.locator('tr[data-thing=vault]');
    expect(await row.innerText()).toContain('在网关中已改名为 vault east');
    await row.locator('button', { hasText: '改接到新名称' }).click();
    const reason = page.locator('dialog textarea[name=reason]');
    expect(await reason.inputValue()).toBe('设备在网关中由 vault 改名为 vault east');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await until('the row has the new name', async () => {
      const text = await row.innerText();
      return text.includes('vault east') && !text.includes('改名');
    });
    await say(device, 'zigbee2mqtt/vault east', { temperature: 19.5 });
    await until('it measures under the new name', async () => {
      const sensors = await client.get<{ items: { id: string; silent: boolean }[] }>(
        '/api/sensors',
      );
      return sensors.items.some((one) => one.id === 'sx.vault' && !one.silent);
    });
    await say(device, 'zigbee2mqtt/bridge/devices', bridgeDevices(fresh));
    await page.goto(`${lantai.url}/devices`);
    await page.waitForSelector('tr[data-thing=vault] >> text=网关的设备列表中已没有它');
  });

  it('a controller’s door is adopted as a door, and its room has it without a reload', async () => {
    const event = {
      'device-id': 405419896,
      'event-id': 73,
      'event-type': 2,
      'event-reason': 23,
      'door-id': 3,
      timestamp: '2026-11-20 13:49:53',
    };
    const swing = (id: number, reason: number) =>
      say(device, 'uhppoted/gateway/events', {
        message: { event: { event: { ...event, 'event-id': id, 'event-reason': reason } } },
      });
    await swing(73, 23);
    await page.click('[role=tab]:has-text("待认领")');
    await page.click('[data-device="405419896"] .button.primary');
    expect(await page.locator('dialog select[name=channel]').inputValue()).toBe('3');
    expect(await page.locator('dialog input[value=door]').isChecked()).toBe(true);
    await page.fill('dialog input[name=id]', 'd301-east');
    await page.fill('dialog input[name=name]', '东门');
    await page.selectOption('dialog select[name=room]', 'sx.r301');
    await page.click('dialog button[type=submit]');
    await page.click('text=查看 301 纸质档案库');
    await page.waitForSelector('text=东门');
    await swing(74, 24);
    await page.waitForSelector('text=门关');
  });

  it('a profile of one’s own is copied, refused with its lines, tried and saved', async () => {
    await page.goto(`${lantai.url}/devices?tab=profiles`);
    await page.locator('tr[data-profile=renke] button', { hasText: '复制' }).click();
    const text = page.locator('dialog textarea[name=text]');
    await until('the text is there', async () => (await text.inputValue()).includes('renke-own'));
    const good = await text.inputValue();
    await text.fill(good.replace('metric: temperature', 'metric: warmth'));
    await page.click('dialog .button.primary');
    await page.waitForSelector('dialog [role=alert] >> text=/第 \\d+ 行/');
    await page.waitForSelector('dialog [role=alert] >> text=不是兰台认识的测量项');
    await text.fill(good);
    await page.fill('dialog input[name=topic]', 'renke/1');
    const register = { registerName: '湿度', value: 51.5 };
    const node = { nodeId: 1, registerItem: [register] };
    const message = { data: [{ deviceAddr: 4001, dataItem: [node] }] };
    await page.fill('dialog textarea[name=payload]', JSON.stringify(message));
    await page.click('dialog button:has-text("试读")');
    await page.waitForSelector('dialog .result >> text=51.5%');
    await page.click('dialog .button.primary');
    await page.waitForSelector('tr[data-profile=renke-own]');
  });

  it('says in Chinese why a message was put aside', async () => {
    await say(device, 'lantai/sx/th-1/telemetry', '{"temperature": }');
    await page.goto(`${lantai.url}/devices?tab=quarantine`);
    await page.waitForSelector('text=消息不是 JSON：不应出现 "}"。');
  });

  it('an inspector reads all of it and changes nothing', async () => {
    await client.act('POST /api/accounts', {
      name: 'inspector-a',
      displayName: '检查员甲',
      roles: ['inspector'],
      repositories: ['*'],
      password: 'made by somebody else',
    });
    const cookie = await sessionOf(lantai.url, 'inspector-a', 'made by somebody else');
    await fetch(`${lantai.url}/api/session/password`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify({
        currentPassword: 'made by somebody else',
        newPassword: 'a sentence of my own 7',
      }),
    });
    const own = await sessionOf(lantai.url, 'inspector-a', 'a sentence of my own 7');
    const inspectors = await openContext(browser, { url: lantai.url, cookie: own });
    const sheet = await inspectors.newPage();
    await sheet.goto(`${lantai.url}/devices?tab=unknown`);
    await sheet.waitForSelector('[role=tab]');
    expect(await sheet.locator('[role=tab]').count()).toBe(5);
    await sheet.goto(`${lantai.url}/devices?tab=profiles`);
    await sheet.waitForSelector('tr[data-profile=zigbee2mqtt]');
    expect(await sheet.locator('button:has-text("复制")').count()).toBe(0);
    await sheet.click('tr[data-profile=zigbee2mqtt] button');
    await sheet.waitForSelector('dialog textarea[readonly]');
    await inspectors.close();
  });

  it('nothing was complained about', () => {
    // The browser itself writes the refused profile to the console.
    expect(complaints.filter((one) => !one.includes('422'))).toEqual([]);
  });

  it.each(LOCALES)('every tab is whole in %s with something in it', async (locale) => {
    const q = { metric: 'humidity', validFrom: '2026-01-01T00:00:00Z' };
    await client.act('POST /api/calibrations', { ...q, sensor: 'sx.th-1', offset: -1.5 });
    await say(device, 'zigbee2mqtt/leak_1', { water_leak: false, battery: 3 });
    await say(device, 'lantai/sx/th-1/telemetry', 'not json');
    const own = await openContext(browser, { url: lantai.url, cookie: client.cookie, locale });
    const looking = { url: lantai.url, paths: DEVICE_PATHS, locale };
    const findings = await lookAtScreens(await own.newPage(), looking);
    await own.close();
    expect(findings).toEqual([]);
  });

  it('a credential is made with a warning, its secret shown once, and then nobody else gets in', async () => {
    await page.goto(`${lantai.url}/devices?tab=credentials`);
    await page.waitForSelector('text=还没有设备凭据');
    await page.click('.page .button.primary');
    expect(await page.locator('dialog').innerText()).toContain('这是第一个凭据');
    await page.fill('dialog input[name=name]', '三层网关');
    await page.fill('dialog input[name=username]', 'gw-3');
    await page.fill('dialog textarea[name=topics]', 'zigbee2mqtt/#');
    await page.click('dialog button[type=submit]');
    const password = await page.locator('.made code').innerText();
    await page.waitForSelector('tr:has-text("三层网关")');
    await expect(connectDevice(lantai.mqttUrl)).rejects.toThrow();
    const known = await connectDevice(lantai.mqttUrl, { username: 'gw-3', password });
    await page.waitForSelector('tr:has-text("没有给出用户名")');
    await page.reload();
    await page.waitForSelector('tr:has-text("三层网关")');
    expect(await page.locator('.made').count()).toBe(0);
    expect(await page.locator('body').innerText()).not.toContain(password);
    await known.endAsync(true);
  });
});
