/** Looks up whether an alarm is out of service, and what suppresses it. Changes nothing. */

import type { Alarm, ServiceMark, Subject, Suppression } from '../../domain/alarm.ts';
import { serviceKey, serviceKeysOf, type OutOfService } from '../../domain/out-of-service.ts';
import { alarmKey, type Draft, type ServiceBook } from '../draft.ts';
import type { SuppressionRule } from '../rules/suppression-types.ts';

type About = Pick<Alarm, 'repository' | 'rule' | 'subject' | 'room' | 'safety'>;

/** Finds what stands by subject and rule. */
export function serviceBook(facts: readonly OutOfService[]): ServiceBook {
  const standing = facts.filter((fact) => !fact.returned);
  return {
    standing: new Map(standing.map((fact) => [serviceKey(fact), fact])),
    byId: new Map(facts.map((fact) => [fact.id, fact])),
  };
}

/** The mark of the fact that covers it; the wider one counts. */
export function markFor(draft: Draft, about: About): ServiceMark | undefined {
  const { standing } = draft.world.outOfService;
  // That a review is due is not among the things that were taken out of service.
  if (standing.size === 0 || about.rule === draft.world.serviceReview?.id) return undefined;
  const [wide, narrow] = serviceKeysOf(about);
  const fact = standing.get(wide) ?? standing.get(narrow);
  if (!fact) return undefined;
  const { id, by, at, reason, tag, second, reviewAt } = fact;
  return {
    id,
    by,
    at,
    reason,
    tag,
    ...(second === undefined ? {} : { second }),
    ...(reviewAt === undefined ? {} : { reviewAt }),
  };
}

/** Why it is quiet by design now; `undefined`: it is not. */
export function causeOf(draft: Draft, about: About): Omit<Suppression, 'at' | 'until'> | undefined {
  if (about.safety) return undefined;
  for (const entry of draft.world.suppressions.byQuiet.get(about.rule) ?? []) {
    const cause = holdingCause(draft, about, entry);
    if (cause) return { cause: cause.id, why: entry.why, citation: entry.citation };
  }
  return undefined;
}

function holdingCause(draft: Draft, about: About, entry: SuppressionRule): Alarm | undefined {
  const subject = commonOf(draft, about, entry);
  if (!subject) return undefined;
  for (const rule of entry.while) {
    const alarm = draft.openAlarm(alarmKey({ repository: about.repository, rule, subject }));
    if (alarm && isAnnunciating(alarm)) return alarm;
  }
  return undefined;
}

/** What the cause would have to be about. */
function commonOf(draft: Draft, about: About, { same }: SuppressionRule): Subject | undefined {
  if (same === 'room')
    return about.room === undefined ? undefined : { kind: 'room', id: about.room };
  if (about.subject.kind !== 'sensor') return undefined;
  const home = draft.world.homes.get(about.repository);
  const device = home?.sensors.get(about.subject.id)?.device;
  return device && { kind: 'device', id: device.device.id };
}

/** The alarm stands: its condition holds, or it latched and nobody has reset it. */
export function isAnnunciating(alarm: Alarm): boolean {
  if (alarm.closedAt !== undefined) return false;
  return alarm.verdict !== 'not-met' || (alarm.latching && !alarm.reset);
}
