/** Dew point in °C from °C and %RH (Magnus formula, coefficients of Sonntag 1990, over water). */
export function dewPoint(temperature: number, humidity: number): number | undefined {
  if (humidity <= 0) return undefined;
  const gamma = Math.log(humidity / 100) + (17.62 * temperature) / (243.12 + temperature);
  return (243.12 * gamma) / (17.62 - gamma);
}

/** Water in the air in g/m³, from °C and %RH. */
export function absoluteHumidity(temperature: number, humidity: number): number {
  const vapourHpa =
    (humidity / 100) * 6.112 * Math.exp((17.62 * temperature) / (243.12 + temperature));
  return (216.7 * vapourHpa) / (273.15 + temperature);
}
