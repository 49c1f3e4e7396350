/** Whether anything is known of a sensor, and how alarms name it. */

import type { Subject } from '../../domain/alarm.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Draft } from '../draft.ts';
import type { SensorUnit } from '../state/units.ts';
import { openOf, tellAlarm } from './findings.ts';

/** What is judged of a sensor is not known any more; alarms stay open, and say so. */
export function notKnown(draft: Draft, unit: SensorUnit): void {
  if (draft.muted) return;
  for (const { rule } of unit.series.flatMap((series) => series.rules)) {
    const alarm = openOf(draft, rule, { home: unit.home, subject: subjectOf(unit) });
    if (alarm) tellAlarm(draft, alarm, { kind: 'condition', verdict: 'cannot-tell' });
  }
}

/** It is known again: what holds still, holds. */
export function knownAgain(draft: Draft, unit: SensorUnit): void {
  if (draft.muted) return;
  for (const { rule } of unit.series.flatMap((series) => series.rules)) {
    const alarm = openOf(draft, rule, { home: unit.home, subject: subjectOf(unit) });
    if (alarm?.verdict !== 'cannot-tell') continue;
    tellAlarm(draft, alarm, { kind: 'condition', verdict: 'met' });
  }
}

export function subjectOf(unit: SensorUnit): Subject {
  return { kind: 'sensor', id: unit.sensor.id };
}

export function nameOf(unit: SensorUnit): string | LocalizedText {
  return unit.sensor.name ?? unit.sensor.id;
}
