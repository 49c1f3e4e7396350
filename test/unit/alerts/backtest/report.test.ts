/** What a back-test counts: alarms, calls, the night, minutes, and what was caught. */

import { describe, expect, it } from 'vitest';
import type { KnownIncident } from '../../../../domain/backtest.ts';
import { qualify } from '../../../../domain/ids.ts';
import type { Reading } from '../../../../domain/reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../../../domain/time.ts';
import { Backtest, type SideConfig } from '../../../../alerts/backtest/backtest.ts';
import { ByReceipt } from '../../../../alerts/backtest/by-receipt.ts';
import { kindsOf } from '../../../../alerts/backtest/known-incidents.ts';
import { heldThroughout, narrowTo, withProposals } from '../../../../alerts/backtest/proposals.ts';
import { isNight } from '../../../../alerts/backtest/report.ts';
import { knowledge, MIDNIGHT, REPOSITORY, registryOf } from '../../../acceptance/story.ts';

const registry = registryOf({ sensors: { t1: ['r301', 'temperature', 'humidity'] } });
const NONE = { limitChanges: [], standardsChoices: [] };
const old: SideConfig = { ...knowledge, registry, ...NONE };
const ROOM = `${REPOSITORY}.r301`;
const UNTIL = MIDNIGHT + 7 * DAY_MS;

function reading(at: Moment, value: number, more: Partial<Reading> = {}): Reading {
  return {
    repository: REPOSITORY,
    room: 'r301',
    sensor: 't1',
    metric: 'humidity',
    value,
    quality: 1,
    at,
    receivedAt: at,
    ...more,
  };
}

/** A week at 52 %RH each minute, but 63 from 23:00 to 01:30 of the second night. */
function week(proposed?: SideConfig) {
  const run = new Backtest({ old, ...(proposed ? { proposed } : {}), startAt: MIDNIGHT });
  for (let at = MIDNIGHT; at < UNTIL; at += MINUTE_MS) {
    const isHumid = at >= HUMID.from && at < HUMID.until;
    run.take([{ kind: 'reading', reading: reading(at, isHumid ? 63 : 52) }], at);
  }
  const incidents: readonly KnownIncident[] = [
    { id: 'a', room: 'r301', kind: 'climate', ...HUMID },
    { id: 'b', room: 'r301', kind: 'fire', ...HUMID },
    { id: 'c', room: 'r999', kind: 'any', ...HUMID },
  ];
  return run.finish({ from: MIDNIGHT, until: UNTIL, timezone: 'Asia/Shanghai', incidents });
}
const HUMID = { from: MIDNIGHT + 47 * HOUR_MS, until: MIDNIGHT + 49.5 * HOUR_MS };

describe('a back-test of a week', () => {
  it('counts each time that a rule raised, its minutes, first and last', () => {
    const { rules, total, alarms } = week().old;
    const high = rules.find((one) => one.rule === 'humidity-high');
    expect(high).toMatchObject({
      alarms: 1,
      alarmsPerWeek: 1,
      minutesOut: 160,
      longestMinutes: 160,
    });
    expect(high?.firstAt).toBe(HUMID.from + 10 * MINUTE_MS);
    expect(high?.lastAt).toBe(high?.firstAt);
    expect(total.alarms).toBe(alarms.length);
    expect(alarms.find((one) => one.rule === 'humidity-high')).toMatchObject({
      priority: 'high',
      since: HUMID.from,
      returnedAt: HUMID.until + 10 * MINUTE_MS,
    });
  });

  it('counts calls, and those of the night apart', () => {
    const { total, rules } = week().old;
    // The range of the day is high at once: 23:00. The high humidity is acknowledged before it grows graver at 01:10.
    expect(
      rules.map((one) => [one.rule, one.calls > 0, one.nightCalls === one.calls]),
    ).toContainEqual(['humidity-daily-range', true, true]);
    expect(total.nightCalls).toBeGreaterThan(0);
    expect(isNight({ from: '22:00', until: '06:00' }, MIDNIGHT, 'Asia/Shanghai')).toBe(true);
    expect(isNight({ from: '22:00', until: '06:00' }, MIDNIGHT, 'UTC')).toBe(false);
    expect(isNight({ from: '00:00', until: '06:00' }, MIDNIGHT - 1, 'Asia/Shanghai')).toBe(false);
  });

  it('says what was caught and how late, by an alarm of the right kind in the right room', () => {
    const [climate, fire, elsewhere] = week().old.incidents;
    expect(climate).toMatchObject({
      lateMs: MINUTE_MS,
      caughtBy: { rule: 'humidity-daily-range' },
    });
    expect(fire?.caughtBy).toBeUndefined();
    expect(elsewhere?.caughtBy).toBeUndefined();
  });

  it('puts proposed limits beside those of today', () => {
    const proposals = [
      { metric: 'humidity', kind: 'range', min: 40, max: 65 },
      { metric: 'humidity', kind: 'swing', swing: { peakToPeak: 20, fromSetPoint: 15 } },
    ] as const;
    const { old: before, proposed } = week({ ...old, ...withProposals(NONE, ROOM, proposals) });
    expect(before.total.alarms).toBe(2);
    expect(proposed?.total).toMatchObject({ alarms: 0, nightCalls: 0, minutesOut: 0 });
    expect(proposed?.incidents[0]?.caughtBy).toBeUndefined();
  });

  it('does not count the silence of a sensor that has no data in the period, and names it', () => {
    const run = new Backtest({ old, startAt: MIDNIGHT });
    const side = run.finish({ from: MIDNIGHT, until: UNTIL, timezone: 'UTC' }).old;
    expect([side.total.alarms, side.unheard]).toEqual([0, ['t1']]);
  });

  it('counts only what is raised within the period; what stood before is played', () => {
    const run = new Backtest({ old, startAt: MIDNIGHT });
    for (let at = MIDNIGHT; at < MIDNIGHT + DAY_MS; at += MINUTE_MS) {
      run.take([{ kind: 'reading', reading: reading(at, 70) }], at);
    }
    const from = MIDNIGHT + 20 * HOUR_MS;
    const side = run.finish({ from, until: MIDNIGHT + DAY_MS, timezone: 'UTC' }).old;
    const high = side.rules.find((one) => one.rule === 'humidity-high');
    expect([high?.alarms, high?.minutesOut]).toEqual([0, 240]);
  });
});

describe('limits of a back-test', () => {
  const change = { id: 'x', repository: REPOSITORY, room: 'r301', metric: 'humidity' } as const;
  const recorded = {
    kind: 'range',
    max: 57,
    reason: 'r',
    by: 'b',
    validFrom: 500,
    recordedAt: 500,
  } as const;

  it('are those of the day, held over the whole period', () => {
    const sources = { ...NONE, limitChanges: [{ ...change, ...recorded }] };
    const { standards } = knowledge;
    const held = (at: Moment) =>
      heldThroughout(sources, { registry, standards, rooms: [ROOM], at }).limitChanges;
    expect(held(400)).toEqual([]);
    expect(held(600)).toMatchObject([{ max: 57, validFrom: 0, recordedAt: 0 }]);
  });

  it('give way to a proposal of their metric and kind, and to no other', () => {
    const swing = { ...change, kind: 'swing', swing: { peakToPeak: 5 } } as const;
    const own = [
      { ...change, ...recorded },
      { ...recorded, ...swing, id: 'y' },
    ];
    const proposals = [{ metric: 'humidity', kind: 'range', max: 61 }] as const;
    const { limitChanges } = withProposals({ ...NONE, limitChanges: own }, ROOM, proposals);
    expect(limitChanges.map((one) => [one.kind, one.max])).toEqual([
      ['swing', 57],
      ['range', 61],
    ]);
  });

  it('leave out other rooms and what stands in them', () => {
    const two = registryOf({
      rooms: { r301: 'paper', r302: 'paper' },
      sensors: { t1: ['r301', 'humidity'], t2: ['r302', 'humidity'] },
      doors: { d1: 'r301', d2: 'r302' },
      devices: { g1: ['t1'], g2: ['t2'] },
    });
    const narrow = narrowTo(two, [qualify(REPOSITORY, 'r302')]);
    const ids = [narrow.rooms, narrow.sensors, narrow.doors, narrow.devices].map((map) => [
      ...map.keys(),
    ]);
    expect(ids).toEqual([['sx.r302'], ['sx.t2'], ['sx.d2'], ['sx.g2']]);
  });
});

describe('stored readings', () => {
  const key = { repository: REPOSITORY, sensor: 't1', metric: 'humidity' } as const;
  const columns = (
    rows: readonly (readonly [at: Moment, value: number, receivedAt: Moment])[],
  ) => ({
    key,
    room: 'r301',
    at: Float64Array.from(rows, (row) => row[0]),
    value: Float64Array.from(rows, (row) => row[1]),
    quality: Float64Array.from(rows, () => 1),
    receivedAt: Float64Array.from(rows, (row) => row[2]),
    historical: Float64Array.from(rows, (row) => (row[2] - row[0] > HOUR_MS ? 1 : 0)),
  });

  it('come in the order of receipt; what was late waits for its chunk', () => {
    const order = new ByReceipt();
    const minute = (n: number) => n * MINUTE_MS;
    const first = columns([
      [minute(1), 1, minute(90)],
      [minute(2), 2, minute(2) + 5],
      [minute(3), 3, minute(2) + 5],
    ]);
    const got = [...order.take({ series: [first], events: [] }, minute(60))];
    expect(got.map(({ at, inputs }) => [at, inputs.length])).toEqual([[minute(2) + 5, 2]]);
    const second = columns([[minute(61), 4, minute(61)]]);
    const later = [...order.take({ series: [second], events: [] }, minute(120))];
    expect(later.map(({ at }) => at)).toEqual([minute(61), minute(90)]);
    const [late] = later[1]?.inputs ?? [];
    expect(late).toMatchObject({ reading: { value: 1, at: minute(1), flags: ['historical'] } });
    expect(order.readings).toBe(4);
  });

  it('wait while a clock that is ahead may still have something received before', () => {
    const order = new ByReceipt();
    const rows = columns([[9 * MINUTE_MS, 1, 9 * MINUTE_MS]]);
    expect([...order.take({ series: [rows], events: [] }, 10 * MINUTE_MS)]).toEqual([]);
    const ahead = columns([[10 * MINUTE_MS + SECOND_MS, 2, 8.5 * MINUTE_MS]]);
    const got = [...order.take({ series: [ahead], events: [] }, 20 * MINUTE_MS)];
    expect(got.map(({ at }) => at)).toEqual([8.5 * MINUTE_MS, 9 * MINUTE_MS]);
  });
});

it('each shipped rule is about some kind of incident, or about the system', () => {
  for (const rule of knowledge.rules.rules) {
    const isAbout = kindsOf(rule).length > 0;
    expect([rule.id, isAbout || rule.kind === 'system']).toEqual([rule.id, true]);
  }
});

it('silence counts before a climate delay runs out: one value before it must not begin or end an alarm', () => {
  const { rules } = knowledge.rules;
  const silence = rules.find((rule) => rule.kind === 'silence');
  const delays = rules.flatMap((rule) =>
    rule.kind === 'band' && rule.onDelaySeconds > 0 ? [rule.onDelaySeconds] : [],
  );
  expect(silence?.minimumSeconds).toBeLessThan(Math.min(...delays));
});
