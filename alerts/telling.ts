/** Who is told of an alarm that no incident covers, and who next while nobody acknowledges. */

import { quietness, type Alarm, type AlarmTelling } from '../domain/alarm.ts';
import { SECOND_MS, type Moment } from '../domain/time.ts';
import type { Draft } from './draft.ts';
import { isCoveredByFlood } from './tell/covered.ts';
import { isExhausted, rungsDue } from './plans/due.ts';
import type { TellingRungs } from './rules/rule-types.ts';
import { floodLines } from './tell/flood-words.ts';
import { alarmWords } from './tell/messages.ts';
import { settingOf, tell } from './tell/outbox.ts';
import { choose } from './tell/people.ts';

/** What an alarm remembers of its tellings; older ones are in the outbox. */
const TOLD_MAX = 50;
/** The journal's word for a role without anybody to tell. */
const NOBODY = 'telling.nobody-reachable';

export interface AlarmRung {
  readonly afterMs: number;
  readonly role: TellingRungs['critical'][number]['role'];
  readonly who: TellingRungs['critical'][number]['who'];
}

/** The rungs for an alarm of this priority. */
export function rungsOf(telling: TellingRungs, alarm: Alarm): readonly AlarmRung[] {
  return telling[alarm.priority].map(({ afterSeconds, role, who }) => ({
    afterMs: afterSeconds * SECOND_MS,
    role,
    who,
  }));
}

/** Whether the alarm's own escalation runs now: nobody acknowledged, it is not quiet, and it still matters. */
export function isEscalating(alarm: Alarm, now: Moment): boolean {
  const quiet = quietness(alarm, now) !== undefined;
  const matters = alarm.verdict !== 'not-met' || alarm.latching;
  return alarm.closedAt === undefined && !alarm.acknowledged && !quiet && matters;
}

/** A quick no for the many that nobody waits for: a flood of alarms must not slow the clock. */
export function mayBeTold(draft: Draft, alarm: Alarm): boolean {
  const { telling, acknowledged } = alarm;
  if (!telling || acknowledged || telling.exhaustedAt !== undefined) return false;
  return draft.world.rules.telling[alarm.priority].length > 0;
}

/** Tells whoever is due; an alarm covered by an incident that nobody acknowledged is told by the incident. */
export function tellOfAlarm(draft: Draft, id: string): void {
  const alarm = draft.alarm(id);
  if (!alarm?.telling || !isEscalating(alarm, draft.now) || isTold(draft, alarm)) return;
  if (isCoveredByFlood(draft, alarm)) return;
  const { telling } = alarm;
  if (telling.exhaustedAt !== undefined) return;
  const rungs = rungsOf(draft.world.rules.telling, alarm);
  const elapsedMs = draft.now - telling.from;
  const due = rungsDue(rungs, telling.rungsTold, elapsedMs);
  const told: AlarmTelling[] = [...telling.told];
  for (const { rung, index } of due) told.push(...tellRung(draft, alarm, { rung, index, told }));
  const rungsTold = telling.rungsTold + due.length;
  if (due.length > 0) {
    draft.put({ ...alarm, telling: { ...telling, rungsTold, told: told.slice(-TOLD_MAX) } });
  } else if (isExhausted(rungs, rungsTold, elapsedMs)) {
    draft.put({ ...alarm, telling: { ...telling, exhaustedAt: draft.now } });
    draft.note({ repository: alarm.repository, action: 'escalation.exhausted', subject: id });
  }
}

function isTold(draft: Draft, alarm: Alarm): boolean {
  const incident = alarm.incident === undefined ? undefined : draft.incident(alarm.incident);
  return incident !== undefined && !incident.closed && !incident.acknowledged;
}

function tellRung(
  draft: Draft,
  alarm: Alarm,
  at: {
    readonly rung: AlarmRung;
    readonly index: number;
    readonly told: readonly AlarmTelling[];
  },
): readonly AlarmTelling[] {
  const people = draft.world.homes.get(alarm.repository)?.people ?? [];
  const already = new Set(at.told.map((telling) => telling.person));
  const choice = choose(people, at.rung, already);
  noteChoice(
    draft,
    { ...alarm, nobodyFor: nobodyBefore(draft, alarm, at) },
    { ...at.rung, ...choice },
  );
  const setting = settingOf(draft, alarm.repository, alarm.room);
  const words = alarmWords(alarm, setting, floodLines(draft, alarm, setting.timezone));
  const key = `${alarm.id}/r${alarm.telling?.revision ?? 0}-${at.index}`;
  return choice.people.map((person) => ({
    at: draft.now,
    person: person.id,
    rung: at.index,
    outboxKeys: tell(draft, person, { key, words, safety: alarm.safety, alarm: alarm.id }),
  }));
}

/** While nobody was told, there was nobody to tell for any rung before this one. */
function nobodyBefore(
  draft: Draft,
  alarm: Alarm,
  at: { readonly index: number; readonly told: readonly AlarmTelling[] },
): readonly string[] {
  if (at.told.length > 0) return [];
  return rungsOf(draft.world.rules.telling, alarm)
    .slice(0, at.index)
    .map((rung) => rung.role);
}

/** A fallback, or nobody to tell, is itself something to put right: it goes into the journal, nobody to tell once for each role. */
export function noteChoice(
  draft: Draft,
  about: {
    readonly id: string;
    readonly repository: string;
    readonly nobodyFor?: readonly string[];
  },
  choice: {
    readonly role: string;
    readonly people: readonly unknown[];
    readonly fellBackTo?: string;
  },
): void {
  const { role, people, fellBackTo } = choice;
  const line = { repository: about.repository, subject: about.id };
  if (people.length === 0) {
    if (about.nobodyFor?.includes(role) || nobodyNow(draft, about.id).has(role)) return;
    draft.note({ ...line, action: NOBODY, detail: { role } });
  } else if (fellBackTo !== undefined) {
    draft.note({ ...line, action: 'telling.fell-back', detail: { role, fellBackTo } });
  }
}

/** The roles of which this step noted that there is nobody to tell. */
export function nobodyNow(draft: Draft, id: string): ReadonlySet<unknown> {
  const noted = draft.journal.filter((line) => line.action === NOBODY && line.subject === id);
  return new Set(noted.map((line) => line.detail?.['role']));
}
