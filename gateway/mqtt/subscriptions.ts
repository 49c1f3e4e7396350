/** What is subscribed on which session: safety has its own, so that climate data can't fill its in-flight window. */

import { isSafetyMetric } from '../../domain/metrics.ts';
import type { Registry } from '../../domain/registry.ts';

export interface SubscriptionPlan {
  /** `lantai/<repository>/+/telemetry` and `…/+/status`. */
  readonly main: readonly string[];
  /** Telemetry topics of safety sensors by name, and `lantai/<repository>/+/access`. */
  readonly safety: readonly string[];
  /** Telemetry topics that the safety session takes, and the main session leaves to it. */
  readonly safetyTelemetry: ReadonlySet<string>;
}

/** The plan for the repositories, sensors and doors that are not retired. */
export function planSubscriptions(registry: Registry): SubscriptionPlan {
  const main: string[] = [];
  const safety: string[] = [];
  for (const repository of registry.repositories.keys()) {
    main.push(`lantai/${repository}/+/telemetry`, `lantai/${repository}/+/status`);
    safety.push(`lantai/${repository}/+/access`);
  }
  const safetyTelemetry = new Set<string>();
  for (const sensor of registry.sensors.values()) {
    if (sensor.retiredAt !== undefined || !sensor.metrics.some(isSafetyMetric)) continue;
    safetyTelemetry.add(`lantai/${sensor.repository}/${sensor.id}/telemetry`);
  }
  return { main, safety: [...safety, ...safetyTelemetry], safetyTelemetry };
}
