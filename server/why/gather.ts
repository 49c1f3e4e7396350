/** Everything that answers why an alarm is there, in one bounded answer; what is missing is named. */

import { WHY_GAPS, type AlarmWhy, type WhyGap, type WhySensor } from '../../domain/alarm-why.ts';
import { alarmState, type Alarm } from '../../domain/alarm.ts';
import { qualify } from '../../domain/ids.ts';
import type { Limit } from '../../domain/limits.ts';
import { idOf } from '../../domain/registry.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Services } from '../services.ts';
import { clauseOf } from './clause.ts';
import { comparing, judgedOf, statementOf, witnessesOf, type Witness } from './evidence.ts';
import { earlierOf, knownOf, planOf } from './life.ts';
import {
  coverageOf,
  dayRange,
  inTime,
  lastWord,
  READINGS_MS_MAX,
  seriesOf,
  stepOf,
  windowOf,
} from './readings.ts';

const SERIES_MAX = 6;
const SENSORS_MAX = 12;
const DOOR_EVENTS_MAX = 10;

export type WhyServices = Pick<
  Services,
  'log' | 'now' | 'queries' | 'registry' | 'limitsInForce' | 'rule'
> & { readonly readings: Pick<Services['readings'], 'query'> };

/** The answer for one alarm that may be seen. */
export async function whyAlarm(
  services: WhyServices,
  alarm: Alarm,
  readingsMsMax = READINGS_MS_MAX,
): Promise<AlarmWhy> {
  const { queries, limitsInForce } = services;
  const now = services.now();
  const registry = services.registry();
  const rule = services.rule(alarm.rule);
  const clause = clauseOf({ alarm, rule, registry, limitsInForce, now });
  const witnesses = witnessesOf(alarm, registry);
  const span = windowOf(alarm, now);
  const stepMs = stepOf(span);
  const window = { ...span, ...(stepMs === undefined ? {} : { stepMs }) };
  const said = await inTime(
    heard(services, { alarm, witnesses, window, range: clause.limit }),
    readingsMsMax,
    (err) =>
      services.log.warn({ err, alarm: alarm.id }, 'readings around an alarm could not be read'),
  );
  const incident = alarm.incident === undefined ? undefined : queries.incident(alarm.incident);
  const earlier = earlierOf(queries, alarm);
  const known = knownOf(queries, alarm, incident);
  const sensors = said?.sensors ?? [];
  const count = (word: WhySensor['says']) => sensors.filter((s) => s.says === word).length;
  return {
    alarm: { ...alarm, state: alarmState(alarm, now) },
    askedAt: now,
    happened: {
      ...window,
      series: said?.series ?? [],
      seriesLeftOut: said ? Math.max(0, witnesses.length - SERIES_MAX) : 0,
      doorEvents: doorEventsOf(services, alarm, window),
    },
    clause,
    sure: {
      ...(said?.coverage ? { coverage: said.coverage } : {}),
      judged: judgedOf(rule),
      sensors,
      sensorsLeftOut: said ? Math.max(0, witnesses.length - SENSORS_MAX) : 0,
      agree: count('agrees'),
      disagree: count('disagrees'),
      cannotTell: count('cannot-tell'),
      simulated: alarm.simulated,
      toldUnstored: alarm.toldUnstored === true,
    },
    todo: { ...(alarm.advice ? { advice: alarm.advice } : {}), ...planOf(incident), earlier },
    known,
    gaps: gapsOf({ alarm, said, witnesses, clause, known, earlier, hasRule: rule !== undefined }),
  };
}

/** What the reading store knows of it. Throws what the store says when it can't. */
async function heard(
  services: WhyServices,
  q: {
    readonly alarm: Alarm;
    readonly witnesses: readonly Witness[];
    readonly range: Limit | undefined;
    readonly window: { readonly from: Moment; readonly until: Moment; readonly stepMs?: number };
  },
) {
  const { alarm, witnesses, window } = q;
  const query = services.readings.query.bind(services.readings);
  const rule = services.rule(alarm.rule);
  const compare = comparing({ alarm, rule, registry: services.registry(), range: q.range });
  const hear = judgedOf(rule) === 'day-range' ? dayRange : lastWord;
  const own = witnesses.filter((w) => w.evidence).slice(0, SERIES_MAX);
  const [series, coverage, sensors] = await Promise.all([
    seriesOf(query, witnesses.slice(0, SERIES_MAX), window),
    coverageOf(query, own, alarm.raisedAt),
    Promise.all(
      witnesses.slice(0, SENSORS_MAX).map(async (witness) => {
        const newest = await hear(query, { alarm, witness, now: services.now() });
        return {
          ...statementOf(witness, newest, compare),
          ...calibrationOf(services, witness, alarm.raisedAt),
        };
      }),
    ),
  ]);
  return { series, coverage, sensors };
}

function calibrationOf(
  { registry }: WhyServices,
  { sensor, metric }: Witness,
  at: Moment,
): Pick<WhySensor, 'calibratedAt' | 'calibrationDueAt'> {
  const newest = (registry().calibrations.get(idOf(sensor)) ?? []).findLast(
    (one) => one.metric === metric && one.validFrom <= at,
  );
  if (!newest) return {};
  const due = newest.dueAt === undefined ? {} : { calibrationDueAt: newest.dueAt };
  return { calibratedAt: newest.validFrom, ...due };
}

function doorEventsOf(
  { queries }: WhyServices,
  { subject, repository, raisedAt }: Alarm,
  { from }: { readonly from: Moment },
): AlarmWhy['happened']['doorEvents'] {
  if (subject.kind !== 'door') return [];
  const door = qualify(repository, subject.id);
  // What came with the alarm counts; what came after it does not explain it.
  const until = raisedAt + MINUTE_MS;
  return queries.accessEvents({
    repositories: [repository],
    door,
    from,
    until,
    rowsMax: DOOR_EVENTS_MAX,
  });
}

function gapsOf(q: {
  readonly alarm: Alarm;
  readonly said: Awaited<ReturnType<typeof heard>> | undefined;
  readonly witnesses: readonly Witness[];
  readonly clause: AlarmWhy['clause'];
  readonly known: AlarmWhy['known'];
  readonly earlier: AlarmWhy['todo']['earlier'];
  readonly hasRule: boolean;
}): readonly WhyGap[] {
  const { alarm, said, witnesses, clause, known, earlier } = q;
  const isMeasured = witnesses.length > 0;
  const others = witnesses.filter((w) => !w.evidence).length;
  const isCompared = said?.sensors.some((s) => s.says !== 'cannot-tell') ?? false;
  const facts: Readonly<Record<WhyGap, boolean>> = {
    'nothing-measured': !isMeasured,
    'store-silent': said === undefined,
    'no-readings': isMeasured && said !== undefined && said.series.every((s) => !s.rows.length),
    'no-limit': clause.limit === undefined,
    'rule-gone': !q.hasRule,
    'no-neighbours': isMeasured && others === 0,
    'not-compared': isMeasured && said !== undefined && !isCompared,
    'no-advice': alarm.advice === undefined,
    'none-like-it': earlier.length === 0,
    'nobody-told': known.delivered + known.failed + known.waiting === 0,
    'not-acknowledged': known.acknowledged === undefined,
  };
  return WHY_GAPS.filter((gap) => facts[gap]);
}
