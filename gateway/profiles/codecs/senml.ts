/** SenML JSON (RFC 8428): an array of records with base fields that stay in force until they change. */

import { say } from '../../../domain/sentences.ts';
import { BATCH_OBJECTS_MAX } from '../../../domain/bounds.ts';
import { isMetric } from '../../../domain/metrics.ts';
import { SECOND_MS, type Moment } from '../../../domain/time.ts';
import { parsePayload } from '../../intake/payload.ts';
import {
  NOTHING,
  refused,
  type Codec,
  type CodecInput,
  type DeviceTime,
  type ProfileOutput,
  type Sample,
  type SampleIssue,
} from '../output.ts';
import { metricFor, placed, unknownMetric } from './metric-words.ts';

/** RFC 8428, 4.4: the version that it defines; a pack with a higher one must not be read. */
const VERSION_MAX = 10;
/** RFC 8428, 4.5.3: below it a time is relative to now. */
const RELATIVE_BELOW_S = 2 ** 28;
const NAME_CHARS_MAX = 256;
/** RFC 8428, 4.5.1. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/;
const VALUE_FIELDS = ['v', 'vs', 'vb', 'vd'] as const;
const BASE_FIELDS = ['bn', 'bt', 'bu', 'bv', 'bs', 'bver'] as const;

/** The units that name one of our metrics by themselves; volts, pascals and ppm may be of anything. */
const METRIC_OF_UNIT: Readonly<Record<string, string>> = {
  Cel: 'temperature',
  '%RH': 'humidity',
  lx: 'illuminance',
  '%EL': 'battery',
};

type ValueField = (typeof VALUE_FIELDS)[number];
type Fields = Readonly<Record<string, unknown>>;

interface Base {
  readonly name: string;
  /** Seconds; `undefined`: no record has named one yet. */
  readonly time: number | undefined;
  readonly unit: string | undefined;
  readonly value: number;
  readonly sum: number;
}

interface Resolved {
  readonly device: string;
  readonly unit: string | undefined;
  readonly deviceTime: DeviceTime;
}

interface Collected {
  readonly samples: Sample[];
  readonly issues: SampleIssue[];
}

/** SenML JSON (RFC 8428). The device is a record's whole name; it keeps nothing between messages. */
export const senml: Codec<Record<string, never>> = {
  name: 'senml-json',
  newMemory: () => ({}),
  decode,
};

function decode(input: CodecInput): ProfileOutput {
  const parsed = parsePayload(input.payload);
  if (!parsed.ok) return { ...NOTHING, refusal: parsed.refusal };
  const pack = parsed.value;
  if (!Array.isArray(pack)) return refused('senml-not-a-pack', say('senml-not-a-pack'));
  if (pack.length > BATCH_OBJECTS_MAX) {
    return refused('senml-too-many', say('senml-too-many', { most: BATCH_OBJECTS_MAX }));
  }
  const out: Collected = { samples: [], issues: [] };
  let base: Base = { name: '', time: undefined, unit: undefined, value: 0, sum: 0 };
  for (const record of pack as readonly unknown[]) {
    if (!isFields(record)) return refused('senml-not-a-record', say('senml-not-a-record'));
    const trouble = packTrouble(record);
    if (trouble) return trouble;
    base = nextBase(base, record);
    collect({ record, base, receivedAt: input.receivedAt }, out);
  }
  return { ...NOTHING, ...out };
}

/** What makes the whole pack unusable: its other records can't be trusted either (RFC 8428, 4.3 and 4.4). */
function packTrouble(record: Fields): ProfileOutput | undefined {
  const mustKnow = Object.keys(record).find((label) => label.endsWith('_'));
  if (mustKnow !== undefined) {
    const shown = JSON.stringify(mustKnow.slice(0, 32));
    return refused('senml-must-understand', say('senml-must-understand', { label: shown }));
  }
  for (const label of BASE_FIELDS) {
    const value = record[label];
    if (value === undefined) continue;
    const isText = label === 'bn' || label === 'bu';
    if (isText ? typeof value !== 'string' : !isNumber(value)) {
      const name = isText ? 'senml-base-text' : 'senml-base-number';
      return refused('senml-base-field', say(name, { label }));
    }
  }
  const version = record['bver'];
  if (isNumber(version) && (version > VERSION_MAX || version < 1)) {
    return refused('senml-version', say('senml-version', { version, known: VERSION_MAX }));
  }
  return undefined;
}

function nextBase(base: Base, record: Fields): Base {
  const { bn, bt, bu, bv, bs } = record;
  return {
    name: typeof bn === 'string' ? bn : base.name,
    time: isNumber(bt) ? bt : base.time,
    unit: typeof bu === 'string' ? bu : base.unit,
    value: isNumber(bv) ? bv : base.value,
    sum: isNumber(bs) ? bs : base.sum,
  };
}

function collect(
  at: { readonly record: Fields; readonly base: Base; readonly receivedAt: Moment },
  out: Collected,
): void {
  const { record, base } = at;
  const own = record['n'];
  const device = own === undefined ? base.name : typeof own === 'string' ? base.name + own : '';
  const present = VALUE_FIELDS.filter((label) => record[label] !== undefined);
  const hasSum = record['s'] !== undefined;
  // A record may be there for its base fields alone.
  if (present.length === 0 && !hasSum && own === undefined && record['t'] === undefined) return;
  const issue = (kind: SampleIssue['kind'], field: string, detail: unknown): void => {
    out.issues.push({
      device: device.slice(0, NAME_CHARS_MAX),
      kind,
      field,
      detail: brief(detail),
    });
  };
  if (device.length > NAME_CHARS_MAX || !NAME.test(device)) {
    return issue('not-a-number', 'n', own ?? base.name);
  }
  if (present.length > 1) return issue('not-a-number', 'v', present.join(' and '));
  const unit = typeof record['u'] === 'string' ? record['u'] : base.unit;
  const resolved: Resolved = {
    device,
    unit,
    deviceTime: timeOf(base, record['t'], at.receivedAt),
  };
  const [label] = present;
  if (label !== undefined) {
    const result = valueSample({ label, value: record[label], base: base.value }, resolved);
    if (result === undefined) return;
    if ('kind' in result) out.issues.push(result);
    else out.samples.push(result);
  } else if (!hasSum) {
    issue('missing', lastPart(device), undefined);
  }
  if (hasSum) sumSample({ value: record['s'], base: base.sum }, resolved, out);
}

/** `undefined`: a text or bytes that stand for no metric. They are no values. */
function valueSample(
  given: { readonly label: ValueField; readonly value: unknown; readonly base: number },
  { device, unit, deviceTime }: Resolved,
): Sample | SampleIssue | undefined {
  const { label, value } = given;
  const metric = metricOf(device, unit);
  const field = metric ?? unknownMetric(lastPart(device));
  if (value === null) return { device, kind: 'missing', field };
  const number = numberOf(label, value, given.base);
  if (number === undefined) {
    const expected = label === 'vs' || label === 'vd' ? typeof value === 'string' : false;
    if (expected && !metric) return undefined;
    return { device, kind: 'not-a-number', field, detail: brief(value) };
  }
  const place = placed(metric, { name: lastPart(device), value: number, unit });
  if (!place) return { device, kind: 'sentinel', field, detail: brief(value) };
  return { device, ...place, deviceTime };
}

function numberOf(label: ValueField, value: unknown, base: number): number | undefined {
  if (label === 'vb') return typeof value === 'boolean' ? Number(value) : undefined;
  if (label !== 'v' || !isNumber(value)) return undefined;
  // 19.9 + 0.1 is 20 in the sensor's mind; binary noise of the addition is not measured.
  const sum = base === 0 ? value : Number((value + base).toPrecision(15));
  return Number.isFinite(sum) ? sum : undefined;
}

/** A running total (RFC 8428, 4.2) is none of our metrics: offered as `x.<name>.sum`. */
function sumSample(
  given: { readonly value: unknown; readonly base: number },
  { device, deviceTime }: Resolved,
  out: Collected,
): void {
  const metric = `${unknownMetric(lastPart(device))}.sum`;
  const sum = isNumber(given.value) ? given.value + given.base : NaN;
  if (Number.isFinite(sum)) out.samples.push({ device, metric, value: sum, deviceTime });
  else if (given.value === null) out.issues.push({ device, kind: 'missing', field: metric });
  else {
    out.issues.push({ device, kind: 'not-a-number', field: metric, detail: brief(given.value) });
  }
}

/** A relative time is resolved now: later nobody knows what it was relative to (RFC 8428, 4.5.3 and 4.6). */
function timeOf(base: Base, own: unknown, receivedAt: Moment): DeviceTime {
  if (own === undefined && base.time === undefined) return undefined;
  if (own !== undefined && !isNumber(own)) return NaN;
  const seconds = (base.time ?? 0) + (own ?? 0);
  const at = Math.round(seconds * SECOND_MS);
  return seconds < RELATIVE_BELOW_S ? receivedAt + at : at;
}

/** The last part of the name is the more exact word: a dew point is in °C, too. */
function metricOf(device: string, unit: string | undefined) {
  const named = metricOfName(device, unit);
  if (named) return named;
  const byUnit =
    unit !== undefined && Object.hasOwn(METRIC_OF_UNIT, unit) ? METRIC_OF_UNIT[unit] : undefined;
  return byUnit !== undefined && isMetric(byUnit) ? byUnit : undefined;
}

function metricOfName(device: string, unit: string | undefined) {
  const last = lastPart(device);
  const whole = metricFor(last, unit);
  if (whole || !device.startsWith('urn:dev:')) return whole;
  // RFC 9039: a part of a device stands behind an underscore, `urn:dev:mac:0024befffe804ff1_water_leak`.
  const [, ...parts] = last.split('_');
  for (let from = 0; from < Math.min(parts.length, 4); from += 1) {
    const metric = metricFor(parts.slice(from).join('_'), unit);
    if (metric) return metric;
  }
  return undefined;
}

function lastPart(name: string): string {
  const parts = name.split(/[/:]/);
  return parts.findLast((part) => part !== '') ?? name;
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, 64);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
