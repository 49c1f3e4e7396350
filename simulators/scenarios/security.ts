/** Water, and doors that are used in ways they should not be. */

import { doorsOf, sensorsWith } from '../archive.ts';
import { atSecond, roomsByCount, type Scenario } from './scenario.ts';

export const pipeBurst: Scenario = {
  id: 'pipe-burst',
  name: { zh: '水管爆裂', en: 'Pipe burst' },
  description: {
    zh: '架上方水管爆裂：约 3 秒第一处漏水报警，其余每 8 秒一处，湿度随之上升；3 分钟后水干恢复。',
    en: 'A pipe bursts above the shelves: the first leak sensor alarms at about 3 s, the others every 8 s, and humidity rises; dry again after 3 minutes.',
  },
  durationMs: 240_000,
  rooms: (archive) =>
    roomsByCount(archive, (room) => sensorsWith(archive, room, ['water_leak']).length),
  timeline: ({ archive, room }) => {
    const leaks = sensorsWith(archive, room, ['water_leak']);
    return [
      atSecond(2, { kind: 'room', room, forcing: { waterGM3PerH: 8, timeScale: 60 } }),
      ...leaks.map((s, i) =>
        atSecond(3 + 8 * i, {
          kind: 'sensor',
          sensor: s.id,
          override: { values: { water_leak: 1 } },
        }),
      ),
      atSecond(120, { kind: 'room', room, forcing: { timeScale: 240 } }),
      ...leaks.map((s) => atSecond(180, { kind: 'sensor', sensor: s.id })),
    ];
  },
};

export const forcedDoor: Scenario = {
  id: 'forced-door',
  name: { zh: '强行开门', en: 'Forced door' },
  description: {
    zh: '约 2 秒无刷卡强行开门，32 秒门仍未关，90 秒关门。',
    en: 'The door is forced open without a card at about 2 s, still open at 32 s, closed at 90 s.',
  },
  durationMs: 100_000,
  rooms: (archive) => roomsByCount(archive, (room) => doorsOf(archive, room).length),
  timeline: ({ archive, room }) => {
    const door = doorsOf(archive, room)[0]?.id;
    if (door === undefined) return [];
    return [
      atSecond(2, { kind: 'door', door, happening: { event: 'forced_open' } }),
      atSecond(32, { kind: 'door', door, happening: { event: 'held_open' } }),
      atSecond(90, { kind: 'door', door, happening: { event: 'door_closed' } }),
    ];
  },
};

export const deniedCard: Scenario = {
  id: 'denied-card',
  name: { zh: '多次刷卡被拒', en: 'Card tried five times' },
  description: {
    zh: '一张未授权的卡在 25 秒内连续五次被拒。',
    en: 'A card without rights is refused five times within 25 s.',
  },
  durationMs: 30_000,
  rooms: (archive) => roomsByCount(archive, (room) => doorsOf(archive, room).length),
  timeline: ({ archive, room }) => {
    const door = doorsOf(archive, room)[0]?.id;
    if (door === undefined) return [];
    return [1, 6, 11, 17, 24].map((second) =>
      atSecond(second, {
        kind: 'door',
        door,
        happening: {
          event: 'denied',
          credential: '04FFEE9901',
          direction: 'in',
          reason: '未授权的卡',
        },
      }),
    );
  },
};
