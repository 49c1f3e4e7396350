/** What was done about an alarm and those before it: told, acknowledged, closed, and what is still to be done. */

import { deadlineOf, planStartOf } from '../../alerts/index.ts';
import type { AlarmWhy, WhyEarlier, WhyStep } from '../../domain/alarm-why.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { Incident } from '../../domain/incident.ts';
import type { OutboxMessage } from '../../domain/outbox.ts';
import { deliveryView } from '../http/deliveries.ts';
import type { StateQueries } from '../services.ts';

const TOLD_MAX = 30;
const STEPS_MAX = 3;
export const EARLIER_MAX = 3;

/** Closed alarms of the same rule and subject, and what ended each. */
export function earlierOf(
  queries: Pick<StateQueries, 'alarmsLike' | 'alarmTransitions'>,
  alarm: Alarm,
): readonly WhyEarlier[] {
  return queries.alarmsLike(alarm, EARLIER_MAX).flatMap((one) => {
    if (one.closedAt === undefined) return [];
    const closing = queries.alarmTransitions(one.id).findLast(({ kind }) => kind === 'closed');
    return [
      {
        id: one.id,
        raisedAt: one.raisedAt,
        ...(one.returnedAt === undefined ? {} : { returnedAt: one.returnedAt }),
        closedAt: one.closedAt,
        closedBy: closing?.by ?? 'system',
        ...(one.acknowledged ? { acknowledgedBy: one.acknowledged.by } : {}),
        ...saidOf(one),
      },
    ];
  });
}

/** The last comment, or what was written with the acknowledgement. */
function saidOf({ comments, acknowledged }: Alarm): Pick<WhyEarlier, 'said'> {
  const comment = comments.at(-1);
  if (comment) return { said: { by: comment.by, text: comment.text } };
  if (acknowledged?.comment === undefined) return {};
  return { said: { by: acknowledged.by, text: acknowledged.comment } };
}

/** The running plan's next steps; what has an outcome or happens by itself is none. */
export function planOf(incident: Incident | undefined): Pick<AlarmWhy['todo'], 'incident'> {
  if (!incident) return {};
  const { plan } = incident;
  const done = new Set(incident.steps.filter((s) => s.outcome !== undefined).map((s) => s.id));
  const left = incident.closed
    ? []
    : plan.steps.filter((step) => !done.has(step.id) && step.automatic !== true);
  const steps = left.slice(0, STEPS_MAX).map((step): WhyStep => {
    const dueAt = deadlineOf(step, planStartOf(incident));
    const { id, text, role } = step;
    return { id, text, role, ...(dueAt === undefined ? {} : { dueAt }) };
  });
  const isOpen = !incident.closed;
  return {
    incident: { id: incident.id, plan: plan.name, isOpen, steps, stepsLeft: left.length },
  };
}

/** Who was told of the alarm and of its incident, whether it arrived, and who acknowledged. */
export function knownOf(
  queries: Pick<StateQueries, 'outboxOf'>,
  alarm: Alarm,
  incident: Incident | undefined,
): AlarmWhy['known'] {
  const messages = [
    ...queries.outboxOf({ alarm: alarm.id }),
    ...(incident ? queries.outboxOf({ incident: incident.id }) : []),
  ];
  // Of both kinds in one list a message that names alarm and incident would be there twice.
  const told = [...new Map(messages.map((m) => [m.key, m])).values()].sort(
    (a, b) => b.createdAt - a.createdAt,
  );
  // What goes to a topic, for sirens, tells nobody in person.
  const personal = told.filter((m) => m.person !== undefined);
  const exhaustedAt = alarm.telling?.exhaustedAt ?? incident?.exhaustedAt;
  return {
    told: told.slice(0, TOLD_MAX).map(deliveryView),
    toldLeftOut: Math.max(0, told.length - TOLD_MAX),
    delivered: personal.filter((m) => m.deliveredAt !== undefined).length,
    failed: personal.filter((m) => m.failedAt !== undefined).length,
    waiting: personal.filter(isWaiting).length,
    ...(exhaustedAt === undefined ? {} : { exhaustedAt }),
    ...acknowledgedOf(alarm, incident),
  };
}

function isWaiting(m: OutboxMessage): boolean {
  return m.deliveredAt === undefined && m.failedAt === undefined && m.supersededAt === undefined;
}

function acknowledgedOf(
  alarm: Alarm,
  incident: Incident | undefined,
): Pick<AlarmWhy['known'], 'acknowledged'> {
  if (alarm.acknowledged) return { acknowledged: { ...alarm.acknowledged, of: 'alarm' } };
  if (incident?.acknowledged) return { acknowledged: { ...incident.acknowledged, of: 'incident' } };
  return {};
}
