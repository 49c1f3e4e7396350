/** Fire, real and false. */

import type { MetricName } from '../../domain/metrics.ts';
import { sensorsWith, type Archive, type SensorEntry } from '../archive.ts';
import { roundTo } from '../model/sensor.ts';
import { atSecond, roomsByCount, type Scenario, type Stage, type TimedAction } from './scenario.ts';

const FIRST_ALARM_S = 3;
const SECOND_ALARM_S = 15;
const HEAT_ALARM_S = 30;
const PUT_OUT_S = 75;
const CLEAR_S = 110;
/** Obscuration at which a point detector goes into alarm. Our own proposal. */
const ALARM_OBSCURATION = 5;

/** Smoke reaches one detector, then a second, then heat follows; put out and cleared within two minutes. */
export const smoulderingFire: Scenario = {
  id: 'smouldering-fire',
  name: { zh: '阴燃火灾', en: 'Smouldering fire' },
  description: {
    zh: '烟雾逐渐变浓：约 3 秒第一只感烟探测器报警，约 15 秒第二只报警（确认火灾），约 30 秒感温探测器报警；75 秒扑灭，110 秒起探测器恢复，可复位。',
    en: 'Smoke thickens: the first smoke detector alarms at about 3 s, a second one at about 15 s (confirmed fire), heat at about 30 s; put out at 75 s, detectors clear from 110 s on and can be reset.',
  },
  durationMs: (CLEAR_S + 20) * 1000,
  rooms: (archive) => roomsByCount(archive, (room) => detectors(archive, room).length),
  timeline: fireTimeline,
};

function detectors(archive: Archive, room: string): readonly SensorEntry[] {
  return sensorsWith(archive, room, ['smoke']);
}

function fireTimeline({ archive, room, random }: Stage): readonly TimedAction[] {
  const smoke = detectors(archive, room);
  const heat = sensorsWith(archive, room, ['heat']).filter((s) => !smoke.includes(s));
  const alarmAt = [FIRST_ALARM_S, SECOND_ALARM_S];
  const actions: TimedAction[] = [
    atSecond(2, { kind: 'room', room, forcing: { heatKPerH: 220 } }),
    atSecond(PUT_OUT_S, {
      kind: 'room',
      room,
      forcing: { heatKPerH: -60, waterGM3PerH: 60 },
    }),
    atSecond(PUT_OUT_S + 30, { kind: 'room', room, forcing: { timeScale: 30 } }),
  ];
  smoke.forEach((sensor, index) => {
    const inAlarmS = alarmAt[index] ?? SECOND_ALARM_S + 8 * (index - 1);
    actions.push(...smokeCourse(sensor, inAlarmS, random.between(0.9, 1.1)));
  });
  for (const sensor of heat) {
    actions.push(report(sensor, HEAT_ALARM_S, { heat: 1 }));
    actions.push(report(sensor, CLEAR_S, { heat: 0 }));
  }
  return actions;
}

/** Rising from clean air to alarm, on to dense smoke, and back. */
function smokeCourse(
  sensor: SensorEntry,
  inAlarmS: number,
  density: number,
): readonly TimedAction[] {
  const actions: TimedAction[] = [];
  const clears = CLEAR_S + 2;
  for (let second = 1; second <= clears; second += second < inAlarmS + 3 ? 1 : 5) {
    const smoke = second >= inAlarmS && second < CLEAR_S ? 1 : 0;
    const obscuration = obscurationAt({ second, inAlarmS, density });
    actions.push(report(sensor, second, { smoke, smoke_obscuration: obscuration }));
  }
  actions.push(report(sensor, CLEAR_S, { smoke: 0, smoke_obscuration: 0.4 }));
  return actions;
}

function obscurationAt(o: {
  readonly second: number;
  readonly inAlarmS: number;
  readonly density: number;
}): number {
  if (o.second >= PUT_OUT_S) {
    const left = 1 - (o.second - PUT_OUT_S) / (CLEAR_S - PUT_OUT_S);
    return roundTo(Math.max(0.3, 12 * left * o.density), 0.01);
  }
  const rise = (o.second / o.inAlarmS) ** 2 * ALARM_OBSCURATION;
  return roundTo(Math.min(18 * o.density, rise), 0.01);
}

function report(
  sensor: SensorEntry,
  second: number,
  values: Readonly<Partial<Record<MetricName, number>>>,
): TimedAction {
  const known = Object.entries(values).filter(([name]) => isDeclared(sensor, name));
  return atSecond(second, {
    kind: 'sensor',
    sensor: sensor.id,
    override: { values: Object.fromEntries(known) },
  });
}

function isDeclared(sensor: SensorEntry, name: string): boolean {
  return sensor.metrics.some((m) => m === name);
}

/** One dirty detector flickers: an alarm of one detector, never a confirmed fire. */
export const dustyDetector: Scenario = {
  id: 'dusty-detector',
  name: { zh: '探测器积灰误报', en: 'Dusty detector' },
  description: {
    zh: '一只积灰的感烟探测器在 5 秒和 30 秒各误报一次，约 55 秒恢复；只有单点报警，不会确认火灾。',
    en: 'One dusty smoke detector alarms falsely at 5 s and again at 30 s and clears at 55 s; a single detector, never a confirmed fire.',
  },
  durationMs: 70_000,
  rooms: (archive) => roomsByCount(archive, (room) => detectors(archive, room).length),
  timeline: ({ archive, room }) => {
    const sensor = detectors(archive, room)[0];
    if (!sensor) return [];
    const flicker: readonly (readonly [number, number, number])[] = [
      [2, 0, 3.1],
      [5, 1, 5.4],
      [20, 0, 4.2],
      [30, 1, 5.6],
      [55, 0, 3],
    ];
    return flicker.map(([second, smoke, smoke_obscuration]) =>
      report(sensor, second, { smoke, smoke_obscuration, fault: smoke === 0 ? 1 : 0 }),
    );
  },
};
