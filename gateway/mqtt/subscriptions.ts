/** What is subscribed on which session: safety has its own, so that climate data can't fill its in-flight window. */

import { isUrgentMetric } from '../../domain/metrics.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Handler } from '../profiles/compile.ts';
import { usesOf, type Binding, type Use } from '../profiles/uses.ts';
import { FilterSet, widest } from './topic-set.ts';

export interface SubscriptionPlan {
  /** `lantai/<repository>/+/telemetry` and `…/+/status`, and what profiles in use read. */
  readonly main: readonly string[];
  /** Telemetry topics of safety sensors, and `lantai/<repository>/+/access`. */
  readonly safety: readonly string[];
  /** Telemetry topics that the safety session takes, and the main session leaves to it. */
  readonly safetyTelemetry: FilterSet;
}

/** The plan for the repositories, sensors and doors that are not retired. */
export function planSubscriptions(registry: Registry): SubscriptionPlan {
  const main = new Set<string>();
  const safety: string[] = [];
  for (const repository of registry.repositories.keys()) {
    main.add(`lantai/${repository}/+/telemetry`).add(`lantai/${repository}/+/status`);
    safety.push(`lantai/${repository}/+/access`);
  }
  const telemetry = new Set<string>();
  for (const sensor of registry.sensors.values()) {
    if (sensor.retiredAt !== undefined || !sensor.metrics.some(isUrgentMetric)) continue;
    telemetry.add(`lantai/${sensor.repository}/${sensor.id}/telemetry`);
  }
  for (const use of usesOf(registry).all) {
    // A profile that nobody named is read only where something is bound to it.
    const bindings = [...use.byDevice, ...use.byTopic].flatMap(([, list]) => list);
    if (use.named) for (const filter of use.profile.filters) main.add(filter);
    for (const binding of bindings) {
      const into = isSafety(binding) ? telemetry : main;
      for (const filter of filtersOf(use, binding)) into.add(filter);
    }
    if (bindings.length > 0) for (const filter of presenceOf(use)) main.add(filter);
  }
  const all = widest(telemetry);
  const safetyTelemetry = new FilterSet(all);
  return { main: widest(main), safety: [...safety, ...all], safetyTelemetry };
}

function isSafety({ sensor }: Binding): boolean {
  // Doors count as safety whole: what they say may be an intrusion.
  return sensor === undefined || sensor.metrics.some(isUrgentMetric);
}

/** The topics a bound device may speak on: with its name filled in where the topic tells it. */
function filtersOf(use: Use, { source }: Binding): readonly string[] {
  const filters = new Set<string>();
  if (source.topic !== undefined) filters.add(source.topic);
  const { device } = source;
  for (const handler of use.profile.handlers) {
    if (handler.kind === 'data' && saysNothingOfValues(handler)) continue;
    for (const topic of handler.topics) {
      const named = handler.kind === 'data' && device !== undefined;
      const filled = named ? topic.filled(handler.entry.device, device) : undefined;
      // Where only the payload tells the device, all of the topic is for it, unless a topic was given.
      if (filled !== undefined) filters.add(filled);
      else if (source.topic === undefined && !topic.isAnything) filters.add(topic.filter);
    }
  }
  return [...filters];
}

function saysNothingOfValues(handler: Handler): boolean {
  if (handler.deviceList) return true;
  return handler.availability !== undefined && handler.readings.length === 0;
}

/** Who is there: no values, so never on the safety session. */
function presenceOf(use: Use): readonly string[] {
  return use.profile.handlers.flatMap((handler) =>
    handler.kind === 'data' && (handler.availability ?? handler.deviceList) !== undefined
      ? handler.topics.filter((topic) => !topic.isAnything).map((topic) => topic.filter)
      : [],
  );
}
