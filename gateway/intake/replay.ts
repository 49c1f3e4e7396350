/** Fills the intake's memory from the spool after a restart, and takes back what was never committed. */

import type { AccessEvent } from '../../domain/access.ts';
import { qualify } from '../../domain/ids.ts';
import type { Decoded } from '../../domain/intake.ts';
import type { Reading } from '../../domain/reading.ts';
import type { SpoolContent } from '../../domain/spool.ts';
import { hashOfEvent } from './access.ts';
import { forgetDelivery, takeDelivery } from './repeats.ts';
import type { Sources } from './route-types.ts';
import {
  beginGeneration,
  metricOf,
  rememberEvent,
  rememberKey,
  rememberSequence,
  type SourceState,
} from './state.ts';

/** Rows that a snapshot covers change nothing. */
export function replayInto(sources: Sources, content: SpoolContent): void {
  for (const reading of content.readings) replayReading(sources, reading);
  for (const event of content.accessEvents) replayEvent(sources, event);
  for (const delivery of content.deliveries ?? []) {
    const source = sources(delivery.source);
    takeDelivery(source, delivery);
    forgetCount(source);
  }
}

/**
 * What came after the last snapshot has no number in the spool, but a door's: a gap told from the number before it would
 * call messages lost that were taken.
 */
function forgetCount(source: SourceState): void {
  if (source.metrics.size > 0) delete source.lastSequence;
}

function replayReading(sources: Sources, reading: Reading): void {
  const source = sources(qualify(reading.repository, reading.sensor));
  const metric = metricOf(source, reading.metric);
  const { at, value, flags } = reading;
  if (metric.keys.has(at)) return;
  const historical = flags?.includes('historical') === true;
  rememberKey(metric, at, value);
  metric.series.judge(value, at, historical);
  source.changed = true;
  forgetCount(source);
  replayClock(source, flags);
  if (at >= metric.newest) {
    metric.newest = at;
    metric.last = value;
  } else if (!historical) metric.last = value;
  if (flags?.includes('time_received') || flags?.includes('clock_wrong')) {
    metric.newestReceived = Math.max(metric.newestReceived, at);
  }
}

/** Else a clock that went wrong just before a crash would never be told to be right again, and its alarm would stay. */
function replayClock(source: SourceState, flags: Reading['flags']): void {
  // Which way it was wrong is not in the row; another way is told anew, which changes no alarm.
  if (flags?.includes('clock_wrong')) source.clock = 'ahead';
  else if (!flags?.includes('time_received')) source.clock = 'right';
}

/** `<sequence or time>[.n]`: n is the generation of a sequence, or the place within a moment. */
function replayEvent(sources: Sources, event: AccessEvent): void {
  const source = sources(qualify(event.repository, event.door));
  const own = event.id.slice(source.id.length + 1).split('.');
  const n = Number(own[1] ?? 0);
  const { sequence } = event;
  const hash = hashOfEvent(event);
  source.changed = true;
  if (event.clockWrong) source.clock = 'ahead';
  if (sequence !== undefined) {
    source.lastSequence = Math.max(source.lastSequence ?? 0, sequence);
    if (n < source.generation) return;
    if (n > source.generation) beginGeneration(source, n);
    rememberSequence(source, sequence, { hash, receivedAt: event.at });
    return;
  }
  const at = Number(own[0]);
  // A place whose event is not in this row belongs to an event that a snapshot covers.
  while ((source.events.get(at)?.length ?? 0) < n) rememberEvent(source, at, -1);
  const hashes = source.events.get(at);
  if (hashes && hashes.length > n) hashes[n] = hash;
  else rememberEvent(source, at, hash);
}

/** Undoes what `decode` remembered of this message, as far as repeats are concerned; quality has an undo of its own. */
export function forgetDecoded(sources: ReadonlyMap<string, SourceState>, decoded: Decoded): void {
  for (const reading of decoded.readings) {
    const source = sources.get(qualify(reading.repository, reading.sensor));
    source?.metrics.get(reading.metric)?.keys.delete(reading.at);
    if (source) source.changed = true;
  }
  for (const event of decoded.accessEvents) {
    const source = sources.get(qualify(event.repository, event.door));
    if (!source) continue;
    source.changed = true;
    if (event.sequence === undefined) source.events.delete(event.at);
    else source.sequences.delete(event.sequence);
  }
  for (const delivery of decoded.deliveries ?? []) {
    const source = sources.get(delivery.source);
    if (source) forgetDelivery(source, delivery);
  }
  for (const { kind, repository, id } of decoded.issues) {
    const source = sources.get(qualify(repository, id));
    // What was told was not heard: whatever the clock is next time, it is told.
    if (source && (kind === 'clock-wrong' || kind === 'clock-right')) source.clock = 'absent';
  }
}
