/** What a device profile tells beside values: who is there, and what could not be read. */

import { qualify } from '../../domain/ids.ts';
import { matchesPattern } from '../../domain/topic-pattern.ts';
import type { Availability, Branch, Sample, SampleIssue } from '../profiles/output.ts';
import type { Binding, Use } from '../profiles/uses.ts';
import { tellIssue, withOne } from './draft.ts';
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
  const { output, use, memory } = journey;
  for (const said of output.availability) {
    const { device, online, scope } = said;
    if (scope === 'bridge') {
      takeBridge(journey, said);
      continue;
    }
    // Devices that sleep say so by design: only their silence counts.
    if (!online && use.profile.document.liveness?.sleeps === true) continue;
    if (online && memory.bridgeOnline.get(bridgeKey(use, said)) === false) continue;
    for (const binding of bindingsOf(journey, device)) pushStatus(journey, binding, online);
  }
}

function takeBridge(journey: Journey, said: Availability): void {
  const { use, raw, memory } = journey;
  const { branch, online } = said;
  const hanging = hangingOn(use, branch);
  // Of many nodes only those are remembered that something of ours hangs on.
  if (branch && hanging.length === 0) return;
  const key = bridgeKey(use, said);
  if (online && !raw.retain && memory.bridgeOnline.get(key) === false) {
    memory.bridgeStartedAt.set(key, raw.receivedAt);
  }
  memory.bridgeOnline.set(key, online);
  // What hangs on it is unknown while it is gone, whatever it said of itself before.
  for (const binding of hanging) {
    const named = binding.source.device;
    // On a branch each device is born by itself: that its node is back says nothing of it.
    if (online && branch && named !== undefined && named !== branch.device) continue;
    pushStatus(journey, binding, online);
  }
}

function bridgeKey(use: Use, { branch }: Availability): string {
  return branch ? `${use.key}|${branch.device}` : use.key;
}

function hangingOn(use: Use, branch: Branch | undefined): readonly Binding[] {
  if (!branch) return [...use.byDevice.values(), ...use.byTopic.values()].flat();
  const isOn = (device: string): boolean =>
    device === branch.device || device.startsWith(`${branch.device}/`);
  const byDevice = [...use.byDevice].filter(([device]) => isOn(device));
  const byTopic = [...use.byTopic].filter(([topic]) => matchesPattern(branch.topics, topic));
  return [...byDevice, ...byTopic].flatMap(([, bindings]) => bindings);
}

function pushStatus({ draft, raw }: Journey, binding: Binding, online: boolean): void {
  const thing = binding.sensor ?? binding.door;
  if (!thing) return;
  const { repository, id } = thing;
  draft.statuses = withOne(draft.statuses, { repository, id, online, at: raw.receivedAt });
}
