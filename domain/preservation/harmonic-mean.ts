/**
 * Mean of lifetimes over time. A day at twice the rate costs two days, so rates (reciprocals) are averaged, weighted by
 * duration: total time over the sum of duration/lifetime. Unknown time is counted, never guessed.
 */

/** JSON; constant size. */
export interface HarmonicMean {
  readonly knownSeconds: number;
  /** Sum of seconds / value. */
  readonly secondsPerValue: number;
  readonly unknownSeconds: number;
}

export const EMPTY_MEAN: HarmonicMean = { knownSeconds: 0, secondsPerValue: 0, unknownSeconds: 0 };

/** One more stretch. `undefined`, not finite or not positive: the stretch is unknown. No or negative time: no change. */
export function addToMean(
  mean: HarmonicMean,
  value: number | undefined,
  seconds: number,
): HarmonicMean {
  if (!(seconds > 0) || !Number.isFinite(seconds)) return mean;
  if (value === undefined || !Number.isFinite(value) || value <= 0) {
    return { ...mean, unknownSeconds: mean.unknownSeconds + seconds };
  }
  return {
    ...mean,
    knownSeconds: mean.knownSeconds + seconds,
    secondsPerValue: mean.secondsPerValue + seconds / value,
  };
}

/** The mean of the known time, in the unit of the values; `undefined`: nothing is known. */
export function meanOf(mean: HarmonicMean): number | undefined {
  return mean.knownSeconds === 0 ? undefined : mean.knownSeconds / mean.secondsPerValue;
}

/** Share of the time that is known, 0 to 1; `undefined`: no time at all. */
export function coverageOf(mean: HarmonicMean): number | undefined {
  const total = mean.knownSeconds + mean.unknownSeconds;
  return total === 0 ? undefined : mean.knownSeconds / total;
}
