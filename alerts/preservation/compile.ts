/** Compiles the pairs of temperature and humidity sensors, with the rules that judge them. */

import { qualify } from '../../domain/ids.ts';
import { climatePairs } from '../../domain/preservation/pairs.ts';
import { DEFAULT_INTERVAL_SECONDS, type Sensor } from '../../domain/registry.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { PreservationRule } from '../rules/rule-types.ts';
import type {
  ClimateUnit,
  CompiledPreservation,
  Feed,
  RepositoryUnit,
  RoomUnit,
} from '../state/units.ts';
import { seriesOf } from '../state/series-of.ts';
import { isAirFigure } from './rule.ts';
import { ClimateState } from './state.ts';

/** Adds the pairs of every room to `home`; outside the house nothing is kept. */
export function addClimates(
  home: RepositoryUnit,
  rooms: Iterable<RoomUnit>,
  rules: readonly PreservationRule[],
): void {
  const byRoom = Map.groupBy(home.sensors.values(), ({ sensor }) => sensor.room);
  for (const room of rooms) {
    if (room.room.class === 'outdoor') continue;
    const sensors = byRoom.get(room.room.id) ?? [];
    for (const pair of climatePairs(sensors.map(({ sensor }) => sensor))) {
      const humidity = feedOf(home, pair.humidity, 'humidity');
      const temperature = feedOf(home, pair.temperature, 'temperature');
      if (!humidity || !temperature) continue;
      const unit: ClimateUnit = {
        kind: 'climate',
        key: `${qualify(home.repository.id, pair.humidity.id)}/climate`,
        state: new ClimateState(),
        draft: undefined,
        draftSerial: -1,
        scheduledAt: Infinity,
        home,
        room,
        humidity,
        temperature,
        surfaces: sensors.flatMap(
          ({ sensor }) => feedOf(home, sensor, 'surface_temperature') ?? [],
        ),
        intervals: {
          temperature: pair.temperature.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS,
          humidity: pair.humidity.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS,
        },
        rules: rules.map(compileOne),
      };
      unit.state.trackers = unit.rules.map(() => undefined);
      home.climates.set(pair.humidity.id, unit);
      humidity.series.climates.push(unit);
      temperature.series.climates.push(unit);
    }
  }
}

function feedOf(
  home: RepositoryUnit,
  sensor: Sensor,
  metric: 'temperature' | 'humidity' | 'surface_temperature',
): Feed | undefined {
  const unit = home.sensors.get(sensor.id);
  const series = unit && seriesOf(unit, metric);
  return unit && series && { unit, series };
}

function compileOne(rule: PreservationRule): CompiledPreservation {
  const { onDelaySeconds, offDelaySeconds, rises } = rule;
  return {
    rule,
    ofAir: isAirFigure(rule.figure),
    delays: {
      onMs: onDelaySeconds * SECOND_MS,
      offMs: offDelaySeconds * SECOND_MS,
      ...(rises ? { riseMs: rises.afterSeconds * SECOND_MS } : {}),
    },
  };
}
