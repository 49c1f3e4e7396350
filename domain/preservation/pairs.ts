/** Which temperature belongs to which relative humidity: relative humidity means nothing without its own temperature. */

import type { Sensor } from '../registry.ts';

/** Named by its humidity sensor. Both are the same sensor where it measures both. */
export interface ClimatePair {
  readonly humidity: Sensor;
  readonly temperature: Sensor;
}

/**
 * The pairs of one room's sensors, by id. A humidity sensor without a temperature of its own takes that of the first
 * sensor that measures only temperature, else of the first that measures any; without one it is no pair.
 */
export function climatePairs(sensors: readonly Sensor[]): readonly ClimatePair[] {
  const inOrder = [...sensors].sort((a, b) => (a.id < b.id ? -1 : 1));
  const thermometers = inOrder.filter((one) => one.metrics.includes('temperature'));
  const lone = thermometers.find((one) => !one.metrics.includes('humidity')) ?? thermometers[0];
  return inOrder
    .filter((one) => one.metrics.includes('humidity'))
    .flatMap((humidity) => {
      const temperature = humidity.metrics.includes('temperature') ? humidity : lone;
      return temperature ? [{ humidity, temperature }] : [];
    });
}
