/** Every scenario by its id, in the order in which people are offered them. */

import { doorLeftOpen, heatingFailure, hvacFailure, plumRain } from './climate.ts';
import { dustyDetector, smoulderingFire } from './fire.ts';
import type { Scenario } from './scenario.ts';
import { deniedCard, forcedDoor, pipeBurst } from './security.ts';
import {
  alarmFlood,
  clockAhead,
  driftingSensor,
  networkOutage,
  networkOutageHour,
  nullSensor,
  silentSensor,
  spikingSensor,
  stuckSensor,
} from './sick-sensors.ts';

const quietWeek: Scenario = {
  id: 'quiet-week',
  name: { zh: '平静的一周', en: 'Quiet week' },
  description: {
    zh: '没有异常：温湿度随室外缓慢起伏，人员在工作时间进出。',
    en: 'Nothing wrong: the climate follows the weather slowly, people come and go in working hours.',
  },
  durationMs: 7 * 86_400_000,
  rooms: (archive) => archive.rooms.map((r) => r.id),
  timeline: () => [],
};

export const SCENARIOS: readonly Scenario[] = [
  smoulderingFire,
  hvacFailure,
  pipeBurst,
  forcedDoor,
  silentSensor,
  alarmFlood,
  quietWeek,
  dustyDetector,
  doorLeftOpen,
  deniedCard,
  heatingFailure,
  plumRain,
  stuckSensor,
  driftingSensor,
  spikingSensor,
  nullSensor,
  clockAhead,
  networkOutage,
  networkOutageHour,
];

/** The scenario of this id. */
export function findScenario(id: string): Scenario | undefined {
  return SCENARIOS.find((s) => s.id === id);
}
