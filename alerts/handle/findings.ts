/** A rule's finding becomes an alarm, or an event of the one that is open. */

import { alarmIdStem, type Alarm, type Priority, type Subject } from '../../domain/alarm.ts';
import type { Citation } from '../../domain/limits.ts';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Moment } from '../../domain/time.ts';
import { raiseAlarm, step, type AlarmEvent } from '../alarm-machine.ts';
import { alarmKey, type Draft } from '../draft.ts';
import type { Rule } from '../rules/rule-types.ts';
import { causeOf, markFor } from './quiet-lookup.ts';
import type { RepositoryUnit, RoomUnit } from '../state/units.ts';

/** What goes into the places of a title: `{room}`, `{subject}`, `{value}` … */
export type Words = Readonly<Record<string, LocalizedText | string>>;

export interface Finding {
  readonly rule: Rule;
  readonly home: RepositoryUnit;
  readonly room: RoomUnit | undefined;
  readonly subject: Subject;
  readonly since: Moment;
  readonly metric?: MetricName;
  readonly value?: number;
  readonly limit?: number;
  /** Unset: the rule's own. */
  readonly citation?: Citation;
  /** Sensors or doors behind it; unset: the subject. */
  readonly evidence?: readonly string[];
  readonly simulated?: boolean;
  readonly words: Words;
}

/** The condition holds: raises an alarm, or tells the one that is open. */
export function begin(draft: Draft, finding: Finding): void {
  if (draft.muted) return;
  const { rule, home, subject, since, value, limit, evidence } = finding;
  const repository = home.repository.id;
  const open = draft.openAlarm(alarmKey({ repository, rule: rule.id, subject }));
  if (!open) {
    const facts = factsOf(draft, finding);
    draft.take(raiseAlarm(facts, draft.now, quietAtBirth(draft, facts)));
    return;
  }
  tellAlarm(draft, open, {
    kind: 'condition',
    verdict: 'met',
    since,
    ...(value === undefined ? {} : { value }),
    ...(limit === undefined ? {} : { limit }),
    ...(evidence === undefined ? {} : { evidence }),
  });
}

/** The alarm that is open becomes what the finding says: its priority, its title, its value. With none open, it is raised. */
export function grow(draft: Draft, finding: Finding): void {
  if (draft.muted) return;
  const { rule, value } = finding;
  const open = openOf(draft, rule, finding);
  if (!open || open.verdict === 'not-met') {
    begin(draft, finding);
    return;
  }
  const { priority } = rule;
  const { title } = factsOf(draft, finding);
  tellAlarm(draft, open, {
    kind: 'severity',
    priority,
    title,
    ...(value === undefined ? {} : { value }),
  });
}

/** The condition is over. */
export function end(draft: Draft, rule: Rule, at: Place): void {
  const open = draft.muted ? undefined : openOf(draft, rule, at);
  if (open) tellAlarm(draft, open, { kind: 'condition', verdict: 'not-met' });
}

/** The condition lasts, and counts as graver. */
export function rise(draft: Draft, rule: Rule, at: Place & { readonly to: Priority }): void {
  const open = draft.muted ? undefined : openOf(draft, rule, at);
  if (open) tellAlarm(draft, open, { kind: 'severity', priority: at.to });
}

export interface Place {
  readonly home: RepositoryUnit;
  readonly subject: Subject;
}

/** The open alarm of a rule on a subject. */
export function openOf(draft: Draft, rule: Rule, at: Place): Alarm | undefined {
  const repository = at.home.repository.id;
  return draft.openAlarm(alarmKey({ repository, rule: rule.id, subject: at.subject }));
}

/** Passes an event on to an alarm's life. */
export function tellAlarm(draft: Draft, alarm: Alarm, event: AlarmEvent) {
  const decided = step(alarm, event, draft.now);
  draft.take(decided);
  return decided.result;
}

/** Out of service, or suppressed by what holds already: it is raised quiet. */
function quietAtBirth(draft: Draft, facts: ReturnType<typeof factsOf>) {
  const mark = markFor(draft, facts);
  const because = causeOf(draft, facts);
  return {
    take: mark && ({ kind: 'take-out-of-service', mark } as const),
    suppress: because && ({ kind: 'suppress', because } as const),
  };
}

function factsOf(draft: Draft, finding: Finding): Parameters<typeof raiseAlarm>[0] {
  const { rule, home, room, subject, since, metric, value, limit } = finding;
  const repository = home.repository.id;
  const stem = alarmIdStem({ repository, rule: rule.id, subject });
  const words = { subject: subject.id, room: room?.room.name ?? '', ...finding.words };
  return {
    id: draft.freshId(`${stem}${draft.now.toString(36)}`),
    repository,
    ...(room ? { room: room.room.id } : {}),
    subject,
    rule: rule.id,
    ...(metric === undefined ? {} : { metric }),
    priority: rule.priority,
    safety: rule.safety,
    since,
    latching: rule.latching,
    ...(rule.shelvable ? {} : { shelvedBy: 'nobody' }),
    ...(rule.dutyMayShelve ? { shelvedBy: 'duty' } : {}),
    ...(value === undefined ? {} : { value }),
    ...(limit === undefined ? {} : { limit }),
    citation: finding.citation ?? rule.citation,
    title: fill(rule.title, words),
    advice: fill(rule.advice, words),
    evidence: finding.evidence ?? [subject.id],
    simulated: finding.simulated === true || home.repository.simulated === true,
    ...(rule.silent ? { silent: true } : {}),
  };
}

/** A value with its unit, for people: `25.1 °C`. */
export function withUnit(metric: MetricName, value: number): string {
  const unit = METRICS.get(metric)?.unit ?? '';
  const rounded = String(Number(value.toFixed(2)));
  return unit === '' ? rounded : `${rounded} ${unit}`;
}

/** Puts the words into the places of a template; a place without a word stays empty. */
export function fill(template: LocalizedText, words: Words): LocalizedText {
  return { zh: fillOne(template.zh, words, 'zh'), en: fillOne(template.en, words, 'en') };
}

function fillOne(template: string, words: Words, language: keyof LocalizedText): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const word = words[name];
    return typeof word === 'string' ? word : (word?.[language] ?? '');
  });
}
