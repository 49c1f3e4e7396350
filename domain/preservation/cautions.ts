/** What to be warned of before a set-point is changed. */

import type { RangeBounds } from './time-in-range.ts';
import { condensationOf } from './surface.ts';
import type { ClimateOutlook } from './what-if.ts';

/** Nearer to the dew point than this is near, K. 本馆自定. */
export const CONDENSATION_MARGIN_K = 2;
/** EMC within which nothing warps or gets brittle, % (IPI, two copies). */
export const MOISTURE_SPAN = { minPercent: 5, maxPercent: 12.5 } as const;

export type Caution =
  | { readonly kind: 'condensation'; readonly marginK: number }
  | { readonly kind: 'too-dry' | 'too-moist'; readonly moistureContentPercent: number }
  | { readonly kind: 'mould'; readonly days: number }
  | {
      readonly kind: 'outside-limit';
      readonly metric: 'temperature' | 'humidity';
      readonly side: 'above' | 'below';
      readonly bound: number;
    };

/** The ranges in force; an absent one does not limit. */
export interface ClimateLimits {
  readonly temperature?: RangeBounds;
  readonly humidity?: RangeBounds;
}

/** `offsetK`: the room's own figure of its coldest surface; without it condensation is not judged. */
export function cautionsOf(
  climate: ClimateOutlook,
  { limits, offsetK }: { readonly limits: ClimateLimits; readonly offsetK: number | undefined },
): readonly Caution[] {
  const found: Caution[] = [];
  const surface = condensationOf({ air: climate, surfacesC: [], offsetK });
  if (surface.source !== 'none' && surface.marginK < CONDENSATION_MARGIN_K) {
    found.push({ kind: 'condensation', marginK: surface.marginK });
  }
  const { moistureContentPercent: moisture, mould } = climate;
  if (moisture !== undefined && moisture < MOISTURE_SPAN.minPercent) {
    found.push({ kind: 'too-dry', moistureContentPercent: moisture });
  }
  if (moisture !== undefined && moisture > MOISTURE_SPAN.maxPercent) {
    found.push({ kind: 'too-moist', moistureContentPercent: moisture });
  }
  if (mould?.growth === 'possible') found.push({ kind: 'mould', days: mould.days });
  const values = { temperature: climate.temperatureC, humidity: climate.humidityPercent };
  for (const metric of ['temperature', 'humidity'] as const) {
    const { min = -Infinity, max = Infinity } = limits[metric] ?? {};
    const value = values[metric];
    if (value > max) found.push({ kind: 'outside-limit', metric, side: 'above', bound: max });
    if (value < min) found.push({ kind: 'outside-limit', metric, side: 'below', bound: min });
  }
  return found;
}
