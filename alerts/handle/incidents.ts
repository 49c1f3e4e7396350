/** Alarms open incidents or join them: one open incident for each room and plan. */

import type { Alarm } from '../../domain/alarm.ts';
import { PRIORITIES } from '../../domain/alarm.ts';
import { qualify } from '../../domain/ids.ts';
import type { Incident, Level, Plan } from '../../domain/incident.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Draft } from '../draft.ts';
import { openIncident } from '../plans/incident-acts.ts';

/** After the inputs: every alarm that was announced finds its incident, if its rule has a plan. */
export function placeAlarms(draft: Draft): void {
  if (draft.announced.size === 0) return;
  for (const id of [...draft.announced.keys()].sort()) {
    const alarm = draft.alarm(id);
    const rule = alarm && draft.world.ruleById.get(alarm.rule);
    const plan = rule?.plan && draft.world.plans.get(rule.plan.id);
    if (!alarm || alarm.closedAt !== undefined || !rule?.plan || !plan) continue;
    const running = runningFor(draft, alarm, plan.id);
    if (running) join(draft, running, [alarm]);
    else if (rule.plan.opens === 'always' || isHigh(alarm, rule.plan.opens)) {
      openFor(draft, plan, { alarm, room: alarm.room });
    } else if (rule.plan.opens === 'when-high') {
      openForSeveralRooms(draft, plan, alarm);
    }
  }
  draft.announced.clear();
}

/** Opens an incident of a plan; alarms of the same rooms and plan that have none join it. */
export function open(
  draft: Draft,
  plan: Plan,
  facts: {
    readonly repository: string;
    readonly room: string | undefined;
    readonly by: string;
    readonly reason: string;
    readonly level?: Level;
    readonly simulated: boolean;
  },
): Incident {
  const { repository, room, by, reason, simulated } = facts;
  const place = placeName(draft, repository, room);
  const local = `${plan.id}-${room ?? 'all'}-${draft.now.toString(36)}`;
  const incident = openIncident(
    {
      id: draft.freshId(qualify(repository, local)),
      repository,
      ...(room === undefined ? {} : { room }),
      plan,
      level: facts.level ?? plan.level,
      title: { zh: `${place.zh}：${plan.name.zh}`, en: `${place.en}: ${plan.name.en}` },
      by,
      alarms: [],
      simulated,
      reason,
    },
    draft.now,
  );
  draft.putIncident(incident);
  draft.journal.push({
    repository,
    at: draft.now,
    by,
    action: 'incident.opened',
    subject: incident.id,
    detail: { plan: plan.id, version: plan.version, reason },
  });
  const waiting = [...draft.openAlarms()].filter(
    (alarm) => !isCovered(draft, alarm) && belongs(draft, alarm, incident),
  );
  join(draft, incident, waiting);
  return draft.incident(incident.id) ?? incident;
}

// An incident that was closed covers nothing any more.
function isCovered(draft: Draft, alarm: Alarm): boolean {
  const incident = alarm.incident === undefined ? undefined : draft.incident(alarm.incident);
  return incident !== undefined && !incident.closed;
}

function isHigh(alarm: Alarm, opens: string): boolean {
  return opens === 'when-high' && PRIORITIES.indexOf(alarm.priority) <= PRIORITIES.indexOf('high');
}

function openFor(
  draft: Draft,
  plan: Plan,
  of: { readonly alarm: Alarm; readonly room: string | undefined; readonly level?: Level },
): void {
  const { alarm, room, level } = of;
  const { repository, simulated, id } = alarm;
  open(draft, plan, {
    repository,
    room,
    by: 'system',
    reason: id,
    simulated,
    ...(level === undefined ? {} : { level }),
  });
}

// Several rooms out of their limits at once: it is the plant, not a room. One level graver; 本馆自定.
function openForSeveralRooms(draft: Draft, plan: Plan, alarm: Alarm): void {
  const rooms = new Set<string>();
  for (const other of draft.openAlarms()) {
    const rule = draft.world.ruleById.get(other.rule);
    const isSame = other.repository === alarm.repository && rule?.plan?.id === plan.id;
    const isOut = rule && PRIORITIES.indexOf(other.priority) <= PRIORITIES.indexOf(rule.priority);
    if (!isOut) continue; // A pre-warning: the limit is not exceeded yet.
    if (isSame && rule.plan?.opens === 'when-high' && other.verdict === 'met' && other.room) {
      rooms.add(other.room);
    }
  }
  if (rooms.size < draft.world.settings.climateRooms) return;
  openFor(draft, plan, { alarm, room: undefined, level: graver(plan.level) });
}

function graver(level: Level): Level {
  return level === 4 ? 3 : level === 3 ? 2 : 1;
}

function runningFor(draft: Draft, alarm: Alarm, plan: string): Incident | undefined {
  for (const incident of draft.openIncidents()) {
    const sameRoom = incident.room === undefined || incident.room === alarm.room;
    if (incident.plan.id === plan && incident.repository === alarm.repository && sameRoom) {
      return incident;
    }
  }
  return undefined;
}

function belongs(draft: Draft, alarm: Alarm, incident: Incident): boolean {
  const rule = draft.world.ruleById.get(alarm.rule);
  return (
    rule?.plan?.id === incident.plan.id &&
    alarm.repository === incident.repository &&
    (incident.room === undefined || incident.room === alarm.room)
  );
}

function join(draft: Draft, incident: Incident, alarms: readonly Alarm[]): void {
  const fresh = alarms.filter((alarm) => alarm.incident !== incident.id);
  if (fresh.length === 0) return;
  for (const alarm of fresh) draft.put({ ...alarm, incident: incident.id });
  const current = draft.incident(incident.id) ?? incident;
  const ids = fresh.map((alarm) => alarm.id).filter((id) => !current.alarms.includes(id));
  if (ids.length > 0) draft.putIncident({ ...current, alarms: [...current.alarms, ...ids] });
}

function placeName(draft: Draft, repository: string, room: string | undefined): LocalizedText {
  const { registry } = draft.world;
  const name =
    room === undefined
      ? registry.repositories.get(repository)?.name
      : registry.rooms.get(qualify(repository, room))?.name;
  const word = name ?? room ?? repository;
  return { zh: word, en: word };
}
