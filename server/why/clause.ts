/** Which clause an alarm rests on, as it was in force and known when it was raised. */

import { describeRule, type Rule } from '../../alerts/index.ts';
import type { AlarmWhy } from '../../domain/alarm-why.ts';
import type { Alarm } from '../../domain/alarm.ts';
import { qualify } from '../../domain/ids.ts';
import type { Limit } from '../../domain/limits.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Moment } from '../../domain/time.ts';
import type { Services } from '../services.ts';
import { setPointOf, sideOf } from './evidence.ts';

export interface ClauseQuestion {
  readonly alarm: Alarm;
  readonly rule: Rule | undefined;
  readonly registry: Registry;
  readonly limitsInForce: Services['limitsInForce'];
  readonly now: Moment;
}

/** The citation that was told, the limit then and now, and what to draw of it. */
export function clauseOf(q: ClauseQuestion): AlarmWhy['clause'] {
  const { alarm, rule, now } = q;
  const { citation, raisedAt } = alarm;
  const then = limitAt(q, raisedAt);
  const current = limitAt(q, now);
  const isOther = JSON.stringify(boundsOf(then)) !== JSON.stringify(boundsOf(current));
  const band = bandOf(q, then);
  return {
    citation,
    verified: citation.verification === 'primary' || citation.verification === 'copies',
    ...(rule ? { sentence: describeRule(rule, alarm.limit) } : {}),
    ...(then ? { limit: then } : {}),
    ...(current && isOther ? { limitNow: current } : {}),
    ...(band ? { band } : {}),
  };
}

/** The room's limit that the rule goes by; a rule with its own bound, or without any, goes by none. */
function limitAt({ alarm, rule, limitsInForce }: ClauseQuestion, at: Moment): Limit | undefined {
  if (alarm.room === undefined || alarm.metric === undefined || alarm.limit === undefined) return;
  if (rule?.kind === 'band' && rule.limit !== undefined) return undefined;
  const kind = rule?.kind === 'swing' ? 'swing' : 'range';
  return limitsInForce({ room: qualify(alarm.repository, alarm.room), at, knownAt: at }).find(
    (limit) => limit.metric === alarm.metric && limit.kind === kind,
  );
}

function boundsOf(limit: Limit | undefined) {
  return limit && [limit.min, limit.max, limit.swing];
}

/** Of a range the range; of a deviation the set-point with what is allowed around it; of a bound of the rule's own that. */
function bandOf({ alarm, rule, registry }: ClauseQuestion, limit: Limit | undefined) {
  if (limit?.kind === 'range') {
    const { min, max } = limit;
    return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  }
  if (alarm.limit === undefined) return undefined;
  if (rule?.kind === 'swing') {
    const setPoint = setPointOf(alarm, registry);
    if (rule.reading !== 'set-point' || setPoint === undefined) return undefined;
    return { min: setPoint - alarm.limit, max: setPoint + alarm.limit };
  }
  const side = sideOf(alarm, rule);
  if (side === undefined) return undefined;
  return side === 'above' ? { max: alarm.limit } : { min: alarm.limit };
}
