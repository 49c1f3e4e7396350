/** What a room's climate means for its holdings, now: from the newest values, and from what the rules have added up. */

import type { LatestReading } from '../../domain/api.ts';
import type { Accumulation } from '../../alerts/engine-types.ts';
import { airFigures } from '../../domain/preservation/air-figures.ts';
import { knownAir } from '../../domain/preservation/moist-air.ts';
import { climatePairs, type ClimatePair } from '../../domain/preservation/pairs.ts';
import { summaryOf } from '../../domain/preservation/summary.ts';
import { condensationOf } from '../../domain/preservation/surface.ts';
import type { AirUnknown, PairLive } from '../../domain/preservation/views.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { isUsable, type Quality } from '../../domain/reading.ts';
import { idOf, type Room, type Sensor } from '../../domain/registry.ts';
import { HOUR_MS, type Moment } from '../../domain/time.ts';

/** Older than so many intervals is stale. */
export const STALE_AFTER_INTERVALS = 3;

export interface PreservationQuestion {
  readonly room: Room;
  /** Those in use, of this room. */
  readonly sensors: readonly Sensor[];
  readonly latestOf: (sensor: string) => readonly LatestReading[];
  readonly accumulationOf: (sensor: string) => Accumulation | undefined;
  readonly now: Moment;
}

/** Each pair of temperature and humidity in the room, by the id of its humidity sensor. */
export function preservationOf(q: PreservationQuestion): readonly PairLive[] {
  return climatePairs(q.sensors).map((pair) => pairLive(q, pair));
}

function pairLive(q: PreservationQuestion, pair: ClimatePair): PairLive {
  const ids = { temperature: idOf(pair.temperature), humidity: idOf(pair.humidity) };
  const temperature = valueOf(q, ids.temperature, 'temperature');
  const humidity = valueOf(q, ids.humidity, 'humidity');
  const both = {
    temperatureC: temperature.reading?.value,
    humidityPercent: humidity.reading?.value,
  };
  const air = knownAir(both);
  const why = temperature.why ?? humidity.why ?? (air ? undefined : 'failed');
  const at = Math.min(temperature.reading?.at ?? 0, humidity.reading?.at ?? 0);
  return {
    sensors: ids,
    simulated: [temperature, humidity].some(({ reading }) => reading?.simulated === true),
    ...(air && !why ? { air: { ...air, at } } : {}),
    ...(why ? { why } : {}),
    figures: why ? {} : airFigures(both),
    condensation: condensationNow(q, both),
    ...recordNow(q, ids.humidity),
  };
}

/** The newest value that may stand for now, or why there is none. */
function valueOf(
  q: PreservationQuestion,
  sensor: string,
  metric: MetricName,
): { readonly reading?: LatestReading; readonly why?: AirUnknown } {
  const reading = q.latestOf(sensor).find((one) => one.metric === metric);
  if (!reading) return { why: 'never' };
  if (q.now - reading.at > STALE_AFTER_INTERVALS * reading.intervalMs) return { why: 'stale' };
  if (!isUsable(reading.quality as Quality)) return { why: 'failed' };
  return { reading };
}

function condensationNow(
  q: PreservationQuestion,
  air: Parameters<typeof condensationOf>[0]['air'],
): PairLive['condensation'] {
  const surfaces = q.sensors.filter((one) => one.metrics.includes('surface_temperature')).map(idOf);
  const surfacesC = surfaces.map((id) => valueOf(q, id, 'surface_temperature').reading?.value);
  const offsetK = q.room.surfaceOffsetK;
  return {
    ...condensationOf({ air, surfacesC, offsetK }),
    surfaces,
    ...(offsetK === undefined ? {} : { offsetK }),
  };
}

function recordNow(q: PreservationQuestion, sensor: string): Pick<PairLive, 'record'> {
  const { since, record } = q.accumulationOf(sensor) ?? {};
  if (since === undefined || !record) return {};
  const { at } = record.smoother;
  const until = at === undefined ? {} : { until: at + HOUR_MS };
  return { record: { ...summaryOf(record, q.now), since, ...until } };
}
