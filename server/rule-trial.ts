/** Tries a value by hand on the rules as they are now, in slices; nothing of it reaches the engine that watches. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  describeRule,
  playTrial,
  type EngineConfig,
  type Knowledge,
  type Rule,
  type TrialOutcome,
} from '../alerts/index.ts';
import { PRIORITIES } from '../domain/alarm.ts';
import { qualify } from '../domain/ids.ts';
import type { MetricName } from '../domain/metrics.ts';
import { activeOf, type Registry, type Room, type Sensor } from '../domain/registry.ts';
import {
  TRIAL_HOURS,
  type RuleTrial,
  type TrialAlarm,
  type TrialAsked,
  type TrialQuiet,
  type TrialTelling,
} from '../domain/rule-trial.ts';
import { HOUR_MS, MINUTE_MS, type Moment } from '../domain/time.ts';

/** Sensors of a room that are played; more say nothing else. */
const SENSORS_MAX = 8;
const TOLD_MAX = 20;
/** Moments between two turns of the event loop: a few milliseconds. */
const SLICE = 100;

/** Those of the room that would have the value. */
export function sensorsOfTrial(registry: Registry, q: TrialAsked): readonly Sensor[] {
  const all = q.sensor ? [q.sensor] : activeOf(registry.sensors, q.room.repository);
  return all.filter((s) => s.room === q.room.id && s.metrics.includes(q.metric));
}

/** What the rules would do. At least one sensor of the room must measure the metric. */
export async function tryRules(
  parts: {
    readonly knowledge: Knowledge;
    readonly structure: Omit<EngineConfig, 'plans'>;
    readonly now: Moment;
  },
  q: TrialAsked,
): Promise<RuleTrial> {
  const { knowledge, structure, now } = parts;
  const all = sensorsOfTrial(structure.registry, q);
  const sensors = all.slice(0, SENSORS_MAX);
  const askedMs = q.minutes * MINUTE_MS;
  const trial = playTrial({
    config: { ...knowledge, ...structure, registry: onlyRoom(structure.registry, q.room, sensors) },
    sensors,
    metric: q.metric,
    value: q.value,
    ...(q.before === undefined ? {} : { before: q.before }),
    at: now,
    askedMs,
    goesOnMs: TRIAL_HOURS * HOUR_MS,
  });
  const outcome = await played(trial);
  const judging = knowledge.rules.rules.filter((rule) => judges(rule, q.metric));
  const spoke = new Set(outcome.events.flatMap((e) => e.raised.map((r) => r.alarm.rule)));
  const stood = new Set(outcome.standing.map((alarm) => alarm.rule));
  return {
    room: qualify(q.room.repository, q.room.id),
    metric: q.metric,
    value: q.value,
    minutes: q.minutes,
    ...(q.before === undefined ? {} : { before: q.before }),
    sensors: sensors.map((s) => s.name ?? s.id),
    sensorsLeftOut: all.length - sensors.length,
    at: now,
    alarms: alarmsOf(outcome, askedMs, knowledge.rules.rules),
    incidents: outcome.events.flatMap(({ opened, afterMs }) =>
      opened.map(({ plan }) => ({ plan: plan.name, afterMs, within: afterMs <= askedMs })),
    ),
    told: toldOf(outcome, askedMs, structure.registry),
    standing: judging.filter((rule) => stood.has(rule.id)).map(quietOf),
    quiet: judging.filter((r) => !spoke.has(r.id) && !stood.has(r.id)).map(quietOf),
  };
}

async function played(trial: Generator<undefined, TrialOutcome>): Promise<TrialOutcome> {
  for (let i = 1; ; i += 1) {
    const next = trial.next();
    if (next.done) return next.value;
    if (i % SLICE === 0) await nextTurn();
  }
}

/** The room alone: of what else there is, nothing is measured here, and its silence would be said. */
function onlyRoom(registry: Registry, room: Room, sensors: readonly Sensor[]): Registry {
  const repository = registry.repositories.get(room.repository);
  return {
    ...registry,
    repositories: new Map(repository ? [[room.repository, repository]] : []),
    rooms: new Map([[qualify(room.repository, room.id), room]]),
    devices: new Map(),
    doors: new Map(),
    sensors: new Map(sensors.map((s) => [qualify(s.repository, s.id), s])),
  };
}

/** Rules that look at the metric; a confirmed fire looks at what detectors say. */
function judges(rule: Rule, metric: MetricName): boolean {
  if ('metric' in rule) return rule.metric === metric;
  return rule.kind === 'confirmed-fire' && (metric === 'smoke' || metric === 'heat');
}

function quietOf(rule: Rule): TrialQuiet {
  return { rule: rule.id, name: rule.name, sentence: describeRule(rule) };
}

/** Of several subjects with the same alarm the first is shown, and how many have it. */
function alarmsOf(
  { events }: TrialOutcome,
  askedMs: number,
  rules: readonly Rule[],
): readonly TrialAlarm[] {
  const found = new Map<string, TrialAlarm>();
  for (const { afterMs, raised } of events) {
    for (const { alarm, transition } of raised) {
      const risen = PRIORITIES.find((p) => p === transition.note);
      const kind = transition.kind === 'raised' ? 'raised' : 'risen';
      const priority = risen ?? alarm.priority;
      const key = `${alarm.rule} ${kind} ${priority}`;
      const known = found.get(key);
      const { rule, title, advice, citation, limit } = alarm;
      found.set(key, {
        rule,
        name: rules.find((one) => one.id === rule)?.name ?? title,
        kind,
        priority,
        title,
        ...(advice ? { advice } : {}),
        citation,
        ...(limit === undefined ? {} : { limit }),
        afterMs,
        within: afterMs <= askedMs,
        ...known,
        count: (known?.count ?? 0) + 1,
      });
    }
  }
  return [...found.values()];
}

function toldOf(
  { events }: TrialOutcome,
  askedMs: number,
  registry: Registry,
): readonly TrialTelling[] {
  const told = new Map<string, TrialTelling>();
  for (const { afterMs, told: messages } of events) {
    for (const { person = '', repository, channel } of messages) {
      const name = registry.people.get(qualify(repository, person))?.name ?? person;
      const key = `${name} ${channel} ${afterMs}`;
      told.set(key, { person: name, channel, afterMs, within: afterMs <= askedMs });
    }
  }
  return [...told.values()].slice(0, TOLD_MAX);
}
