/** Marks of a reading: where its time is from, and which tests of quality it did not pass. */

import { TEST, qualityOf } from '../../domain/quality/tests.ts';
import type { ReadingFlag } from '../../domain/reading.ts';
import type { Moment } from '../../domain/time.ts';
import type { Passage } from './passage.ts';
import type { MetricState } from './state.ts';

/** Bits; those of the tests (`TEST`) begin at `firstTest`. */
export const MARK = { historical: 1, simulated: 2, received: 4, clockWrong: 8, firstTest: 16 };

const NAMES: readonly (readonly [bit: number, name: ReadingFlag])[] = [
  [MARK.historical, 'historical'],
  [MARK.simulated, 'simulated'],
  [MARK.received, 'time_received'],
  [MARK.clockWrong, 'clock_wrong'],
  [TEST.sensorSpan * MARK.firstTest, 'out_of_range'],
  [TEST.expectedSpan * MARK.firstTest, 'implausible'],
  [TEST.spike * MARK.firstTest, 'spike'],
  [TEST.rate * MARK.firstTest, 'rate'],
  [TEST.flatLine * MARK.firstTest, 'flat_line'],
  [TEST.contradiction * MARK.firstTest, 'contradiction'],
  [TEST.doubt * MARK.firstTest, 'doubtful'],
  [TEST.gap * MARK.firstTest, 'after_gap'],
];

const made: (readonly ReadingFlag[] | undefined)[] = [];

/** One shared list for each combination: nothing is made on the hot path. */
export function flagsOf(marks: number): readonly ReadingFlag[] {
  return (made[marks] ??= Object.freeze(
    NAMES.filter(([bit]) => (marks & bit) !== 0).map(([, name]) => name),
  ));
}

/** What `metric` contradicts failed, too, though it was taken before it: one of the two is wrong, and nobody knows which. */
export function patchContradicted(passage: Passage, metric: MetricState, at: Moment): void {
  const other = metric.series.contradicted();
  const { draft, route } = passage;
  draft.readings = draft.readings.map((reading) => {
    const isOther =
      reading.sensor === route.id &&
      reading.repository === route.repository &&
      reading.at === at &&
      route.source.metrics.get(reading.metric)?.series === other;
    if (!isOther || reading.flags?.includes('contradiction')) return reading;
    const flags = [...(reading.flags ?? []), 'contradiction' as const];
    return { ...reading, quality: qualityOf(TEST.contradiction), flags };
  });
}
