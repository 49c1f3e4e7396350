/**
 * One detector is a fire alarm; two of one room, neither reset, are a confirmed fire (GB 50116-2013 4.1.6).
 *
 * Independent means two sensor ids: a device may be a gateway that carries many detectors, so it does not tell two
 * detectors apart, and demanding two devices could miss a fire. Detectors in test, disabled or out of service don't count.
 */

import type { Alarm } from '../../domain/alarm.ts';
import type { Draft } from '../draft.ts';
import { isFireLevel } from '../rules/watch-rules.ts';
import type { RepositoryUnit, SensorUnit } from '../state/units.ts';
import { begin, end, openOf } from './findings.ts';

/** A detector's alarm began, or began again. */
export function detectorBegan(draft: Draft, unit: SensorUnit): void {
  const rule = draft.world.confirmedFire;
  if (!rule || !unit.room || draft.muted) return;
  const signals = fireAlarmsIn(draft, unit.home, unit.room.room.id).filter((alarm) =>
    counts(draft, unit, alarm),
  );
  const detectors = [...new Set(signals.map((alarm) => alarm.subject.id))].sort();
  if (detectors.length < rule.detectors) return;
  begin(draft, {
    rule,
    home: unit.home,
    room: unit.room,
    subject: { kind: 'room', id: unit.room.room.id },
    // Confirmed since the last of them began; the first one's own alarm says when it all started.
    since: Math.max(...signals.map((alarm) => alarm.since)),
    evidence: detectors,
    simulated: signals.some((alarm) => alarm.simulated),
    words: { count: String(detectors.length) },
  });
}

/** A detector's alarm ended: the confirmed fire is over when no detector of the room signals any more. */
export function detectorEnded(draft: Draft, home: RepositoryUnit, room: string | undefined): void {
  const rule = draft.world.confirmedFire;
  if (!rule || room === undefined || draft.muted) return;
  const place = { home, subject: { kind: 'room', id: room } as const };
  if (!openOf(draft, rule, place)) return;
  if (fireAlarmsIn(draft, home, room).every(isOver)) {
    end(draft, rule, place);
  }
}

// A detector that is registered no more will never say that it is over; that must not keep the fire burning.
function isOver(alarm: Alarm): boolean {
  return alarm.verdict === 'not-met' || alarm.orphaned !== undefined;
}

function fireAlarmsIn(draft: Draft, home: RepositoryUnit, room: string): readonly Alarm[] {
  return [...draft.openAlarms()].filter(
    (alarm) =>
      alarm.repository === home.repository.id && alarm.room === room && isDetector(draft, alarm),
  );
}

function isDetector({ world }: Draft, alarm: Alarm): boolean {
  const rule = world.ruleById.get(alarm.rule);
  return rule !== undefined && (rule.kind === 'detector' || isFireLevel(rule));
}

// A signal that ended longer ago than the window confirms nothing; one that still holds has no age.
function counts(draft: Draft, unit: SensorUnit, alarm: Alarm): boolean {
  if (alarm.reset || alarm.outOfService) return false;
  const other = unit.home.sensors.get(alarm.subject.id);
  if (!other || draft.peek(other).outOfUse) return false;
  if (alarm.verdict !== 'not-met') return true;
  return draft.now - (alarm.returnedAt ?? alarm.raisedAt) <= draft.world.settings.fireWindowMs;
}
