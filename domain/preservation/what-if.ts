/** Questions before turning a knob: another set-point, and whether outdoor air would help. Derived from the other formulas. */

import { lifetimeOf, type LifetimeMaterial } from './lifetime.ts';
import {
  absoluteHumidityGM3,
  dewPointC,
  humidityAtTemperature,
  mixingRatioGKg,
  knownAir,
  PRESSURE_HPA,
  type Air,
  type KnownAir,
} from './moist-air.ts';
import { moistureContentPercent } from './moisture-content.ts';
import { mouldOutlook, type MouldOutlook } from './mould-risk.ts';
import { preservationIndexYears } from './preservation-index.ts';

/** What a climate means for the holdings. A figure is unset where its formula has no answer. */
export interface ClimateOutlook extends KnownAir {
  /** PI, corrected form, years. */
  readonly preservationYears: number | undefined;
  readonly moistureContentPercent: number | undefined;
  readonly lifetime: number | undefined;
  readonly mould: MouldOutlook | undefined;
  readonly dewPointC: number | undefined;
}

/**
 * `condenses`: at that temperature the air can't hold its water; it would be saturated and drip, so there are no figures.
 * `unknown`: the air or the temperature is unknown or outside -40 to 50 °C.
 */
export type WhatIf =
  | {
      readonly kind: 'climate';
      readonly now: ClimateOutlook;
      readonly then: ClimateOutlook;
      /** New lifetime / old lifetime of this material. */
      readonly lifetimeRatio: number | undefined;
      /** New PI / old PI. */
      readonly preservationRatio: number | undefined;
    }
  | { readonly kind: 'condenses'; readonly dewPointC: number }
  | { readonly kind: 'unknown' };

export interface SetPoint {
  readonly temperatureC: number;
  /** Unset: what the air gets when it keeps its water (mixing ratio). */
  readonly humidityPercent?: number;
}

/** What another set-point would give. */
export function setPointWhatIf(
  air: Air,
  { temperatureC, humidityPercent: wanted }: SetPoint,
  material: LifetimeMaterial = 'paper',
): WhatIf {
  const now = knownAir(air);
  const kept = humidityAtTemperature(air, temperatureC);
  const humidityPercent =
    wanted === undefined
      ? kept
      : knownAir({ temperatureC, humidityPercent: wanted })?.humidityPercent;
  if (!now || humidityPercent === undefined) return { kind: 'unknown' };
  if (humidityPercent > 100) {
    const dewPoint = dewPointC(air);
    return dewPoint === undefined
      ? { kind: 'unknown' }
      : { kind: 'condenses', dewPointC: dewPoint };
  }
  const before = outlookOf(now, material);
  const after = outlookOf({ temperatureC, humidityPercent }, material);
  return {
    kind: 'climate',
    now: before,
    then: after,
    lifetimeRatio: ratio(after.lifetime, before.lifetime),
    preservationRatio: ratio(after.preservationYears, before.preservationYears),
  };
}

function ratio(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after / before;
}

function outlookOf(air: KnownAir, material: LifetimeMaterial): ClimateOutlook {
  return {
    ...air,
    preservationYears: preservationIndexYears(air, 'corrected'),
    moistureContentPercent: moistureContentPercent(air),
    lifetime: lifetimeOf(air, material)?.multiplier,
    mould: mouldOutlook(air),
    dewPointC: dewPointC(air),
  };
}

/** Differences of water below this are within the sensors' error (3 %RH at 20 °C is 0.44 g/kg); our own proposal. */
export const VENTILATION_DEAD_BAND_G_KG = 0.5;

export interface Ventilation {
  /** What letting outdoor air in does to the water in the room. */
  readonly effect: 'dries' | 'moistens' | 'neither';
  readonly indoorGM3: number;
  readonly outdoorGM3: number;
  readonly indoorGKg: number;
  readonly outdoorGKg: number;
  /** %RH of the outdoor air brought to the room's temperature; above 100 water would condense. */
  readonly humidityIndoorsPercent: number;
  readonly condenses: boolean;
}

export interface VentilationQuestion {
  readonly indoor: Air;
  readonly outdoor: Air;
  readonly pressureHPa?: number;
  readonly deadBandGKg?: number;
}

/**
 * Whether outdoor air is drier or moister than the room's. Judged by mixing ratio, which heating and cooling leave alone;
 * the absolute humidities are for people. `undefined`: one of the two is unknown or outside -40 to 50 °C.
 */
export function ventilationOf(q: VentilationQuestion): Ventilation | undefined {
  const { indoor, outdoor, pressureHPa = PRESSURE_HPA } = q;
  const indoorGKg = mixingRatioGKg(indoor, pressureHPa);
  const outdoorGKg = mixingRatioGKg(outdoor, pressureHPa);
  const indoorGM3 = absoluteHumidityGM3(indoor);
  const outdoorGM3 = absoluteHumidityGM3(outdoor);
  const inside = knownAir(indoor);
  if (indoorGKg === undefined || outdoorGKg === undefined || !inside) return undefined;
  if (indoorGM3 === undefined || outdoorGM3 === undefined) return undefined;
  const humidityIndoorsPercent = humidityAtTemperature(outdoor, inside.temperatureC);
  if (humidityIndoorsPercent === undefined) return undefined;
  const more = outdoorGKg - indoorGKg;
  const deadBand = q.deadBandGKg ?? VENTILATION_DEAD_BAND_G_KG;
  const effect = more > deadBand ? 'moistens' : more < -deadBand ? 'dries' : 'neither';
  return {
    effect,
    indoorGM3,
    outdoorGM3,
    indoorGKg,
    outdoorGKg,
    humidityIndoorsPercent,
    condenses: humidityIndoorsPercent > 100,
  };
}
