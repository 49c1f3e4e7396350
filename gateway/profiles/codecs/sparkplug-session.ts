/** What a Sparkplug host remembers of its edge nodes: the words of their births, and which number comes next. */

import type { MetricName } from '../../../domain/metrics.ts';
import type { Moment } from '../../../domain/time.ts';
import { metricFor } from './metric-words.ts';
import { METRIC_NAME_CHARS_MAX, type SparkplugMetric } from './sparkplug-payload.ts';

/** Above these the node that was born longest ago is forgotten; when it speaks, it is asked for its birth. */
const NODES_MAX = 2_000;
const METRICS_REMEMBERED_MAX = 200_000;
const DEVICES_PER_NODE_MAX = 1_000;
/** A node is asked for a new birth no more often: one that always leaves gaps must not be kept busy being born. */
const REBIRTH_ASK_EVERY_MS = 10_000;
/** Numbers run from 0 to 255 and begin anew (Sparkplug 3.0, 6.4.18). */
const SEQ_COUNT = 256;
/** A message this many places late is still one out of order; a later one is a new gap. */
const LATE_PLACES_MAX = 32;

/** A metric as its birth described it. Data messages carry no more than the alias. */
export interface KnownMetric {
  readonly name: string;
  readonly datatype: number | undefined;
  readonly unit: string | undefined;
  /** `undefined`: none of ours stands for it. */
  readonly metric: MetricName | undefined;
  /** Set when the birth names several of one kind: the path before the last part. */
  readonly channel: string | undefined;
}

/** One birth: it replaces all that was known of the node or device. */
export interface MetricTable {
  readonly byAlias: ReadonlyMap<number, KnownMetric>;
  readonly byName: ReadonlyMap<string, KnownMetric>;
}

interface NodeSession {
  /** `undefined`: not born, or dead. */
  table: MetricTable | undefined;
  /** When the birth was sent, by the node's clock. */
  bornAt: Moment | undefined;
  /** Of the last birth; its death carries the same. Stays when the node is dead. */
  bdSeq: number | undefined;
  nextSeq: number | undefined;
  readonly missing: Set<number>;
  readonly devices: Map<string, MetricTable>;
  rebirthAskedAt: Moment | undefined;
}

/** One for each source; lost with the process, and got back by asking for births. */
export interface SparkplugMemory {
  readonly nodes: Map<string, NodeSession>;
  metrics: number;
}

/** `late`: an earlier one that was missing. `gap`: numbers are missing, or this one is none that was awaited. */
export type SeqVerdict =
  { readonly kind: 'next' | 'late' | 'repeat' } | { readonly kind: 'gap'; readonly detail: string };

export function newSparkplugMemory(): SparkplugMemory {
  return { nodes: new Map(), metrics: 0 };
}

/** The words of a birth. Of two metrics with one name or alias the last one counts. */
export function tableOf(metrics: readonly SparkplugMetric[]): MetricTable {
  const named = metrics.filter(
    ({ name }) => name !== undefined && name !== '' && name.length <= METRIC_NAME_CHARS_MAX,
  );
  const kinds = named.map(({ name = '', unit }) => metricFor(lastPart(name), unit));
  const counts = new Map<MetricName, number>();
  for (const kind of kinds) if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const byAlias = new Map<number, KnownMetric>();
  const byName = new Map<string, KnownMetric>();
  named.forEach(({ name = '', alias, datatype, unit }, i) => {
    const metric = kinds[i];
    const several = metric !== undefined && (counts.get(metric) ?? 0) > 1;
    const channel = several ? name.slice(0, name.lastIndexOf('/')) || name : undefined;
    const known: KnownMetric = { name, datatype, unit, metric, channel };
    byName.set(name, known);
    if (alias !== undefined && Number.isSafeInteger(alias)) byAlias.set(alias, known);
  });
  return { byAlias, byName };
}

/** The node's session; a node that was never seen gets one that is not born. */
export function sessionOf(memory: SparkplugMemory, node: string): NodeSession {
  const known = memory.nodes.get(node);
  if (known) return known;
  const session: NodeSession = {
    table: undefined,
    bornAt: undefined,
    bdSeq: undefined,
    nextSeq: undefined,
    missing: new Set(),
    devices: new Map(),
    rebirthAskedAt: undefined,
  };
  memory.nodes.set(node, session);
  forgetOldest(memory, node);
  return session;
}

/** NBIRTH: the node begins anew; its devices have to be born, too (5.4). */
export function nodeBorn(
  memory: SparkplugMemory,
  node: string,
  birth: {
    readonly table: MetricTable;
    readonly bdSeq: number | undefined;
    readonly seq: number | undefined;
    readonly at: Moment | undefined;
  },
): void {
  const session = sessionOf(memory, node);
  nodeDead(memory, session);
  memory.nodes.delete(node);
  memory.nodes.set(node, session);
  session.table = birth.table;
  session.bornAt = birth.at;
  session.bdSeq = birth.bdSeq;
  session.nextSeq = birth.seq === undefined ? undefined : (birth.seq + 1) % SEQ_COUNT;
  memory.metrics += birth.table.byName.size;
  forgetOldest(memory, node);
}

/** DBIRTH: replaces what was known of the device. */
export function deviceBorn(
  memory: SparkplugMemory,
  at: { readonly node: string; readonly device: string },
  table: MetricTable,
): void {
  const { devices } = sessionOf(memory, at.node);
  deviceDead(memory, devices, at.device);
  if (devices.size >= DEVICES_PER_NODE_MAX) {
    const [oldest] = devices.keys();
    if (oldest !== undefined) deviceDead(memory, devices, oldest);
  }
  devices.set(at.device, table);
  memory.metrics += table.byName.size;
  forgetOldest(memory, at.node);
}

/** NDEATH: aliases mean nothing any more, of the node nor of its devices. */
export function nodeDead(memory: SparkplugMemory, session: NodeSession): void {
  memory.metrics -= session.table?.byName.size ?? 0;
  for (const device of [...session.devices.keys()]) deviceDead(memory, session.devices, device);
  session.table = undefined;
  session.nextSeq = undefined;
  session.missing.clear();
}

/** DDEATH: the device has to be born before it is heard again. */
export function deviceDead(
  memory: SparkplugMemory,
  devices: Map<string, MetricTable>,
  device: string,
): void {
  memory.metrics -= devices.get(device)?.byName.size ?? 0;
  devices.delete(device);
}

/**
 * What a message's number says. A gap is told at once, not after a reorder timeout: one publisher's messages keep
 * their order on a broker, so a gap is a loss, and a message that comes late after all is taken all the same.
 */
export function judgeSeq(session: NodeSession, seq: number | undefined): SeqVerdict {
  const expected = session.nextSeq;
  if (seq === undefined || expected === undefined) return { kind: 'next' };
  if (seq >= SEQ_COUNT) return { kind: 'gap', detail: `${seq} is not 0 to 255` };
  const behind = (expected - seq + SEQ_COUNT) % SEQ_COUNT;
  if (behind === 1) return { kind: 'repeat' };
  if (behind > 0 && behind <= LATE_PLACES_MAX && session.missing.delete(seq)) {
    return { kind: 'late' };
  }
  session.nextSeq = (seq + 1) % SEQ_COUNT;
  session.missing.delete(seq);
  if (behind === 0) return { kind: 'next' };
  for (let lost = expected; lost !== seq; lost = (lost + 1) % SEQ_COUNT) session.missing.add(lost);
  return { kind: 'gap', detail: `${seq} instead of ${expected}` };
}

/** Of a session that ended: sent before the last birth, and not the number that is awaited. Its aliases may not be ours. */
export function isOfEarlierSession(
  session: NodeSession,
  message: { readonly timestamp?: Moment; readonly seq?: number },
): boolean {
  const { timestamp, seq } = message;
  const { bornAt, nextSeq } = session;
  if (timestamp === undefined || bornAt === undefined || timestamp >= bornAt) return false;
  return seq !== undefined && nextSeq !== undefined && seq !== nextSeq;
}

/** Whether the node may be asked for its birth now; remembers that it was. */
export function mayAskRebirth(session: NodeSession, now: Moment): boolean {
  const since = now - (session.rebirthAskedAt ?? -Infinity);
  if (since >= 0 && since < REBIRTH_ASK_EVERY_MS) return false;
  session.rebirthAskedAt = now;
  return true;
}

function forgetOldest(memory: SparkplugMemory, except: string): void {
  for (const [node, session] of memory.nodes) {
    if (memory.nodes.size <= NODES_MAX && memory.metrics <= METRICS_REMEMBERED_MAX) return;
    if (node === except) continue;
    nodeDead(memory, session);
    memory.nodes.delete(node);
  }
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
