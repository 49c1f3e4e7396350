/**
 * Structure, rules, limits or what is out of service may have changed: open alarms stay open and say what was changed
 * under them. Once after each change, with the clock; never with a reading.
 */

import type { Alarm } from '../../domain/alarm.ts';
import { qualify, type QualifiedId } from '../../domain/ids.ts';
import type { Moment } from '../../domain/time.ts';
import type { Draft, World } from '../draft.ts';
import { boundOf } from '../judge/verdicts.ts';
import type { BandRule, SwingRule } from '../rules/rule-types.ts';
import {
  choiceInForce,
  limitOf,
  limitsChangeAfter,
  limitsInForce,
  type LimitBook,
  type LimitQuestion,
} from '../standards/limits-in-force.ts';
import { tellAlarm } from './findings.ts';
import { detectorEnded } from './fire.ts';
import { markFor } from './quiet-lookup.ts';
import { endReviews } from './service-review.ts';

export function onChanges(draft: Draft): void {
  for (const { id } of [...draft.openAlarms()]) {
    onService(draft, id);
    onRetired(draft, id);
    onLimit(draft, id);
  }
  endReviews(draft);
}

/** The next moment after `now` at which a limit of any room may change by itself; `Infinity`: never. */
export function nextLimitChange({ registry, book }: World, now: Moment): Moment {
  let next = Infinity;
  for (const room of registry.rooms.keys()) {
    next = Math.min(next, limitsChangeAfter(book, room, now));
  }
  return next;
}

/** The alarm follows what stands: taken out of service after it was raised, or returned. */
function onService(draft: Draft, id: string): void {
  const alarm = draft.alarm(id);
  if (!alarm) return;
  const mark = markFor(draft, alarm);
  if (mark && mark.id !== alarm.outOfService?.id) {
    tellAlarm(draft, alarm, { kind: 'take-out-of-service', mark });
  } else if (!mark && alarm.outOfService) {
    const fact = draft.world.outOfService.byId.get(alarm.outOfService.id);
    tellAlarm(draft, alarm, { kind: 'return-to-service', by: fact?.returned?.by ?? 'system' });
  }
}

// Nothing will ever say that the condition is over: the alarm says so, and a person closes it.
function onRetired(draft: Draft, id: string): void {
  const alarm = draft.alarm(id);
  if (!alarm || alarm.closedAt !== undefined || alarm.orphaned) return;
  const what = !draft.world.ruleById.has(alarm.rule)
    ? 'rule-retired'
    : isRetired(draft, alarm)
      ? 'subject-retired'
      : undefined;
  if (what === undefined) return;
  tellAlarm(draft, alarm, { kind: 'edit', edit: { what } });
  const home = draft.world.homes.get(alarm.repository);
  const isDetector = draft.world.ruleById.get(alarm.rule)?.kind === 'detector';
  if (home && isDetector) detectorEnded(draft, home, alarm.room);
}

function isRetired(draft: Draft, alarm: Alarm): boolean {
  const { registry } = draft.world;
  const id = qualify(alarm.repository, alarm.subject.id);
  switch (alarm.subject.kind) {
    case 'sensor': {
      const sensor = registry.sensors.get(id);
      const measures = alarm.metric === undefined || sensor?.metrics.includes(alarm.metric);
      return sensor !== undefined && (sensor.retiredAt !== undefined || !measures);
    }
    case 'door':
      return registry.doors.get(id)?.retiredAt !== undefined;
    case 'device':
      return registry.devices.get(id)?.retiredAt !== undefined;
    case 'room':
      return registry.rooms.get(id)?.retiredAt !== undefined;
    case 'system':
      return false;
  }
}

// Whether the condition holds by the new limit is judged by the next reading; until then the alarm only says it.
function onLimit(draft: Draft, id: string): void {
  const alarm = draft.alarm(id);
  const rule = alarm && draft.world.ruleById.get(alarm.rule);
  if (!alarm || alarm.closedAt !== undefined || alarm.orphaned) return;
  if (rule?.kind !== 'band' && rule?.kind !== 'swing') return;
  const room = alarm.room === undefined ? undefined : qualify(alarm.repository, alarm.room);
  const question = room === undefined ? undefined : { room, at: draft.now, knownAt: draft.now };
  const to = boundNow(draft.world.book, rule, question);
  if (to === alarm.limit) return;
  tellAlarm(draft, alarm, {
    kind: 'edit',
    edit: {
      what: 'limit',
      ...(alarm.limit === undefined ? {} : { from: alarm.limit }),
      ...(to === undefined ? {} : { to }),
      ...(question && isOfRoom(rule) ? changedBy(draft.world.book, rule, question) : {}),
    },
  });
}

const isOfRoom = (rule: BandRule | SwingRule) => rule.kind === 'swing' || rule.limit === undefined;

function boundNow(
  book: LimitBook,
  rule: BandRule | SwingRule,
  question: LimitQuestion | undefined,
): number | undefined {
  const limits = question ? limitsInForce(book, question) : [];
  return boundOf(rule, {
    range: limitOf(limits, rule.metric, 'range'),
    swing: limitOf(limits, rule.metric, 'swing')?.swing,
  });
}

/** Who last changed what this limit comes from: the limit itself, or what the room keeps to. */
function changedBy(
  book: LimitBook,
  rule: BandRule | SwingRule,
  question: LimitQuestion & { readonly room: QualifiedId },
): { readonly by?: string; readonly reason?: string } {
  const kind = rule.kind === 'band' ? 'range' : 'swing';
  const changes = book
    .changesOf(question.room)
    .filter((change) => change.metric === rule.metric && change.kind === kind)
    .filter((change) => change.validFrom <= question.at && change.recordedAt <= question.knownAt);
  const choice = choiceInForce(book, question);
  const [newest] = [...changes, ...(choice ? [choice] : [])].sort(
    (a, b) => Math.max(b.validFrom, b.recordedAt) - Math.max(a.validFrom, a.recordedAt),
  );
  return newest ? { by: newest.by, reason: newest.reason } : {};
}
