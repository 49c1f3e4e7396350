/**
 * Floods of alarms (ISA-18.2, 16.4): annunciations are counted in a rolling window for each repository, which is one
 * operator's console. While a flood lasts, what is announced is gathered into groups and told in one message; safety
 * alarms and critical ones never are. Looked at only when something was announced, and with the clock.
 */

import { quietness, type Alarm } from '../../domain/alarm.ts';
import { MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { lasts } from '../tell/covered.ts';
import { rungsOf } from '../telling.ts';
import type { FloodRule, Rule } from '../rules/rule-types.ts';
import { begin, end, openOf, type Place } from './findings.ts';

/** Newest announcements that are remembered of a repository; more than any rule's `above`. */
const ANNOUNCEMENTS_MAX = 64;
/** What is about the way to a sensor is grouped by its device. */
const LINK_KINDS: ReadonlySet<Rule['kind'] | undefined> = new Set([
  'silence',
  'offline',
  'bad-data',
  'clock',
]);

/** After suppression, before incidents and tellings. */
export function onFlood(draft: Draft): void {
  const { flood: rule, homes } = draft.world;
  if (!rule || draft.muted || (draft.announced.size === 0 && !draft.clocked)) return;
  const fresh = [...draft.announced.keys()]
    .map((id) => draft.alarm(id))
    .filter((alarm) => alarm !== undefined)
    .filter((alarm) => alarm.rule !== rule.id);
  for (const home of homes.values()) {
    const { id } = home.repository;
    const own = fresh.filter((alarm) => alarm.repository === id);
    const count = countWith(draft, id, { rule, fresh: own.length });
    onCount(draft, { rule, count, fresh: own, home });
  }
}

function countWith(
  draft: Draft,
  repository: string,
  { rule, fresh }: { readonly rule: FloodRule; readonly fresh: number },
): number {
  const before = draft.announcementsIn(repository);
  const from = draft.now - rule.windowSeconds * SECOND_MS;
  const recent = before.filter((at) => at > from);
  if (fresh === 0) return recent.length;
  const now = Array.from({ length: Math.min(fresh, ANNOUNCEMENTS_MAX) }, () => draft.now);
  const after = [...recent, ...now].slice(-ANNOUNCEMENTS_MAX);
  draft.announcements.set(repository, after);
  return after.length;
}

interface Counted {
  readonly rule: FloodRule;
  readonly count: number;
  readonly fresh: readonly Alarm[];
  readonly home: Place['home'];
}

function onCount(draft: Draft, { rule, count, fresh, home }: Counted): void {
  const place = { home, subject: { kind: 'system', id: 'system' } as const };
  const before = openOf(draft, rule, place);
  if (before && lasts(before)) {
    if (count < rule.below) {
      end(draft, rule, place);
      release(draft, before);
    } else gather(draft, before, fresh);
    return;
  }
  // Told apart again, so that a screen does not fold it under a flood that is over.
  for (const { id } of fresh) {
    const alarm = draft.alarm(id);
    if (alarm?.gathered) draft.put(withoutGroup(alarm));
  }
  if (count <= rule.above) return;
  const minutes = String(Math.round((rule.windowSeconds * SECOND_MS) / MINUTE_MS));
  const words = { count: String(count), minutes };
  const value = { value: count, limit: rule.above };
  begin(draft, { rule, ...place, room: undefined, since: draft.now, ...value, words });
  const flood = openOf(draft, rule, place);
  if (!flood) return;
  const from = draft.now - rule.windowSeconds * SECOND_MS;
  const recent = [...draft.openAlarms()].filter(
    (alarm) => alarm.repository === flood.repository && toldSince(alarm, from),
  );
  gather(draft, flood, recent);
}

function toldSince(alarm: Alarm, from: Moment): boolean {
  return alarm.telling !== undefined && alarm.telling.from > from;
}

/** Puts them into groups; the first of a group is first-out. */
function gather(draft: Draft, flood: Alarm, alarms: readonly Alarm[]): void {
  const wanted = alarms.filter(({ id }) => mayBeGathered(draft, draft.alarm(id), flood));
  if (wanted.length === 0) return;
  const groups = new Set<string>();
  for (const { gathered } of draft.openAlarms()) {
    if (gathered?.flood === flood.id) groups.add(gathered.group);
  }
  const order = [...wanted].sort(
    (a, b) => a.since - b.since || a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1),
  );
  for (const { id } of order) {
    const alarm = draft.alarm(id);
    if (!alarm) continue;
    const group = groupOf(draft, alarm);
    draft.put({ ...alarm, gathered: { flood: flood.id, group, firstOut: !groups.has(group) } });
    groups.add(group);
  }
}

function mayBeGathered(draft: Draft, alarm: Alarm | undefined, flood: Alarm): alarm is Alarm {
  if (!alarm || alarm.id === flood.id || alarm.gathered?.flood === flood.id) return false;
  if (alarm.safety || alarm.priority === 'critical') return false;
  const isSeen = alarm.closedAt !== undefined || alarm.acknowledged !== undefined;
  return !isSeen && quietness(alarm, draft.now) === undefined;
}

/** `device:gw-3`, `room:r301`, or its subject where it has neither. */
function groupOf(draft: Draft, alarm: Alarm): string {
  const { subject, room } = alarm;
  if (LINK_KINDS.has(draft.world.ruleById.get(alarm.rule)?.kind)) {
    if (subject.kind === 'device') return `device:${subject.id}`;
    const home = draft.world.homes.get(alarm.repository);
    const device = subject.kind === 'sensor' ? home?.sensors.get(subject.id)?.device : undefined;
    if (device) return `device:${device.device.id}`;
  }
  return room === undefined ? `${subject.kind}:${subject.id}` : `room:${room}`;
}

/** The flood is over: who was not acknowledged goes on by itself, from the rung after the one that the flood told. */
function release(draft: Draft, flood: Alarm): void {
  for (const alarm of [...draft.openAlarms()]) {
    const { gathered, telling, acknowledged } = alarm;
    if (gathered?.flood !== flood.id || !telling || acknowledged) continue;
    const rungs = rungsOf(draft.world.rules.telling, alarm);
    const atOnce = rungs.filter(({ afterMs }) => afterMs === 0).length;
    const rungsTold = Math.max(telling.rungsTold, atOnce);
    draft.put({ ...alarm, telling: { ...telling, from: draft.now, rungsTold } });
  }
}

function withoutGroup(alarm: Alarm): Alarm {
  const { gathered: _, ...rest } = alarm;
  return rest;
}
