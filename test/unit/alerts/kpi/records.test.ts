import { describe, expect, it } from 'vitest';
import { raiseAlarm, step, type AlarmEvent } from '../../../../alerts/alarm-machine.ts';
import { endOf, raisedIn, recordsOf, sourceOf } from '../../../../alerts/kpi/records.ts';
import type { Alarm, AlarmTransition } from '../../../../domain/alarm.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';

const by = 'duty-a';
const met: AlarmEvent = { kind: 'condition', verdict: 'met' };
const over: AlarmEvent = { kind: 'condition', verdict: 'not-met' };
const acknowledge: AlarmEvent = { kind: 'acknowledge', by };
const unshelve: AlarmEvent = { kind: 'unshelve', by };
const graver: AlarmEvent = { kind: 'severity', priority: 'critical' };
const comment: AlarmEvent = { kind: 'comment', by, text: '已联系维保' };
const shelve: AlarmEvent = {
  kind: 'shelve',
  by,
  until: 8 * HOUR_MS,
  reason: '维修',
  shelvable: true,
};

/** The life of an alarm by the alarm machine itself: one event a minute, the first at minute 1. */
function live(...events: readonly AlarmEvent[]) {
  const first = raiseAlarm(
    {
      id: 'sx.humidity-high-th-1-1',
      repository: 'sx',
      subject: { kind: 'sensor', id: 'th-1' },
      rule: 'humidity-high',
      priority: 'medium',
      safety: false,
      since: 0,
      latching: false,
      citation: { standard: '本馆自定', verification: 'proposal' },
      title: { zh: '湿度过高', en: 'Too humid' },
      evidence: ['th-1'],
      simulated: false,
    },
    0,
  );
  let alarm: Alarm = first.alarm;
  const transitions: AlarmTransition[] = [...first.transitions];
  events.forEach((event, i) => {
    const next = step(alarm, event, (i + 1) * MINUTE_MS);
    alarm = next.alarm;
    transitions.push(...next.transitions);
  });
  return recordsOf(alarm, transitions);
}

const minute = (n: number) => n * MINUTE_MS;
const base = { rule: 'humidity-high', subject: 'sensor:th-1', priority: 'medium' } as const;

describe('annunciations of an alarm', () => {
  it('is one that was acknowledged, commented and returned', () => {
    expect(live(acknowledge, comment, over)).toEqual([
      {
        ...base,
        raisedAt: 0,
        acknowledgedAt: minute(1),
        returnedAt: minute(3),
        silencedAt: minute(3),
      },
    ]);
  });

  it('is one that nobody has seen and that goes on', () => {
    const records = live();
    expect(records).toEqual([{ ...base, raisedAt: 0 }]);
    expect(records.map(endOf)).toEqual([undefined]);
  });

  it('are two when the condition came back', () => {
    expect(live(over, met)).toEqual([
      { ...base, raisedAt: 0, returnedAt: minute(1) },
      { ...base, raisedAt: minute(2) },
    ]);
  });

  it('are two when it grew graver, the second with the graver priority', () => {
    expect(live(acknowledge, graver)).toMatchObject([
      { raisedAt: 0, acknowledgedAt: minute(1), silencedAt: minute(2) },
      { raisedAt: minute(2), priority: 'critical' },
    ]);
  });

  it('ends by shelving, is not made on the shelf, and is made anew by what holds after it', () => {
    const records = live(shelve, over, met, over, met, unshelve);
    expect(records).toEqual([
      { ...base, raisedAt: 0, silencedAt: minute(1), returnedAt: minute(2) },
      { ...base, raisedAt: minute(6) },
    ]);
    expect(records.map(endOf)).toEqual([minute(1), undefined]);
  });

  it('is one when nothing holds after the shelf', () => {
    expect(live(shelve, over, unshelve)).toHaveLength(1);
  });

  it('is none while it is suppressed or out of service from the beginning, and one when that ends', () => {
    const kinds = ['raised', 'suppressed', 'taken-out-of-service'] as const;
    const quiet = kinds.map((kind) => ({ kind, at: 0 }));
    const alarm = { rule: 'r', subject: { kind: 'sensor', id: 's' }, priority: 'low' } as const;
    expect(recordsOf(alarm, quiet)).toEqual([]);
    const released = { kind: 'unsuppressed', at: 5 } as const;
    expect(recordsOf(alarm, [...quiet, released])).toEqual([]);
    const inService = { kind: 'returned-to-service', at: 9 } as const;
    expect(recordsOf(alarm, [...quiet, released, inService])).toMatchObject([{ raisedAt: 9 }]);
  });

  it('has a source, and belongs to the span that it was raised in', () => {
    const records = live(over, met);
    expect(records.map(sourceOf)).toEqual(Array<string>(2).fill('humidity-high/sensor:th-1'));
    expect(raisedIn(records, [{ from: 0, until: minute(2) }])).toHaveLength(1);
    expect(raisedIn(records, [{ from: minute(2), until: minute(3) }])).toHaveLength(1);
    expect(raisedIn(records, [])).toEqual([]);
  });
});
