/** What the intake remembers of each sensor and door, and how that survives a restart. */

import type { SensorJudge, SeriesJudge } from '../../domain/quality/live.ts';
import { METRICS, isMetric, type MetricDefinition, type MetricName } from '../../domain/metrics.ts';
import type { Moment } from '../../domain/time.ts';
import type { ClockState } from './clock.ts';
import { KeyRing } from './key-ring.ts';
import {
  DELIVERIES_PER_SOURCE_MAX,
  EVENT_MOMENTS_PER_DOOR_MAX,
  KEYS_PER_METRIC_MAX,
  KEYS_PER_METRIC_SAVED_MAX,
  SEQUENCES_PER_SOURCE_MAX,
} from './bounds.ts';

export interface MetricState {
  readonly name: MetricName;
  readonly definition: MetricDefinition;
  /** Recent readings by their time; in order of arrival. */
  readonly keys: KeyRing;
  /** Newest time of all; -Infinity before the first. */
  newest: Moment;
  /** Newest value; NaN before the first. */
  last: number;
  /** Newest time of receipt that stands for a device time. */
  newestReceived: Moment;
  /** Judges its quality. */
  readonly series: SeriesJudge;
}

export interface Sequenced {
  readonly hash: number;
  /** An access event's own time, where it has a usable one. */
  readonly receivedAt: Moment;
}

export interface Delivered {
  readonly hash: number;
  readonly connection: number;
}

export interface SourceState {
  /** Qualified id. */
  readonly id: string;
  readonly metrics: Map<MetricName, MetricState>;
  readonly judge: SensorJudge;
  readonly sequences: Map<number, Sequenced>;
  /** By packet id; the broker gives an id anew only when its message is through. */
  readonly deliveries: Map<number, Delivered>;
  /** What a door said, by its moment: hashes in order of arrival. */
  readonly events: Map<Moment, number[]>;
  /** Troubles told, by kind and field; not kept over a restart. */
  readonly told: Map<string, Moment>;
  clock: ClockState;
  connection: number | undefined;
  connectedAt: Moment;
  highestSequence: number;
  /** Of a source that counts; gaps are told by it, also those over a restart. Unset: nobody knows any more. */
  lastSequence?: number;
  /** How often a door's sequence began anew. */
  generation: number;
  changed: boolean;
}

export function newSource(id: string, judge: SensorJudge): SourceState {
  return {
    id,
    metrics: new Map(),
    judge,
    sequences: new Map(),
    deliveries: new Map(),
    events: new Map(),
    told: new Map(),
    clock: 'right',
    connection: undefined,
    connectedAt: 0,
    highestSequence: -1,
    generation: 0,
    changed: false,
  };
}

export function metricOf(source: SourceState, name: MetricName): MetricState {
  const known = source.metrics.get(name);
  if (known) return known;
  const definition = METRICS.get(name);
  if (!definition) throw new Error(`not a metric: ${name}`);
  const made: MetricState = {
    name,
    definition,
    keys: new KeyRing(KEYS_PER_METRIC_MAX),
    newest: -Infinity,
    last: NaN,
    newestReceived: -Infinity,
    series: source.judge.series(name),
  };
  source.metrics.set(name, made);
  return made;
}

/** Remembers a key; the oldest one falls off. */
export function rememberKey(metric: MetricState, at: Moment, value: number): void {
  if (at > metric.newest) metric.keys.add(at, value);
  else metric.keys.set(at, value);
}

export function rememberSequence(source: SourceState, sequence: number, seen: Sequenced): void {
  source.sequences.delete(sequence);
  source.sequences.set(sequence, seen);
  if (source.sequences.size > SEQUENCES_PER_SOURCE_MAX) dropFirst(source.sequences);
  source.highestSequence = Math.max(source.highestSequence, sequence);
}

/** A door's sequence starts anew: what came before can't be told from it any more. */
export function beginGeneration(source: SourceState, generation: number): void {
  source.generation = generation;
  source.sequences.clear();
  source.highestSequence = -1;
}

export function rememberDelivery(
  source: SourceState,
  packetId: number,
  delivered: Delivered,
): void {
  source.deliveries.delete(packetId);
  source.deliveries.set(packetId, delivered);
  if (source.deliveries.size > DELIVERIES_PER_SOURCE_MAX) dropFirst(source.deliveries);
}

export function rememberEvent(source: SourceState, at: Moment, hash: number): void {
  const hashes = source.events.get(at);
  if (hashes) hashes.push(hash);
  else source.events.set(at, [hash]);
  if (source.events.size > EVENT_MOMENTS_PER_DOOR_MAX) dropFirst(source.events);
}

function dropFirst<K>(map: Map<K, unknown>): void {
  const first = map.keys().next();
  if (!first.done) map.delete(first.value);
}

type SavedMetric = [
  name: string,
  numbers: (number | null)[], // newest, last, newestReceived, and what the judgement of quality remembers
  keys: number[], // time before the newest, value, …
];

interface Saved {
  readonly clock: ClockState;
  readonly sequences: [number, number, Moment][];
  /** By connection: packet id, hash, packet id, hash … */
  readonly deliveries: [number, number[]][];
  readonly events: [Moment, number[]][];
  readonly connection?: number;
  readonly connectedAt: Moment;
  readonly highestSequence: number;
  readonly generation: number;
  readonly lastSequence?: number;
  readonly metrics: SavedMetric[];
}

/** A source's memory as JSON. */
export function saveSource(source: SourceState): string {
  const saved: Saved = {
    clock: source.clock,
    sequences: [...source.sequences].map(([n, s]) => [n, s.hash, s.receivedAt]),
    deliveries: saveDeliveries(source.deliveries),
    events: [...source.events],
    ...(source.connection === undefined ? {} : { connection: source.connection }),
    connectedAt: source.connectedAt,
    highestSequence: source.highestSequence,
    generation: source.generation,
    ...(source.lastSequence === undefined ? {} : { lastSequence: source.lastSequence }),
    metrics: [...source.metrics.values()].map(saveMetric),
  };
  return JSON.stringify(saved);
}

function saveDeliveries(deliveries: ReadonlyMap<number, Delivered>): [number, number[]][] {
  const saved: [number, number[]][] = [];
  for (const [packetId, { connection, hash }] of deliveries) {
    const group = saved.at(-1);
    if (group?.[0] === connection) group[1].push(packetId, hash);
    else saved.push([connection, [packetId, hash]]);
  }
  return saved;
}

function saveMetric(m: MetricState): SavedMetric {
  const keys = m.keys
    .newest(KEYS_PER_METRIC_SAVED_MAX)
    .map((number, i) => (i % 2 === 0 ? m.newest - number : number));
  // JSON has no NaN and no Infinity: both come back from null.
  return [m.name, [m.newest, m.last, m.newestReceived, ...m.series.save()], keys];
}

/** Fills a fresh source from what `saveSource` wrote; a row of another version is left alone. */
export function loadSource(source: SourceState, body: string): void {
  const saved = JSON.parse(body) as Saved;
  source.clock = saved.clock;
  for (const [n, hash, receivedAt] of saved.sequences)
    source.sequences.set(n, { hash, receivedAt });
  for (const [connection, numbers] of saved.deliveries) {
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      source.deliveries.set(numbers[i] ?? 0, { hash: numbers[i + 1] ?? 0, connection });
    }
  }
  for (const [at, hashes] of saved.events) source.events.set(at, hashes);
  source.connection = saved.connection;
  source.connectedAt = saved.connectedAt;
  source.highestSequence = saved.highestSequence;
  source.generation = saved.generation;
  if (saved.lastSequence !== undefined) source.lastSequence = saved.lastSequence;
  for (const [name, numbers, keys] of saved.metrics) {
    if (isMetric(name)) loadMetric(metricOf(source, name), numbers, keys);
  }
}

function loadMetric(m: MetricState, numbers: (number | null)[], keys: number[]): void {
  m.newest = numbers[0] ?? -Infinity;
  m.last = numbers[1] ?? NaN;
  m.newestReceived = numbers[2] ?? -Infinity;
  m.series.load(numbers.slice(3));
  for (let i = 0; i + 1 < keys.length; i += 2)
    m.keys.set(m.newest - (keys[i] ?? 0), keys[i + 1] ?? 0);
}
