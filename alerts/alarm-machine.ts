/**
 * The life of an alarm (ISA-18.2 / IEC 62682): `step(alarm, event, now)` is pure; the state that people see is
 * derived from the facts by `alarmState` of the domain.
 *
 * Invariants:
 *  1. A closed alarm never changes: every event on it is refused or does nothing.
 *  2. `closedAt` is set once, and only when the condition is over, somebody acknowledged, and a latching alarm was reset.
 *  3. Not knowing is not normal: `cannot-tell` neither returns, resets nor closes.
 *  4. The condition coming back, or growing graver, takes back acknowledgement and reset.
 *  5. A safety alarm is never shelved nor suppressed. A shelving has an end, at most `SHELVE_MS_MAX` away, and a reason.
 *  6. The end of a quiet (shelved, suppressed, out of service) announces what still holds: never straight to acknowledged.
 *  7. Each transition raises `revision` by one and has the id `<alarm>/<revision>`, so none is doubled.
 *  8. People's acts leave a journal line with their name; a refused act changes nothing.
 *  9. What was never announced, and is over, closes by itself: nobody must acknowledge what nobody was told.
 *
 *                    raise
 *                      │
 *                      ▼           acknowledge
 *        ┌──── unacknowledged ───────────────────► acknowledged ────┐
 *        │        ▲   ▲                                 │           │ returned
 *        │        │   └──────── graver ─────────────────┘           │ (not latching)
 *        │        │ re-raised                                       ▼
 *        │        │                                              closed
 *        │ returned                                                 ▲
 *        ├──(not latching)──► returned-unacknowledged ──acknowledge─┤
 *        │                         ▲                                │
 *        │                    reset│                                │
 *        └──(latching)──► latched-unacknowledged                    │
 *                               │ acknowledge                       │
 *                               ▼                                   │
 *                         latched-acknowledged ──────── reset ──────┘
 *
 *  `shelved`, `suppressed` and `out-of-service` lie over any state that is not closed (`life/quiet.ts`); underneath the
 *  facts go on changing. Every state × every event is in `life/table.ts`, and a test holds both together.
 */

import type { Alarm, AlarmEdit, Priority, Verdict } from '../domain/alarm.ts';
import { PRIORITIES } from '../domain/alarm.ts';
import { say, type Said } from '../domain/sentences.ts';
import type { LocalizedText } from '../domain/text.ts';
import type { Moment } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';
import { Change, type AlarmStep, type Refusal } from './life/change.ts';
import {
  onReturn,
  onShelve,
  onSuppress,
  onTakeOut,
  onTime,
  onUnshelve,
  onUnsuppress,
  whyNotShelve,
  whyNotSuppress,
  type ReturnEvent,
  type ShelveEvent,
  type SuppressEvent,
  type TakeOutEvent,
  type UnsuppressEvent,
} from './life/quiet.ts';

export type { AlarmEffect, AlarmStep } from './life/change.ts';
export { SHELVE_MS_MAX } from './life/quiet.ts';

/** The oldest comments of an alarm that has more are dropped; the journal keeps all. */
const ALARM_COMMENTS_MAX = 200;

export type AlarmEvent =
  | {
      readonly kind: 'condition';
      readonly verdict: Verdict;
      /** Device time at which the condition began. */
      readonly since?: Moment;
      readonly value?: number;
      readonly limit?: number;
      readonly evidence?: readonly string[];
      readonly note?: string;
    }
  | {
      readonly kind: 'severity';
      readonly priority: Priority;
      readonly value?: number;
      /** It is another thing now (the limit is exceeded, no longer only near): what people are told. */
      readonly title?: LocalizedText;
    }
  | { readonly kind: 'acknowledge'; readonly by: string; readonly comment?: string }
  | ShelveEvent
  | { readonly kind: 'unshelve'; readonly by: string }
  | SuppressEvent
  | UnsuppressEvent
  | TakeOutEvent
  | ReturnEvent
  /** Time passed: a shelving or a suppression may have run out. */
  | { readonly kind: 'time' }
  /** Who takes it; `undefined`: nobody any more. */
  | { readonly kind: 'assign'; readonly by: string; readonly to: string | undefined }
  /** What it is judged by was changed while it is open. */
  | { readonly kind: 'edit'; readonly edit: AlarmEdit }
  | { readonly kind: 'reset'; readonly by: string }
  | { readonly kind: 'comment'; readonly by: string; readonly text: string }
  /** A person closes what nothing judges any more. */
  | { readonly kind: 'close'; readonly by: string; readonly reason: string };

/** A new alarm, announced; out of service or suppressed from the beginning, nobody is told. */
export function raiseAlarm(
  facts: Omit<
    Alarm,
    'revision' | 'raisedAt' | 'verdict' | 'comments' | 'telling' | 'suppressed' | 'outOfService'
  >,
  now: Moment,
  quiet: {
    readonly take?: TakeOutEvent | undefined;
    readonly suppress?: SuppressEvent | undefined;
  } = {},
): AlarmStep {
  const alarm: Alarm = { ...facts, verdict: 'met', raisedAt: now, comments: [], revision: 0 };
  const change = new Change(alarm, now).transition('raised', { value: facts.value });
  if (quiet.take) onTakeOut(change, quiet.take);
  if (quiet.suppress && !whyNotSuppress(alarm)) onSuppress(change, quiet.suppress);
  return finish(change.announce());
}

/** One event of an alarm's life. See the head of this file. */
export function step(alarm: Alarm, event: AlarmEvent, now: Moment): AlarmStep {
  if (alarm.closedAt !== undefined) return refuse(alarm, CLOSED);
  const why = whyNot(alarm, event, now);
  return why ? refuse(alarm, why) : finish(take(new Change(alarm, now), event));
}

const CLOSED: Refusal = { code: 'already', ...say('alarm-closed') };

function whyNot(alarm: Alarm, event: AlarmEvent, now: Moment): Refusal | undefined {
  const already = (said: Said): Refusal => ({ code: 'already', ...said });
  switch (event.kind) {
    case 'condition':
    case 'severity':
    case 'time':
    case 'edit':
      return undefined;
    case 'acknowledge':
      return alarm.acknowledged ? already(say('acknowledged-before')) : undefined;
    case 'shelve':
      return whyNotShelve(alarm, event, now);
    case 'unshelve':
      return alarm.shelved ? undefined : already(say('shelved-not'));
    case 'suppress':
      return whyNotSuppress(alarm);
    case 'unsuppress':
      return alarm.suppressed ? undefined : already(say('suppressed-not'));
    case 'take-out-of-service':
      return alarm.outOfService?.id === event.mark.id
        ? already(say('alarm-out-of-service'))
        : undefined;
    case 'return-to-service':
      return alarm.outOfService ? undefined : already(say('alarm-in-service'));
    case 'assign':
      return alarm.assigned?.to === event.to ? already(say('assigned-so')) : undefined;
    case 'reset':
      return whyNotReset(alarm);
    case 'comment':
      return event.text.trim() === '' ? { code: 'invalid', ...say('comment-empty') } : undefined;
    case 'close':
      return whyNotClose(alarm, event.reason);
    default:
      return unreachable(event);
  }
}

function take(change: Change, event: AlarmEvent): Change {
  switch (event.kind) {
    case 'condition':
      if (change.alarm.orphaned && event.verdict !== 'cannot-tell') change.unset('orphaned');
      return onCondition(change, event);
    case 'severity':
      return onSeverity(change, event);
    case 'acknowledge':
      return onAcknowledge(change, event);
    case 'shelve':
      return onShelve(change, event);
    case 'unshelve':
      return onUnshelve(change, event.by);
    case 'suppress':
      return onSuppress(change, event);
    case 'unsuppress':
      return onUnsuppress(change, event);
    case 'take-out-of-service':
      return onTakeOut(change, event);
    case 'return-to-service':
      return onReturn(change, event);
    case 'time':
      return onTime(change);
    case 'assign':
      return onAssign(change, event);
    case 'edit':
      return onEdit(change, event.edit);
    case 'reset':
      return onReset(change, event);
    case 'comment':
      return onComment(change, event);
    case 'close':
      return onClose(change, event);
    default:
      return unreachable(event);
  }
}

function onCondition(change: Change, event: Extract<AlarmEvent, { kind: 'condition' }>): Change {
  const { alarm, now } = change;
  const { verdict, value, limit, evidence } = event;
  const news = {
    ...(value === undefined ? {} : { value }),
    ...(limit === undefined ? {} : { limit }),
    ...(evidence === undefined ? {} : { evidence }),
  };
  if (verdict === 'cannot-tell') return alarm.verdict === 'met' ? change.set({ verdict }) : change;
  if (verdict === 'not-met') {
    if (alarm.verdict === 'not-met') return change;
    return change
      .set({ verdict, returnedAt: now })
      .transition('returned', { value, note: event.note });
  }
  if (alarm.verdict !== 'not-met') {
    const same = alarm.verdict === 'met' && (evidence ?? alarm.evidence) === alarm.evidence;
    return same ? change : change.set({ verdict, ...(evidence ? { evidence } : {}) });
  }
  const since = event.since ?? now;
  return change
    .set({ ...news, verdict, since })
    .unset('returnedAt', 'acknowledged', 'reset')
    .transition('re-raised', { value, note: event.note })
    .announce();
}

function onSeverity(change: Change, event: Extract<AlarmEvent, { kind: 'severity' }>): Change {
  const { priority, value, title } = event;
  const graver = PRIORITIES.indexOf(priority) < PRIORITIES.indexOf(change.alarm.priority);
  if (!graver) return change;
  return change
    .set({ priority, ...(value === undefined ? {} : { value }), ...(title ? { title } : {}) })
    .unset('acknowledged', 'reset')
    .transition('re-raised', { value, note: priority })
    .announce();
}

function onAcknowledge(
  change: Change,
  event: Extract<AlarmEvent, { kind: 'acknowledge' }>,
): Change {
  const { by, comment } = event;
  const said = comment === undefined ? {} : { comment };
  return change
    .set({ acknowledged: { by, at: change.now, ...said } })
    .transition('acknowledged', { by, note: comment })
    .journal('alarm.acknowledged', by, said);
}

function whyNotReset(alarm: Alarm): Refusal | undefined {
  if (!alarm.latching) return { code: 'not-allowed', ...say('reset-not-latching') };
  if (alarm.verdict === 'met') {
    return { code: 'not-allowed', ...say('reset-holds') };
  }
  if (alarm.verdict === 'cannot-tell') {
    return { code: 'not-allowed', ...say('reset-cannot-tell') };
  }
  return alarm.reset ? { code: 'already', ...say('reset-before') } : undefined;
}

function onReset(change: Change, event: Extract<AlarmEvent, { kind: 'reset' }>): Change {
  const { by } = event;
  return change
    .set({ reset: { by, at: change.now } })
    .transition('reset', { by })
    .journal('alarm.reset', by);
}

function onComment(change: Change, event: Extract<AlarmEvent, { kind: 'comment' }>): Change {
  const { by, text } = event;
  const comments = [...change.alarm.comments, { by, at: change.now, text }];
  return change
    .set({ comments: comments.slice(-ALARM_COMMENTS_MAX) })
    .transition('commented', { by, note: text })
    .journal('alarm.commented', by, { text });
}

function onAssign(change: Change, event: Extract<AlarmEvent, { kind: 'assign' }>): Change {
  const { by, to } = event;
  const next =
    to === undefined
      ? change.unset('assigned')
      : change.set({ assigned: { to, by, at: change.now } });
  const note = to === undefined ? {} : { to };
  return next.transition('assigned', { by, note: to }).journal('alarm.assigned', by, note);
}

// The alarm stays open; whether its condition still holds is judged by the next reading.
function onEdit(change: Change, edit: AlarmEdit): Change {
  const { alarm, now } = change;
  if (edit.what === 'limit') {
    if (edit.to === alarm.limit) return change;
    const next = edit.to === undefined ? change.unset('limit') : change.set({ limit: edit.to });
    return next.transition('edited', { by: edit.by, edit });
  }
  if (alarm.orphaned) return change;
  // Nothing will ever say that its condition is over; until a person closes it, nobody knows.
  return change
    .set({
      orphaned: { at: now, what: edit.what },
      ...(alarm.verdict === 'met' ? { verdict: 'cannot-tell' as const } : {}),
    })
    .transition('edited', { edit });
}

function whyNotClose(alarm: Alarm, reason: string): Refusal | undefined {
  if (!alarm.orphaned) return { code: 'not-allowed', ...say('closing-judged') };
  if (reason.trim() === '') return { code: 'invalid', ...say('closing-reason') };
  return undefined;
}

function onClose(change: Change, event: Extract<AlarmEvent, { kind: 'close' }>): Change {
  const { by, reason } = event;
  return change
    .set({ closedAt: change.now })
    .transition('closed', { by, note: reason })
    .journal('alarm.closed', by, { reason });
}

function closeIfOver(change: Change): Change {
  const { alarm, now } = change;
  if (alarm.closedAt !== undefined || alarm.verdict !== 'not-met') return change;
  if (alarm.latching && !alarm.reset) return change;
  const neverTold = alarm.telling === undefined;
  if (alarm.acknowledged === undefined && !neverTold) return change;
  return change.set({ closedAt: now }).unset('shelved', 'suppressed').transition('closed');
}

function refuse(alarm: Alarm, refusal: Refusal): AlarmStep {
  return { alarm, transitions: [], effects: [], result: { ok: false, ...refusal } };
}

function finish(change: Change): AlarmStep {
  // Only a change of facts can close; a quiet tick must leave the very same object.
  const { alarm, transitions, effects } = change.changed ? closeIfOver(change) : change;
  return { alarm, transitions, effects, result: { ok: true, id: alarm.id } };
}
