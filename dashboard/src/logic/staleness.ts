import type { LatestReading } from '../../../domain/api.ts';
import type { Moment } from '../../../domain/time.ts';

/** A value this many intervals old is no longer shown as current. */
const STALE_AFTER_INTERVALS = 3;

/** Whether a value is too old to stand for now. `now` is the server's time. */
export function isStale(reading: Pick<LatestReading, 'at' | 'intervalMs'>, now: Moment): boolean {
  return now - reading.at > STALE_AFTER_INTERVALS * reading.intervalMs;
}

/** The newest reading of a metric: fresh before stale, usable before failed, then newest. */
export function newestOf(
  latest: readonly LatestReading[],
  metric: string,
): LatestReading | undefined {
  let best: LatestReading | undefined;
  for (const reading of latest) {
    if (reading.metric !== metric) continue;
    if (best === undefined || ranksBefore(reading, best)) best = reading;
  }
  return best;
}

function ranksBefore(a: LatestReading, b: LatestReading): boolean {
  const aFailed = a.quality === 4;
  const bFailed = b.quality === 4;
  return aFailed === bFailed ? a.at > b.at : bFailed;
}
