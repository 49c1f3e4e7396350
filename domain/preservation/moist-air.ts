/**
 * Moist air: vapour pressure, dew and frost point, absolute humidity, mixing ratio. Temperatures in °C, relative
 * humidity in %RH over water (what sensors report), pressures in hPa.
 *
 * Whatever lies outside a formula's range gives `undefined`, never NaN; `airFault` says what is wrong.
 */

/** Why a pair of temperature and humidity can't be used. */
export type AirFault =
  | 'temperature-missing' // absent, NaN or infinite
  | 'temperature-out-of-range'
  | 'humidity-missing'
  | 'humidity-out-of-range'; // below 0 or above 100 %RH

/** Air of a room: °C and %RH; either may be unknown. */
export interface Air {
  readonly temperatureC: number | undefined;
  readonly humidityPercent: number | undefined;
}

export interface KnownAir {
  readonly temperatureC: number;
  readonly humidityPercent: number;
}

/** A span of temperatures, °C, bounds inclusive. */
export interface SpanC {
  readonly minC: number;
  readonly maxC: number;
}

/**
 * Where Alduchov-Eskridge holds: error of the pressure at most 0.4 %. The authors' range, from memory; a sweep against
 * Wagner-Pruss 2002 in the tests confirms it (0.41 %).
 */
export const MAGNUS_SPAN: SpanC = { minC: -40, maxC: 50 };
/** Standard atmosphere. */
export const PRESSURE_HPA = 1013.25;
export const KELVIN = 273.15;

const MAGNUS_HPA = 6.1094;
const MAGNUS_A = 17.625;
const MAGNUS_B_C = 243.04;
// 100 / R_v with R_v = 461.5 J/(kg K): hPa and K to g/m³.
const VAPOUR_G_K_PER_M3_HPA = 216.679;
// ASHRAE: ratio of the molar masses of water and dry air, in g/kg.
const MOLAR_RATIO_G_KG = 621.945;

/** What is wrong with this air, judged by `span`; `undefined`: nothing. */
export function airFault(air: Air, span: SpanC = MAGNUS_SPAN): AirFault | undefined {
  const { temperatureC, humidityPercent } = air;
  if (temperatureC === undefined || !Number.isFinite(temperatureC)) return 'temperature-missing';
  if (temperatureC < span.minC || temperatureC > span.maxC) return 'temperature-out-of-range';
  if (humidityPercent === undefined || !Number.isFinite(humidityPercent)) return 'humidity-missing';
  if (humidityPercent < 0 || humidityPercent > 100) return 'humidity-out-of-range';
  return undefined;
}

/** The same air, known to lie in `span`; `undefined` where `airFault` finds something. */
export function knownAir(air: Air, span: SpanC = MAGNUS_SPAN): KnownAir | undefined {
  return airFault(air, span) === undefined ? (air as KnownAir) : undefined;
}

/**
 * Saturation vapour pressure over water, hPa, -40 to 50 °C. Alduchov and Eskridge 1996; constants found in one copy,
 * within 0.41 % of Wagner-Pruss 2002 over that range.
 */
export function saturationPressureHPa(temperatureC: number): number | undefined {
  return within(temperatureC, MAGNUS_SPAN) ? magnus(temperatureC) : undefined;
}

/** Saturation vapour pressure over ice, hPa, -40 to 0 °C. Buck 1996 (CR-1A), one copy; checked with ASHRAE 2017. */
export function icePressureHPa(temperatureC: number): number | undefined {
  if (!within(temperatureC, { minC: MAGNUS_SPAN.minC, maxC: 0 })) return undefined;
  return (
    6.1115 * Math.exp((23.036 - temperatureC / 333.7) * (temperatureC / (279.82 + temperatureC)))
  );
}

/** Partial pressure of the water vapour, hPa, 0 or more. */
export function vapourPressureHPa(air: Air): number | undefined {
  const known = knownAir(air);
  return known && (magnus(known.temperatureC) * known.humidityPercent) / 100;
}

/**
 * Dew point over water, °C: where dew forms, also below 0 °C (supercooled). Alduchov-Eskridge, closed form, within
 * 0.05 K of Wagner-Pruss for 0 to 40 °C. `undefined` for dry air (0 %RH) and below -40 °C.
 */
export function dewPointC(air: Air): number | undefined {
  const known = knownAir(air);
  if (!known || known.humidityPercent === 0) return undefined;
  const gamma =
    Math.log(known.humidityPercent / 100) +
    (MAGNUS_A * known.temperatureC) / (MAGNUS_B_C + known.temperatureC);
  // Saturated air gives its own temperature, give or take a rounding that must not lead out of the range.
  const dewPoint = Math.min((MAGNUS_B_C * gamma) / (MAGNUS_A - gamma), known.temperatureC);
  return within(dewPoint, MAGNUS_SPAN) ? dewPoint : undefined;
}

/**
 * Frost point over ice, °C: where frost forms on a surface below 0 °C, up to 1 K above the dew point. Buck 1996 (ice)
 * solved for the temperature. `undefined` where the air would give dew and no frost (point above 0 °C), for dry air,
 * and below -40 °C.
 */
export function frostPointC(air: Air): number | undefined {
  const vapour = vapourPressureHPa(air);
  if (vapour === undefined || vapour === 0) return undefined;
  // (23.036 - t/333.7) t = y (279.82 + t), y = ln(e/6.1115): a quadratic in t.
  const y = Math.log(vapour / 6.1115);
  const b = 23.036 - y;
  const frostPoint = (333.7 / 2) * (b - Math.sqrt(b * b - (4 * 279.82 * y) / 333.7));
  return within(frostPoint, { minC: MAGNUS_SPAN.minC, maxC: 0 }) ? frostPoint : undefined;
}

/** Water in the air, g per m³ of moist air. Ideal gas, R_v = 461.5 J/(kg K); within 0.5 % of the reference. */
export function absoluteHumidityGM3(air: Air): number | undefined {
  const known = knownAir(air);
  const vapour = vapourPressureHPa(air);
  if (!known || vapour === undefined) return undefined;
  return (VAPOUR_G_K_PER_M3_HPA * vapour) / (known.temperatureC + KELVIN);
}

/**
 * Water, g per kg of dry air (ASHRAE). Unlike the absolute humidity it stays the same when air is heated or cooled.
 * `undefined` for a pressure that is no atmosphere (500 to 1100 hPa, as the sensors' range).
 */
export function mixingRatioGKg(air: Air, pressureHPa = PRESSURE_HPA): number | undefined {
  const vapour = vapourPressureHPa(air);
  if (vapour === undefined || !(pressureHPa >= 500 && pressureHPa <= 1100)) return undefined;
  return (MOLAR_RATIO_G_KG * vapour) / (pressureHPa - vapour);
}

/** Water, g per kg of moist air: the mixing ratio w as w / (1 + w/1000). */
export function specificHumidityGKg(air: Air, pressureHPa = PRESSURE_HPA): number | undefined {
  const ratio = mixingRatioGKg(air, pressureHPa);
  return ratio === undefined ? undefined : ratio / (1 + ratio / 1000);
}

/**
 * %RH that this air gets at another temperature while it keeps its water (same mixing ratio, same pressure). May be
 * above 100: then water condenses, and the caller has to say so.
 */
export function humidityAtTemperature(air: Air, temperatureC: number): number | undefined {
  const vapour = vapourPressureHPa(air);
  const saturation = saturationPressureHPa(temperatureC);
  if (vapour === undefined || saturation === undefined) return undefined;
  return (100 * vapour) / saturation;
}

export interface SurfaceMargin {
  /** Surface less dew or frost point, K. At or below 0 water is forming. */
  readonly marginK: number;
  /** What would form: frost on a surface below 0 °C, else dew. */
  readonly kind: 'dew' | 'frost';
  /** The surface that is nearest to it, °C. */
  readonly surfaceC: number;
  /** Surfaces whose temperature is not known: the margin says nothing of them. */
  readonly unknownSurfaces: number;
}

/**
 * Margin of the coldest known surface to the dew point of the room's air; for a surface below 0 °C to the frost point,
 * which is the higher of the two. `undefined`: the air or every surface is unknown.
 */
export function marginToColdest(
  air: Air,
  surfacesC: readonly (number | undefined)[],
): SurfaceMargin | undefined {
  const known = surfacesC.filter((t): t is number => t !== undefined && Number.isFinite(t));
  if (known.length === 0) return undefined;
  const surfaceC = Math.min(...known);
  const frost = surfaceC < 0 ? frostPointC(air) : undefined;
  const point = frost ?? dewPointC(air);
  if (point === undefined) return undefined;
  return {
    marginK: surfaceC - point,
    kind: frost === undefined ? 'dew' : 'frost',
    surfaceC,
    unknownSurfaces: surfacesC.length - known.length,
  };
}

/** Whether `temperatureC` is a number within `span`. */
export function within(temperatureC: number, span: SpanC): boolean {
  return temperatureC >= span.minC && temperatureC <= span.maxC;
}

function magnus(temperatureC: number): number {
  return MAGNUS_HPA * Math.exp((MAGNUS_A * temperatureC) / (MAGNUS_B_C + temperatureC));
}
