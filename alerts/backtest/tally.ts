/** Counts what a run raised: each time a condition began and returned, and each time somebody was to be told. */

import type { BacktestAlarm } from '../../domain/backtest.ts';
import { PRIORITIES, type Alarm, type AlarmTransition } from '../../domain/alarm.ts';
import type { Incident } from '../../domain/incident.ts';
import type { Moment } from '../../domain/time.ts';
import type { EngineStep } from '../engine-types.ts';

/** Somebody was to be told. */
export interface Call {
  readonly at: Moment;
  /** Of the alarm, or of the one that opened the incident. */
  readonly rule: string;
  readonly repository: string;
}

/** What is kept of one run; beyond it the run is refused, as nobody could read its result. */
export const OCCURRENCES_MAX = 100_000;

export class TooManyAlarms extends Error {
  override readonly name = 'TooManyAlarms';
}

export class Tally {
  /** In the order in which they were raised. */
  readonly occurrences: BacktestAlarm[] = [];
  readonly calls: Call[] = [];
  /** Place of the occurrence that holds, by alarm. */
  readonly #holding = new Map<string, number>();
  readonly #rungsTold = new Map<string, string>();
  readonly #ruleOf = new Map<string, string>();
  readonly #wokeAt: Moment;

  /** `wokeAt`: when the engine began to watch. */
  constructor(wokeAt: Moment) {
    this.#wokeAt = wokeAt;
  }

  take(step: EngineStep, now: Moment): void {
    const alarms = new Map(step.alarms.map((alarm) => [alarm.id, alarm]));
    for (const transition of step.transitions) this.#transition(transition, alarms);
    for (const alarm of step.alarms) this.#alarm(alarm, now);
    for (const incident of step.incidents) this.#incident(incident, now);
  }

  /** Silence of a sensor that was never heard: it says that there is no data, not that something happened. */
  isUnheard(one: BacktestAlarm): boolean {
    return one.subject.kind === 'sensor' && one.metric === undefined && one.since === this.#wokeAt;
  }

  #transition({ kind, alarm: id, at }: AlarmTransition, alarms: ReadonlyMap<string, Alarm>): void {
    const alarm = alarms.get(id);
    if (!alarm) return;
    const place = this.#holding.get(id);
    if (kind === 'raised' || kind === 're-raised') {
      if (place === undefined) this.#begin(alarm, at);
    } else if (kind === 'returned' && place !== undefined) {
      this.#change(place, { returnedAt: at });
      this.#holding.delete(id);
    }
  }

  #begin(alarm: Alarm, raisedAt: Moment): void {
    if (this.occurrences.length >= OCCURRENCES_MAX) {
      throw new TooManyAlarms(`more than ${OCCURRENCES_MAX} alarms: take a shorter period`);
    }
    const { id, rule, room, subject, metric, priority, since, value, limit, title } = alarm;
    this.#holding.set(id, this.occurrences.length);
    this.occurrences.push({
      id,
      rule,
      ...(room === undefined ? {} : { room }),
      subject,
      ...(metric === undefined ? {} : { metric }),
      priority,
      since,
      raisedAt,
      ...(value === undefined ? {} : { value }),
      ...(limit === undefined ? {} : { limit }),
      title,
    });
  }

  #alarm(alarm: Alarm, now: Moment): void {
    this.#ruleOf.set(alarm.id, alarm.rule);
    const place = this.#holding.get(alarm.id);
    const before = place === undefined ? undefined : this.occurrences[place];
    if (place !== undefined && before && isGraver(alarm, before)) {
      this.#change(place, { priority: alarm.priority });
    }
    const { telling, repository, rule } = alarm;
    if (telling && this.#isCall(alarm.id, `${telling.revision}`, telling.rungsTold)) {
      this.calls.push({ at: now, rule, repository });
    }
    if (alarm.closedAt !== undefined) this.#rungsTold.delete(alarm.id);
  }

  #incident(incident: Incident, now: Moment): void {
    const isRung = this.#isCall(incident.id, '', incident.rungsTold);
    const isStep = incident.steps.some((one) => one.toldAt === now || one.overdueToldAt === now);
    if (!isRung && !isStep) return;
    const rule = this.#ruleOf.get(incident.alarms[0] ?? '') ?? '';
    this.calls.push({ at: now, rule, repository: incident.repository });
  }

  /** Whether more rungs were told than before of the same announcement. */
  #isCall(id: string, announcement: string, rungs: number): boolean {
    const now = `${announcement}/${rungs}`;
    const before = this.#rungsTold.get(id) ?? `${announcement}/0`;
    this.#rungsTold.set(id, now);
    return now !== before && rungs > 0;
  }

  #change(place: number, news: Partial<BacktestAlarm>): void {
    const before = this.occurrences[place];
    if (before) this.occurrences[place] = { ...before, ...news };
  }
}

function isGraver(alarm: Alarm, than: BacktestAlarm): boolean {
  return PRIORITIES.indexOf(alarm.priority) < PRIORITIES.indexOf(than.priority);
}
