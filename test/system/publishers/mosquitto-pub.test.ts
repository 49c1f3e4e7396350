import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnknownDevice } from '../../../domain/devices.ts';
import { findServer, startMosquitto, type RunningServer } from '../../support/servers.ts';
import { temporaryFolder } from '../lantai.ts';
import { until } from '../until.ts';
import { startHouse, type House, type Plan } from './house.ts';

/**
 * Goal: names that people give their devices come through as they are. Method: mosquitto_pub with QoS 1 says what
 * Zigbee2MQTT says, through real Mosquitto, also while Lantai is away.
 */

const NAMES = {
  spaces: 'vault 301  north',
  chinese: '一号库 温湿度',
  levels: '三楼/301 库/温湿度（备用）',
  marks: "d'Arc: 50% & “rare”, é 🗄️",
} as const;
const climate = (id: string, device: string): string =>
  `  - { id: ${id}, room: r301, metrics: [temperature, humidity], source: { profile: zigbee2mqtt, device: ${JSON.stringify(device)} } }\n`;
const SENSORS = `${Object.entries(NAMES)
  .map(([id, device]) => climate(id, device))
  .join(
    '',
  )}  - { id: smoke, room: r301, metrics: [smoke], source: { profile: zigbee2mqtt, topic: zigbee2mqtt/烟感 301 } }
profiles:
  - { id: z2m, profile: zigbee2mqtt, params: { base: zigbee2mqtt } }
`;

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe.skipIf(!findServer('mosquitto'))('mosquitto_pub as Zigbee2MQTT', () => {
  let mosquitto: RunningServer;
  let house: House;
  const plan = (): Plan => ({
    folder: join(folder.path, 'house'),
    sensors: SENSORS,
    mqttUrl: mosquitto.url,
  });
  const pub = async (topic: string, message: object): Promise<void> => {
    const where = ['-h', '127.0.0.1', '-p', String(mosquitto.port), '-q', '1'];
    const args = [...where, '-t', topic, '-m', JSON.stringify(message)];
    await promisify(execFile)('mosquitto_pub', args, { timeout: 10_000 });
  };
  const values = async (sensor: string, metric: string) =>
    (await house.stored(sensor, metric)).map(({ value }) => value);

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    house = await startHouse(plan());
  });

  afterAll(async () => {
    await house?.lantai.stop();
    await mosquitto?.remove();
  });

  it.each(Object.entries(NAMES))('%s: %s', async (id, device) => {
    const last_seen = new Date(Date.now() - 2_000).toISOString();
    const state = { temperature: 20.5, humidity: 48.25, battery: 97, linkquality: 120 };
    await pub(`zigbee2mqtt/${device}`, { ...state, last_seen });
    // The half of it that is not known says nothing, and the same once more is no second reading.
    await pub(`zigbee2mqtt/${device}`, { temperature: null, humidity: 48.25, last_seen });
    await house.settled();
    const at = Date.parse(last_seen);
    expect(await house.stored(id, 'temperature')).toEqual([{ at, value: 20.5, quality: 1 }]);
    expect(await house.stored(id, 'humidity')).toEqual([{ at, value: 48.25, quality: 1 }]);
  });

  it('a detector of a Chinese name raises the alarm', async () => {
    await pub('zigbee2mqtt/烟感 301', { smoke: true, battery: 100 });
    const [alarm] = await until('smoke is an open alarm', async () => {
      const open = await house.client.openAlarms();
      const smoke = open.filter(({ rule }) => rule === 'smoke-alarm');
      return smoke.length > 0 && smoke;
    });
    expect(alarm?.subject).toMatchObject({ id: 'smoke' });
    await pub('zigbee2mqtt/烟感 301', { smoke: false, battery: 100 });
    await until('both are stored', async () => (await values('smoke', 'smoke')).length === 2);
    expect(await values('smoke', 'smoke')).toEqual([1, 0]);
  });

  it('one that nobody has bound is offered by its own name, those that are bound are not', async () => {
    await pub('zigbee2mqtt/新 库房/温度 2', { temperature: 19 });
    const items = await until('it is offered', async () => {
      const path = '/api/unknown-devices';
      const { items } = await house.client.get<{ items: UnknownDevice[] }>(path);
      return items.length > 0 && items;
    });
    expect(items.map(({ device }) => device)).toEqual(['新 库房/温度 2']);
    expect(await house.client.quarantine()).toEqual([]);
  });

  it('what was said while Lantai was killed is there afterwards, once', async () => {
    await house.lantai.kill9();
    const now = Date.now();
    const said = [20.6, 20.7, 20.8].map((value, i) => ({ at: now - 300 + i * 100, value }));
    for (const { at, value } of said) {
      const last_seen = new Date(at).toISOString();
      await pub(`zigbee2mqtt/${NAMES.chinese}`, { temperature: value, last_seen });
    }
    house = await startHouse(plan());
    await house.settled();
    const [before, ...since] = await house.stored('chinese', 'temperature');
    expect(before?.value).toBe(20.5);
    expect(since).toEqual(said.map((one) => ({ ...one, quality: 1 })));
  });
});
