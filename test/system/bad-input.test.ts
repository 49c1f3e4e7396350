import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alarm } from '../../domain/alarm.ts';
import { QUARANTINE_ENTRIES_MAX } from '../../domain/quarantine.ts';
import { findServer, startMosquitto, type RunningServer } from '../support/servers.ts';
import { clientOf, type Client, type Feed } from './client.ts';
import { connectDevice, say } from './devices.ts';
import { garbageOf, pour } from './garbage.ts';
import { ROOT, startLantai, temporaryFolder, type Lantai } from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: nothing that comes in over MQTT disturbs what is right. Method: the running server, behind either broker, is
 * sent what is wrong in every way, then ten thousand random byte strings twice, while a good sensor keeps talking.
 */

const DAY_MS = 86_400_000;
const STRINGS = 10_000;
/** After the first ten thousand the memory is what it will be; the next may move it by so much, no more. */
const GROWTH_MB_MAX = 48;
/** On two shared cores; the usual is a tenth of it. */
const GOOD_MS_MAX = 2_000;
const FIRE_MS_MAX = 1_000;

const TOO_DEEP = '['.repeat(20) + ']'.repeat(20);
const TOO_MANY = JSON.stringify(Array.from({ length: 1_001 }, () => ({ temperature: 20 })));
const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');

const BAD: readonly (readonly [
  what: string,
  topic: string,
  payload: string | Buffer,
  code: string,
])[] = [
  ['broken JSON', 'th-1/telemetry', '{"temperature":', 'not-json'],
  ['nothing', 'th-1/telemetry', '', 'not-json'],
  ['text for a number', 'th-1/telemetry', '{"temperature":"warm"}', 'not-a-number'],
  ['an object for a number', 'th-1/telemetry', '{"temperature":{"value":20}}', 'not-a-number'],
  ['NaN', 'th-1/telemetry', '{"temperature":NaN}', 'not-json'],
  ['more than a number holds', 'th-1/telemetry', '{"humidity":1e999}', 'not-a-number'],
  ['a detector that says 2', 'sm-3/telemetry', '{"smoke":2}', 'not-a-number'],
  ['a bare number', 'th-1/telemetry', '21.4', 'not-an-object'],
  ['null', 'th-1/telemetry', 'null', 'not-an-object'],
  ['an array of numbers', 'th-1/telemetry', '[1,2]', 'not-an-object'],
  ['no metric', 'th-1/telemetry', '{"sequence":1}', 'no-metric'],
  ['a metric that is not its own', 'th-1/telemetry', '{"smoke":1}', 'undeclared-metric'],
  ['made-up data', 'th-1/telemetry', '{"temperature":20,"simulated":true}', 'simulated-mismatch'],
  ['bytes that are no text', 'th-1/telemetry', Buffer.from([0xff, 0xfe, 0x00]), 'not-utf8'],
  ['deep nesting', 'th-1/telemetry', TOO_DEEP, 'nested-too-deep'],
  ['an endless array', 'th-1/telemetry', TOO_MANY, 'array-too-long'],
  ['a megabyte', 'th-1/telemetry', MEGABYTE, 'payload-too-large'],
  ['an unknown sensor', 'th-9/telemetry', '{"temperature":20}', 'unknown-sensor'],
  ['a door that measures', 'd301/telemetry', '{"temperature":20}', 'unknown-sensor'],
  ['an unknown door', 'd999/access', '{"event":"granted"}', 'unknown-door'],
  ['an unknown event', 'd301/access', '{"event":"opened"}', 'unknown-event'],
  ['an unknown status', 'gw-3/status', 'asleep', 'unknown-status'],
  ['the status of nobody', 'gw-9/status', 'online', 'unknown-thing'],
];

/** Topics that an external broker does not bring us: nobody asked for them. */
const ELSEWHERE: typeof BAD = [
  [
    'an unknown repository',
    'lantai/other/th-1/telemetry',
    '{"temperature":20}',
    'unknown-repository',
  ],
  ['an unknown kind', 'lantai/sx/th-1/weather', '{"temperature":20}', 'unknown-topic'],
  ['a topic of somebody else', 'somebody/smoke 301', '{"smoke":1}', 'unknown-topic'],
];

const folder = temporaryFolder();
afterAll(() => folder.remove());

const BROKERS = ['embedded', ...(findServer('mosquitto') ? (['Mosquitto'] as const) : [])] as const;

describe.each(BROKERS)('bad input over the %s broker', (broker) => {
  let mosquitto: RunningServer | undefined;
  let lantai: Lantai;
  let client: Client;
  let feed: Feed;
  let device: MqttClient;
  const devices: MqttClient[] = [];

  beforeAll(async () => {
    const config = readFileSync(join(ROOT, 'deploy', 'mosquitto', 'lantai.conf'), 'utf8');
    mosquitto = broker === 'Mosquitto' ? await startMosquitto({ config }) : undefined;
    lantai = await startLantai({
      LANTAI_REPOSITORY: writeRepository(folder.path),
      LANTAI_DATA_DIR: join(folder.path, broker),
      ...(mosquitto ? { LANTAI_MQTT_URL: mosquitto.url } : {}),
    });
    client = await clientOf(lantai.url);
    await until('every part is well', async () => {
      const { parts } = await client.get<{ parts: { ok: boolean }[] }>('/api/status');
      return parts.every((part) => part.ok);
    });
    feed = await client.feed();
    for (let i = 0; i < 5; i += 1) {
      devices.push(await connectDevice(mosquitto?.url ?? lantai.mqttUrl));
    }
    [device] = devices as [MqttClient];
  });

  afterAll(async () => {
    for (const one of devices) one.end(true);
    feed?.close();
    await lantai?.stop();
    await mosquitto?.remove();
  });

  it('puts every kind aside with its reason, and takes the next good message', async () => {
    const own = BAD.map(([what, topic, ...rest]) => [what, `lantai/sx/${topic}`, ...rest] as const);
    const all = broker === 'embedded' ? [...own, ...ELSEWHERE] : own;
    for (const [, topic, payload] of all) await say(device, topic, payload);
    const entries = await until('all are in quarantine', async () => {
      const found = await client.quarantine();
      return found.length >= all.length && found;
    });
    // Safety has a session of its own at an external broker, so the order is not that of sending.
    expect(entries.map(({ topic, code }) => `${topic}: ${code}`).sort()).toEqual(
      all.map(([, topic, , code]) => `${topic}: ${code}`).sort(),
    );
    for (const { why } of entries) expect(why).toMatch(/^[A-Z].*\.$/);
    const large = entries.find((entry) => entry.code === 'payload-too-large');
    expect(large?.payloadBytes).toBe(MEGABYTE.length);
    expect(Buffer.from(large?.payloadBase64 ?? '', 'base64').length).toBeLessThanOrEqual(2_048);

    await sayGood(20);
  });

  it(`goes on as before while ${2 * STRINGS} random byte strings come in, in flat memory`, async () => {
    const before = await client.figure('lantai_quarantined_total');
    const good: number[] = [];
    const memory: number[] = [];
    for (const seed of [20261122, 3141592]) {
      const pouring = { done: false };
      const poured = pour(devices.slice(1), garbageOf(seed, STRINGS)).finally(() => {
        pouring.done = true;
      });
      while (!pouring.done) good.push(await sayGood(18 + (good.length % 40) / 10));
      await poured;
      const wanted = before + STRINGS * (memory.length + 1);
      await until('all is put aside', async () => {
        return (await client.figure('lantai_quarantined_total')) === wanted;
      });
      memory.push(residentMb(lantai.pid));
    }
    const [settled = 0, after = Infinity] = memory;
    expect(after - settled).toBeLessThan(GROWTH_MB_MAX);
    good.sort((a, b) => a - b);
    expect(good.length).toBeGreaterThan(5);
    expect(good.at(-1)).toBeLessThan(GOOD_MS_MAX);

    const entries = await client.quarantine();
    expect(entries).toHaveLength(QUARANTINE_ENTRIES_MAX);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(QUARANTINE_ENTRIES_MAX);
    expect(entries.filter(({ code, why }) => code === '' || why === '')).toEqual([]);
    // Whatever came, no door opened and no detector spoke.
    expect(await client.openAlarms()).toEqual([]);
  });

  it('raises a fire within a second while garbage comes in', async () => {
    const poured = pour(devices.slice(1), garbageOf(271828, STRINGS / 5));
    const raised = alarmOn('sm-1');
    const startedAt = performance.now();
    await say(device, 'lantai/sx/sm-1/telemetry', { time: Date.now(), smoke: 1 });
    await raised;
    expect(performance.now() - startedAt).toBeLessThan(FIRE_MS_MAX);
    await poured;
  });

  it('raises the fire of a detector whose clock is a day ahead at the time of receipt, and tells of its clock', async () => {
    const raised = alarmOn('sm-2');
    const sentAt = Date.now();
    await say(device, 'lantai/sx/sm-2/telemetry', { time: sentAt + DAY_MS, smoke: 1 });
    const fire = await raised;
    expect(fire.rule).toBe('smoke-alarm');
    for (const moment of [fire.since, fire.raisedAt]) {
      expect(moment).toBeGreaterThanOrEqual(sentAt);
      expect(moment).toBeLessThan(sentAt + 10_000);
    }
    const clock = await until('the clock alarm is open', async () => {
      const open = await client.openAlarms();
      return open.find((alarm) => alarm.rule === 'device-clock');
    });
    expect(clock.subject).toEqual({ kind: 'sensor', id: 'sm-2' });
    const sensors = await client.get<{ items: { id: string; lastSeenAt?: number }[] }>(
      '/api/sensors',
    );
    const seenAt = sensors.items.find(({ id }) => id === 'sx.sm-2')?.lastSeenAt ?? 0;
    expect(seenAt).toBeLessThan(sentAt + 10_000);
  });

  /** Says a temperature and waits for it in the live feed; milliseconds. */
  async function sayGood(temperature: number): Promise<number> {
    const time = Date.now();
    const heard = new Promise<void>((resolve) => {
      feed.socket.on('readings', function hear(changed) {
        if (!changed.some(({ sensor, at }) => sensor === 'sx.th-2' && at >= time)) return;
        feed.socket.off('readings', hear);
        resolve();
      });
    });
    const startedAt = performance.now();
    await say(device, 'lantai/sx/th-2/telemetry', { time, temperature });
    await heard;
    return performance.now() - startedAt;
  }

  /** The next alarm of a detector, from the live feed. */
  function alarmOn(sensor: string): Promise<Alarm> {
    return new Promise((resolve) => {
      feed.socket.on('alarm', function hear(alarm) {
        if (alarm.subject.id !== sensor || alarm.rule !== 'smoke-alarm') return;
        feed.socket.off('alarm', hear);
        resolve(alarm);
      });
    });
  }
});

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
