/** Home Assistant MQTT discovery: what devices say of themselves, as proposals to people. It configures nothing. */

import { say, type Said } from '../../../domain/sentences.ts';
import { METRICS } from '../../../domain/metrics.ts';
import { CATALOGUE, parsePayload } from '../../intake/payload.ts';
import {
  NOTHING,
  refused,
  type Codec,
  type CodecInput,
  type ProfileOutput,
  type Proposal,
  type ProposedMetric,
} from '../output.ts';
import { expandComponent, expandDevice, metricOfClass, type Fields } from './ha-words.ts';
import { pathOfTemplate } from './ha-template.ts';
import { inOwnUnit, metricNamed, unknownMetric } from './metric-words.ts';

/** Components of one device; what is above is refused as a whole. */
const COMPONENTS_MAX = 256;
/** Topics whose proposal is remembered, to say what was withdrawn; the oldest is forgotten. */
const TOPICS_MAX = 5_000;
const METRICS_REMEMBERED_MAX = 20_000;
const TEXT_CHARS_MAX = 128;
const TOPIC_CHARS_MAX = 512;

/** What each discovery topic proposed. The retained messages bring it back after a restart. */
export interface DiscoveryMemory {
  readonly proposed: Map<string, Remembered>;
  metrics: number;
}

interface Remembered {
  readonly device: string;
  readonly metrics: readonly ProposedMetric[];
}

interface DiscoveryTopic {
  readonly component: string;
  readonly objectId: string;
}

type Judged =
  { readonly ok: true; readonly metric: ProposedMetric } | (Said & { readonly ok: false });

/**
 * Home Assistant MQTT discovery, one component a message or a device with `components`. One proposal carries all that
 * can be bound; each component that can't has its own, with the reason. Several messages may propose metrics of one
 * device. An empty payload withdraws what the topic proposed. The variable `prefix` is the first part of the topics
 * (`homeassistant`).
 */
export const haDiscovery: Codec<DiscoveryMemory> = {
  name: 'ha-discovery',
  newMemory: () => ({ proposed: new Map(), metrics: 0 }),
  decode,
};

function decode(input: CodecInput, memory: DiscoveryMemory): ProfileOutput {
  const topic = readTopic(input);
  if (!topic) return refused('ha-topic', say('ha-topic'));
  if (input.payload.length === 0) return withdrawn(input.topic, topic, memory);
  const parsed = parsePayload(input.payload, CATALOGUE);
  if (!parsed.ok) return { ...NOTHING, refusal: parsed.refusal };
  if (!isFields(parsed.value)) {
    return refused('ha-not-an-object', say('ha-not-an-object'));
  }
  const root = expandComponent(parsed.value);
  if (topic.component === 'device') return deviceForm({ topic, root, input }, memory);
  const identity = identityOf(root, topic);
  const judged = judge(topic.component, root);
  if (!judged.ok) return { ...NOTHING, proposals: [refusedPart(identity, root, judged)] };
  const proposal: Proposal = { ...identity, metrics: [judged.metric] };
  remember(memory, input.topic, proposal);
  return { ...NOTHING, proposals: [proposal] };
}

/** `<prefix>/<component>/[<node>/]<object>/config`. */
function readTopic(input: CodecInput): DiscoveryTopic | undefined {
  const prefix = `${input.variables['prefix'] ?? 'homeassistant'}/`;
  if (!input.topic.startsWith(prefix) || input.topic.length > TOPIC_CHARS_MAX) return undefined;
  const parts = input.topic.slice(prefix.length).split('/');
  if (parts.pop() !== 'config' || parts.length < 2 || parts.length > 3) return undefined;
  const [component, ...ids] = parts;
  const objectId = ids.join('/');
  return component && ids.every((id) => id !== '') ? { component, objectId } : undefined;
}

function withdrawn(
  topic: string,
  { objectId }: DiscoveryTopic,
  memory: DiscoveryMemory,
): ProfileOutput {
  const known = memory.proposed.get(topic);
  forget(memory, topic);
  const proposal = { device: known?.device ?? objectId, metrics: known?.metrics ?? [] };
  return { ...NOTHING, proposals: [{ ...proposal, removed: true }] };
}

function deviceForm(
  message: {
    readonly topic: DiscoveryTopic;
    readonly root: Fields;
    readonly input: CodecInput;
  },
  memory: DiscoveryMemory,
): ProfileOutput {
  const { topic, root, input } = message;
  const identity = identityOf(root, topic);
  const components = root['components'];
  if (!isFields(components)) return refused('ha-no-components', say('ha-no-components'));
  const entries = Object.entries(components);
  if (entries.length > COMPONENTS_MAX) {
    const said = say('ha-too-many-components', { most: COMPONENTS_MAX });
    return { ...NOTHING, proposals: [{ ...identity, metrics: [], ...asRefused(said) }] };
  }
  const metrics: ProposedMetric[] = [];
  const refusals: Proposal[] = [];
  for (const [key, fields] of entries) {
    const base = typeof root['~'] === 'string' ? root['~'] : undefined;
    const part = isFields(fields) ? inherited(root, expandComponent(fields, base)) : {};
    // A component with its platform alone is withdrawn: the new list no longer has it.
    if (isFields(fields) && Object.keys(fields).length === 1 && part['platform']) continue;
    const judged = judge(String(part['platform'] ?? ''), part);
    if (judged.ok) metrics.push(judged.metric);
    else refusals.push(refusedPart(identity, { name: key, ...part }, judged));
  }
  const gone = withoutThose(memory.proposed.get(input.topic), metrics);
  const proposal: Proposal = { ...identity, metrics };
  remember(memory, input.topic, proposal);
  return {
    ...NOTHING,
    proposals: [
      ...(metrics.length > 0 ? [proposal] : []),
      ...(gone ? [{ device: gone.device, metrics: gone.metrics, removed: true }] : []),
      ...refusals,
    ],
  };
}

/** What all components share may stand once, beside them. */
function inherited(root: Fields, part: Fields): Fields {
  const shared: Record<string, unknown> = {};
  for (const key of ['state_topic', 'encoding']) {
    if (root[key] !== undefined) shared[key] = root[key];
  }
  return { ...shared, ...part };
}

function withoutThose(
  before: Remembered | undefined,
  now: readonly ProposedMetric[],
): Remembered | undefined {
  if (!before) return undefined;
  const still = new Set(now.map(bindingKey));
  const metrics = before.metrics.filter((metric) => !still.has(bindingKey(metric)));
  return metrics.length > 0 ? { device: before.device, metrics } : undefined;
}

function bindingKey({ metric, topic, path }: ProposedMetric): string {
  return JSON.stringify([metric, topic, path]);
}

function judge(component: string, fields: Fields): Judged {
  if (component !== 'sensor' && component !== 'binary_sensor') {
    const shown = JSON.stringify(component.slice(0, 32));
    return no(say('ha-component', { kind: shown }));
  }
  const topic = text(fields['state_topic'], TOPIC_CHARS_MAX);
  if (topic === undefined || /[#+\0]/.test(topic)) return no(say('ha-no-topic'));
  const encoding = fields['encoding'];
  if (encoding !== undefined && !/^utf-?8$/i.test(String(encoding))) {
    return no(say('ha-not-utf8'));
  }
  const template = fields['value_template'];
  if (template !== undefined && typeof template !== 'string') {
    return no(say('ha-template-no-text'));
  }
  const place = pathOfTemplate(template);
  if (!place.ok) return no(place);
  const where = { topic, ...(place.path === undefined ? {} : { path: place.path }) };
  return component === 'sensor' ? judgeSensor(fields, where) : judgeBinary(fields, where);
}

interface Where {
  readonly topic: string;
  readonly path?: string;
}

function judgeSensor(fields: Fields, where: Where): Judged {
  const unit = text(fields['unit_of_measurement'], 32);
  const byClass = metricOfClass('sensor', fields['device_class']);
  const word = wordOf(fields, where);
  const named = metricNamed(word);
  // The field's own word is the more exact one (a dew point has the class of a temperature), if it has that unit.
  const isSharper = named !== undefined && (!byClass || sameUnit(named, byClass));
  const metric = isSharper ? named : byClass;
  const fits = metric !== undefined && inOwnUnit(metric, 0, unit) !== undefined;
  const isNumeric = metric !== undefined && METRICS.get(metric)?.kind === 'number';
  return {
    ok: true,
    metric: {
      metric: fits && isNumeric ? metric : unknownMetric(word),
      ...where,
      ...(unit === undefined ? {} : { unit }),
    },
  };
}

function sameUnit(a: string, b: string): boolean {
  return METRICS.get(a)?.unit === METRICS.get(b)?.unit;
}

function judgeBinary(fields: Fields, where: Where): Judged {
  const on = scalar(fields['payload_on'] ?? 'ON');
  const off = scalar(fields['payload_off'] ?? 'OFF');
  if (on === undefined || off === undefined) return no(say('ha-no-words'));
  if (on === off) return no(say('ha-same-words'));
  const word = wordOf(fields, where);
  const byClass = metricOfClass('binary_sensor', fields['device_class']);
  // Without a class only a name that says which side is abnormal can be taken: `contact` does not.
  const named = fields['device_class'] === undefined ? metricNamed(word) : undefined;
  const isBinary = named !== undefined && METRICS.get(named)?.kind === 'binary';
  const metric = byClass ?? (isBinary ? named : unknownMetric(word));
  const map: Record<string, 0 | 1> = Object.create(null) as Record<string, 0 | 1>;
  map[off] = 0;
  map[on] = 1;
  return { ok: true, metric: { metric, ...where, map: { ...map } } };
}

/** The word by which a value goes in its source: the last part of its path, else that of its topic or its name. */
function wordOf(fields: Fields, { topic, path }: Where): string {
  const lastKey = path
    ?.replace(/\[\d+\]$/, '')
    .split(/[.\]]/)
    .at(-1);
  if (lastKey) return lastKey;
  return text(fields['name'], TEXT_CHARS_MAX) ?? topic.split('/').at(-1) ?? topic;
}

/** The device's own id, not its name: names change, and two may be alike. */
function identityOf(root: Fields, topic: DiscoveryTopic): Omit<Proposal, 'metrics'> {
  const device = isFields(root['device']) ? expandDevice(root['device']) : {};
  const ids = device['identifiers'];
  const [connection] = Array.isArray(device['connections']) ? device['connections'] : [];
  const [first] = Array.isArray(ids) ? (ids as readonly unknown[]) : [ids];
  const id =
    scalarId(first) ??
    scalarId(Array.isArray(connection) ? (connection as readonly unknown[])[1] : undefined) ??
    scalarId(root['unique_id']) ??
    topic.objectId;
  const name = text(device['name'], TEXT_CHARS_MAX) ?? text(root['name'], TEXT_CHARS_MAX);
  const model = text(device['model'], TEXT_CHARS_MAX);
  const manufacturer = text(device['manufacturer'], TEXT_CHARS_MAX);
  return {
    device: id,
    ...(name === undefined ? {} : { name }),
    ...(model === undefined ? {} : { model }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
  };
}

function refusedPart(identity: Omit<Proposal, 'metrics'>, part: Fields, said: Said): Proposal {
  const name = text(part['name'], TEXT_CHARS_MAX);
  return { ...identity, ...(name === undefined ? {} : { name }), metrics: [], ...asRefused(said) };
}

function asRefused({ why, say: sentence }: Said) {
  return { refused: why, refusedSay: sentence };
}

function remember(memory: DiscoveryMemory, topic: string, proposal: Proposal): void {
  forget(memory, topic);
  memory.proposed.set(topic, { device: proposal.device, metrics: proposal.metrics });
  memory.metrics += proposal.metrics.length;
  for (const oldest of memory.proposed.keys()) {
    if (memory.proposed.size <= TOPICS_MAX && memory.metrics <= METRICS_REMEMBERED_MAX) return;
    forget(memory, oldest);
  }
}

function forget(memory: DiscoveryMemory, topic: string): void {
  memory.metrics -= memory.proposed.get(topic)?.metrics.length ?? 0;
  memory.proposed.delete(topic);
}

function scalarId(value: unknown): string | undefined {
  return typeof value === 'number' ? scalar(value) : text(value, TEXT_CHARS_MAX);
}

/** As the value is written on the wire: `true`, `1`, `ON`. */
function scalar(value: unknown): string | undefined {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) {
    return String(value);
  }
  return text(value, TEXT_CHARS_MAX);
}

function text(value: unknown, charsMax: number): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > charsMax) return undefined;
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function no(said: Said): Judged {
  return { ...said, ok: false };
}
