/** One value of one metric: its key in time, its quality, its marks; or nothing when it was there before. */

import { TEST, qualityOf } from '../../domain/quality/tests.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Moment } from '../../domain/time.ts';
import { RECEIVED_BUMP_MS_MAX, SAFETY_LIVE_WITHIN_MS_MAX } from './bounds.ts';
import { tellIssue } from './draft.ts';
import { MARK, flagsOf, patchContradicted } from './marks.ts';
import { rememberKey, type MetricState } from './state.ts';
import type { Passage } from './passage.ts';

/** `undefined`: a duplicate (counted) or a conflict (told). */
export function readingOf(
  passage: Passage,
  metric: MetricState,
  said: number,
): Reading | undefined {
  const { route, raw, deviceAt } = passage;
  const value = route.calibrations ? calibrated(passage, metric, said) : said;
  const at =
    deviceAt === undefined
      ? receivedKey(passage, metric, value)
      : deviceKey(passage, metric, value);
  if (at === undefined) return undefined;
  const historical =
    deviceAt !== undefined &&
    (passage.backfill === true || isHistorical(metric, at, raw.receivedAt));
  const tests = metric.series.judge(value, at, historical);
  const quality = qualityOf(tests);
  rememberKey(metric, at, value);
  if (at >= metric.newest) {
    metric.newest = at;
    metric.last = value;
  } else if (!historical) metric.last = value;
  if (deviceAt === undefined) metric.newestReceived = Math.max(metric.newestReceived, at);
  const marks =
    (historical ? MARK.historical : 0) |
    (route.simulated ? MARK.simulated : 0) |
    (deviceAt !== undefined ? 0 : passage.clockWrong ? MARK.clockWrong : MARK.received) |
    (tests * MARK.firstTest);
  if ((tests & TEST.contradiction) !== 0) patchContradicted(passage, metric, at);
  const { repository, room, id } = route;
  const { name } = metric;
  const { receivedAt } = raw;
  if (value !== said) {
    const flags = flagsOf(marks);
    const reading = { repository, room, sensor: id, metric: name, value, quality, at, receivedAt };
    return { ...reading, raw: said, ...(marks === 0 ? {} : { flags }) };
  }
  if (marks === 0) {
    return { repository, room, sensor: id, metric: name, value, quality, at, receivedAt };
  }
  const flags = flagsOf(marks);
  return { repository, room, sensor: id, metric: name, value, quality, at, receivedAt, flags };
}

/** By the newest calibration that holds at the reading's time; a correction makes no dust of binary fractions. */
function calibrated(passage: Passage, metric: MetricState, said: number): number {
  const at = passage.deviceAt ?? passage.raw.receivedAt;
  let offset = 0;
  for (const one of passage.route.calibrations ?? []) {
    if (one.metric === metric.name && one.validFrom <= at) offset = one.offset;
  }
  return offset === 0 ? said : Number((said + offset).toPrecision(12));
}

/** Late data takes its own time and is marked, so that it raises no edge for what is over. */
function isHistorical(metric: MetricState, at: Moment, receivedAt: Moment): boolean {
  if (at >= metric.newest) return false;
  return !(metric.definition.safety && Math.abs(receivedAt - at) <= SAFETY_LIVE_WITHIN_MS_MAX);
}

/** The device's own time is the key: the first value wins. */
function deviceKey(passage: Passage, metric: MetricState, value: number): Moment | undefined {
  const { draft } = passage;
  let at = passage.deviceAt ?? 0;
  if (passage.repeated) {
    draft.duplicates++;
    return undefined;
  }
  // Later than all before: no search is needed, and this is the way of nearly every reading.
  if (at > metric.newest) return at;
  const known = metric.keys.get(at);
  if (known === undefined) return at;
  if (known !== value) {
    tellConflict(passage, metric, { known, value });
    if (!metric.definition.safety) return undefined;
    // Two states of a detector within one tick of a coarse clock: both are kept, side by side.
    while (metric.keys.has(at) && metric.keys.get(at) !== value) at++;
    if (!metric.keys.has(at)) return at;
  }
  draft.duplicates++;
  return undefined;
}

function tellConflict(
  passage: Passage,
  metric: MetricState,
  values: { readonly known: number; readonly value: number },
): void {
  const { route, raw, draft } = passage;
  tellIssue(draft, route.source, {
    kind: 'value-conflict',
    repository: route.repository,
    id: route.id,
    metric: metric.name,
    at: raw.receivedAt,
    detail: `${values.value} for a moment that has ${values.known}`,
  });
}

/** The time of receipt is the key; readings of one millisecond are moved apart. */
function receivedKey(passage: Passage, metric: MetricState, value: number): Moment | undefined {
  const { draft, raw } = passage;
  // A repeat of a detector's old state may be a restarted device in a new fire: only an equal state is a repeat.
  if (passage.repeated && !(metric.definition.safety && metric.last !== value)) {
    draft.duplicates++;
    return undefined;
  }
  if (cameBefore(passage, metric, value)) {
    draft.duplicates++;
    return undefined;
  }
  const { receivedAt } = raw;
  const ahead = metric.newestReceived - receivedAt;
  let at = ahead >= 0 && ahead < RECEIVED_BUMP_MS_MAX ? metric.newestReceived + 1 : receivedAt;
  while (metric.keys.has(at)) at++;
  return at;
}

/**
 * A time that can't be used now, but could when it came first: our own clock jumped in between, and this is a
 * redelivery. Only usable times are kept, so a device's wrong clock can't look like it.
 */
function cameBefore({ saidAt }: Passage, metric: MetricState, value: number): boolean {
  return saidAt !== undefined && metric.keys.get(saidAt) === value;
}
