/** Loads a standards pack: every class of room has its row, every unit is the metric's own, sources are stated. */

import { fileURLToPath } from 'node:url';
import type { Citation, Limit } from '../../domain/limits.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import type { ClassLimits, Standards } from '../standards/limits-in-force.ts';
import {
  StandardsPackSchema,
  type RangeRow,
  type StandardsClass,
  type StandardsPack,
  type SwingRow,
} from '../standards/pack-types.ts';
import { KnowledgeError, parseYaml, readYaml } from './read-yaml.ts';

const SHIPPED = fileURLToPath(new URL('../standards/jgj-25-dat-87.yaml', import.meta.url));

/** The shipped pack, or the one at `path`. Throws `KnowledgeError` with one sentence. */
export function loadStandards(path: string = SHIPPED): Standards {
  return toStandards(readYaml(path, StandardsPackSchema), path);
}

/** A pack from YAML text, checked in the same way. */
export function parseStandards(text: string, file: string): Standards {
  return toStandards(parseYaml(text, StandardsPackSchema, file), file);
}

function toStandards(pack: StandardsPack, file: string): Standards {
  const classes = new Map(pack.classes.map((row) => [row.class, toClass(row, pack, file)]));
  const missing = ROOM_CLASSES.filter((name) => !classes.has(name));
  if (missing.length > 0) {
    throw new KnowledgeError(`${file}: no row for the room class ${missing.join(', ')}.`);
  }
  if (classes.size !== pack.classes.length) {
    throw new KnowledgeError(`${file}: a room class has two rows.`);
  }
  return { id: pack.id, version: pack.version, name: pack.name, classes };
}

function toClass(row: StandardsClass, pack: StandardsPack, file: string): ClassLimits {
  const limits = row.limits.map((r) => toRange(r, file));
  const common = row.store
    ? [
        ...pack.stores.swing.map((r) => toSwing(r, file)),
        ...pack.stores.limits.map((r) => toRange(r, file)),
      ]
    : [];
  return {
    class: row.class,
    rule: row.rule,
    name: row.name,
    store: row.store,
    limits: [...limits, ...common],
    alternatives: row.alternatives.map(({ why, ...alternative }) => ({
      ...toRange(alternative, file),
      ...(why ? { why } : {}),
    })),
    ...(row.note ? { note: row.note } : {}),
  };
}

function toRange(row: RangeRow, file: string): Limit {
  const { metric, min, max, citation, inForceFrom } = row;
  checkUnit(metric, row.unit, file);
  if (min === undefined && max === undefined) {
    throw new KnowledgeError(`${file}: a limit of ${metric} has neither min nor max.`);
  }
  if (min !== undefined && max !== undefined && min > max) {
    throw new KnowledgeError(`${file}: a limit of ${metric} has min ${min} above max ${max}.`);
  }
  return {
    metric,
    kind: 'range',
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...shared(citation, inForceFrom),
  };
}

function toSwing(row: SwingRow, file: string): Limit {
  const { metric, fromSetPoint, peakToPeak, citation, inForceFrom } = row;
  checkUnit(metric, row.unit, file);
  const swing = { fromSetPoint, peakToPeak };
  return { metric, kind: 'swing', swing, ...shared(citation, inForceFrom) };
}

function shared(citation: Citation, inForceFrom: string | undefined) {
  // A standard's day begins in China.
  const validFrom = inForceFrom === undefined ? 0 : Date.parse(`${inForceFrom}T00:00:00+08:00`);
  return { citation, origin: 'pack' as const, validFrom, recordedAt: 0 };
}

function checkUnit(metric: MetricName, unit: string, file: string): void {
  const expected = METRICS.get(metric)?.unit;
  if (unit !== expected) {
    throw new KnowledgeError(`${file}: ${metric} is in ${expected ?? '?'}, not in ${unit}.`);
  }
}
