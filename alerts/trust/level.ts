/** What speaks against a sensor, and how far it is to be trusted. */

import type { Calibration } from '../../domain/devices.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { DAY_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import type { SensorTrust, TrustReason } from '../../domain/trust.ts';
import type { TrustRule } from '../rules/rule-types.ts';
import { driftOf, type Beside } from './sample.ts';

/** What is known of a sensor. */
export interface TrustEvidence {
  readonly bad: boolean;
  readonly doubtful: boolean;
  /** Of each metric that is compared. */
  readonly beside: readonly { readonly metric: MetricName; readonly beside: Beside }[];
  /** All of this sensor, oldest first. */
  readonly calibrations: readonly Calibration[];
}

interface Found {
  readonly reason: TrustReason;
  readonly grave: boolean;
}

/** Grave reasons make it untrusted, others doubtful. */
export function trustOf(evidence: TrustEvidence, rule: TrustRule, now: Moment): SensorTrust {
  const found = [
    ...(evidence.bad ? [{ reason: { kind: 'bad-data' as const }, grave: true }] : []),
    ...(evidence.doubtful ? [{ reason: { kind: 'suspect-data' as const }, grave: false }] : []),
    ...evidence.beside.flatMap(({ metric, beside }) => besideFound(metric, beside, { rule, now })),
    ...overdue(evidence.calibrations, rule, now),
  ];
  const isGrave = found.some(({ grave }) => grave);
  return {
    level: isGrave ? 'untrusted' : found.length > 0 ? 'doubtful' : 'trusted',
    reasons: found.map(({ reason }) => reason),
  };
}

function besideFound(
  metric: MetricName,
  beside: Beside,
  { rule, now }: { readonly rule: TrustRule; readonly now: Moment },
): readonly Found[] {
  const bounds = rule.bounds[metric];
  if (!bounds) return [];
  const found: Found[] = [];
  const { beyondFrom, apart } = beside;
  if (beyondFrom !== 0 && now - beyondFrom >= rule.differSeconds * SECOND_MS) {
    const limit = bounds.differMax;
    const reason = { kind: 'neighbours', metric, value: rounded(apart), limit, since: beyondFrom };
    found.push({ reason: reason as TrustReason, grave: true });
  }
  const drift = driftOf(beside, rule.driftHours);
  if (drift !== undefined && Math.abs(drift) > bounds.driftDoubtful) {
    const grave = Math.abs(drift) > bounds.driftMax;
    const limit = grave ? bounds.driftMax : bounds.driftDoubtful;
    found.push({ reason: { kind: 'drift', metric, value: rounded(drift), limit }, grave });
  }
  return found;
}

/** The newest calibration of each metric says when the next one is due. */
function overdue(
  calibrations: readonly Calibration[],
  rule: TrustRule,
  now: Moment,
): readonly Found[] {
  const newest = new Map(calibrations.map((one) => [one.metric, one]));
  return [...newest.values()].flatMap(({ metric, dueAt }) => {
    if (dueAt === undefined || dueAt > now) return [];
    const grave = now - dueAt > rule.overdueDaysMax * DAY_MS;
    return [{ reason: { kind: 'calibration-overdue' as const, metric, since: dueAt }, grave }];
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
