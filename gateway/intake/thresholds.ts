/** Thresholds of quality control from YAML, checked; read once. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type, type Static } from 'typebox';
import { parse } from 'yaml';
import { VERIFICATIONS } from '../../domain/limits.ts';
import { METRICS, METRIC_NAMES, type MetricName } from '../../domain/metrics.ts';
import type { QualityThresholds, Thresholds } from '../../domain/quality/tests.ts';
import { grossRange } from '../../domain/quality/gross-range.ts';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { schemaCompiler } from '../schema-compiler.ts';

const strict = { additionalProperties: false };
const Positive = Type.Number({ exclusiveMinimum: 0 });
const Span = Type.Object({ min: Type.Number(), max: Type.Number() }, strict);
const Source = Type.Object(
  {
    standard: Type.String({ minLength: 1 }),
    verification: Type.Enum([...VERIFICATIONS]),
    source: Type.Optional(Type.String({ minLength: 1 })),
  },
  strict,
);
const MetricEntry = Type.Object(
  {
    sensor: Span,
    expected: Type.Optional(Span),
    spikeAbove: Type.Optional(Positive),
    ratePerMinute: Type.Optional(Positive),
    rateFrom: Type.Optional(Positive),
    flatBelow: Type.Optional(Positive),
    citation: Source,
  },
  strict,
);
const ThresholdFile = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    common: Type.Object(
      {
        stepWithinMinutes: Positive,
        stepWithinIntervals: Positive,
        gapSeconds: Positive,
        gapIntervals: Positive,
        frozenHours: Type.Number({ minimum: 24 }),
        frozenValuesMin: Type.Integer({ minimum: 2 }),
        dewPointSlackK: Type.Number({ minimum: 0 }),
        lowBatteryMax: Type.Number({ minimum: 0, maximum: 100 }),
        citation: Source,
      },
      strict,
    ),
    metrics: Type.Record(Type.String(), MetricEntry),
  },
  strict,
);
type ThresholdFile = Static<typeof ThresholdFile>;

const FILE = join(import.meta.dirname, 'thresholds.yaml');

let read: QualityThresholds | undefined;

/** The shipped thresholds. Throws an `Error` of one sentence: a mistake in them is ours. */
export function qualityThresholds(before: ReadBefore = NOTHING_READ_BEFORE): QualityThresholds {
  if (read) return read;
  const text = readFileSync(FILE, 'utf8');
  const what = { name: 'thresholds.yaml', text, reader: JSON.stringify(ThresholdFile) };
  let file = before.find(what) as ThresholdFile | undefined;
  if (!file) {
    file = checkedFile(text);
    before.keep(what, file);
  }
  return (read = toThresholds(file));
}

/** Thresholds from YAML text. Throws an `Error` of one sentence. */
export function parseThresholds(text: string): QualityThresholds {
  return toThresholds(checkedFile(text));
}

function checkedFile(text: string): ThresholdFile {
  const value: unknown = parse(text, { uniqueKeys: true });
  const Ajv = schemaCompiler();
  const fits = new Ajv({ strict: false }).compile<ThresholdFile>(ThresholdFile);
  if (fits(value)) return value;
  const error = fits.errors?.[0];
  throw new Error(
    `thresholds ${error?.instancePath ?? ''}: ${error?.message ?? 'not as expected'}`,
  );
}

function toThresholds(file: ThresholdFile): QualityThresholds {
  const { stepWithinMinutes, frozenHours, citation: _, ...common } = file.common;
  const metrics = new Map<MetricName, Thresholds>();
  for (const [name, entry] of Object.entries(file.metrics)) {
    const metric = METRIC_NAMES.find((known) => known === name);
    const definition = metric && METRICS.get(metric);
    if (!metric || definition?.kind !== 'number' || definition.safety) {
      throw new Error(`thresholds: ${name} is no metric that is tested`);
    }
    const { sensor, expected, ratePerMinute, spikeAbove, rateFrom, flatBelow } = entry;
    const thresholds: Thresholds = {
      sensor,
      ...(expected ? { user: expected } : {}),
      ...(spikeAbove === undefined ? {} : { spikeAbove }),
      ...(ratePerMinute === undefined ? {} : { ratePerSecond: ratePerMinute / 60 }),
      ...(rateFrom === undefined ? {} : { rateFrom }),
      ...(flatBelow === undefined ? {} : { flatBelow }),
    };
    // Throws when the expected span leaves the sensor's.
    grossRange(0, thresholds);
    metrics.set(metric, thresholds);
  }
  return {
    common: {
      ...common,
      stepWithinMs: stepWithinMinutes * MINUTE_MS,
      frozenMs: frozenHours * HOUR_MS,
    },
    metrics,
  };
}
