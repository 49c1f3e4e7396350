/** Moist air of the model: how much water it holds, and what that means as relative humidity and dew point. */

import {
  absoluteHumidityGM3,
  dewPointC as dewPointOf,
  MAGNUS_SPAN,
} from '../../domain/preservation/moist-air.ts';

/** Air hotter than the formulas reach, as in a fire, holds as much as the hottest that they know. */
const atReach = (temperatureC: number): number =>
  Math.min(MAGNUS_SPAN.maxC, Math.max(MAGNUS_SPAN.minC, temperatureC));

/** Water that saturated air holds, g/m³. Throws `RangeError` where the temperature is no number. */
export function saturationGM3(temperatureC: number): number {
  const gM3 = absoluteHumidityGM3({ temperatureC: atReach(temperatureC), humidityPercent: 100 });
  if (gM3 === undefined) throw new RangeError('Air without a temperature.');
  return gM3;
}

/** Water in air of this temperature and relative humidity, g/m³. */
export function moistureGM3(temperatureC: number, humidityPercent: number): number {
  return (saturationGM3(temperatureC) * humidityPercent) / 100;
}

/** Relative humidity of air that holds this much water, %RH; not clipped. */
export function humidityPercent(temperatureC: number, gM3: number): number {
  return (100 * gM3) / saturationGM3(temperatureC);
}

/** Dew point, °C, as a sensor shows it: drier air than it can tell is at the end of its scale. */
export function dewPointC(temperatureC: number, humidity: number): number {
  const air = {
    temperatureC: atReach(temperatureC),
    humidityPercent: Math.min(100, Math.max(0, humidity)),
  };
  return dewPointOf(air) ?? MAGNUS_SPAN.minC;
}
