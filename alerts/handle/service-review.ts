/** What is out of service beyond its review is an alarm of its own: nobody must forget a detector. */

import type { Draft } from '../draft.ts';
import type { OutOfService } from '../../domain/out-of-service.ts';
import type { ServiceReviewRule } from '../rules/rule-types.ts';
import type { RepositoryUnit } from '../state/units.ts';
import { begin, end, openOf } from './findings.ts';

/** With the clock; there are few standing facts. */
export function onServiceReviews(draft: Draft): void {
  const { serviceReview: rule, outOfService } = draft.world;
  if (!rule) return;
  for (const fact of outOfService.standing.values()) {
    const home = draft.world.homes.get(fact.repository);
    if (home && fact.reviewAt !== undefined && fact.reviewAt <= draft.now) {
      beginReview(draft, { rule, fact, home, since: fact.reviewAt });
    }
  }
}

/** After a change: a review ends when the thing was returned or taken out anew. */
export function endReviews(draft: Draft): void {
  const { serviceReview: rule, outOfService } = draft.world;
  if (!rule) return;
  const due = new Set(
    [...outOfService.standing.values()]
      .filter(({ reviewAt }) => reviewAt !== undefined && reviewAt <= draft.now)
      .map(({ repository, subject }) => `${repository}/${subject.kind}:${subject.id}`),
  );
  for (const alarm of [...draft.openAlarms()]) {
    const { repository, subject } = alarm;
    if (alarm.rule !== rule.id || due.has(`${repository}/${subject.kind}:${subject.id}`)) continue;
    const home = draft.world.homes.get(repository);
    if (home) end(draft, rule, { home, subject });
  }
}

function beginReview(
  draft: Draft,
  about: {
    readonly rule: ServiceReviewRule;
    readonly fact: OutOfService;
    readonly home: RepositoryUnit;
    readonly since: number;
  },
): void {
  const { rule, fact, home, since } = about;
  const { subject, tag } = fact;
  if (openOf(draft, rule, { home, subject })?.verdict === 'met') return;
  const { room, name } = placeOf(home, fact);
  begin(draft, { rule, home, room, subject, since, words: { subject: name, tag } });
}

function placeOf(home: RepositoryUnit, { subject }: OutOfService) {
  const sensor = subject.kind === 'sensor' ? home.sensors.get(subject.id) : undefined;
  const door = subject.kind === 'door' ? home.doors.get(subject.id) : undefined;
  const device = subject.kind === 'device' ? home.devices.get(subject.id) : undefined;
  const name = (sensor?.sensor ?? door?.door ?? device?.device)?.name ?? subject.id;
  return { room: sensor?.room ?? door?.room, name };
}
