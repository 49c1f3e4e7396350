/** Every figure of the air as it is, in one place: live, for another set-point, and in charts. */

import { lifetimeOf } from './lifetime.ts';
import { absoluteHumidityGM3, dewPointC, type Air } from './moist-air.ts';
import { moistureContentPercent } from './moisture-content.ts';
import { mouldOutlook } from './mould-risk.ts';
import { preservationIndexYears, ratePreservationIndex } from './preservation-index.ts';
import type { AirFigures } from './views.ts';

/** A figure without an answer is left out: none is made up. */
export function airFigures(air: Air): AirFigures {
  const years = preservationIndexYears(air);
  return defined({
    dewPointC: dewPointC(air),
    absoluteHumidityGM3: absoluteHumidityGM3(air),
    preservationYears: years,
    preservationRating: years === undefined ? undefined : ratePreservationIndex(years),
    moistureContentPercent: moistureContentPercent(air),
    lifetime: lifetimeOf(air, 'paper'),
    mould: mouldOutlook(air),
  });
}

type Undefinable<T> = { readonly [K in keyof T]-?: T[K] | undefined };

function defined(found: Undefinable<AirFigures>): AirFigures {
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
