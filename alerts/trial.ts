/** Plays a value that nobody measured through the engine itself, from nothing: pure, and in parts, so that others get turns. */

import type { Alarm, AlarmTransition } from '../domain/alarm.ts';
import type { Incident } from '../domain/incident.ts';
import type { MetricName } from '../domain/metrics.ts';
import type { OutboxMessage } from '../domain/outbox.ts';
import { QUALITY } from '../domain/reading.ts';
import { DEFAULT_INTERVAL_SECONDS, type Sensor } from '../domain/registry.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS, type Moment } from '../domain/time.ts';
import { createEngine, type EngineKnowledge } from './engine.ts';
import type { Engine, EngineConfig, EngineInput, EngineStep } from './engine-types.ts';

/** Finer than any delay that people are told of. */
const TICK_MS = 10 * SECOND_MS;
/** Where nothing is asked about, a minute is fine enough. */
const COARSE_MS = MINUTE_MS;

export interface TrialQuestion {
  readonly config: EngineConfig & EngineKnowledge;
  /** All of them have the value; each at its interval. */
  readonly sensors: readonly Sensor[];
  readonly metric: MetricName;
  readonly value: number;
  /** Held for a day before it, so that what looks at a day has one. */
  readonly before?: number;
  readonly at: Moment;
  /** What is asked about. */
  readonly askedMs: number;
  /** So long the value goes on. */
  readonly goesOnMs: number;
}

/** What came of one moment. */
export interface TrialEvent {
  readonly afterMs: number;
  readonly raised: readonly { readonly alarm: Alarm; readonly transition: AlarmTransition }[];
  readonly opened: readonly Incident[];
  readonly told: readonly OutboxMessage[];
}

export interface TrialOutcome {
  readonly events: readonly TrialEvent[];
  /** Open when the value began. */
  readonly standing: readonly Alarm[];
}

/** Each `next` plays one moment; the last answers. */
export function* playTrial(q: TrialQuestion): Generator<undefined, TrialOutcome> {
  const engine = createEngine(q.config);
  if (q.before !== undefined) {
    for (let at = q.at - DAY_MS; at < q.at; at += COARSE_MS) {
      play(engine, q, { at, value: q.before, tickMs: COARSE_MS });
      yield;
    }
  }
  const standing = engine.openAlarms();
  const incidents = new Set(engine.openIncidents().map((one) => one.id));
  const events: TrialEvent[] = [];
  const until = q.at + Math.max(q.askedMs, q.goesOnMs);
  for (let at = q.at; at <= until;) {
    const tickMs = at - q.at < q.askedMs ? TICK_MS : COARSE_MS;
    const step = play(engine, q, { at, value: q.value, tickMs });
    const event = eventOf(step, at - q.at, incidents);
    if (event) events.push(event);
    yield;
    at += tickMs;
  }
  return { events, standing };
}

function play(
  engine: Engine,
  { sensors, metric, at: begun }: TrialQuestion,
  moment: { readonly at: Moment; readonly value: number; readonly tickMs: number },
): EngineStep {
  const { at, value, tickMs } = moment;
  const inputs: EngineInput[] = [];
  for (const { repository, room, id, intervalSeconds } of sensors) {
    const intervalMs = (intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * SECOND_MS;
    // At its interval, or at each tick where it reports more often.
    if (Math.floor((at - begun) / intervalMs) === Math.floor((at - begun - tickMs) / intervalMs))
      continue;
    const series = { repository, room, sensor: id, metric };
    const reading = { ...series, value, quality: QUALITY.good, at, receivedAt: at };
    inputs.push({ kind: 'reading', reading });
  }
  const step = engine.step([...inputs, { kind: 'clock' }], at, { snapshot: false });
  step.apply();
  return step;
}

function eventOf(
  step: EngineStep,
  afterMs: number,
  incidents: Set<string>,
): TrialEvent | undefined {
  const raised = step.transitions.flatMap((transition) => {
    const alarm = step.alarms.find((one) => one.id === transition.alarm);
    const isTold = transition.kind === 'raised' || transition.kind === 're-raised';
    return alarm && isTold ? [{ alarm, transition }] : [];
  });
  const opened = step.incidents.filter((one) => !incidents.has(one.id));
  for (const { id } of opened) incidents.add(id);
  const told = step.outbox.filter((message) => message.person !== undefined);
  if (raised.length + opened.length + told.length === 0) return undefined;
  return { afterMs, raised, opened, told };
}
