import { describe, expect, it } from 'vitest';
import { alarmState, type Alarm } from '../../../domain/alarm.ts';
import { HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { raiseAlarm, step, type AlarmEvent } from '../../../alerts/alarm-machine.ts';

const NOW = 1_000_000_000;
const by = 'duty-a';

function raised(facts: Partial<Alarm> = {}): Alarm {
  return raiseAlarm(
    {
      id: 'sx.humidity-high-th-1-1',
      repository: 'sx',
      subject: { kind: 'sensor', id: 'th-1' },
      rule: 'humidity-high',
      priority: 'medium',
      safety: false,
      since: NOW,
      latching: false,
      citation: { standard: '本馆自定', verification: 'proposal' },
      title: { zh: '湿度过高', en: 'Too humid' },
      evidence: ['th-1'],
      simulated: false,
      ...facts,
    },
    NOW,
  ).alarm;
}

const EVENTS: Readonly<Record<string, AlarmEvent>> = {
  met: { kind: 'condition', verdict: 'met' },
  'not-met': { kind: 'condition', verdict: 'not-met' },
  'cannot-tell': { kind: 'condition', verdict: 'cannot-tell' },
  graver: { kind: 'severity', priority: 'critical' },
  acknowledge: { kind: 'acknowledge', by },
  shelve: { kind: 'shelve', by, until: NOW + HOUR_MS, reason: '维修', shelvable: true },
  unshelve: { kind: 'unshelve', by },
  reset: { kind: 'reset', by },
  comment: { kind: 'comment', by, text: '已联系维保' },
  time: { kind: 'time' },
};

function after(alarm: Alarm, ...names: readonly string[]): Alarm {
  return names.reduce((current, name) => {
    const event = EVENTS[name];
    if (!event) throw new Error(`no event ${name}`);
    return step(current, event, NOW).alarm;
  }, alarm);
}

const latching = () => raised({ latching: true, priority: 'high' });
describe('the life of an alarm', () => {
  it.for([
    ['a safety alarm', { safety: true }, {}, 'not-allowed'],
    ['one whose rule forbids it', {}, { shelvable: false }, 'not-allowed'],
    ['without a reason', {}, { reason: ' ' }, 'invalid'],
    ['until a moment that is over', {}, { until: NOW }, 'invalid'],
    ['for longer than eight hours', {}, { until: NOW + 8 * HOUR_MS + 1 }, 'invalid'],
  ] as const)('refuses to shelve %s', ([_, facts, more, code]) => {
    const event = { ...EVENTS['shelve'], ...more } as AlarmEvent;
    expect(step(raised(facts), event, NOW).result).toMatchObject({ ok: false, code });
  });

  it('refuses an empty comment, and a reset while nobody knows whether it is over', () => {
    const empty = { kind: 'comment', by, text: ' ' } as const;
    expect(step(raised(), empty, NOW).result).toMatchObject({ code: 'invalid' });
    const unknown = after(latching(), 'cannot-tell');
    expect(step(unknown, { kind: 'reset', by }, NOW).result).toMatchObject({ code: 'not-allowed' });
  });

  it('announces anew when a shelving runs out and the condition holds, acknowledged before or not', () => {
    const shelved = after(raised(), 'acknowledge', 'shelve');
    const decided = step(shelved, { kind: 'time' }, NOW + HOUR_MS);
    expect(alarmState(decided.alarm, NOW + HOUR_MS)).toBe('unacknowledged');
    expect(decided.effects).toEqual([{ kind: 'announce' }]);
    expect(decided.alarm.telling?.rungsTold).toBe(0);
  });

  it('closes quietly when it was acknowledged and returned on the shelf', () => {
    expect(after(raised(), 'acknowledge', 'shelve', 'not-met').closedAt).toBe(NOW);
  });

  it('does not announce what comes back on the shelf', () => {
    const back = step(after(raised(), 'shelve', 'not-met'), EVENTS['met'] ?? { kind: 'time' }, NOW);
    expect(back.effects).toEqual([]);
    expect(back.transitions.map((t) => t.kind)).toEqual(['re-raised']);
  });

  it('writes a journal line for each act of a person, none for what happens by itself', () => {
    const actions = Object.entries(EVENTS).map(([name, event]) => {
      const from =
        name === 'unshelve'
          ? after(raised(), 'shelve')
          : name === 'reset'
            ? after(latching(), 'not-met')
            : raised();
      const lines = step(from, event, NOW).effects.flatMap((e) =>
        e.kind === 'journal' ? [e.line.action] : [],
      );
      return [name, lines] as const;
    });
    expect(Object.fromEntries(actions)).toEqual({
      met: [],
      'not-met': [],
      'cannot-tell': [],
      graver: [],
      time: [],
      acknowledge: ['alarm.acknowledged'],
      shelve: ['alarm.shelved'],
      unshelve: ['alarm.unshelved'],
      reset: ['alarm.reset'],
      comment: ['alarm.commented'],
    });
  });

  it('a quiet tick gives the very same alarm', () => {
    const alarm = after(raised(), 'shelve');
    expect(step(alarm, { kind: 'time' }, NOW + MINUTE_MS).alarm).toBe(alarm);
    expect(step(raised(), { kind: 'severity', priority: 'low' }, NOW).transitions).toEqual([]);
  });
});
