/** What a benchmark says: one row beside its floor or peer, the table, and the file. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { dirname } from 'node:path';

/** One line of the table. `runs` are all measured values, of which `ours` and `floor` are the medians. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly floor?: number;
  /** What the floor or peer is. */
  readonly floorIs?: string;
  readonly ratio?: number;
  readonly target?: string;
  readonly met?: boolean;
  readonly runs?: { readonly ours: readonly number[]; readonly floor?: readonly number[] };
  /** Why there is nothing to stand beside it: then neither ratio nor verdict. */
  readonly notRun?: string;
  readonly note?: string;
}

export interface Conditions {
  readonly [name: string]: string | number | boolean | Conditions;
}

export interface BenchResult {
  readonly rows: readonly Row[];
  readonly conditions: Conditions;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2;
}

/** The nearest-rank percentile; `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export function rounded(value: number): number {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits));
}

/** A row of rates or times: medians, ratio, and whether the target is met. */
export function compare(q: {
  readonly name: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly floor?: readonly number[];
  readonly floorIs?: string;
  readonly target?: {
    readonly text: string;
    readonly met: (ours: number, ratio: number) => boolean;
  };
  readonly notRun?: string;
  readonly note?: string;
}): Row {
  const ours = median(q.ours);
  const floor = q.floor && median(q.floor);
  // Each run beside its neighbour: what else the machine does falls on both.
  const pairs = q.floor?.map((value, i) => (q.ours[i] ?? NaN) / value);
  const ratio = pairs && median(pairs);
  return {
    name: q.name,
    unit: q.unit,
    ours: rounded(ours),
    runs: {
      ours: q.ours.map(rounded),
      ...(q.floor ? { floor: q.floor.map(rounded) } : {}),
    },
    ...(floor === undefined ? {} : { floor: rounded(floor) }),
    ...(q.floorIs === undefined ? {} : { floorIs: q.floorIs }),
    ...(ratio === undefined ? {} : { ratio: rounded(ratio) }),
    ...(q.target ? { target: q.target.text } : {}),
    ...(q.target && q.notRun === undefined ? { met: q.target.met(ours, ratio ?? NaN) } : {}),
    ...(q.notRun === undefined ? {} : { notRun: q.notRun }),
    ...(q.note === undefined ? {} : { note: q.note }),
  };
}

const HEAD = ['benchmark', 'ours', 'beside', 'ratio', 'unit', 'target', ''] as const;

/** The rows as a table for a terminal. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    Number.isNaN(row.ours) ? '-' : String(row.ours),
    row.floor === undefined ? '' : String(row.floor),
    row.ratio === undefined ? '' : row.ratio.toFixed(2),
    row.unit,
    row.target ?? '',
    verdictOf(row),
  ]);
  const widths = HEAD.map((head, i) => Math.max(head.length, ...cells.map((c) => width(c[i]))));
  const numeric = (i: number): boolean => i >= 1 && i <= 3;
  const line = (parts: readonly string[]): string =>
    parts
      .map((part, i) => {
        const pad = ' '.repeat((widths[i] ?? 0) - width(part));
        return numeric(i) ? pad + part : part + pad;
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((one) => '-'.repeat(one));
  const legend = rows
    .filter((row) => row.floorIs !== undefined || row.note !== undefined)
    .map((row) => {
      const beside = row.floorIs === undefined ? '' : `beside: ${row.floorIs}`;
      const parts = [beside, row.note ?? ''].filter(Boolean).join('; ');
      return `  ${row.name}: ${parts}`;
    });
  return [line(HEAD), line(rule), ...cells.map(line), '', ...legend].join('\n');
}

function verdictOf({ notRun, met }: Row): string {
  if (notRun !== undefined) return `not run: ${notRun}`;
  return met === undefined ? '' : met ? 'met' : 'FALLS SHORT';
}

function width(text: string | undefined): number {
  return text?.length ?? 0;
}

/** What the figures depend on, beside the benchmark's own conditions. */
export function machine(): Conditions {
  return {
    node: process.version,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    mosquitto: versionLine('mosquitto', ['-h']),
    influxd: versionLine('influxd', ['version']),
  };
}

function versionLine(program: string, parameters: readonly string[]): string {
  const path = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'].join(':');
  try {
    const text = execFileSync(program, [...parameters], {
      encoding: 'utf8',
      env: { PATH: `${process.env['PATH'] ?? ''}:${path}` },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n')[0] ?? '';
  } catch (error) {
    // Mosquitto shows its help with exit status 3.
    const shown = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    return shown.split('\n')[0] || 'not found';
  }
}

export function writeJson(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}
