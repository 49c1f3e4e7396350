/** Moist air: how much water it holds, and what that means as relative humidity and dew point. */

// Magnus coefficients over water (WMO), good from -45 to 60 °C.
const MAGNUS_A = 17.62;
const MAGNUS_B_C = 243.12;

function saturationPressureHPa(temperatureC: number): number {
  return 6.112 * Math.exp((MAGNUS_A * temperatureC) / (MAGNUS_B_C + temperatureC));
}

/** Water that saturated air holds, g/m³. */
export function saturationGM3(temperatureC: number): number {
  return (216.7 * saturationPressureHPa(temperatureC)) / (temperatureC + 273.15);
}

/** Water in air of this temperature and relative humidity, g/m³. */
export function moistureGM3(temperatureC: number, humidityPercent: number): number {
  return (saturationGM3(temperatureC) * humidityPercent) / 100;
}

/** Relative humidity of air that holds this much water, %RH; not clipped. */
export function humidityPercent(temperatureC: number, gM3: number): number {
  return (100 * gM3) / saturationGM3(temperatureC);
}

/** Dew point, °C. */
export function dewPointC(temperatureC: number, humidity: number): number {
  const h = Math.max(humidity, 0.1) / 100;
  const gamma = Math.log(h) + (MAGNUS_A * temperatureC) / (MAGNUS_B_C + temperatureC);
  return (MAGNUS_B_C * gamma) / (MAGNUS_A - gamma);
}
