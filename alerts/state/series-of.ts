/** What is watched of one metric of a sensor. */

import type { SensorUnit, SeriesUnit } from './units.ts';

/** Of the two or three that a sensor has: looking at each is quicker than a map of its own, which is never at hand. */
export function seriesOf(
  { series }: Pick<SensorUnit, 'series'>,
  metric: string,
): SeriesUnit | undefined {
  for (let i = 0; i < series.length; i += 1) {
    if (series[i]?.metric === metric) return series[i];
  }
  return undefined;
}
