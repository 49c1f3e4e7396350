import { describe, expect, it } from 'vitest';
import { foldFloods } from '../../../dashboard/src/logic/alarm-groups.ts';
import { isQuiet } from '../../../dashboard/src/logic/alarms.ts';
import { conditionOf } from '../../../dashboard/src/logic/rooms.ts';
import type { Alarm } from '../../../domain/alarm.ts';
import { alarm, NOW, reading, room } from './things.ts';

const gathered = (group: string, firstOut = false) => ({
  gathered: { flood: 'sx.flood', group, firstOut },
});
const flood = alarm('high', { id: 'sx.flood', rule: 'alarm-flood' });
const fold = (alarms: readonly Alarm[], floodNow: Alarm = flood) =>
  foldFloods(alarms, (id) => (id === floodNow.id ? floodNow : undefined)).map(
    ({ alarm: shown, rest }) => [shown.id, ...rest.map(({ id }) => id)].join(' '),
  );

describe('what a flood gathered', () => {
  const list = [
    alarm('high', { id: 'a', ...gathered('room:1') }),
    flood,
    alarm('high', { id: 'b', ...gathered('room:2', true) }),
    alarm('medium', { id: 'c', ...gathered('room:1', true) }),
    alarm('low', { id: 'd' }),
  ];

  it('is folded under the first-out of each group, in the order of the list', () => {
    expect(fold(list)).toEqual(['c a', 'sx.flood', 'b', 'd']);
  });

  it('is unfolded when the flood is over or closed', () => {
    const unfolded = list.map(({ id }) => id);
    expect(fold(list, { ...flood, verdict: 'not-met' })).toEqual(unfolded);
    expect(fold(list, { ...flood, closedAt: NOW })).toEqual(unfolded);
  });

  it('never folds a safety alarm or a critical one, whatever it says of itself', () => {
    const grave = [
      alarm('high', { id: 'leak', safety: true, ...gathered('room:1') }),
      alarm('critical', { id: 'store', ...gathered('room:1') }),
    ];
    expect(fold([...list, ...grave]).slice(-2)).toEqual(['leak', 'store']);
  });
});

describe('a room of which something is out of service', () => {
  const mark = { id: 's', by: 'm', at: NOW, reason: 'r', tag: 'P-1' };
  const out = alarm('critical', { outOfService: mark });

  it('is not shown by its quiet alarm, and never as fine', () => {
    const latest = [reading('temperature', 18)];
    expect(isQuiet(out, NOW)).toBe(true);
    expect(conditionOf(room({ latest, openAlarms: [] }), NOW)).toBe('normal');
    expect(conditionOf(room({ latest, openAlarms: [out], outOfService: 1 }), NOW)).toBe('unknown');
    const other = alarm('low', { id: 'x' });
    expect(conditionOf(room({ latest, openAlarms: [out, other], outOfService: 1 }), NOW)).toBe(
      'low',
    );
  });
});
