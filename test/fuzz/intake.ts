/** The whole intake under mutated messages: what comes out must be finite, bounded and explained. */

import type { Decoded, RawMessage } from '../../domain/intake.ts';
import { METRIC_NAMES } from '../../domain/metrics.ts';
import { EMPTY_REGISTRY, type Door, type Registry, type Sensor } from '../../domain/registry.ts';
import { createIntake } from '../../gateway/index.ts';
import { createUnknownDevices } from '../../gateway/profiles/unknown-devices.ts';
import { bytesOf, FIXTURES, profileFor, run } from '../unit/gateway/profiles/fixtures.ts';
import { createRandom, mutate } from './mutate.ts';

export interface FuzzResult {
  readonly seed: number;
  readonly messages: number;
  readonly readings: number;
  readonly events: number;
  /** Messages that were refused with a reason. */
  readonly refused: number;
  /** … of which a part was taken or explained field by field. */
  readonly issues: number;
  /** Of devices that nobody is bound to. */
  readonly unknown: number;
  /** Said nothing that Lantai reads. */
  readonly empty: number;
  readonly slowestMs: number;
  /** What must not be: thrown, not finite, without a reason. */
  readonly failures: readonly string[];
}

const FAILURES_MAX = 20;

/** Native messages go through the same mill. */
const NATIVE: readonly (readonly [string, string])[] = [
  [
    'lantai/sx/native/telemetry',
    '{"time":"2026-11-22T11:59:00Z","sequence":5,"temperature":21.4,"humidity":52.1}',
  ],
  ['lantai/sx/native/telemetry', '[{"temperature":21.4},{"humidity":50}]'],
  [
    'lantai/sx/door/access',
    '{"time":1795348740000,"sequence":7,"event":"granted","credential":"A1","direction":"in"}',
  ],
  ['lantai/sx/native/status', 'online'],
];

/** Every device of the fixtures is bound, so that what can be read is read to its end. */
function boundRegistry(): Registry {
  const sensors = new Map<string, Sensor>();
  const doors = new Map<string, Door>();
  const native: Sensor = { repository: 'sx', id: 'native', room: 'r1', metrics: [...METRIC_NAMES] };
  sensors.set('sx.native', native);
  doors.set('sx.door', { repository: 'sx', id: 'door', room: 'r1' });
  for (const [i, fixture] of FIXTURES.entries()) {
    const output = run(fixture);
    const profile = profileFor(fixture).document.id;
    const devices = new Set([...output.samples, ...output.availability].map((s) => s.device));
    for (const [k, device] of [...devices].entries()) {
      if (device === '') continue;
      const id = `s-${i}-${k}`;
      const metrics = [...METRIC_NAMES];
      sensors.set(`sx.${id}`, {
        repository: 'sx',
        id,
        room: 'r1',
        metrics,
        source: { profile, device },
      });
    }
    for (const [k, event] of output.events.entries()) {
      const id = `d-${i}-${k}`;
      doors.set(`sx.${id}`, {
        repository: 'sx',
        id,
        room: 'r1',
        source: { profile, device: event.device },
      });
    }
  }
  const repositories = new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]);
  return { ...EMPTY_REGISTRY, repositories, sensors, doors };
}

/** Mutates `messages` messages and takes each in; ends by itself. */
export function fuzzIntake(options: {
  readonly seed: number;
  readonly messages: number;
  readonly onProgress?: (done: number) => void;
}): FuzzResult {
  const next = createRandom(options.seed);
  const registry = boundRegistry();
  const unknown = createUnknownDevices();
  let named = 0;
  const intake = createIntake({ registry: () => registry, newId: () => `q${++named}`, unknown });
  const sources = [
    ...FIXTURES.map((fixture) => ({ topic: fixture.topic, payload: bytesOf(fixture) })),
    ...NATIVE.map(([topic, text]) => ({ topic, payload: Buffer.from(text) })),
  ];
  const failures: string[] = [];
  const fail = (what: string, message: RawMessage): void => {
    if (failures.length >= FAILURES_MAX) return;
    const payload = Buffer.from(message.payload).toString('base64').slice(0, 2_000);
    failures.push(`${what}: ${message.topic} ${payload}`);
  };
  const counted = { readings: 0, events: 0, refused: 0, issues: 0, unknown: 0, empty: 0 };
  let slowestMs = 0;
  for (let i = 0; i < options.messages; i++) {
    const source = sources[i % sources.length];
    if (!source) break;
    const { payload, how } = mutate(source.payload, next);
    const message: RawMessage = {
      topic: source.topic,
      payload,
      retain: next() < 0.05,
      receivedAt: Date.UTC(2026, 10, 22, 12) + i,
      packetId: i & 0xffff,
      connection: 1 + Math.floor(i / 100_000),
    };
    const startedMs = performance.now();
    try {
      const decoded = intake.decode(message);
      count(decoded, counted);
      for (const why of wrongIn(decoded)) fail(`${why} (${how})`, message);
    } catch (error) {
      fail(`thrown ${String(error)} (${how})`, message);
    }
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
    if (i % 50_000 === 0) options.onProgress?.(i);
  }
  for (const device of unknown.list()) counted.unknown += device.messages;
  const { seed, messages } = options;
  return { seed, messages, ...counted, slowestMs: Math.round(slowestMs * 10) / 10, failures };
}

function count(
  decoded: Decoded,
  into: Record<'readings' | 'events' | 'refused' | 'issues' | 'empty', number>,
): void {
  into.readings += decoded.readings.length;
  into.events += decoded.accessEvents.length;
  if (decoded.quarantine.length > 0) into.refused += 1;
  if (decoded.issues.length > 0) into.issues += 1;
  const said = decoded.readings.length + decoded.accessEvents.length + decoded.statuses.length;
  const explained =
    decoded.quarantine.length + decoded.issues.length + decoded.nulls + decoded.duplicates;
  if (said + explained === 0) into.empty += 1;
}

function wrongIn(decoded: Decoded): readonly string[] {
  const wrong: string[] = [];
  for (const { value, at, receivedAt, quality, raw, metric } of decoded.readings) {
    if (!Number.isFinite(value) || (raw !== undefined && !Number.isFinite(raw)))
      wrong.push(`${metric} is not finite`);
    if (!Number.isSafeInteger(at) || !Number.isSafeInteger(receivedAt))
      wrong.push(`${metric} has no moment`);
    if (quality < 1 || quality > 4) wrong.push(`${metric} has no quality`);
  }
  for (const event of decoded.accessEvents) {
    if (!Number.isSafeInteger(event.at)) wrong.push('an event has no moment');
    for (const text of [event.credential, event.person, event.reason]) {
      if (text !== undefined && text.length > 200) wrong.push('an event has a text without end');
    }
  }
  for (const { code, why, payloadBase64 } of decoded.quarantine) {
    if (code === 'failed') wrong.push(why);
    if (code === '' || !/^[A-Z].*[.”"]$/s.test(why)) wrong.push(`no sentence: ${why}`);
    if (payloadBase64.length > 4_000) wrong.push('an entry without end');
  }
  if (decoded.issues.length > 64) wrong.push('issues without end');
  return wrong;
}
