/** Climate that goes wrong, with the room's physics running faster than the clock. */

import { MINUTE_MS } from '../../domain/time.ts';
import { doorsOf, sensorsWith } from '../archive.ts';
import type { RoomForcing } from '../model/room.ts';
import { atSecond, roomsByCount, type Scenario } from './scenario.ts';

/** Default on-delay of the climate rules that the descriptions speak of. */
const HOLD_MINUTES = 13;
const RECOVERY_MINUTES = 3;
/** Physics runs this much faster, so that hours pass in a minute. */
const FAST = 240;

interface ClimateScenario {
  readonly id: string;
  readonly name: Scenario['name'];
  readonly description: Scenario['description'];
  readonly forcing: RoomForcing;
}

function climateScenario({ id, name, description, forcing }: ClimateScenario): Scenario {
  return {
    id,
    name,
    description,
    durationMs: (HOLD_MINUTES + RECOVERY_MINUTES) * MINUTE_MS,
    rooms: (archive) =>
      roomsByCount(archive, (room) => {
        const climate = sensorsWith(archive, room, ['temperature', 'humidity']).length;
        const isStore = archive.rooms.some((r) => r.id === room && r.class === 'paper');
        return climate === 0 ? 0 : climate + (isStore ? 100 : 0);
      }),
    timeline: ({ room }) => [
      atSecond(1, { kind: 'room', room, forcing: { ...forcing, timeScale: FAST } }),
      // The unit is repaired; the room comes back as fast as it went.
      atSecond(HOLD_MINUTES * 60, { kind: 'room', room, forcing: { timeScale: FAST } }),
    ],
  };
}

export const hvacFailure = climateScenario({
  id: 'hvac-failure',
  name: { zh: '空调失控', en: 'HVAC failure' },
  description: {
    zh: '空调控制器失灵，加热阀与加湿器卡在全开（该库房物理过程加速 240 倍）：约 1 分钟后温湿度超出范围，规则延时 10 分钟后报警；13 分钟修复，3 分钟内恢复。',
    en: 'The HVAC controller fails with heating valve and humidifier stuck open (physics of that room run 240 times faster): out of range after about a minute, alarm after the rule’s delay of 10 minutes; repaired at 13 minutes, back to normal 3 minutes later.',
  },
  forcing: { hvac: 'stuck-open', waterGM3PerH: 3 },
});

export const heatingFailure = climateScenario({
  id: 'heating-failure',
  name: { zh: '空调停机', en: 'HVAC stopped' },
  description: {
    zh: '空调完全停机，库房慢慢趋向室外（加速 240 倍）：冬季约 5 分钟低于下限，夏季约 3 分钟高于上限，春秋季变化较小；13 分钟修复。',
    en: 'The HVAC stops and the room drifts towards the outdoor air (240 times faster): in winter below the limit after about 5 minutes, in summer above it after about 3, little to see in spring and autumn; repaired at 13 minutes.',
  },
  forcing: { hvac: 'off' },
});

export const plumRain = climateScenario({
  id: 'plum-rain',
  name: { zh: '连阴雨高湿', en: 'Plum-rain humidity' },
  description: {
    zh: '潮湿空气不断渗入且除湿机停机（加速 240 倍）：十几秒后湿度超过上限，规则延时 10 分钟后报警；13 分钟后恢复。',
    en: 'Damp air keeps leaking in while the dehumidifier is off (240 times faster): humidity is above its limit within 20 s, alarm after the rule’s delay of 10 minutes; recovers from 13 minutes on.',
  },
  forcing: { hvac: 'off', waterGM3PerH: 7 },
});

/** A door that nobody closed: access says so after half a minute, the air more slowly. */
export const doorLeftOpen: Scenario = {
  id: 'door-left-open',
  name: { zh: '库门未关', en: 'Door left open' },
  description: {
    zh: '有人刷卡进入后未关门：31 秒报告门长时间未关，走廊空气渗入使温湿度偏移；2 分钟关门。',
    en: 'Someone enters and leaves the door open: held open is reported at 31 s while corridor air drifts in; closed after 2 minutes.',
  },
  durationMs: 180_000,
  rooms: (archive) => roomsByCount(archive, (room) => doorsOf(archive, room).length),
  timeline: ({ archive, room }) => {
    const door = doorsOf(archive, room)[0]?.id;
    if (door === undefined) return [];
    const who = { person: '整理人员甲', credential: '04A1C2D311' };
    return [
      atSecond(1, {
        kind: 'door',
        door,
        happening: { event: 'granted', direction: 'in', ...who },
      }),
      atSecond(2, { kind: 'door', door, happening: { event: 'door_opened' } }),
      atSecond(2, { kind: 'room', room, forcing: { doorOpen: true, timeScale: 30 } }),
      atSecond(31, { kind: 'door', door, happening: { event: 'held_open' } }),
      atSecond(120, { kind: 'door', door, happening: { event: 'door_closed' } }),
      atSecond(120, { kind: 'room', room, forcing: { timeScale: 120 } }),
    ];
  },
};
