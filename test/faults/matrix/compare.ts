/** Readings after a run in which clocks jumped: a moment may be the sender's or that of the receipt. */

import type { LoadReport } from '../../../simulators/load/run.ts';
import { loadValues } from '../../../simulators/load/message.ts';
import type { StoredReadings } from '../stored-readings.ts';

export interface Balance {
  /** Readings of acknowledged messages. */
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: number;
  readonly double: number;
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 10;

/**
 * Series by series: what stands at its own moment is found. With `anyMoment` the rest is matched by value, one for
 * one; without it, it is lost, and a moment that nobody sent is a double.
 */
export function balance(
  report: Pick<LoadReport, 'sensors' | 'fires'>,
  stored: StoredReadings,
  anyMoment: boolean,
): Balance {
  const sent = sentSeries(report);
  const examples: string[] = [];
  let lost = 0;
  let double = stored.twice;
  let acknowledged = 0;
  for (const key of new Set([...sent.keys(), ...stored.series.keys()])) {
    const wanted = sent.get(key) ?? new Map<number, number>();
    const kept = stored.series.get(key) ?? new Map<number, number>();
    acknowledged += wanted.size;
    const missing = [...wanted].filter(([at, value]) => kept.get(at) !== value);
    const extra = [...kept].filter(([at, value]) => wanted.get(at) !== value);
    const rest = anyMoment ? matchValues(missing, extra) : { missing, extra };
    lost += rest.missing.length;
    double += rest.extra.length;
    for (const [at, value] of rest.missing) note(examples, `lost: ${key} ${at} ${value}`);
    for (const [at, value] of rest.extra) note(examples, `double: ${key} ${at} ${value}`);
  }
  return { acknowledged, stored: stored.count, lost, double, examples };
}

type Points = readonly (readonly [at: number, value: number])[];

function matchValues(missing: Points, extra: Points) {
  const free = new Map<number, [number, number][]>();
  for (const [at, value] of extra) {
    const same = free.get(value);
    if (same) same.push([at, value]);
    else free.set(value, [[at, value]]);
  }
  const left = missing.filter(([, value]) => free.get(value)?.pop() === undefined);
  return { missing: left, extra: [...free.values()].flat() };
}

function note(examples: string[], text: string): void {
  if (examples.length < EXAMPLES_MAX) examples.push(text);
}

function sentSeries(report: Pick<LoadReport, 'sensors' | 'fires'>) {
  const sent = new Map<string, Map<number, number>>();
  report.sensors.forEach((account, index) => {
    const temperature = new Map<number, number>();
    const humidity = new Map<number, number>();
    const sequences = account.ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    );
    (account.times ?? []).forEach((time, i) => {
      const values = loadValues(index, sequences[i] ?? 0);
      temperature.set(time, values.temperature);
      humidity.set(time, values.humidity);
    });
    sent.set(`${account.sensor} temperature`, temperature);
    sent.set(`${account.sensor} humidity`, humidity);
  });
  for (const { sensor, time, value, acknowledgedAt } of report.fires) {
    if (acknowledgedAt === undefined) continue;
    const key = `${sensor} smoke`;
    sent.set(key, (sent.get(key) ?? new Map<number, number>()).set(time, value));
  }
  return sent;
}
