/** The rows of the matrix as a table, and which bars they miss. */

import type { Line } from '../bars.ts';
import type { MatrixRow } from './matrix-run.ts';

const LATE_MS_MAX = 5_000;
const VISIBLE_MS_MAX = 10_000;

const COLUMNS: readonly (readonly [name: string, of: (row: MatrixRow) => string])[] = [
  ['fault(s)', (row) => row.faults.join(' & ')],
  ['sent', (row) => String(row.sent)],
  ['ackn.', (row) => String(row.acknowledged)],
  ['stored', (row) => String(row.balance.stored)],
  ['thinned', (row) => String(row.thinned)],
  ['lost', (row) => String(row.lost)],
  ['double', (row) => String(row.double)],
  ['missed', (row) => `${row.alarmsMissed}/${row.fires}`],
  ['alarm s', (row) => seconds(row.slowestAlarmMs)],
  ['stall s', (row) => seconds(row.longestStallMs)],
  ['MB', (row) => String(row.peakMb)],
  ['seen s', (row) => seconds(row.visibleMs)],
];
const FAULTS_CHARS = 40;
const FIGURE_CHARS = 8;

/** What the columns mean, under the table. */
export const LEGEND =
  'sent, ackn.: messages, and those acknowledged to their publisher; stored, thinned (counted while the disk is full), lost, ' +
  'double: readings, two a message; missed: fires; alarm: slowest, from the broker to webhook and live feed; ' +
  'stall: longest without an acknowledgement to the publisher; seen: in /api/ready, /metrics and live feed, all three.';

export function headLine(): string {
  return COLUMNS.map(([name], i) => cell(name, i)).join(' ');
}

export function rowLine(row: MatrixRow): string {
  const misses = missedBars(row);
  const line = COLUMNS.map(([, of], i) => cell(of(row), i)).join(' ');
  return misses.length === 0 ? line : `${line}  MISSED: ${misses.join(', ')}`;
}

function cell(text: string, column: number): string {
  return column === 0 ? text.padEnd(FAULTS_CHARS) : text.padStart(FIGURE_CHARS);
}

/** The bars that a row misses, in words. */
export function missedBars(row: MatrixRow): readonly string[] {
  const bars: readonly (readonly [what: string, ok: boolean])[] = [
    ['not all acknowledged', row.acknowledged === row.sent],
    ['lost', row.lost === 0],
    ['double', row.double === 0],
    ['alarm missed', row.alarmsMissed === 0],
    ['alarm double', row.alarmsDouble === 0],
    ['alarm late', row.slowestAlarmMs !== undefined && row.slowestAlarmMs <= LATE_MS_MAX],
    ['not seen in 10 s', row.visibleMs !== undefined && row.visibleMs <= VISIBLE_MS_MAX],
    ['journal', row.journalOk],
  ];
  return bars.filter(([, ok]) => !ok).map(([what]) => what);
}

/** One line a row for the report, with its bars. */
export function matrixLines(rows: readonly MatrixRow[]): readonly Line[] {
  const worst = (of: (row: MatrixRow) => number | undefined): string =>
    seconds(rows.map(of).reduce((a, b) => Math.max(a ?? Infinity, b ?? Infinity), 0));
  const bad = rows.filter((row) => missedBars(row).length > 0);
  const sum = (of: (row: MatrixRow) => number): number => rows.reduce((a, row) => a + of(row), 0);
  return [
    { what: 'combinations of faults', value: rows.length, ok: true },
    { what: 'messages acknowledged', value: sum((row) => row.acknowledged), ok: true },
    zero(
      'readings lost',
      sum((row) => row.lost),
    ),
    zero(
      'readings stored twice',
      sum((row) => row.double),
    ),
    zero(
      'alarms missed',
      sum((row) => row.alarmsMissed),
    ),
    { what: 'slowest safety alarm, s', value: worst((row) => row.slowestAlarmMs), ok: true },
    {
      what: 'longest stall of acknowledgement, s',
      value: worst((r) => r.longestStallMs),
      ok: true,
    },
    { what: 'slowest to be seen, s', value: worst((row) => row.visibleMs), ok: true },
    zero('combinations that miss a bar', bad.length),
  ];
}

function zero(what: string, value: number): Line {
  return { what, value, bar: '= 0', ok: value === 0 };
}

function seconds(ms: number | undefined): string {
  return ms === undefined || ms === Infinity ? 'never' : (ms / 1000).toFixed(1);
}
