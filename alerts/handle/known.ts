/** Whether anything is known of a sensor, and how alarms name it. */

import type { Subject } from '../../domain/alarm.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Draft } from '../draft.ts';
import type { Rule } from '../rules/rule-types.ts';
import type { SensorUnit } from '../state/units.ts';
import { openOf, tellAlarm } from './findings.ts';

/** What is judged of a sensor is not known any more; alarms stay open, and say so. */
export function notKnown(draft: Draft, unit: SensorUnit): void {
  if (draft.muted) return;
  for (const { rule, by } of judgedOf(unit)) {
    const alarm = openOf(draft, rule, { home: unit.home, subject: subjectOf(by) });
    if (alarm) tellAlarm(draft, alarm, { kind: 'condition', verdict: 'cannot-tell' });
  }
}

/** It is known again: what holds still, holds. */
export function knownAgain(draft: Draft, unit: SensorUnit): void {
  if (draft.muted) return;
  for (const { rule, by } of judgedOf(unit)) {
    const alarm = openOf(draft, rule, { home: unit.home, subject: subjectOf(by) });
    if (alarm?.verdict !== 'cannot-tell') continue;
    tellAlarm(draft, alarm, { kind: 'condition', verdict: 'met' });
  }
}

/** What the sensor's values are judged by, and on which sensor the alarms are. */
function judgedOf(unit: SensorUnit): readonly { readonly rule: Rule; readonly by: SensorUnit }[] {
  return unit.series.flatMap((series) => [
    ...series.rules.map(({ rule }) => ({ rule, by: unit })),
    ...series.climates.flatMap(({ rules, humidity }) =>
      rules.map(({ rule }) => ({ rule, by: humidity.unit })),
    ),
  ]);
}

export function subjectOf(unit: SensorUnit): Subject {
  return { kind: 'sensor', id: unit.sensor.id };
}

export function nameOf(unit: SensorUnit): string | LocalizedText {
  return unit.sensor.name ?? unit.sensor.id;
}
