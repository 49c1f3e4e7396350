/** Sensors and links that fail in the ways that sensors and links fail. */

import { DAY_MS } from '../../domain/time.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { linkOf, sensorsWith, type Archive, type SensorEntry } from '../archive.ts';
import { atSecond, roomsByCount, type Scenario, type SensorOverride } from './scenario.ts';

const FLOOD_SENSORS_MAX = 200;
const FLOOD_MS = 10_000;
const SICK_MS = 240_000;

function climateSensors(archive: Archive, room: string): readonly SensorEntry[] {
  return sensorsWith(archive, room, ['temperature', 'humidity']);
}

function roomsWithClimate(archive: Archive): readonly string[] {
  return roomsByCount(archive, (room) => climateSensors(archive, room).length);
}

interface SickSensor {
  readonly id: string;
  readonly name: Scenario['name'];
  readonly description: Scenario['description'];
  readonly override: SensorOverride;
}

function sickSensor({ id, name, description, override }: SickSensor): Scenario {
  return {
    id,
    name,
    description,
    durationMs: SICK_MS,
    rooms: roomsWithClimate,
    timeline: ({ archive, room }) => {
      const sensor = climateSensors(archive, room)[0]?.id;
      return sensor === undefined ? [] : [atSecond(1, { kind: 'sensor', sensor, override })];
    },
  };
}

export const silentSensor = sickSensor({
  id: 'silent-sensor',
  name: { zh: '传感器失联', en: 'Silent sensor' },
  description: {
    zh: '一只温湿度传感器从 1 秒起不再发送数据，超过其上报周期若干倍后产生失联报警；4 分钟后恢复。',
    en: 'One climate sensor sends nothing from 1 s on and is reported silent after several of its intervals; it comes back after 4 minutes.',
  },
  override: { silent: true },
});

export const stuckSensor = sickSensor({
  id: 'stuck-sensor',
  name: { zh: '传感器数值卡死', en: 'Stuck sensor' },
  description: {
    zh: '一只传感器 4 分钟内反复上报同一数值。',
    en: 'One sensor repeats the same values for 4 minutes.',
  },
  override: { stuck: true },
});

export const driftingSensor = sickSensor({
  id: 'drifting-sensor',
  name: { zh: '传感器漂移', en: 'Drifting sensor' },
  description: {
    zh: '一只传感器的湿度每分钟漂移 4 %，与同库房另一只逐渐不一致；4 分钟后恢复。',
    en: 'One sensor’s humidity drifts by 4 % a minute away from its neighbour; back after 4 minutes.',
  },
  override: { humidityDriftPerMinute: 4 },
});

export const spikingSensor = sickSensor({
  id: 'spiking-sensor',
  name: { zh: '传感器尖峰', en: 'Spiking sensor' },
  description: {
    zh: '一只传感器每三次上报出现一次 30 的跳变，应标为可疑而不报警；4 分钟后恢复。',
    en: 'Every third report of one sensor jumps by 30: marked suspect, no alarm; back after 4 minutes.',
  },
  override: { spikeEvery: 3, spikeBy: 30 },
});

export const nullSensor = sickSensor({
  id: 'null-sensor',
  name: { zh: '传感器上报空值', en: 'Sensor sends nulls' },
  description: {
    zh: '一只传感器 4 分钟内上报空值，应视为无数据。',
    en: 'One sensor sends nulls for 4 minutes: no readings, not zeros.',
  },
  override: { values: { temperature: null, humidity: null } },
});

export const clockAhead = sickSensor({
  id: 'clock-ahead',
  name: { zh: '设备时钟快一天', en: 'Clock a day ahead' },
  description: {
    zh: '一只传感器的时钟快一天 4 分钟：按接收时间入库，并产生时钟报警。',
    en: 'One sensor’s clock is a day ahead for 4 minutes: stored at the time of receipt, with a clock alarm.',
  },
  override: { clockAheadMs: DAY_MS },
});

/** What a sensor says in the flood: the abnormal side of whatever it measures. */
const floodValues: readonly (readonly [MetricName, number])[] = [
  ['smoke', 1],
  ['heat', 1],
  ['water_leak', 1],
  ['tamper', 1],
  ['door_open', 1],
  ['temperature', 38],
  ['humidity', 88],
];

export const alarmFlood: Scenario = {
  id: 'alarm-flood',
  name: { zh: '报警洪流', en: 'Alarm flood' },
  description: {
    zh: '最多 200 只传感器在 10 秒内同时异常（不足 200 只则全部）；60 秒后恢复。',
    en: 'Up to 200 sensors go abnormal within ten seconds (all of them where there are fewer); back after 60 s.',
  },
  durationMs: 60_000,
  rooms: (archive) =>
    roomsByCount(archive, (room) => archive.sensors.filter((s) => s.room === room).length),
  timeline: ({ archive }) => {
    const chosen = archive.sensors.slice(0, FLOOD_SENSORS_MAX);
    return chosen.map((sensor, index) => {
      const mine = floodValues.filter(([metric]) => sensor.metrics.includes(metric));
      const override = { values: Object.fromEntries(mine) };
      return {
        afterMs: 1000 + Math.floor((FLOOD_MS * index) / chosen.length),
        action: { kind: 'sensor', sensor: sensor.id, override },
      };
    });
  },
};

export const networkOutage: Scenario = {
  id: 'network-outage',
  name: { zh: '网络中断后补传', en: 'Network outage' },
  description: {
    zh: '该库房的网关离线 3 分钟，数据留在网关内，恢复后一次补传。',
    en: 'The room’s gateway is offline for 3 minutes, keeps its data, and sends everything at once when it is back.',
  },
  durationMs: 185_000,
  rooms: roomsWithClimate,
  timeline: outage(1, 180),
};

export const networkOutageHour: Scenario = {
  id: 'network-outage-hour',
  name: { zh: '网络中断一小时后补传', en: 'Network out for an hour' },
  description: {
    zh: '该库房的网关离线一小时，恢复后一次补传一小时的数据；适合加速运行。',
    en: 'The room’s gateway is offline for an hour and then sends the hour’s data at once; best played faster than real time.',
  },
  durationMs: 3_605_000,
  rooms: roomsWithClimate,
  timeline: outage(1, 3600),
};

function outage(downS: number, upS: number): Scenario['timeline'] {
  return ({ archive, room }) => {
    const links = new Set(climateSensors(archive, room).map(linkOf));
    return [...links].flatMap((link) => [
      atSecond(downS, { kind: 'link', link, up: false }),
      atSecond(upS, { kind: 'link', link, up: true }),
    ]);
  };
}
