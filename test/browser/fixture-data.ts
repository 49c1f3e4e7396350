/** A made-up repository in one state of everything: what the pages are looked at with. */

import type { Alarm } from '../../domain/alarm.ts';
import type { LatestReading, LiveSnapshot, RoomView } from '../../domain/api.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Citation, Limit } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { RoomClass } from '../../domain/registry.ts';
import type { Moment } from '../../domain/time.ts';

export const REPOSITORY = 'sample';
export const HOUR = 3_600_000;
export const MINUTE = 60_000;

export const climateSource: Citation = {
  standard: 'JGJ 25-2010',
  clause: '表 5.2.1',
  verification: 'copies',
  note: {
    zh: '官方表格为图片，数值来自两份转录',
    en: 'Two copies agree; the official table is a picture',
  },
};
export const fireSource: Citation = {
  standard: 'GB 50116-2013',
  clause: '4.1.6',
  verification: 'copy',
};
const ownSource: Citation = { standard: '本馆自定', verification: 'proposal' };

interface RoomRow {
  readonly id: string;
  readonly name: string;
  readonly class: RoomClass;
  readonly className: { readonly zh: string; readonly en: string };
  readonly floor?: number;
  readonly t: number;
  readonly rh: number;
  readonly limits?: readonly [number, number, number, number];
  readonly kept?: readonly [string, number, string];
  /** Last heard so long ago. */
  readonly silentMs?: number;
  readonly fire?: number;
  readonly water?: number;
}

const PAPER = { zh: '纸质档案库', en: 'paper repository' };
const paper = (id: string, floor: number, climate: readonly [number, number]): RoomRow => ({
  id: `r${id}`,
  name: `${id} 纸质档案库`,
  class: 'paper',
  className: PAPER,
  floor,
  t: climate[0],
  rh: climate[1],
  limits: [14, 24, 45, 60],
  kept: ['paper', 40_000 + Number(id) * 27, '卷'],
});

const ROOM_ROWS: readonly RoomRow[] = [
  paper('301', 3, [23.6, 51.2]),
  paper('302', 3, [21.4, 52.1]),
  paper('303', 3, [22.8, 63.4]),
  {
    ...paper('304', 3, [17.2, 50.3]),
    name: '304 特藏库',
    class: 'special',
    className: { zh: '特藏库', en: 'special-collection vault' },
    limits: [14, 20, 45, 55],
    kept: ['object', 3_118, '件'],
  },
  {
    ...paper('305', 3, [18.9, 47]),
    name: '305 音像磁带库',
    class: 'av-tape',
    className: { zh: '音像磁带库', en: 'audio-visual tape' },
    kept: ['tape', 9_402, '件'],
  },
  { ...paper('306', 3, [20.3, 49.8]), silentMs: 134 * MINUTE },
  paper('201', 2, [20.9, 54.2]),
  paper('202', 2, [21.1, 55.6]),
  {
    ...paper('203', 2, [14.1, 38.8]),
    name: '203 胶片母片库',
    class: 'film-master',
    className: { zh: '胶片库·母片', en: 'film, masters' },
    limits: [13, 15, 35, 45],
    kept: ['film', 1_260, '盘'],
  },
  { ...paper('204', 2, [17.6, 33.9]), name: '204 光盘库', fire: 0, water: 0 },
  {
    id: 'out',
    name: '室外',
    class: 'outdoor',
    className: { zh: '室外', en: 'outdoor' },
    t: 3.6,
    rh: 48,
    fire: 0,
    water: 0,
  },
];

function limitsOf(row: RoomRow): readonly Limit[] {
  if (!row.limits) return [];
  const [tMin, tMax, hMin, hMax] = row.limits;
  const base = { kind: 'range', citation: climateSource, origin: 'pack' } as const;
  const times = { validFrom: 0, recordedAt: 0 };
  return [
    { ...base, ...times, metric: 'temperature', min: tMin, max: tMax },
    { ...base, ...times, metric: 'humidity', min: hMin, max: hMax },
    {
      ...times,
      metric: 'humidity',
      kind: 'swing',
      swing: { peakToPeak: 5 },
      citation: { ...climateSource, clause: '5.2.3', verification: 'copy' },
      origin: 'pack',
    },
  ];
}

function reading(row: RoomRow, sensor: string, value: readonly [MetricName, number]) {
  return (now: Moment): LatestReading => {
    const at = now - (row.silentMs ?? 4_000);
    const ids = { sensor: `${REPOSITORY}.${sensor}`, room: `${REPOSITORY}.${row.id}` };
    const rest = { quality: 1, at, receivedAt: at, intervalMs: MINUTE, simulated: true };
    return { ...ids, metric: value[0], value: value[1], ...rest };
  };
}

function roomOf(row: RoomRow, now: Moment, alarms: readonly Alarm[]): RoomView {
  const number = row.id.replace('r', '');
  const fire = row.fire ?? 2;
  const burning = row.id === 'r301' ? 1 : 0;
  const latest = [
    reading(row, `th-${number}-1`, ['temperature', row.t])(now),
    reading(row, `th-${number}-1`, ['humidity', row.rh])(now),
    reading(row, `th-${number}-1`, ['battery', row.silentMs ? 12 : 87])(now),
  ];
  for (let i = 1; i <= fire; i += 1) {
    latest.push(reading(row, `sm-${number}-${i}`, ['smoke', burning])(now));
  }
  if ((row.water ?? 1) > 0) latest.push(reading(row, `wl-${number}-1`, ['water_leak', 0])(now));
  const openAlarms = alarms.filter((a) => a.room === row.id);
  const door = { id: `${REPOSITORY}.d${number}`, room: `${REPOSITORY}.${row.id}`, name: '' };
  const [medium, quantity, unit] = row.kept ?? [];
  return {
    id: `${REPOSITORY}.${row.id}`,
    repository: REPOSITORY,
    name: row.name,
    class: row.class,
    className: row.className,
    ...(row.floor === undefined ? {} : { floor: row.floor }),
    areaM2: 312,
    condition: openAlarms[0]?.priority ?? (row.silentMs ? 'unknown' : 'normal'),
    latest,
    limits: limitsOf(row),
    openAlarms,
    doors:
      row.class === 'outdoor' ? [] : [{ ...door, state: row.id === 'r305' ? 'open' : 'closed' }],
    holdings:
      medium && quantity && unit
        ? [
            {
              id: `${row.id}-${medium}`,
              repository: REPOSITORY,
              room: row.id,
              medium,
              quantity,
              unit,
              fonds: 12,
              grade: '永久',
            },
          ]
        : [],
    watched: { climate: 1, fire, water: row.water ?? 1 },
  };
}

const alarmBase = {
  repository: REPOSITORY,
  verdict: 'met',
  latching: false,
  safety: false,
  evidence: [],
  comments: [],
  simulated: true,
  revision: 1,
} as const;

export function makeAlarms(now: Moment): readonly Alarm[] {
  return [
    {
      ...alarmBase,
      id: `${REPOSITORY}.a1`,
      room: 'r301',
      subject: { kind: 'room', id: 'r301' },
      rule: 'fire-confirmed',
      metric: 'smoke',
      priority: 'critical',
      safety: true,
      latching: true,
      since: now - 42_000,
      raisedAt: now - 41_000,
      citation: fireSource,
      title: {
        zh: '301 纸质档案库火灾已确认：两个独立探测器报警',
        en: '301 纸质档案库: fire confirmed by two detectors',
      },
      advice: {
        zh: '立即拨打 119，组织人员撤离；确认通风关闭、防火阀动作。',
        en: 'Call 119 now and get people out; confirm that ventilation is off and dampers closed.',
      },
      evidence: ['sm-301-1', 'sm-301-2'],
      incident: `${REPOSITORY}.i1`,
    },
    {
      ...alarmBase,
      id: `${REPOSITORY}.a2`,
      room: 'r303',
      subject: { kind: 'sensor', id: 'th-303-1' },
      rule: 'humidity-high',
      metric: 'humidity',
      priority: 'high',
      since: now - 38 * MINUTE,
      raisedAt: now - 28 * MINUTE,
      value: 63.4,
      limit: 60,
      citation: climateSource,
      title: {
        zh: '303 纸质档案库湿度过高：63.4 %RH（上限 60 %RH）',
        en: '303 纸质档案库: humidity 63.4 %RH, above 60 %RH',
      },
      advice: {
        zh: '开启除湿，关闭门窗，检查渗漏。',
        en: 'Dehumidify, close openings, look for leaks.',
      },
    },
    {
      ...alarmBase,
      id: `${REPOSITORY}.a3`,
      room: 'r306',
      subject: { kind: 'sensor', id: 'th-306-1' },
      rule: 'sensor-silent',
      priority: 'medium',
      verdict: 'cannot-tell',
      since: now - 134 * MINUTE,
      raisedAt: now - 131 * MINUTE,
      citation: ownSource,
      title: {
        zh: '306 纸质档案库传感器 th-306-1 无数据',
        en: '306 纸质档案库: th-306-1 is silent',
      },
      acknowledged: { by: 'duty-a', at: now - 100 * MINUTE, comment: '已通知维护' },
    },
  ];
}

export function makeSnapshot(
  now: Moment,
  alarms: readonly Alarm[],
  incidents: readonly Incident[],
): LiveSnapshot {
  return {
    serverTime: now,
    repositories: [
      { id: REPOSITORY, name: '示例档案馆', timezone: 'Asia/Shanghai', simulated: true },
    ],
    rooms: ROOM_ROWS.map((row) => roomOf(row, now, alarms)),
    alarms,
    incidents,
    parts: [
      { part: 'broker', ok: true, detail: 'embedded' },
      { part: 'readings', ok: true, detail: 'SQLite' },
    ],
    demonstration: true,
  };
}

/** A smooth course through a day, a week or a year; the humidity of 303 leaves its limit at the end. */
export function courseOf(q: { room: string; metric: string; at: Moment; now: Moment }): number {
  const row = ROOM_ROWS.find((r) => `${REPOSITORY}.${r.id}` === q.room) ?? ROOM_ROWS[0];
  const [base, daily] = q.metric === 'temperature' ? [row?.t ?? 20, 0.5] : [row?.rh ?? 50, 1.6];
  const wave = Math.sin((q.at / (24 * HOUR)) * 2 * Math.PI) * daily;
  const noise = Math.sin(q.at / 997_000) * daily * 0.3;
  const rise = q.now - q.at < 2 * HOUR ? 0 : row?.id === 'r303' && q.metric === 'humidity' ? -6 : 0;
  return base + rise + wave + noise;
}
