import { describe, expect, it } from 'vitest';
import { countsOf, loadOf } from '../../../../alerts/kpi/load.ts';
import {
  chatterIndex,
  chatteringOf,
  fleetingOf,
  staleOf,
  topOf,
} from '../../../../alerts/kpi/nuisance.ts';
import type { AlarmRecord } from '../../../../alerts/kpi/records.ts';
import { kpiReport } from '../../../../alerts/kpi/report.ts';
import {
  eemuaLevel,
  judgeKpi,
  KPI_TARGETS,
  PRIORITY_TARGETS,
} from '../../../../alerts/kpi/targets.ts';
import type { KpiTarget } from '../../../../domain/alarm-kpis.ts';
import { VERIFICATIONS } from '../../../../domain/limits.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts';

const record = (raisedAt: number, facts: Partial<AlarmRecord> = {}): AlarmRecord => ({
  rule: 'humidity-high',
  subject: 'sensor:th-1',
  priority: 'low',
  raisedAt,
  ...facts,
});
/** `count` alarms within the 10 minutes number `interval`. */
const burst = (interval: number, count: number) =>
  Array.from({ length: count }, (_, i) => record(interval * 10 * MINUTE_MS + i * SECOND_MS));
const day = { from: 0, until: DAY_MS };

describe('chatter index, the worked examples', () => {
  it.each([
    [[1, 1, 1], 1.0],
    [Array<number>(9).fill(20), 0.05],
    [Array<number>(5).fill(60), 0.016667],
    [[10, 20, 600, 3600], 0.037986],
  ])('of %j', (intervals, index) => expect(chatterIndex(intervals)).toBeCloseTo(index, 6));

  it('takes less than a second for a second, and has none of nothing', () => {
    expect(chatterIndex([0.1, 0])).toBe(1);
    expect(chatterIndex([])).toBeUndefined();
  });
});

describe('EEMUA 191 by the average per 10 minutes', () => {
  it.each([
    [0, 'acceptable'],
    [0.99, 'acceptable'],
    [1, 'manageable'],
    [1.99, 'manageable'],
    [2, 'requires-improvement'],
    [4.99, 'requires-improvement'],
    [5, 'overloaded'],
  ])('%d is %s', (average, level) => expect(eemuaLevel(average)).toBe(level));
});

describe('targets', () => {
  it.each([
    ['perHour', 6, 'met'],
    ['perHour', 6.1, 'manageable'],
    ['perHour', 12, 'manageable'],
    ['perHour', 12.1, 'missed'],
    ['perTenMinutes', 1, 'met'],
    ['perTenMinutes', 2, 'manageable'],
    ['perTenMinutes', 2.1, 'missed'],
    ['perDay', 150, 'met'],
    ['perDay', 300, 'manageable'],
    ['perDay', 301, 'missed'],
    ['busyShare', 0.0099, 'met'],
    ['busyShare', 0.01, 'missed'],
    ['floodShare', 0.01, 'missed'],
    ['topTenShare', 0.05, 'met'],
    ['chattering', 0, 'met'],
    ['chattering', 1, 'missed'],
    ['chatterIndex', 0.05, 'missed'],
    ['fleeting', 1, 'missed'],
    ['stale', 4, 'met'],
    ['stale', 5, 'missed'],
    ['perHour', undefined, 'cannot-tell'],
    ['perHour', NaN, 'cannot-tell'],
  ] as const)('%s of %s is %s', (kpi, value, judgement) => {
    expect(judgeKpi(kpi, value)).toBe(judgement);
  });

  it('say where they are from, and what is from memory is not called verified', () => {
    for (const { citation } of Object.values(KPI_TARGETS)) {
      expect(citation.standard).not.toBe('');
      expect(VERIFICATIONS).toContain(citation.verification);
    }
    expect(KPI_TARGETS.perDay.citation.verification).toBe('memory');
    const targets: readonly KpiTarget[] = Object.values(KPI_TARGETS);
    const notes = targets.flatMap(({ citation }) => citation.note ?? []);
    expect(notes).toHaveLength(2);
    for (const { zh } of notes) expect(zh).toMatch(/[\u4e00-\u9fff]/);
    // What is a sentence belongs into the note, which has both languages.
    for (const { citation } of targets) expect(citation.source ?? '').not.toContain(' ');
    expect(PRIORITY_TARGETS).toEqual({ low: 0.8, medium: 0.15, high: 0.05, critical: 0.01 });
  });
});

describe('rates', () => {
  it('are averages of all time and peaks of fixed intervals, each from the records', () => {
    // One in ten minutes for an hour, then eleven at once.
    const records = [0, 1, 2, 3, 4, 5].flatMap((i) => burst(i, 1)).concat(burst(6, 11));
    const load = loadOf(records, { spans: [{ from: 0, until: 4 * HOUR_MS }] });
    expect(load).toMatchObject({ alarms: 17, hours: 4, level: 'acceptable' });
    expect(load.perTenMinutes.average).toBeCloseTo(17 / 24, 9);
    expect(load.perTenMinutes.peak).toBe(11);
    expect(load.perHour.average).toBeCloseTo(17 / 4, 9);
    expect(load.perHour.peak).toBe(11);
    expect(load.perDay.average).toBeCloseTo(17 * 6, 9);
    expect(load.busyShare).toBeCloseTo(1 / 24, 9);
  });

  it('are per console', () => {
    const load = loadOf(burst(0, 22), { spans: [{ from: 0, until: HOUR_MS }], operators: 2 });
    expect(load.perTenMinutes).toEqual({ average: 22 / 6 / 2, peak: 11 });
    expect(loadOf(burst(0, 20), { spans: [day], operators: 2 }).busyShare).toBe(0);
  });

  it('count ten as no peak and eleven as one', () => {
    const share = (count: number) => loadOf(burst(3, count), { spans: [day] }).busyShare;
    expect(share(10)).toBe(0);
    expect(share(11)).toBeCloseTo(1 / 144, 9);
  });

  it('have no average of no time, and count nothing outside', () => {
    const load = loadOf(burst(0, 3), { spans: [] });
    expect(load).toEqual({
      alarms: 0,
      hours: 0,
      perTenMinutes: { peak: 0 },
      perHour: { peak: 0 },
      perDay: { peak: 0 },
      floods: [],
    });
    const span = { from: 0, until: 25 * MINUTE_MS };
    const times = [-1, 0, 9.9, 10, 24, 25].map((minute) => minute * MINUTE_MS);
    expect(countsOf(times, span, 10 * MINUTE_MS)).toEqual([2, 1, 1]);
    expect(
      loadOf(
        times.map((t) => record(t)),
        { spans: [span] },
      ).alarms,
    ).toBe(4);
  });
});

describe('floods', () => {
  const floodsOf = (...counts: readonly number[]) =>
    loadOf(
      counts.flatMap((count, i) => burst(i, count)),
      { spans: [{ from: 0, until: counts.length * 10 * MINUTE_MS }] },
    );
  const minutes = (n: number) => n * MINUTE_MS;

  it('begin above ten in ten minutes, and last until fewer than five', () => {
    const load = floodsOf(3, 10, 11, 7, 5, 4, 10);
    expect(load.floods).toEqual([
      { from: minutes(20), until: minutes(50), alarms: 23, peak: 11, open: false },
    ]);
    expect(load.floodShare).toBeCloseTo(3 / 7, 9);
    expect(load.busyShare).toBeCloseTo(1 / 7, 9);
  });

  it('are one while neighbouring intervals carry on, and two when it was quiet between', () => {
    expect(floodsOf(11, 12, 30, 4).floods).toHaveLength(1);
    const two = floodsOf(11, 4, 12, 0).floods;
    expect(two.map((f) => f.from)).toEqual([0, minutes(20)]);
  });

  it('that still go on at the end are open', () => {
    expect(floodsOf(0, 11, 6).floods).toEqual([
      { from: minutes(10), until: minutes(30), alarms: 17, peak: 11, open: true },
    ]);
    expect(floodsOf(10, 10, 10).floods).toEqual([]);
  });
});

describe('the ten most frequent', () => {
  it('are counted by rule and subject', () => {
    const sources = Array.from({ length: 12 }, (_, s) =>
      Array.from({ length: s + 1 }, (_v, i) => record(i, { subject: `sensor:th-${s}` })),
    ).flat();
    const top = topOf(sources);
    expect(top.of).toBe(12);
    expect(top.sources).toHaveLength(10);
    expect(top.sources[0]).toEqual({
      source: 'humidity-high/sensor:th-11',
      rule: 'humidity-high',
      count: 12,
      share: 12 / 78,
    });
    expect(top.share).toBeCloseTo(75 / 78, 9);
    expect(topOf([])).toEqual({ sources: [], of: 0 });
  });
});

describe('chattering', () => {
  const every = (stepS: number, count: number, facts: Partial<AlarmRecord> = {}) =>
    Array.from({ length: count }, (_, i) => record(i * stepS * SECOND_MS, facts));
  const returning = (stepS: number, count: number) =>
    every(stepS, count).map((r) => ({ ...r, returnedAt: r.raisedAt + 5 * SECOND_MS }));

  it('by index, from once in 20 seconds on', () => {
    expect(chatteringOf(every(20, 10))).toMatchObject([{ byIndex: true }]);
    expect(chatteringOf(every(21, 2))).toEqual([]);
  });

  it('by more than five transitions in five minutes', () => {
    expect(chatteringOf(returning(100, 3))).toMatchObject([
      { byIndex: false, byTransitions: true, byClassic: false, rule: 'humidity-high' },
    ]);
    const five = [...returning(100, 2), record(200 * SECOND_MS)];
    expect(chatteringOf(five)).toEqual([]);
    expect(chatteringOf(returning(200, 9))).toEqual([]);
  });

  it('not when somebody acted in between', () => {
    const [first, second, third] = returning(100, 3);
    if (!first || !second || !third) throw new Error('three');
    const acted = { ...second, acknowledgedAt: second.raisedAt + SECOND_MS };
    expect(chatteringOf([first, acted, third])).toEqual([]);
  });

  it('by the classic three in a minute, for information', () => {
    expect(chatteringOf(every(29, 3))).toMatchObject([{ byClassic: true, byIndex: false }]);
    expect(chatteringOf(every(30, 3))).toEqual([]);
  });

  it('is of one source', () => {
    const two = [record(0), record(SECOND_MS, { subject: 'sensor:th-2' })];
    expect(chatteringOf(two)).toEqual([]);
  });
});

describe('fleeting alarms', () => {
  const short = (atS: number, lastsS: number, facts: Partial<AlarmRecord> = {}) =>
    record(atS * SECOND_MS, { returnedAt: (atS + lastsS) * SECOND_MS, ...facts });

  it('are over within ten seconds, and alone for a minute', () => {
    expect(fleetingOf([short(0, 9.9)])).toHaveLength(1);
    expect(fleetingOf([short(0, 10)])).toEqual([]);
    expect(fleetingOf([record(0)])).toEqual([]);
    expect(fleetingOf([short(0, 5), short(65.1, 5)])).toHaveLength(2);
    expect(fleetingOf([short(0, 5), short(65, 5)])).toEqual([]);
    expect(fleetingOf([short(0, 5), short(20, 5, { subject: 'sensor:th-2' })])).toHaveLength(2);
  });
});

describe('stale alarms', () => {
  const period = { from: 10 * DAY_MS, until: 13 * DAY_MS };
  const at = (raised: number, ended?: number) =>
    record(raised * DAY_MS, ended === undefined ? {} : { returnedAt: ended * DAY_MS });

  it('stand for more than a day; each day counts those that were stale at some time of it', () => {
    const records = [
      at(8), // stale all days, and still
      at(9, 10.5), // stale from day 10 on, for half a day
      at(10, 11), // a day exactly: not stale
      at(10.5, 11.5), // and neither in the middle of a day
      at(10.5, 12), // stale half of day 11
      at(12.5), // too young
    ];
    expect(staleOf(records, period)).toEqual({
      standing: [records[0]],
      perDay: [2, 2, 1],
      most: 2,
    });
  });

  it('are not those that were shelved or closed in time', () => {
    const shelved = record(10 * DAY_MS, { silencedAt: 10.5 * DAY_MS });
    expect(staleOf([shelved], period)).toEqual({ standing: [], perDay: [0, 0, 0], most: 0 });
  });
});

describe('the report', () => {
  const period = { from: 0, until: 30 * DAY_MS };
  const records = [
    record(-3 * DAY_MS, { rule: 'silent', subject: 'sensor:th-9' }),
    record(HOUR_MS, { acknowledgedAt: HOUR_MS + 4 * MINUTE_MS, returnedAt: 2 * HOUR_MS }),
    record(9 * HOUR_MS, {
      priority: 'critical',
      rule: 'fire',
      acknowledgedAt: 9 * HOUR_MS + MINUTE_MS,
      returnedAt: 10 * HOUR_MS,
    }),
    record(10 * HOUR_MS, { priority: 'medium', returnedAt: 11 * HOUR_MS }),
    record(31 * DAY_MS),
  ];
  const night = { name: 'night', spans: [{ from: -HOUR_MS, until: 8 * HOUR_MS }] };
  const morning = { name: 'morning', spans: [{ from: 8 * HOUR_MS, until: 10 * HOUR_MS }] };
  const report = kpiReport({ period, records, shifts: [night, morning] });

  it('counts what was raised in the period, and lets older ones be stale', () => {
    expect(report.load.alarms).toBe(3);
    expect(report.enough).toBe(true);
    expect(report.stale.standing.map((r) => r.rule)).toEqual(['silent']);
    expect(report.stale.perDay).toEqual(Array<number>(30).fill(1));
    expect(kpiReport({ period: day, records }).enough).toBe(false);
  });

  it('shares priorities, and tells how long people took', () => {
    expect(report.priorities).toEqual({
      critical: { count: 1, share: 1 / 3, target: 0.01 },
      high: { count: 0, share: 0, target: 0.05 },
      medium: { count: 1, share: 1 / 3, target: 0.15 },
      low: { count: 1, share: 1 / 3, target: 0.8 },
    });
    expect(report.acknowledging).toEqual({
      acknowledged: 2,
      never: 1,
      medianMs: 2.5 * MINUTE_MS,
    });
  });

  it('is by rule and by duty shift, whose hours are cut to the period', () => {
    expect(report.rules.map((r) => [r.rule, r.load.alarms, r.stale.most])).toEqual([
      ['fire', 1, 0],
      ['humidity-high', 2, 0],
      ['silent', 0, 1],
    ]);
    expect(report.shifts.map((s) => [s.shift, s.load.alarms, s.load.hours])).toEqual([
      ['night', 1, 8],
      ['morning', 1, 2],
    ]);
    expect(report.shifts[1]?.load.perHour.average).toBe(0.5);
    expect(report.shifts[1]?.priorities.critical.share).toBe(1);
    expect(report.outsideShifts).toBe(1);
  });

  it('judges each figure, but not the ten most frequent of ten', () => {
    expect(report.judgements).toMatchObject({
      perHour: 'met',
      perTenMinutes: 'met',
      busyShare: 'met',
      floodShare: 'met',
      chattering: 'met',
      fleeting: 'met',
      stale: 'met',
      topTenShare: 'cannot-tell',
    });
    const many = Array.from({ length: 600 }, (_, i) =>
      record(i * MINUTE_MS, { subject: `sensor:th-${i % 12}` }),
    );
    const bad = kpiReport({ period: { from: 0, until: 10 * HOUR_MS }, records: many });
    expect(bad.judgements).toMatchObject({
      perHour: 'missed',
      perTenMinutes: 'missed',
      topTenShare: 'missed',
    });
    expect(bad.load.level).toBe('overloaded');
  });

  it('of nothing tells nothing rather than good news', () => {
    const empty = kpiReport({ period: { from: 0, until: 0 }, records: [] });
    expect(empty.judgements).toMatchObject({
      perHour: 'cannot-tell',
      busyShare: 'cannot-tell',
      floodShare: 'cannot-tell',
    });
    expect(empty.priorities.low).toEqual({ count: 0, target: 0.8 });
    expect(empty.acknowledging).toEqual({ acknowledged: 0, never: 0 });
  });
});
