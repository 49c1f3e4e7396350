import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../domain/alarm.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { SensorJudge, Undo, type SeriesJudge } from '../../domain/quality/live.ts';
import { qualityOf } from '../../domain/quality/tests.ts';
import type { ReadingFlag } from '../../domain/reading.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { qualityThresholds } from '../../gateway/intake/thresholds.ts';
import { createLocalTime } from '../../simulators/model/local-time.ts';
import { outdoorAir } from '../../simulators/model/outdoor.ts';
import { buildOf } from '../../simulators/model/room-classes.ts';
import {
  advanceRoom,
  roomHumidity,
  settledRoom,
  type RoomForcing,
} from '../../simulators/model/room.ts';
import {
  drawErrors,
  HUMIDITY_SENSOR,
  lag,
  measure,
  TEMPERATURE_SENSOR,
} from '../../simulators/model/sensor.ts';
import { createRandom, type Random } from '../../simulators/random.ts';
import { knowledge, MIDNIGHT, Story } from './story.ts';

const VAULT = {
  rooms: { r301: 'paper' },
  sensors: { 'th-1': ['r301', 'temperature', 'humidity'] },
} as const;

const spike = (...flags: readonly ReadingFlag[]) => ({ quality: 3, flags }) as const;
const fine = [
  ['temperature', 20],
  ['humidity', 52],
] as const;
const humid = [
  ['temperature', 20],
  ['humidity', 66],
] as const;

describe('a suspect value', () => {
  it('raises no climate alarm, however long nothing follows it', () => {
    const story = new Story(VAULT).says('th-1', ...fine).until('00:10');
    story.fallsSilent('th-1').once('th-1', 'humidity', 90, spike('spike')).until('01:00');
    expect(story.rules()).not.toContain('humidity-high');
  });

  it('ends no climate alarm', () => {
    const story = new Story(VAULT).says('th-1', ...humid).until('00:15');
    for (let minute = 16; minute < 20; minute += 1) {
      story.once('th-1', 'humidity', 50, spike('spike')).until(`00:${minute}`);
    }
    expect(story.openRules()).toContain('humidity-high');
    expect(story.alarm('humidity-high').verdict).not.toBe('not-met');
  });

  it('is not in the daily swing', () => {
    const story = new Story(VAULT).says('th-1', ...fine).until('00:10');
    story.once('th-1', 'humidity', 75, spike('spike')).until('02:00');
    expect(story.rules()).toEqual([]);
  });

  it('once or twice is no news of the sensor; the third within an hour is', () => {
    const story = new Story(VAULT).says('th-1', ...fine).until('00:10');
    story.once('th-1', 'humidity', 90, spike('spike')).until('00:20');
    story.once('th-1', 'humidity', 10, spike('spike')).until('00:30');
    expect(story.rules()).toEqual([]);
    story.once('th-1', 'humidity', 95.5, spike('spike', 'flat_line'));
    const alarm = story.alarm('suspect-data');
    expect(alarm).toMatchObject({ priority: 'low', metric: 'humidity', value: 95.5 });
    expect(alarm.title).toEqual({
      zh: 'r301th-1的相对湿度数据多次可疑（尖峰、数值冻结）：95.5 %RH',
      en: 'Relative humidity of th-1 in r301 is suspect again and again (spike, frozen): 95.5 %RH',
    });
    expect(alarm.advice?.zh).toContain('读数突跳');
    story.until('01:29');
    expect(story.alarm('suspect-data').verdict).toBe('met');
    story.until('01:31');
    expect(story.alarm('suspect-data').verdict).toBe('not-met');
  });

  it('now and then is none either', () => {
    const story = new Story(VAULT).says('th-1', ...fine);
    for (let hour = 1; hour < 12; hour += 1) {
      story.until(`${String(hour).padStart(2, '0')}:00`);
      story.once('th-1', 'humidity', 90, spike('spike'));
    }
    expect(story.rules()).toEqual([]);
  });

  it('that makes the sensor doubtful leaves its open alarms not known, until it is good again', () => {
    const story = new Story(VAULT)
      .says('th-1', ...humid)
      .until('00:15')
      .fallsSilent('th-1');
    for (let i = 0; i < 3; i += 1) story.once('th-1', 'humidity', 66, spike('flat_line'));
    expect(story.alarm('humidity-high').verdict).toBe('cannot-tell');
    story.says('th-1', ...humid).until('02:00');
    expect(story.alarm('humidity-high').verdict).toBe('met');
    expect(story.alarm('suspect-data').verdict).toBe('not-met');
  });

  it.each([1, 2, 5])('is remembered over a restart, after %i minutes', (minutes) => {
    const story = new Story(VAULT).says('th-1', ...fine).until('00:10');
    story.once('th-1', 'humidity', 90, spike('spike'));
    story.once('th-1', 'humidity', 90, spike('spike'));
    story.until('00:11');
    if (minutes > 1) story.feed([], true);
    story.until(`00:${10 + minutes}`).restarts();
    story.once('th-1', 'humidity', 90, spike('spike'));
    expect(story.openRules()).toEqual(['suspect-data']);
    story.restarts();
    story.feed([{ kind: 'clock' }]);
    expect(story.openRules()).toEqual(['suspect-data']);
  });

  it('of a detector is a fire all the same', () => {
    const story = new Story({ ...VAULT, sensors: { 'sm-1': ['r301', 'smoke'] } });
    story.once('sm-1', 'smoke', 1, spike('spike'));
    expect(story.rules()).toContain('smoke-alarm');
  });
});

it('a failed value says which test it failed', () => {
  const story = new Story(VAULT).says('th-1', ...fine);
  story.once('th-1', 'temperature', 0, { quality: 4, flags: ['contradiction'] });
  expect(story.alarm('bad-data').title).toEqual({
    zh: 'r301th-1的温度数据无效（数据互相矛盾）：0 °C',
    en: 'Temperature of th-1 in r301 is bad (contradiction): 0 °C',
  });
});

const TAIYUAN = createLocalTime('Asia/Shanghai');

/** A night in a room: what a sensor in it says each minute, and what was done to the room. */
function night(seed: number) {
  const random = createRandom(seed, 'night');
  const build = buildOf('paper');
  const from = random.integer(60, 90);
  const minutes = random.integer(5, 60);
  // Up to 35 K, within minutes where it is a window in the frost or a burst heating pipe.
  const heatKPerH = (random.between(6, 35) * 60) / minutes;
  const waterGM3PerH = (random.between(3, 12) * 60) / minutes;
  const forcings: readonly RoomForcing[] = [
    { hvac: 'off', heatKPerH },
    { hvac: 'off', heatKPerH: -heatKPerH },
    { waterGM3PerH },
    { hvac: 'stuck-open' },
    { hvac: 'off', doorOpen: true, waterGM3PerH, heatKPerH: heatKPerH / 2 },
  ];
  const forcing = forcings[random.integer(0, forcings.length - 1)];
  let state = settledRoom(build);
  let [elementC, elementH] = [state.temperatureC, roomHumidity(state)];
  const errors = [
    drawErrors(TEMPERATURE_SENSOR, random, MIDNIGHT),
    drawErrors(HUMIDITY_SENSOR, random, MIDNIGHT),
  ] as const;
  return Array.from({ length: 300 }, (_, minute) => {
    const at = MIDNIGHT + minute * MINUTE_MS;
    const outdoor = outdoorAir(at, { seed, localTime: TAIYUAN });
    const input = {
      outdoor,
      people: 0,
      ...(minute >= from && minute < from + minutes ? forcing : {}),
    };
    state = advanceRoom(state, { build, input, elapsedMs: MINUTE_MS });
    const around = [state.temperatureC, roomHumidity(state)] as const;
    elementC = lag(elementC, { air: around[0], kind: TEMPERATURE_SENSOR, elapsedMs: MINUTE_MS });
    elementH = lag(elementH, { air: around[1], kind: HUMIDITY_SENSOR, elapsedMs: MINUTE_MS });
    return [
      [
        'temperature',
        measure(elementC, { kind: TEMPERATURE_SENSOR, errors: errors[0], at, random }),
      ],
      [
        'humidity',
        Math.min(100, measure(elementH, { kind: HUMIDITY_SENSOR, errors: errors[1], at, random })),
      ],
    ] as const;
  });
}

type Said = ReturnType<typeof night>[number];

/** A spike of one value now and then, never two in a row. */
function spikesAmong(values: readonly Said[], random: Random): ReadonlyMap<number, Said> {
  const spikes = new Map<number, Said>();
  let calm = 0;
  values.forEach(([[, temperatureC], [, humidityPercent]], minute) => {
    calm += 1;
    if (calm < 8 || random.next() > 0.1) return;
    calm = 0;
    const by = (random.next() < 0.5 ? -1 : 1) * random.between(25, 40);
    spikes.set(minute, [
      ['temperature', temperatureC + by],
      ['humidity', humidityPercent + (humidityPercent > 50 ? -1 : 1) * Math.abs(by)],
    ]);
  });
  return spikes;
}

/** Climate alarms, the first of each rule; `isJudged`: with quality control before the rules. */
function alarmsOf(values: readonly (Said | undefined)[], isJudged: boolean) {
  const story = new Story(VAULT);
  const judge = new SensorJudge(qualityThresholds(), new Undo());
  const series = new Map<MetricName, SeriesJudge>();
  for (const metric of ['temperature', 'humidity'] as const) {
    series.set(metric, judge.series(metric));
  }
  values.forEach((said, minute) => {
    story.now = MIDNIGHT + minute * MINUTE_MS;
    const readings = (said ?? []).map(([metric, value]) => {
      const tests = series.get(metric)?.judge(value, story.now, false) ?? 0;
      return story.reading('th-1', metric, value, { quality: isJudged ? qualityOf(tests) : 1 });
    });
    story.feed([...readings, { kind: 'clock' }]);
  });
  const climate = [...story.alarms.values()].filter((a) => BANDS.test(a.rule));
  return new Map(climate.toReversed().map((alarm) => [alarm.rule, alarm]));
}

const BANDS = /^(temperature|humidity)-(high|low)$/;
const ON_DELAY_MINUTES = 10;
const LATE_MINUTES_MAX = 2;
/** A spike in the middle of a fast change: its own value, and those of the change begin anew. */
const LATE_AMONG_SPIKES_MINUTES_MAX = 5;

/** A band begins so far inside its limit, as a warning. */
function insideOf(id: string): number {
  const rule = knowledge.rules.rules.find((one) => one.id === id);
  return rule?.kind === 'band' ? (rule.preWarning?.inside ?? 0) : 0;
}

/** How many minutes the values stayed where the alarm begins. */
function lastedMinutes(alarm: Alarm, values: readonly (Said | undefined)[]): number {
  const from = (alarm.since - MIDNIGHT) / MINUTE_MS;
  const isBack = (said: Said | undefined) => {
    const value = said?.find(([metric]) => metric === alarm.metric)?.[1];
    if (value === undefined) return false;
    const inside = insideOf(alarm.rule);
    const limit = alarm.limit ?? 0;
    return alarm.rule.endsWith('high') ? value <= limit - inside : value >= limit + inside;
  };
  const back = values.slice(from).findIndex(isBack);
  return back === -1 ? values.length - from : back;
}

/** Every alarm whose condition outlasts delay and bound is there, in time; and none that was not there before. */
function expectAlarms(q: {
  readonly judged: ReadonlyMap<string, Alarm>;
  readonly plain: ReadonlyMap<string, Alarm>;
  readonly values: readonly (Said | undefined)[];
  readonly lateMax: number;
}): readonly string[] {
  const { judged, plain, values, lateMax } = q;
  expect([...plain.keys()]).toEqual(expect.arrayContaining([...judged.keys()]));
  const due = [...plain.values()].filter(
    (alarm) => lastedMinutes(alarm, values) > ON_DELAY_MINUTES + lateMax,
  );
  for (const { rule, raisedAt } of due) {
    const late = ((judged.get(rule)?.raisedAt ?? Infinity) - raisedAt) / MINUTE_MS;
    expect([rule, late, late <= lateMax]).toEqual([rule, late, true]);
  }
  return due.map(({ rule }) => rule);
}

describe('a real excursion in the simulated air', () => {
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
  const found = new Set<string>();

  it.each(seeds)('always alarms, late by two values at most, night %i', (seed) => {
    const values = night(seed);
    const [judged, plain] = [alarmsOf(values, true), alarmsOf(values, false)];
    const due = expectAlarms({ judged, plain, values, lateMax: LATE_MINUTES_MAX });
    for (const rule of due) found.add(rule);
  });

  it('of each kind was among them', () => {
    expect([...found].toSorted()).toEqual([
      'humidity-high',
      'humidity-low',
      'temperature-high',
      'temperature-low',
    ]);
  });

  it.each(seeds)('alarms among spikes, which raise nothing themselves, night %i', (seed) => {
    const values = night(seed);
    const spikes = spikesAmong(values, createRandom(seed, 'spikes'));
    expect(spikes.size).toBeGreaterThan(5);
    // As if what spiked had not come.
    const without = values.map((said, minute) => (spikes.has(minute) ? undefined : said));
    const judged = alarmsOf(
      values.map((said, minute) => spikes.get(minute) ?? said),
      true,
    );
    const plain = alarmsOf(without, false);
    const lateMax = LATE_AMONG_SPIKES_MINUTES_MAX;
    expectAlarms({ judged, plain, values: without, lateMax });
  });
});
