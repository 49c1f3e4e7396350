import { describe, expect, it } from 'vitest';
import type { AccessEvent, AccessEventKind } from '../../../domain/access.ts';
import type { Alarm } from '../../../domain/alarm.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from '../../../domain/time.ts';
import type { StandardsChoice } from '../../../domain/standards.ts';
import { prepareAssessment } from '../../../server/assessments/make.ts';
import { REPOSITORY, fullHour, limit, smallArchive, usualValue } from './small-archive.ts';
import type { Archive } from './small-archive.ts';
import {
  alarm,
  assess,
  detectors,
  figure,
  from,
  incident,
  judgement,
  latest,
  now,
  sensors,
  until,
} from './things.ts';

describe('time in range', () => {
  it('shows a gap of two days in a month as exactly its share, and not as fine', async () => {
    const gapFrom = from + 10 * DAY_MS;
    const assessment = await assess({
      hour: (q, hour) =>
        hour >= gapFrom && hour < gapFrom + 2 * DAY_MS ? undefined : fullHour(hour, usualValue(q)),
    });
    const { shares, result } = figure(assessment, 'time-in-range-temperature', 'r301');
    expect(shares).toEqual({ inRange: 672 / 720, outOfRange: 0, cannotShow: 48 / 720 });
    expect(result).toBe('cannot-show');
  });

  it.each<[string, Archive['hour']]>([
    ['was always dead', () => undefined],
    [
      'died with the last day',
      (q, hour) => (hour >= until - DAY_MS ? undefined : fullHour(hour, usualValue(q))),
    ],
    [
      'sends nothing but failed readings',
      (_, hour): readonly [number, number, number, number, number, number] => [hour, 0, 0, 0, 0, 0],
    ],
  ])('never finds nothing in a room whose sensor %s', async (_, hour) => {
    const assessment = await assess({ ...(hour && { hour }) });
    for (const metric of ['temperature', 'humidity']) {
      expect(figure(assessment, `time-in-range-${metric}`, 'r301').result).toBe('cannot-show');
    }
    expect(judgement(assessment, '2.1').result).not.toBe('none-found');
    expect(assessment.result).not.toBe('none-found');
  });

  it('never finds nothing in a stack room without a sensor or without a limit', async () => {
    const bare = await assess({ sensors: [] });
    expect(figure(bare, 'time-in-range-humidity').shares?.cannotShow).toBe(1);
    const unlimited = await assess({ limits: () => [] });
    expect(figure(unlimited, 'time-in-range-humidity').result).toBe('cannot-show');
    expect(figure(unlimited, 'time-in-range-humidity').why.zh).toContain('没有现行相对湿度限值');
  });

  it('judges what few rooms measure only where it is measured', async () => {
    const limits = () => [limit({ metric: 'uv', kind: 'range', max: 75 })];
    const uv = (assessment: Awaited<ReturnType<typeof assess>>) =>
      judgement(assessment, '2.1').figures.filter((f) => f.id === 'time-in-range-uv');
    expect(uv(await assess({ limits }))).toEqual([]);
    const measured = { limits, sensors: sensors({ id: 'uv-1', metrics: ['uv'] }) };
    expect(uv(await assess(measured))).toMatchObject([{ result: 'none-found' }]);
  });

  it('carries the limits it was judged by and the bound of ours as such', async () => {
    const { limits, result } = figure(await assess({}), 'time-in-range-temperature');
    expect(result).toBe('none-found');
    expect(limits).toMatchObject([
      { metric: 'temperature', min: 14, max: 24, citation: { standard: 'JGJ 25-2010' } },
      { max: 0.05, citation: { standard: '本馆自定', verification: 'proposal' } },
    ]);
  });

  it('judges each hour by the limit then in force, as known when it is made', async () => {
    const changedAt = from + 20 * DAY_MS;
    const range = (max: number) =>
      limit({ metric: 'temperature', kind: 'range', max, validFrom: max === 18 ? changedAt : 0 });
    const asked: Moment[] = [];
    const assessment = await assess({
      limits: ({ at, knownAt }) => {
        asked.push(knownAt);
        return [range(at >= changedAt ? 18 : 24)];
      },
    });
    const { shares } = figure(assessment, 'time-in-range-temperature');
    expect(shares).toEqual({ inRange: 480 / 720, outOfRange: 240 / 720, cannotShow: 0 });
    expect(new Set(asked)).toEqual(new Set([now]));
  });

  it('judges by the standards that the room kept to each hour, though both ends of the time are alike', async () => {
    const [start, end] = [from + 10 * DAY_MS, from + 20 * DAY_MS];
    const chosen = (validFrom: Moment): StandardsChoice => ({
      id: String(validFrom),
      repository: REPOSITORY,
      room: 'r301',
      standards: ['iso-18934:cool'],
      reason: '试行',
      by: 'manager',
      validFrom,
      recordedAt: validFrom,
      origin: 'screen',
    });
    const range = (max: number) => [limit({ metric: 'temperature', kind: 'range', max })];
    const assessment = await assess({
      standardsChoices: [chosen(start), chosen(end)],
      limits: ({ at }) => range(at >= start && at < end ? 16 : 24),
    });
    const { shares } = figure(assessment, 'time-in-range-temperature');
    expect(shares).toEqual({ inRange: 480 / 720, outOfRange: 240 / 720, cannotShow: 0 });
  });

  it('judges a technical room under facilities, and leaves the outside alone', async () => {
    const assessment = await assess({
      rooms: [
        { id: 'r301' },
        { id: 'srv', class: 'server' },
        { id: 'out', class: 'outdoor' },
        { id: 'office', class: 'workroom' },
      ],
    });
    const inFacilities = judgement(assessment, '1.4').figures.filter((f) =>
      f.id.startsWith('time-in-range'),
    );
    expect(new Set(inFacilities.map((f) => f.subject))).toEqual(new Set(['srv']));
    expect(
      judgement(assessment, '2.1').figures.some((f) => f.subject !== 'r301' && f.subject),
    ).toBe(false);
  });
});

describe('fire detectors of a stack room', () => {
  it.each<[string, Omit<Archive, 'now'>, string]>([
    ['none', { sensors: [] }, 'danger'],
    ['one', { sensors: sensors({ id: 'sm-1', metrics: ['smoke'] }) }, 'danger'],
    ['two that work', { sensors: sensors(...detectors) }, 'none-found'],
    ['one silent', { views: { 'sm-2': { silent: true } } }, 'cannot-show'],
    ['one gone offline', { views: { 'sm-2': { online: false } } }, 'cannot-show'],
    [
      'one faulty',
      { views: { 'sm-2': { latest: [latest('fault')] } }, sensors: sensors(...detectors) },
      'danger',
    ],
    ['one disabled', { views: { 'sm-2': { latest: [latest('disabled')] } } }, 'danger'],
  ])('with %s are %s judged', async (_, archive, expected) => {
    const assessment = await assess({ sensors: sensors(...detectors), ...archive });
    expect(figure(assessment, 'fire-detectors', 'r301').result).toBe(expected);
  });

  it('cannot be shown to have watched when they were silent for days', async () => {
    const assessment = await assess({
      sensors: sensors(...detectors),
      hour: (q, hour) =>
        q.sensor === 'sm-2' && hour < from + 3 * DAY_MS ? undefined : fullHour(hour, 0),
    });
    expect(figure(assessment, 'fire-detectors', 'r301').result).toBe('none-found');
    expect(figure(assessment, 'fire-detectors-watch', 'r301')).toMatchObject({
      result: 'cannot-show',
      shares: { inRange: 0.9, cannotShow: 0.1 },
    });
  });
});

describe('doors', () => {
  const event = (kind: AccessEventKind, n: number): AccessEvent => ({
    id: `${kind}-${n}`,
    repository: REPOSITORY,
    room: 'r301',
    door: 'd301',
    event: kind,
    at: from + n * HOUR_MS,
    receivedAt: from + n * HOUR_MS,
  });
  const many = (kind: AccessEventKind, count: number) =>
    Array.from({ length: count }, (_, n) => event(kind, n));

  it.each<[string, readonly AccessEvent[], string]>([
    ['door-forced-open', many('granted', 3), 'none-found'],
    ['door-forced-open', many('forced_open', 1), 'danger'],
    ['door-held-open', many('held_open', 4), 'none-found'],
    ['door-held-open', many('held_open', 5), 'danger'],
    ['door-denied', many('denied', 20), 'danger'],
    ['door-duress', many('duress', 1), 'danger'],
  ])('judge %s', async (id, accessEvents, expected) => {
    const assessment = await assess({ doors: [{ id: 'd301' }], accessEvents });
    expect(figure(assessment, id).result).toBe(expected);
  });

  it('prove nothing when they reported nothing, or when there are none', async () => {
    const silent = await assess({ doors: [{ id: 'd301' }] });
    expect(figure(silent, 'door-evidence', 'd301').result).toBe('cannot-show');
    const none = await assess({});
    expect(figure(none, 'door-coverage', 'r301').result).toBe('cannot-show');
    expect(figure(none, 'door-forced-open').result).toBe('cannot-show');
  });

  it('are named in sentences as people know them; the figure keeps the id', async () => {
    const doors = [{ id: 'd301', name: '301 东门' }];
    const forced = await assess({ doors, accessEvents: many('forced_open', 2) });
    expect(figure(forced, 'door-forced-open').why.zh).toContain('301 东门 ×2');
    const silent = await assess({ doors, rooms: [{ name: '301 纸质档案库' }] });
    expect(figure(silent, 'door-evidence', 'd301').subjectName).toBe('301 东门');
    const { why, figures } = judgement(silent, '1.4');
    expect(figures.find((f) => f.subject === 'r301')?.subjectName).toBe('301 纸质档案库');
    expect(why.zh).toContain('301 纸质档案库 火灾探测器');
    expect(why.en).toContain('301 纸质档案库 Fire detectors');
  });

  it('count what was used out of hours by its alarms', async () => {
    const used = alarm({ rule: 'door-out-of-hours', subject: { kind: 'door', id: 'd301' } });
    const assessment = await assess({ doors: [{ id: 'd301' }], alarms: [used] });
    expect(figure(assessment, 'door-out-of-hours')).toMatchObject({ value: 1, result: 'danger' });
  });
});

describe('response', () => {
  const raisedAt = from + DAY_MS;
  const seen = (minutes: number) => ({ by: '值班员甲', at: raisedAt + minutes * MINUTE_MS });

  it('cannot be shown when nothing happened', async () => {
    expect(figure(await assess({}), 'alarm-response').result).toBe('cannot-show');
    expect(figure(await assess({}), 'incident-response').result).toBe('cannot-show');
  });

  it.each<[string, Partial<Alarm>, string]>([
    ['acknowledged in time', { acknowledged: seen(4) }, 'none-found'],
    ['acknowledged late', { acknowledged: seen(6) }, 'high-danger'],
    ['never acknowledged', {}, 'high-danger'],
    ['shelved in time', { shelved: { ...seen(1), until: now, reason: '检修' } }, 'none-found'],
  ])('to a critical alarm that was %s', async (_, facts, expected) => {
    const one = alarm({ raisedAt, priority: 'critical', closedAt: now, ...facts });
    const assessment = await assess({ alarms: [one] });
    expect(figure(assessment, 'alarm-response-critical').result).toBe(expected);
  });

  it('leaves out what still has time', async () => {
    const fresh = alarm({ raisedAt: until - MINUTE_MS, priority: 'high' });
    const services = smallArchive({ now: until, alarms: [fresh] });
    const { assessment } = await prepareAssessment({
      services,
      repository: REPOSITORY,
      by: 'inspector',
      trigger: 'on-demand',
    });
    expect(figure(assessment, 'alarm-response-high').result).toBe('cannot-show');
  });

  it.each<[string, Partial<Alarm>, string]>([
    ['a low one', { priority: 'low' }, 'none-found'],
    ['a high one since an hour', { priority: 'high' }, 'none-found'],
    ['a high one since days', { priority: 'high', raisedAt }, 'danger'],
    ['an acknowledged critical one', { priority: 'critical', acknowledged: seen(1) }, 'danger'],
    ['a critical one nobody has seen', { priority: 'critical', raisedAt }, 'high-danger'],
  ])('sees %s standing open', async (_, facts, expected) => {
    const assessment = await assess({ alarms: [alarm({ raisedAt: now - HOUR_MS, ...facts })] });
    expect(figure(assessment, 'open-alarms').result).toBe(expected);
  });

  it('measures incidents and their steps against the plan they ran by', async () => {
    const assessment = await assess({ incidents: [incident(raisedAt)] });
    expect(figure(assessment, 'incident-response')).toMatchObject({
      value: 120,
      result: 'none-found',
    });
    // One of two steps with a deadline was done in time; the automatic one has none.
    expect(figure(assessment, 'steps-on-time')).toMatchObject({
      shares: { inRange: 0.5, outOfRange: 0.5 },
      result: 'danger',
    });
  });
});
