/**
 * When passing time alone may change anything about what is open: tellings, quiets that end, floods that ebb,
 * reviews, the comparison of sensors.
 * Units have deadlines of their own (`Schedule`).
 */

import type { Alarm } from '../../domain/alarm.ts';
import type { Incident } from '../../domain/incident.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { EXHAUSTED_AFTER_MS, startOf } from '../plans/due.ts';
import type { TellingRungs } from '../rules/rule-types.ts';
import { rungsOf } from '../telling.ts';
import { SAMPLE_MS } from '../trust/sample.ts';
import { mayTrustChange } from './trust.ts';

/** What is known beside what is open. */
export interface ClockDueView {
  /** When people were last told, by repository. */
  readonly announced: ReadonlyMap<string, readonly Moment[]>;
  /** A limit of some room may be another from then on. */
  readonly limitsAt: Moment;
}

/** Kept up with every step that is applied. */
export class ClockDue {
  /** A clock input before then changes nothing of it. */
  at: Moment = 0;

  /** What changed may be told of by the next clock input; after one that changed nothing, the next wait is known. */
  applied(draft: Draft, view: ClockDueView): void {
    if (draft.alarms.size + draft.incidents.size > 0) this.at = draft.now;
    else if (draft.clocked && this.at <= draft.now) this.at = clockDueAfter(draft, view);
  }
}

type Consider = (at: Moment) => void;

/** The next such moment; `Infinity`: none. It may come to nothing, but nothing falls due before it. */
function clockDueAfter(draft: Draft, { announced, limitsAt }: ClockDueView): Moment {
  const { open, world, now, trustSlot } = draft;
  let due = Infinity;
  const consider: Consider = (at) => {
    if (at > now && at < due) due = at;
  };
  consider(limitsAt);
  if (mayTrustChange(draft)) consider((trustSlot + 1) * SAMPLE_MS);
  for (const alarm of open.alarms.values()) considerAlarm(alarm, world.rules.telling, consider);
  for (const incident of open.incidents.values()) considerIncident(incident, consider);
  for (const { reviewAt } of world.outOfService.standing.values()) {
    if (reviewAt !== undefined) consider(reviewAt);
  }
  if (world.flood) {
    // One announcement less in the rolling window: the flood may be over.
    const windowMs = world.flood.windowSeconds * SECOND_MS;
    for (const moments of announced.values()) for (const at of moments) consider(at + windowMs);
  }
  return due;
}

function considerAlarm(alarm: Alarm, telling: TellingRungs, consider: Consider): void {
  if (alarm.shelved) consider(alarm.shelved.until);
  if (alarm.suppressed?.until !== undefined) consider(alarm.suppressed.until);
  if (!alarm.telling || alarm.acknowledged || alarm.telling.exhaustedAt !== undefined) return;
  considerRungs(alarm.telling.from, rungsOf(telling, alarm), consider);
}

function considerIncident(incident: Incident, consider: Consider): void {
  const from = startOf(incident);
  if (!incident.acknowledged && incident.exhaustedAt === undefined) {
    considerRungs(from, incident.plan.escalation, consider);
  }
  for (const { afterMs, withinMs } of incident.plan.steps) {
    consider(from + afterMs);
    if (withinMs !== undefined) consider(from + afterMs + withinMs);
  }
}

function considerRungs(
  from: Moment,
  rungs: readonly { readonly afterMs: number }[],
  consider: Consider,
): void {
  for (const { afterMs } of rungs) consider(from + afterMs);
  const last = rungs.at(-1);
  if (last) consider(from + last.afterMs + EXHAUSTED_AFTER_MS);
}
