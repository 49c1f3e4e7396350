/** What was sent and what was acknowledged, sensor by sensor, so that a checker can prove that nothing is lost. */

import type { Moment } from '../../domain/time.ts';

/** One sensor's account. Sequences rise by one; the n-th time belongs to the n-th acknowledged sequence. */
export interface SensorAccount {
  readonly sensor: string;
  readonly sent: number;
  readonly acknowledged: number;
  /** Inclusive ranges of acknowledged sequences, in order. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** Sequences between the first and the last sent that were never acknowledged. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  readonly firstAt?: Moment;
  readonly lastAt?: Moment;
  /** Device times of the acknowledged messages, in the order of their sequences. */
  readonly times?: readonly Moment[];
}

export interface Ledger {
  /** The next sequence and device time of a sensor: both always rise. */
  issue(sensor: number, now: Moment): { readonly sequence: number; readonly time: Moment };
  acknowledge(sensor: number, sequence: number): void;
  accounts(options: { readonly times: boolean }): readonly SensorAccount[];
  acknowledged(): number;
}

interface Row {
  readonly times: Moment[];
  readonly isAcknowledged: boolean[];
}

/** A ledger over `sensors`; sequences start at `firstSequence`, which must rise from run to run. */
export function createLedger(sensors: readonly string[], firstSequence: number): Ledger {
  const rows: readonly Row[] = sensors.map(() => ({ times: [], isAcknowledged: [] }));
  let total = 0;
  const row = (sensor: number): Row => {
    const found = rows[sensor];
    if (!found) throw new RangeError(`no sensor ${sensor} in the ledger`);
    return found;
  };
  return {
    issue: (sensor, now) => {
      const { times, isAcknowledged } = row(sensor);
      // Two readings of one sensor in the same millisecond would be one reading.
      const time = Math.max(now, (times.at(-1) ?? 0) + 1);
      times.push(time);
      isAcknowledged.push(false);
      return { sequence: firstSequence + times.length - 1, time };
    },
    acknowledge: (sensor, sequence) => {
      const { isAcknowledged } = row(sensor);
      const index = sequence - firstSequence;
      if (isAcknowledged[index] !== false) return;
      isAcknowledged[index] = true;
      total += 1;
    },
    acknowledged: () => total,
    accounts: ({ times }) =>
      sensors.map((sensor, i) => accountOf({ sensor, row: row(i), firstSequence, times })),
  };
}

function accountOf(of: {
  readonly sensor: string;
  readonly row: Row;
  readonly firstSequence: number;
  readonly times: boolean;
}): SensorAccount {
  const { sensor, row, firstSequence } = of;
  const ranges = rangesOf(row.isAcknowledged, { wanted: true, firstSequence });
  const known = row.times.filter((_, i) => row.isAcknowledged[i]);
  const firstAt = known[0];
  const lastAt = known.at(-1);
  return {
    sensor,
    sent: row.times.length,
    acknowledged: known.length,
    ranges,
    gaps: rangesOf(row.isAcknowledged, { wanted: false, firstSequence }),
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    ...(of.times ? { times: known } : {}),
  };
}

function rangesOf(
  flags: readonly boolean[],
  { wanted, firstSequence }: { readonly wanted: boolean; readonly firstSequence: number },
): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  flags.forEach((flag, i) => {
    if (flag !== wanted) return;
    const last = ranges.at(-1);
    if (last && last[1] === firstSequence + i - 1) last[1] = firstSequence + i;
    else ranges.push([firstSequence + i, firstSequence + i]);
  });
  return ranges;
}
