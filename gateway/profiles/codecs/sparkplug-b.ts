/** Eclipse Sparkplug B 3.0 as a host application hears it: births, data and deaths of edge nodes and their devices. */

import { say } from '../../../domain/sentences.ts';
import type { Moment } from '../../../domain/time.ts';
import {
  NOTHING,
  refused,
  type Availability,
  type Branch,
  type Codec,
  type CodecInput,
  type DeviceTime,
  type ProfileOutput,
  type Reply,
  type Sample,
  type SampleIssue,
} from '../output.ts';
import { placed, unknownMetric } from './metric-words.ts';
import {
  numberOf,
  readPayload,
  rebirthPayload,
  type SparkplugMetric,
  type SparkplugPayload,
} from './sparkplug-payload.ts';
import {
  deviceBorn,
  deviceDead,
  isOfEarlierSession,
  judgeSeq,
  mayAskRebirth,
  newSparkplugMemory,
  nodeBorn,
  nodeDead,
  sessionOf,
  tableOf,
  type KnownMetric,
  type MetricTable,
  type SparkplugMemory,
} from './sparkplug-session.ts';

const QUALITY_GOOD = 192;
const QUALITY_STALE = 500;
/** The last moment that JavaScript has a date for. */
const MOMENT_MAX = 8.64e15;
/** Metrics by which a host commands and counts: nothing measured (Sparkplug 3.0, 6.4.21). */
const NOT_MEASURED = /^(bdSeq$|Node Control\/|Device Control\/)/;

type MessageType = 'NBIRTH' | 'NDATA' | 'NDEATH' | 'DBIRTH' | 'DDATA' | 'DDEATH';
const TYPES: ReadonlySet<string> = new Set<MessageType>([
  'NBIRTH',
  'NDATA',
  'NDEATH',
  'DBIRTH',
  'DDATA',
  'DDEATH',
]);

interface Message {
  readonly type: MessageType;
  readonly group: string;
  readonly node: string;
  /** Set for the types that begin with D. */
  readonly device: string | undefined;
  readonly payload: SparkplugPayload;
  readonly input: CodecInput;
}

interface Collected {
  readonly samples: Sample[];
  readonly issues: SampleIssue[];
  readonly availability: Availability[];
  readonly replies: Reply[];
}

/**
 * Sparkplug B. Samples come from `<group>/<node>[/<device>]`; a node's availability is that of a bridge named
 * `<node>`, a device's that of the device. Births are asked for as replies (NCMD) unless the variable `rebirth` is
 * `off`: only an active host commands nodes. Sample.sequence stays unset: Sparkplug's number belongs to the node and
 * begins anew after 255, so it recognises no repeat; the metrics' own times do.
 */
export const sparkplugB: Codec<SparkplugMemory> = {
  name: 'sparkplug-b',
  newMemory: newSparkplugMemory,
  decode,
};

function decode(input: CodecInput, memory: SparkplugMemory): ProfileOutput {
  const [namespace, group, type, node, device, ...rest] = input.topic.split('/');
  if (namespace !== 'spBv1.0') return wrongTopic();
  // Other hosts' states and all commands, our own ones among them.
  if (group === 'STATE' || type === 'NCMD' || type === 'DCMD') return NOTHING;
  if (!group || !node || !isMessageType(type) || rest.length > 0) return wrongTopic();
  if (type.startsWith('D') ? !device : device !== undefined) return wrongTopic();
  const payload = readPayload(input.payload);
  if (!payload) {
    return refused('sparkplug-broken', say('sparkplug-broken'));
  }
  const message: Message = { type, group, node, device, payload, input };
  const out: Collected = { samples: [], issues: [], availability: [], replies: [] };
  const refusal = take(message, memory, out);
  const { replies, ...others } = out;
  const output = { ...NOTHING, ...others, ...(replies.length > 0 ? { replies } : {}) };
  return refusal ? { ...output, ...refusal } : output;
}

type Refusal = Pick<ProfileOutput, 'refusal'>;

function take(message: Message, memory: SparkplugMemory, out: Collected): Refusal | undefined {
  const { type } = message;
  if (type === 'NBIRTH') return takeNodeBirth(message, memory, out);
  if (type === 'NDEATH') return takeNodeDeath(message, memory, out);
  const session = sessionOf(memory, nodeKey(message));
  if (asksBirths(message) && session.table && isOfEarlierSession(session, message.payload)) {
    // If it is the node's clock that went back, only a new birth ends this: so it is asked for, or nothing is dropped.
    askRebirth(message, memory, out);
    return { refusal: { code: 'sparkplug-earlier-session', ...say('sparkplug-earlier-session') } };
  }
  const seq = judgeSeq(session, message.payload.seq);
  if (seq.kind === 'gap') {
    const device = nodeKey(message);
    out.issues.push({ device, kind: 'sequence-gap', field: 'seq', detail: seq.detail });
  }
  if (seq.kind === 'gap' || !session.table) askRebirth(message, memory, out);
  if (type === 'DBIRTH') takeDeviceBirth(message, memory, out);
  else if (type === 'DDEATH') takeDeviceDeath(message, memory, out);
  else return takeData(message, memory, out);
  return undefined;
}

function takeNodeBirth(message: Message, memory: SparkplugMemory, out: Collected): undefined {
  const { payload } = message;
  const table = tableOf(payload.metrics);
  const bdSeq = bdSeqOf(payload);
  nodeBorn(memory, nodeKey(message), { table, bdSeq, seq: payload.seq, at: payload.timestamp });
  out.availability.push({
    device: message.node,
    online: true,
    scope: 'bridge',
    branch: branchOf(message),
    deviceTime: momentOf(payload.timestamp),
  });
  takeMetrics(message, table, out);
}

/**
 * Only the death that belongs to the last birth counts (5.5): a will may come after the node is back. After a restart
 * of ours no birth is known; then it is believed, since a node that does live is heard and asked for its birth. Its
 * time is that of the connection, so the time of receipt is the one to tell.
 */
function takeNodeDeath(message: Message, memory: SparkplugMemory, out: Collected): undefined {
  const session = sessionOf(memory, nodeKey(message));
  if (session.bdSeq !== undefined && session.bdSeq !== bdSeqOf(message.payload)) return;
  nodeDead(memory, session);
  out.availability.push({
    device: message.node,
    online: false,
    scope: 'bridge',
    branch: branchOf(message),
    deviceTime: undefined,
  });
}

function takeDeviceBirth(message: Message, memory: SparkplugMemory, out: Collected): void {
  const { device = '', payload } = message;
  const table = tableOf(payload.metrics);
  deviceBorn(memory, { node: nodeKey(message), device }, table);
  // Without it a device that died once would stay gone for ever.
  out.availability.push(deviceAvailability(message, true));
  takeMetrics(message, table, out);
}

function takeDeviceDeath(message: Message, memory: SparkplugMemory, out: Collected): void {
  const { devices } = sessionOf(memory, nodeKey(message));
  deviceDead(memory, devices, message.device ?? '');
  out.availability.push(deviceAvailability(message, false));
}

function takeData(message: Message, memory: SparkplugMemory, out: Collected): Refusal | undefined {
  const session = sessionOf(memory, nodeKey(message));
  const { device } = message;
  const table = device === undefined ? session.table : session.devices.get(device);
  if (!table) {
    askRebirth(message, memory, out);
    return { refusal: { code: 'sparkplug-before-birth', ...say('sparkplug-before-birth') } };
  }
  if (!takeMetrics(message, table, out)) askRebirth(message, memory, out);
  return undefined;
}

/** False when a metric is none of the birth's. */
function takeMetrics(message: Message, table: MetricTable, out: Collected): boolean {
  const device = deviceKey(message);
  let allKnown = true;
  for (const metric of message.payload.metrics) {
    const known = knownOf(metric, table);
    if (known) takeMetric({ metric, known, device, sentAt: message.payload.timestamp }, out);
    else if (metric.isTransient) continue;
    else {
      allKnown = false;
      const field = metric.name?.slice(0, 64) ?? `alias ${metric.alias ?? '?'}`;
      out.issues.push({ device, kind: 'missing', field, detail: 'no birth names it' });
    }
  }
  return allKnown;
}

function takeMetric(
  given: {
    readonly metric: SparkplugMetric;
    readonly known: KnownMetric;
    readonly device: string;
    readonly sentAt: Moment | undefined;
  },
  out: Collected,
): void {
  const { metric, known, device } = given;
  if (metric.isTransient || NOT_MEASURED.test(known.name)) return;
  const field = known.metric ?? unknownMetric(known.name);
  const issue = (kind: SampleIssue['kind'], detail?: string): void => {
    out.issues.push({ device, kind, field, ...(detail === undefined ? {} : { detail }) });
  };
  if (metric.isNull || !metric.value) return issue('missing');
  const quality = metric.quality ?? QUALITY_GOOD;
  if (quality === QUALITY_STALE) return issue('stale');
  // A word of quality that the standard does not have is not taken for a good one.
  if (quality !== QUALITY_GOOD) return issue('source-fault', `Quality ${quality}`);
  const value = numberOf(metric.value, known.datatype ?? metric.datatype);
  if (value === undefined) {
    if (known.metric) issue('not-a-number');
    return;
  }
  if (!Number.isFinite(value)) return issue('missing', String(value));
  const place = placed(known.metric, { name: known.name, value, unit: known.unit });
  if (!place) return issue('sentinel', String(value));
  out.samples.push({
    device,
    ...(known.channel === undefined ? {} : { channel: known.channel }),
    ...place,
    deviceTime: momentOf(metric.timestamp ?? given.sentAt),
    ...(metric.isHistorical ? { historical: true } : {}),
  });
}

function knownOf(metric: SparkplugMetric, table: MetricTable): KnownMetric | undefined {
  if (metric.name) return table.byName.get(metric.name);
  return metric.alias === undefined ? undefined : table.byAlias.get(metric.alias);
}

function askRebirth(message: Message, memory: SparkplugMemory, out: Collected): void {
  const { receivedAt } = message.input;
  if (!asksBirths(message)) return;
  if (!mayAskRebirth(sessionOf(memory, nodeKey(message)), receivedAt)) return;
  const topic = `spBv1.0/${message.group}/NCMD/${message.node}`;
  out.replies.push({ topic, payload: rebirthPayload(receivedAt) });
}

function asksBirths(message: Message): boolean {
  return message.input.variables['rebirth'] !== 'off';
}

function bdSeqOf(payload: SparkplugPayload): number | undefined {
  const value = payload.metrics.find(({ name }) => name === 'bdSeq')?.value;
  return value && numberOf(value, undefined);
}

function deviceAvailability(message: Message, online: boolean): Availability {
  const deviceTime = momentOf(message.payload.timestamp);
  const branch = branchOf(message);
  return { device: deviceKey(message), online, scope: 'device', branch, deviceTime };
}

/** Of many nodes one may die: the devices of the others live on. */
function branchOf(message: Message): Branch {
  const { group, node } = message;
  return { device: nodeKey(message), topics: `spBv1.0/${group}/+/${node}/#` };
}

function nodeKey({ group, node }: Message): string {
  return `${group}/${node}`;
}

function deviceKey(message: Message): string {
  const node = nodeKey(message);
  return message.device === undefined ? node : `${node}/${message.device}`;
}

function momentOf(timestamp: number | undefined): DeviceTime {
  return timestamp !== undefined && timestamp > MOMENT_MAX ? NaN : timestamp;
}

function isMessageType(type: string | undefined): type is MessageType {
  return type !== undefined && TYPES.has(type);
}

function wrongTopic(): ProfileOutput {
  return refused('sparkplug-topic', say('sparkplug-topic'));
}
