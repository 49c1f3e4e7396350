/** What a device profile tells beside values: who is there, and what could not be read. */

import { qualify } from '../../domain/ids.ts';
import type { Sample, SampleIssue } from '../profiles/output.ts';
import type { Binding } from '../profiles/uses.ts';
import { tellIssue } from './draft.ts';
import { bindingsOf, type Journey } from './profiled-journey.ts';

export function takeIssue(journey: Journey, issue: SampleIssue): void {
  const { raw, draft } = journey;
  for (const { sensor, door } of bindingsOf(journey, issue.device)) {
    const thing = sensor ?? door;
    if (!thing) continue;
    const { repository, id } = thing;
    const source = journey.sources(qualify(repository, id));
    const detail = issue.detail === undefined ? {} : { detail: issue.detail };
    const { kind, field } = issue;
    tellIssue(draft, source, {
      kind,
      repository,
      id,
      metric: field,
      at: raw.receivedAt,
      ...detail,
    });
  }
}

/** Metrics of a bound device that its sensor does not declare: offered for adoption. */
export function offerOthers(journey: Journey, device: string, samples: readonly Sample[]): void {
  const sensor = bindingsOf(journey, device).find((binding) => binding.sensor)?.sensor;
  if (!sensor) return;
  const { repository, id } = sensor;
  const source = journey.sources(qualify(repository, id));
  for (const { metric } of samples) {
    const detail = metric.startsWith('x.')
      ? `${metric.slice(2)} is not a metric that Lantai knows`
      : `${metric} is not declared for this sensor`;
    const at = journey.raw.receivedAt;
    tellIssue(journey.draft, source, {
      kind: 'undeclared-metric',
      repository,
      id,
      metric,
      at,
      detail,
    });
  }
}

export function takeAvailability(journey: Journey): void {
  const { output, use, raw, memory } = journey;
  for (const { device, online, scope } of output.availability) {
    if (scope === 'bridge') {
      if (online && !raw.retain && memory.bridgeOnline.get(use.key) === false) {
        memory.bridgeStartedAt.set(use.key, raw.receivedAt);
      }
      memory.bridgeOnline.set(use.key, online);
      // What hangs on it is unknown while it is gone, whatever it said of itself before.
      for (const bindings of [...use.byDevice.values(), ...use.byTopic.values()]) {
        for (const binding of bindings) pushStatus(journey, binding, online);
      }
      continue;
    }
    // Devices that sleep say so by design: only their silence counts.
    if (!online && use.profile.document.liveness?.sleeps === true) continue;
    if (online && memory.bridgeOnline.get(use.key) === false) continue;
    for (const binding of bindingsOf(journey, device)) pushStatus(journey, binding, online);
  }
}

function pushStatus({ draft, raw }: Journey, binding: Binding, online: boolean): void {
  const thing = binding.sensor ?? binding.door;
  if (!thing) return;
  const { repository, id } = thing;
  draft.statuses.push({ repository, id, online, at: raw.receivedAt });
}
