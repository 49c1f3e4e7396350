/**
 * The life of an alarm (ISA-18.2 / IEC 62682): `step(alarm, event, now)` is pure; the state that people see is
 * derived from the facts by `alarmState` of the domain.
 *
 * Invariants:
 *  1. A closed alarm never changes: every event on it is refused or does nothing.
 *  2. `closedAt` is set once, and only when the condition is over, somebody acknowledged, and a latching alarm was reset.
 *  3. Not knowing is not normal: `cannot-tell` neither returns, resets nor closes.
 *  4. The condition coming back, or growing graver, takes back acknowledgement and reset.
 *  5. A safety alarm is never shelved. A shelving has an end, at most `SHELVE_MS_MAX` away, and a reason.
 *  6. The end of a shelving announces again what still holds: never straight to acknowledged.
 *  7. Each transition raises `revision` by one and has the id `<alarm>/<revision>`, so none is doubled.
 *  8. People's acts leave a journal line with their name; a refused act changes nothing.
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
 *  `shelved` lies over any state that is not closed; underneath the facts go on changing.
 *
 * Transitions, and what performs them:
 *   raised                          raiseAlarm
 *   re-raised, returned             onCondition
 *   re-raised (graver)              onSeverity
 *   acknowledged                    onAcknowledge
 *   shelved; unshelved              onShelve; onUnshelve, onTime
 *   reset                           onReset
 *   commented                       onComment
 *   closed                          closeIfOver, after each of them
 */

import type { Alarm, AlarmTransition, Priority, Verdict } from '../domain/alarm.ts';
import { PRIORITIES } from '../domain/alarm.ts';
import type { CommandResult } from '../domain/commands.ts';
import type { JournalDraft } from '../domain/journal.ts';
import type { LocalizedText } from '../domain/text.ts';
import { HOUR_MS, type Moment } from '../domain/time.ts';
import { unreachable } from '../domain/unreachable.ts';

/** The longest shelving; 本馆自定. */
export const SHELVE_MS_MAX = 8 * HOUR_MS;
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
  | {
      readonly kind: 'shelve';
      readonly by: string;
      readonly until: Moment;
      readonly reason: string;
      /** What the rule says; a safety alarm is refused in any case. */
      readonly shelvable: boolean;
      readonly shelveMsMax?: number;
    }
  | { readonly kind: 'unshelve'; readonly by: string }
  /** Time passed: a shelving may have run out. */
  | { readonly kind: 'time' }
  | { readonly kind: 'reset'; readonly by: string }
  | { readonly kind: 'comment'; readonly by: string; readonly text: string };

/** What the caller is to do: `announce`, tell people, from the first rung on; `journal`, write this line. */
export type AlarmEffect =
  { readonly kind: 'announce' } | { readonly kind: 'journal'; readonly line: JournalDraft };

export interface AlarmStep {
  /** The same object when nothing changed. */
  readonly alarm: Alarm;
  /** In order; acknowledging may also close. */
  readonly transitions: readonly AlarmTransition[];
  readonly effects: readonly AlarmEffect[];
  /** For people's acts: what to answer them. */
  readonly result: CommandResult;
}

/** A new alarm, announced. */
export function raiseAlarm(
  facts: Omit<Alarm, 'revision' | 'raisedAt' | 'verdict' | 'comments' | 'telling'>,
  now: Moment,
): AlarmStep {
  const alarm: Alarm = { ...facts, verdict: 'met', raisedAt: now, comments: [], revision: 0 };
  return finish(new Change(alarm, now).transition('raised', noteOf(facts)).announce());
}

/** One event of an alarm's life. See the head of this file. */
export function step(alarm: Alarm, event: AlarmEvent, now: Moment): AlarmStep {
  const change = new Change(alarm, now);
  if (alarm.closedAt !== undefined) return refuse(alarm, 'already', 'The alarm is closed.');
  switch (event.kind) {
    case 'condition':
      return finish(onCondition(change, event));
    case 'severity':
      return finish(onSeverity(change, event));
    case 'acknowledge':
      if (alarm.acknowledged) return refuse(alarm, 'already', 'It was acknowledged before.');
      return finish(onAcknowledge(change, event));
    case 'shelve': {
      const why = whyNotShelve(alarm, event, now);
      return why ? refuse(alarm, why.code, why.why) : finish(onShelve(change, event));
    }
    case 'unshelve':
      if (!alarm.shelved) return refuse(alarm, 'already', 'It is not shelved.');
      return finish(onUnshelve(change, event.by));
    case 'time':
      return finish(onTime(change));
    case 'reset': {
      const why = whyNotReset(alarm);
      return why ? refuse(alarm, why.code, why.why) : finish(onReset(change, event));
    }
    case 'comment':
      if (event.text.trim() === '') return refuse(alarm, 'invalid', 'The comment is empty.');
      return finish(onComment(change, event));
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

function whyNotShelve(
  alarm: Alarm,
  event: Extract<AlarmEvent, { kind: 'shelve' }>,
  now: Moment,
): Refusal | undefined {
  if (alarm.safety || !event.shelvable) {
    return { code: 'not-allowed', why: 'A safety alarm can not be shelved.' };
  }
  if (event.reason.trim() === '') return { code: 'invalid', why: 'Shelving needs a reason.' };
  if (event.until <= now) return { code: 'invalid', why: 'The shelving would be over already.' };
  const longest = event.shelveMsMax ?? SHELVE_MS_MAX;
  if (event.until > now + longest) {
    return { code: 'invalid', why: `An alarm is shelved for at most ${longest / HOUR_MS} h.` };
  }
  return undefined;
}

function onShelve(change: Change, event: Extract<AlarmEvent, { kind: 'shelve' }>): Change {
  const { by, until, reason } = event;
  return change
    .set({ shelved: { by, at: change.now, until, reason } })
    .transition('shelved', { by, note: reason })
    .journal('alarm.shelved', by, { until, reason });
}

function onUnshelve(change: Change, by: string): Change {
  const next = change.unset('shelved').transition('unshelved', { by });
  if (by !== 'system') next.journal('alarm.unshelved', by);
  // What still holds is announced anew: nobody was told while it lay on the shelf.
  if (change.alarm.verdict !== 'not-met') next.unset('acknowledged').announce();
  return next;
}

function onTime(change: Change): Change {
  const { shelved } = change.alarm;
  return shelved && shelved.until <= change.now ? onUnshelve(change, 'system') : change;
}

function whyNotReset(alarm: Alarm): Refusal | undefined {
  if (!alarm.latching) return { code: 'not-allowed', why: 'Only a latching alarm is reset.' };
  if (alarm.verdict === 'met') {
    return { code: 'not-allowed', why: 'The condition still holds.' };
  }
  if (alarm.verdict === 'cannot-tell') {
    return { code: 'not-allowed', why: 'Nobody knows whether it is over: there is no data.' };
  }
  return alarm.reset ? { code: 'already', why: 'It was reset before.' } : undefined;
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

function closeIfOver(change: Change): Change {
  const { alarm, now } = change;
  const over = alarm.verdict === 'not-met' && alarm.acknowledged !== undefined;
  if (!over || (alarm.latching && !alarm.reset)) return change;
  return change.set({ closedAt: now }).unset('shelved').transition('closed');
}

interface Refusal {
  readonly code: 'already' | 'not-allowed' | 'invalid';
  readonly why: string;
}

function refuse(alarm: Alarm, code: Refusal['code'], why: string): AlarmStep {
  return { alarm, transitions: [], effects: [], result: { ok: false, code, why } };
}

function finish(change: Change): AlarmStep {
  // Only a change of facts can close; a quiet tick must leave the very same object.
  const { alarm, transitions, effects } = change.changed ? closeIfOver(change) : change;
  return { alarm, transitions, effects, result: { ok: true, id: alarm.id } };
}

function noteOf(facts: { readonly value?: number }): { readonly value: number | undefined } {
  return { value: facts.value };
}

/** An alarm on its way to its next facts. */
class Change {
  alarm: Alarm;
  readonly now: Moment;
  readonly transitions: AlarmTransition[] = [];
  readonly effects: AlarmEffect[] = [];
  changed = false;

  constructor(alarm: Alarm, now: Moment) {
    this.alarm = alarm;
    this.now = now;
  }

  set(facts: Partial<Alarm>): this {
    this.alarm = { ...this.alarm, ...facts };
    this.changed = true;
    return this;
  }

  unset(...names: readonly ('returnedAt' | 'acknowledged' | 'reset' | 'shelved')[]): this {
    const next = { ...this.alarm };
    for (const name of names) delete next[name];
    this.alarm = next;
    this.changed = true;
    return this;
  }

  transition(
    kind: AlarmTransition['kind'],
    more: {
      readonly by?: string;
      readonly value?: number | undefined;
      readonly note?: string | undefined;
    } = {},
  ): this {
    const { id, repository } = this.alarm;
    const revision = this.alarm.revision + 1;
    const base = { id: `${id}/${revision}`, alarm: id, repository, at: this.now, kind };
    this.transitions.push({
      ...base,
      ...(more.by === undefined ? {} : { by: more.by }),
      ...(more.value === undefined ? {} : { value: more.value }),
      ...(more.note === undefined ? {} : { note: more.note }),
    });
    return this.set({ revision });
  }

  /** Begins the telling anew; a shelved alarm is announced when the shelving ends. */
  announce(): this {
    const { shelved, revision } = this.alarm;
    if (shelved && shelved.until > this.now) return this;
    this.effects.push({ kind: 'announce' });
    return this.set({ telling: { from: this.now, revision, rungsTold: 0, told: [] } });
  }

  journal(action: string, by: string, detail?: Readonly<Record<string, unknown>>): this {
    const { repository, id } = this.alarm;
    const line = { repository, at: this.now, by, action, subject: id };
    const filled = detail && Object.keys(detail).length > 0 ? { detail } : {};
    this.effects.push({ kind: 'journal', line: { ...line, ...filled } });
    return this;
  }
}
