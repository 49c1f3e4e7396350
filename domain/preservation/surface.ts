/** How far a room is from condensation on its coldest surface, and where the surface's temperature comes from. */

import { marginToColdest, type Air, type SurfaceMargin } from './moist-air.ts';

/** `sensor`: measured; `offset`: the room's own figure, added to the air's temperature. */
export type SurfaceSource = 'sensor' | 'offset';

export type Condensation =
  | ({ readonly source: SurfaceSource } & SurfaceMargin)
  /** `no-surface`: nothing says how cold surfaces are; `unknown`: the air, or every surface sensor, is not known now. */
  | { readonly source: 'none'; readonly why: 'no-surface' | 'unknown' };

export interface SurfaceQuestion {
  readonly air: Air;
  /** One for each `surface_temperature` of the room; `undefined`: not known now. */
  readonly surfacesC: readonly (number | undefined)[];
  readonly offsetK: number | undefined;
}

/** Sensors go before the offset, also when they are silent: what was measured is not replaced by a guess. */
export function condensationOf({ air, surfacesC, offsetK }: SurfaceQuestion): Condensation {
  if (surfacesC.length === 0 && offsetK === undefined) {
    return { source: 'none', why: 'no-surface' };
  }
  const isMeasured = surfacesC.length > 0;
  const { temperatureC } = air;
  const guessed = temperatureC === undefined ? undefined : temperatureC + (offsetK ?? 0);
  const margin = marginToColdest(air, isMeasured ? surfacesC : [guessed]);
  if (!margin) return { source: 'none', why: 'unknown' };
  return { source: isMeasured ? 'sensor' : 'offset', ...margin };
}
