/**
 * Whether it is a time to let outdoor air in, with every reason. Our own proposal (本馆自定): the water in the air decides,
 * and nothing may get wet, too cold, too warm or too dry by it.
 */

import { CONDENSATION_MARGIN_K, type ClimateLimits } from './cautions.ts';
import { dewPointC, type Air } from './moist-air.ts';
import { ventilationOf, type Ventilation } from './what-if.ts';

export interface WindowQuestion {
  readonly indoor: Air;
  readonly outdoor: Air;
  /** Of the room, in force. */
  readonly limits: ClimateLimits;
  /** The coldest surface known; unset: the room's air stands for it. */
  readonly surfaceC?: number;
}

/** What the room needs, by its humidity limit; `keep`: it is within it, or none is in force. */
export type Need = 'drier' | 'moister' | 'keep';

export type WindowReason =
  | {
      readonly kind: 'moisture';
      readonly ok: boolean;
      readonly need: Need;
      readonly effect: Ventilation['effect'];
    }
  | {
      readonly kind: 'dew-point';
      readonly ok: boolean;
      readonly coldestC: number;
      /** `air`: no surface is known, and the room's air stands for it. */
      readonly of: 'surface' | 'air';
    }
  /** `ok` unset: no limit is in force, so it is not judged. */
  | { readonly kind: 'temperature'; readonly ok?: boolean; readonly outdoorC: number }
  | { readonly kind: 'humidity'; readonly ok?: boolean; readonly humidityPercent: number };

export interface VentilationWindow {
  /** No reason speaks against it. */
  readonly open: boolean;
  readonly reasons: readonly WindowReason[];
  readonly ventilation: Ventilation;
  readonly indoorDewPointC?: number;
  readonly outdoorDewPointC?: number;
}

/** `undefined`: the air indoors or outdoors is not known. */
export function ventilationWindow(q: WindowQuestion): VentilationWindow | undefined {
  const { indoor, outdoor, limits } = q;
  const ventilation = ventilationOf({ indoor, outdoor });
  const indoorC = indoor.temperatureC;
  const outdoorC = outdoor.temperatureC;
  if (!ventilation || indoorC === undefined || outdoorC === undefined) return undefined;
  const outdoorDew = dewPointC(outdoor);
  const indoorDew = dewPointC(indoor);
  const coldestC = Math.min(indoorC, q.surfaceC ?? indoorC);
  const need = needOf(indoor.humidityPercent, limits.humidity);
  const after = ventilation.humidityIndoorsPercent;
  const reasons: readonly WindowReason[] = [
    {
      kind: 'moisture',
      ok: isWanted(need, ventilation.effect),
      need,
      effect: ventilation.effect,
    },
    {
      kind: 'dew-point',
      ok: outdoorDew === undefined || outdoorDew < coldestC - CONDENSATION_MARGIN_K,
      coldestC,
      of: q.surfaceC === undefined ? 'air' : 'surface',
    },
    { kind: 'temperature', ...judged(limits.temperature, outdoorC), outdoorC },
    // What the room needs anyway is no reason against it.
    {
      kind: 'humidity',
      ...(need === 'keep' ? judged(limits.humidity, after) : judged(sideOf(need, limits), after)),
      humidityPercent: after,
    },
  ];
  return {
    open: reasons.every(({ ok }) => ok !== false),
    reasons,
    ventilation,
    ...(indoorDew === undefined ? {} : { indoorDewPointC: indoorDew }),
    ...(outdoorDew === undefined ? {} : { outdoorDewPointC: outdoorDew }),
  };
}

function needOf(humidity: number | undefined, limit: ClimateLimits['humidity']): Need {
  if (humidity === undefined) return 'keep';
  if (limit?.max !== undefined && humidity > limit.max) return 'drier';
  if (limit?.min !== undefined && humidity < limit.min) return 'moister';
  return 'keep';
}

function isWanted(need: Need, effect: Ventilation['effect']): boolean {
  if (need === 'drier') return effect === 'dries';
  return need === 'moister' ? effect === 'moistens' : effect !== 'moistens';
}

/** A room that is too moist may be dried below the limit by a short airing; it must not be made moister still. */
function sideOf(need: Need, { humidity }: ClimateLimits): ClimateLimits['humidity'] {
  const { min, max } = humidity ?? {};
  if (need === 'drier') return max === undefined ? undefined : { max };
  return min === undefined ? undefined : { min };
}

function judged(limit: ClimateLimits['humidity'], value: number): { readonly ok?: boolean } {
  const { min, max } = limit ?? {};
  if (min === undefined && max === undefined) return {};
  return { ok: value >= (min ?? -Infinity) && value <= (max ?? Infinity) };
}
