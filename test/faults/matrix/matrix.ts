/** The whole matrix: every fault alone, every two different ones at once. */

import type { Line } from '../bars.ts';
import { FAULTS, FROZEN, type Fault } from './disruptions.ts';
import { MATRIX_FULL, runRow, type MatrixRow } from './matrix-run.ts';
import { headLine, LEGEND, matrixLines, missedBars, rowLine } from './table.ts';

/** Singles first, then pairs in the order in which they begin. */
export function combinations(): readonly (readonly Fault[])[] {
  const singles = [...FAULTS, ...FROZEN].map((fault) => [fault]);
  const pairs = FAULTS.flatMap((a, i) => FAULTS.slice(i + 1).map((b) => [a, b]));
  return [...singles, ...pairs];
}

/** Prints each row as soon as it is known. `only`: combinations by name, `broker+influx`. */
export async function runMatrix(q: {
  /** Singles only. */
  readonly quick: boolean;
  readonly only?: readonly string[] | undefined;
  readonly logPath: string;
  readonly onNote: (text: string) => void;
}): Promise<{ readonly lines: readonly Line[]; readonly report: object } | undefined> {
  const { quick, only, logPath } = q;
  const wanted = combinations().filter((faults) =>
    only ? only.includes(faults.map((f) => f.name).join('&')) : !quick || faults.length === 1,
  );
  console.log(`  ${headLine()}`);
  const rows: MatrixRow[] = [];
  for (const faults of wanted) {
    const row = await runRow(faults, { size: MATRIX_FULL, logPath });
    if (!row) return undefined;
    rows.push(row);
    console.log(`  ${rowLine(row)}`);
    if (missedBars(row).length > 0) {
      q.onNote(JSON.stringify({ told: row.told, seen: row.seen, failedStarts: row.failedStarts }));
      for (const one of row.balance.examples.slice(0, 3)) q.onNote(one);
    }
  }
  console.log(`  ${LEGEND}`);
  const by = new Set(rows.flatMap(({ clock }) => clock ?? []));
  if (by.size > 0) q.onNote(`the wall clock was moved by ${[...by].join(' and ')}`);
  return { lines: matrixLines(rows), report: { rows } };
}
