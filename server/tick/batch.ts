/** From what waits to one batch: engine inputs, the spool row, rows to put. Pure but for the parts handed in. */

import { say } from '../../domain/sentences.ts';
import type { EngineInput, EngineStep } from '../../alerts/engine-types.ts';
import type { AccessEvent } from '../../domain/access.ts';
import type { Decoded, Delivery } from '../../domain/intake.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { QuarantineEntry } from '../../domain/quarantine.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Delete, Put } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import type { Item, Segment, Settlement } from './items.ts';

/** All segments taken apart by what the commit needs of them. */
export interface Gathered {
  readonly inputs: readonly EngineInput[];
  readonly readings: readonly Reading[];
  readonly accessEvents: readonly AccessEvent[];
  /** Messages without a time, by which a redelivery after a restart is recognised. */
  readonly deliveries: readonly Delivery[];
  readonly quarantine: readonly QuarantineEntry[];
  readonly settlements: readonly Settlement[];
  readonly puts: readonly Put[];
  readonly deletes: readonly Delete[];
  readonly journal: readonly JournalDraft[];
}

interface Gathering {
  readonly inputs: EngineInput[];
  readonly readings: Reading[];
  readonly accessEvents: AccessEvent[];
  readonly deliveries: Delivery[];
  readonly quarantine: QuarantineEntry[];
  readonly settlements: Settlement[];
  readonly puts: Put[];
  readonly deletes: Delete[];
  readonly journal: JournalDraft[];
}

/** Takes the segments apart, in order; each segment starts with its own moment. */
export function gather(segments: readonly Segment[]): Gathered {
  const into: Gathering = {
    inputs: [],
    readings: [],
    accessEvents: [],
    deliveries: [],
    quarantine: [],
    settlements: [],
    puts: [],
    deletes: [],
    journal: [],
  };
  for (const segment of segments) {
    // A single segment's moment is the step's own; a second one starts where it arrived.
    if (segments.length > 1) into.inputs.push({ kind: 'clock', at: segment.at });
    for (const item of segment.items) take(item, into);
  }
  return into;
}

function take(item: Item, into: Gathering): void {
  switch (item.kind) {
    case 'message':
      takeDecoded(item.decoded, into);
      return;
    case 'change':
      into.puts.push(...item.puts);
      into.deletes.push(...item.deletes);
      into.journal.push(...item.journal);
      return;
    case 'settled':
      into.settlements.push(item.settlement);
      return;
    case 'command':
      into.inputs.push({ kind: 'command', command: item.command });
      return;
    case 'system':
    case 'clock':
    case 'clock-shift':
      into.inputs.push(item);
      return;
  }
}

function takeDecoded(decoded: Decoded, into: Gathering): void {
  const { statuses, issues, readings, accessEvents, quarantine, deliveries } = decoded;
  if (statuses.length > 0) {
    for (const status of statuses) into.inputs.push({ kind: 'status', status });
  }
  if (issues.length > 0) {
    for (const issue of issues) into.inputs.push({ kind: 'issue', issue });
  }
  // Counted, and lists that are nearly always empty are not begun: an iterator for each was most of what this made.
  for (let i = 0; i < readings.length; i += 1) {
    const reading = readings[i];
    if (!reading) continue;
    into.inputs.push({ kind: 'reading', reading });
    into.readings.push(reading);
  }
  if (accessEvents.length > 0) takeEvents(accessEvents, into);
  if (quarantine.length > 0) into.quarantine.push(...quarantine);
  if (deliveries) into.deliveries.push(...deliveries);
}

function takeEvents(events: readonly AccessEvent[], into: Gathering): void {
  for (const event of events) {
    into.inputs.push({ kind: 'access', event });
    into.accessEvents.push(event);
  }
}

/** The rows of an engine's step: next states, and what happened, once. */
export function stepPuts(step: EngineStep): readonly Put[] {
  const puts: Put[] = [];
  for (const row of step.alarms) puts.push({ table: 'alarm', mode: 'upsert', row });
  for (const row of step.transitions) puts.push({ table: 'alarm_transition', mode: 'insert', row });
  for (const row of step.incidents) puts.push({ table: 'incident', mode: 'upsert', row });
  // The same key again is the same message: the engine may come to it twice (a retained state that changed back).
  for (const row of step.outbox) puts.push({ table: 'outbox', mode: 'upsert', row });
  for (const row of step.facts) puts.push({ table: 'fact', mode: 'upsert', row });
  return puts;
}

/** What the store refused for good: kept where people can see it, with the reason. */
export function rejectedEntries(
  settlement: Settlement,
  now: Moment,
  newId: () => string,
): readonly QuarantineEntry[] {
  return settlement.rejected.map(({ reading, why, begins = '' }) => {
    const text = reading ? JSON.stringify(reading) : begins;
    return {
      id: newId(),
      ...(reading ? { repository: reading.repository } : {}),
      topic: reading ? `lantai/${reading.repository}/${reading.sensor}/telemetry` : 'spool',
      at: now,
      code: 'store-rejected',
      ...say('store-rejected', { what: why }),
      payloadBase64: Buffer.from(text).toString('base64'),
      payloadBytes: Buffer.byteLength(text),
    };
  });
}

/** Whether anything in the step is for people who must know of fire, water or intrusion. */
export function hasSafetyNews(step: EngineStep): boolean {
  return step.alarms.some((alarm) => alarm.safety);
}
