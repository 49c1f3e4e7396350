/** Time passed: looks at the units that are due, and at every open alarm. */

import { SECOND_MS, type Moment } from '../../domain/time.ts';
import type { Draft } from '../draft.ts';
import { dueOf } from '../judge/delay.ts';
import { isQuietOver } from '../life/quiet.ts';
import { climateDue, elapseClimate } from '../preservation/handle.ts';
import type { Unit } from '../state/units.ts';
import { doorDue, elapseDoor } from './access.ts';
import { tellAlarm } from './findings.ts';
import { onChanges } from './changes.ts';
import { elapseLink, elapseSilence, linkDue, silenceDue } from './links.ts';
import { elapseWatch, watchDue, watchMatters } from '../watch/run.ts';
import { onServiceReviews } from './service-review.ts';
import { elapseSeries } from './readings.ts';
import { elapseTrust } from './trust.ts';

/** A unit that stays due (no evidence to decide by) is looked at again after this. */
const LOOK_AGAIN_MS = 30 * SECOND_MS;

export function onClock(draft: Draft, due: readonly Unit[]): void {
  draft.clocked = true;
  // The order of a heap with equal keys is chance; people and tests see alarms in the order of their ids.
  const units = [
    ...new Set([...due, ...draft.touched.filter((u) => nextDue(draft, u) <= draft.now)]),
  ];
  for (const unit of units.sort((a, b) => (a.key < b.key ? -1 : 1))) elapseUnit(draft, unit);
  elapseTrust(draft);
  for (const alarm of draft.openAlarms()) {
    if (isQuietOver(alarm, draft.now)) tellAlarm(draft, alarm, { kind: 'time' });
  }
  if (draft.seekChanges) onChanges(draft);
  onServiceReviews(draft);
}

/** When time alone changes something about this unit; `Infinity`: never. */
export function nextDue(draft: Pick<Draft, 'peek' | 'watchedFrom'>, unit: Unit): Moment {
  switch (unit.kind) {
    case 'sensor': {
      const state = draft.peek(unit);
      let due = silenceDue(draft, unit);
      for (const series of unit.series) {
        const own = state.series[series.index];
        for (let i = 0; i < series.rules.length; i += 1) {
          const rule = series.rules[i];
          const tracker = own?.trackers[i];
          if (!rule || !tracker || (rule.needsFresh && state.silent)) continue;
          due = Math.min(due, dueOf(tracker, rule.delays));
        }
      }
      return due;
    }
    case 'door': {
      const state = draft.peek(unit);
      const link = unit.offline ? linkDue(unit.offline, state) : Infinity;
      return Math.min(link, ...unit.rules.map((rule) => doorDue(rule, state.trackers[rule.id])));
    }
    case 'device':
      return unit.offline ? linkDue(unit.offline, draft.peek(unit)) : Infinity;
    case 'watch':
      return watchDue(unit, draft.peek(unit));
    case 'climate':
      return climateDue(draft, unit);
  }
}

/** The same for a clock that ticks only where it must; nothing is received up to `until`. */
export function nextMatter(
  view: Pick<Draft, 'peek' | 'watchedFrom' | 'world'>,
  unit: Unit,
  until: Moment,
): Moment {
  const due = nextDue(view, unit);
  // What is received before a look may make it one that matters.
  return unit.kind === 'watch' && due <= until ? watchMatters(view, unit, due) : due;
}

/** The same, but never in the past: a unit must not be looked at on each tick for nothing. */
export function lookAgainAt(
  draft: Pick<Draft, 'peek' | 'watchedFrom'>,
  unit: Unit,
  now: Moment,
): Moment {
  const due = nextDue(draft, unit);
  return due <= now ? now + LOOK_AGAIN_MS : due;
}

function elapseUnit(draft: Draft, unit: Unit): void {
  if (unit.kind === 'watch') {
    elapseWatch(draft, unit, draft.now);
    return;
  }
  if (unit.kind === 'climate') {
    elapseClimate(draft, unit, draft.now);
    return;
  }
  if (unit.kind === 'device') {
    elapseLink(draft, unit, draft.now);
    return;
  }
  if (unit.kind === 'door') {
    elapseLink(draft, unit, draft.now);
    elapseDoor(draft, unit, draft.now);
    return;
  }
  elapseSilence(draft, unit, draft.now);
  const peeked = draft.peek(unit);
  for (const series of unit.series) {
    if (peeked.series[series.index]?.nothingRuns !== false) continue;
    const state = draft.state(unit);
    const own = draft.series(state, series.index);
    if (own) elapseSeries(draft, { unit, state, series, own }, draft.now);
  }
}
