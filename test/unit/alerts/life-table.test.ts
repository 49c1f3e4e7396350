/** The machine against its table: every state × every event. */

import { describe, expect, it } from 'vitest';
import { ALARM_STATES, alarmState, STATE_LETTERS, type Alarm } from '../../../domain/alarm.ts';
import { say, SENTENCES } from '../../../domain/sentences.ts';
import { HOUR_MS, MINUTE_MS, type Moment } from '../../../domain/time.ts';
import { raiseAlarm, step, type AlarmEvent } from '../../../alerts/alarm-machine.ts';
import {
  LIFE_EVENTS,
  LIFE_STATES,
  lifeOutcome,
  stateOfRow,
  type LifeEvent,
  type LifeState,
} from '../../../alerts/life/table.ts';

const NOW = 1_000_000_000;
const by = 'duty-a';
const citation = { standard: '本馆自定', verification: 'proposal' } as const;
const mark = { id: 's1', by: 'manager', at: NOW, reason: '检修', tag: 'P-7' };
const because = {
  cause: 'sx.device-offline-gw-1',
  why: { zh: '网关离线', en: 'gateway' },
  citation,
};

/** Each event, and when it happens. */
const EVENTS: Readonly<Record<LifeEvent, readonly [event: AlarmEvent, at: Moment]>> = {
  'condition holds': [{ kind: 'condition', verdict: 'met' }, NOW + 1],
  'condition over': [{ kind: 'condition', verdict: 'not-met' }, NOW + 1],
  'cannot tell': [{ kind: 'condition', verdict: 'cannot-tell' }, NOW + 1],
  'severity rises': [{ kind: 'severity', priority: 'critical' }, NOW + 1],
  'severity falls': [{ kind: 'severity', priority: 'low' }, NOW + 1],
  acknowledge: [{ kind: 'acknowledge', by }, NOW + 1],
  shelve: [
    { kind: 'shelve', by, until: NOW + 2 * HOUR_MS, reason: '维修', shelvable: true },
    NOW + 1,
  ],
  'shelve without reason': [
    { kind: 'shelve', by, until: NOW + 2 * HOUR_MS, reason: ' ', shelvable: true },
    NOW + 1,
  ],
  unshelve: [{ kind: 'unshelve', by }, NOW + 1],
  'time passes': [{ kind: 'time' }, NOW + 1],
  'shelving runs out': [{ kind: 'time' }, NOW + HOUR_MS],
  suppress: [{ kind: 'suppress', because }, NOW + 1],
  'suppression ends': [{ kind: 'unsuppress', at: NOW + 1 }, NOW + 1],
  'suppression lingers': [{ kind: 'unsuppress', at: NOW + MINUTE_MS }, NOW + 1],
  'take out of service': [{ kind: 'take-out-of-service', mark }, NOW + 1],
  'return to service': [{ kind: 'return-to-service', by }, NOW + 1],
  assign: [{ kind: 'assign', by, to: 'duty-b' }, NOW + 1],
  'assign as it is': [{ kind: 'assign', by, to: undefined }, NOW + 1],
  'limit edited': [{ kind: 'edit', edit: { what: 'limit', from: 60, to: 55, by } }, NOW + 1],
  'rule retired': [{ kind: 'edit', edit: { what: 'rule-retired' } }, NOW + 1],
  reset: [{ kind: 'reset', by }, NOW + 1],
  comment: [{ kind: 'comment', by, text: '已联系维保' }, NOW + 1],
  'comment without text': [{ kind: 'comment', by, text: ' ' }, NOW + 1],
  close: [{ kind: 'close', by, reason: '规则已删除' }, NOW + 1],
};

const FACTS: Parameters<typeof raiseAlarm>[0] = {
  id: 'sx.humidity-high-th-1-1',
  repository: 'sx',
  subject: { kind: 'sensor', id: 'th-1' },
  rule: 'humidity-high',
  priority: 'medium',
  safety: false,
  since: NOW,
  latching: false,
  limit: 60,
  citation,
  title: { zh: '湿度过高', en: 'Too humid' },
  evidence: ['th-1'],
  simulated: false,
};
const SAFETY = { ...FACTS, safety: true, latching: true, priority: 'critical' } as const;

function raised(facts: Partial<Alarm> = {}): Alarm {
  return raiseAlarm({ ...FACTS, ...facts }, NOW).alarm;
}

function after(alarm: Alarm, ...events: readonly AlarmEvent[]): Alarm {
  return events.reduce((current, event) => step(current, event, NOW).alarm, alarm);
}

const over = { kind: 'condition', verdict: 'not-met' } as const;
const acknowledged = { kind: 'acknowledge', by } as const;
const shelved = {
  kind: 'shelve',
  by,
  until: NOW + HOUR_MS,
  reason: '维修',
  shelvable: true,
} as const;
const suppressed = { kind: 'suppress', because } as const;
const out = { kind: 'take-out-of-service', mark } as const;
const latching = () => raised({ latching: true, priority: 'high' });

const ROWS: Readonly<Record<LifeState, () => Alarm>> = {
  A: () => after(raised(), acknowledged, over),
  B: () => raised(),
  C: () => after(raised(), acknowledged),
  D: () => after(raised(), over),
  E: () => after(latching(), over),
  F: () => after(latching(), acknowledged, over),
  'G+': () => after(raised(), shelved),
  'G-': () => after(raised(), shelved, over),
  'H+': () => after(raised(), suppressed),
  'H-': () => after(raised(), suppressed, over),
  'I+': () => after(raised(), out),
  'I-': () => after(raised(), out, over),
};

const CASES = LIFE_STATES.flatMap((row) =>
  LIFE_EVENTS.map((event) => ({ row, event, outcome: lifeOutcome(row, event) })),
);

describe('the table of an alarm’s life', () => {
  it('has a cell for every event in every state of ISA-18.2, A to I', () => {
    expect(CASES).toHaveLength(LIFE_STATES.length * LIFE_EVENTS.length);
    expect(new Set(LIFE_STATES.map(stateOfRow))).toEqual(new Set(ALARM_STATES));
    expect(Object.values(STATE_LETTERS).sort()).toEqual([...'ABCDEFGHI']);
    // Every kind of event that the machine knows is in the table.
    const kinds: Readonly<Record<AlarmEvent['kind'], true>> = {
      condition: true,
      severity: true,
      acknowledge: true,
      shelve: true,
      unshelve: true,
      suppress: true,
      unsuppress: true,
      'take-out-of-service': true,
      'return-to-service': true,
      time: true,
      assign: true,
      edit: true,
      reset: true,
      comment: true,
      close: true,
    };
    const tried = new Set(Object.values(EVENTS).map(([event]) => event.kind));
    expect(tried).toEqual(new Set(Object.keys(kinds)));
  });

  it.each(CASES)('$row, $event: $outcome', ({ row, event, outcome }) => {
    const before = ROWS[row]();
    expect(alarmState(before, NOW)).toBe(stateOfRow(row));
    const [what, at] = EVENTS[event];
    const decided = step(before, what, at);
    if (outcome === 'already' || outcome === 'not-allowed' || outcome === 'invalid') {
      const name = decided.result.ok ? '' : decided.result.say.name;
      expect(SENTENCES).toHaveProperty([name]);
      expect(decided).toEqual({
        alarm: before,
        transitions: [],
        effects: [],
        result: { ok: false, code: outcome, ...say(name as 'alarm-closed') },
      });
      return;
    }
    expect(decided.result).toEqual({ ok: true, id: before.id });
    expect(alarmState(decided.alarm, at)).toBe(outcome);
    const ids = decided.transitions.map((transition) => transition.id);
    expect(ids).toEqual(ids.map((_, i) => `${before.id}/${before.revision + i + 1}`));
    expect(decided.alarm.revision).toBe(before.revision + ids.length);
  });

  it('announces what the quiet ends on, and nothing while it lasts', () => {
    for (const { row, event } of CASES) {
      if (row === 'A') continue;
      const [what, at] = EVENTS[event];
      const decided = step(ROWS[row](), what, at);
      const announces = decided.effects.some((effect) => effect.kind === 'announce');
      const isQuiet = ['shelved', 'suppressed', 'out-of-service'].includes(
        alarmState(decided.alarm, at),
      );
      if (announces) expect([row, event, isQuiet]).toEqual([row, event, false]);
      const ends = row.endsWith('+') && !isQuiet && decided.alarm.closedAt === undefined;
      if (ends) expect([row, event, announces]).toEqual([row, event, true]);
    }
  });
});

describe('a safety alarm', () => {
  it('is never shelved nor suppressed, whoever asks', () => {
    expect(step(raised(SAFETY), shelved, NOW).result).toMatchObject({
      ok: false,
      code: 'not-allowed',
    });
    expect(step(raised(SAFETY), suppressed, NOW).result).toMatchObject({
      ok: false,
      code: 'not-allowed',
    });
    const { alarm, effects } = raiseAlarm(SAFETY, NOW, { suppress: suppressed });
    expect(alarm.suppressed).toBeUndefined();
    expect(effects).toContainEqual({ kind: 'announce' });
  });

  it('that latched while it was out of service is announced when it returns', () => {
    const quiet = raiseAlarm(SAFETY, NOW, { take: out }).alarm;
    const overNow = after(quiet, over);
    expect(alarmState(overNow, NOW)).toBe('out-of-service');
    const back = step(overNow, { kind: 'return-to-service', by }, NOW + 1);
    expect(alarmState(back.alarm, NOW + 1)).toBe('latched-unacknowledged');
    expect(back.effects).toEqual([{ kind: 'announce' }]);
  });
});

describe('quiet upon quiet', () => {
  it('is out of service before shelved, shelved before suppressed; the last one to end announces', () => {
    const all = after(raised(), suppressed, shelved, out);
    expect(alarmState(all, NOW)).toBe('out-of-service');
    const inService = step(all, { kind: 'return-to-service', by }, NOW);
    expect(alarmState(inService.alarm, NOW)).toBe('shelved');
    const unshelved = step(inService.alarm, { kind: 'unshelve', by }, NOW);
    expect(alarmState(unshelved.alarm, NOW)).toBe('suppressed');
    expect([...inService.effects, ...unshelved.effects].map((e) => e.kind)).toEqual(['journal']);
    const ended = step(unshelved.alarm, { kind: 'unsuppress', at: NOW }, NOW);
    expect(alarmState(ended.alarm, NOW)).toBe('unacknowledged');
    expect(ended.effects).toEqual([{ kind: 'announce' }]);
  });

  it('from the beginning tells nobody, and is closed by itself when it is over', () => {
    const { alarm, transitions, effects } = raiseAlarm(FACTS, NOW, { suppress: suppressed });
    expect(transitions.map((t) => t.kind)).toEqual(['raised', 'suppressed']);
    expect(effects).toEqual([]);
    expect(step(alarm, over, NOW + 1).transitions.map((t) => t.kind)).toEqual([
      'returned',
      'closed',
    ]);
  });

  it('that lingers ends by time, unless its cause comes back', () => {
    const lingering = after(raised(), suppressed, { kind: 'unsuppress', at: NOW + MINUTE_MS });
    expect(step(lingering, { kind: 'time' }, NOW + MINUTE_MS - 1).alarm).toBe(lingering);
    const ended = step(lingering, { kind: 'time' }, NOW + MINUTE_MS);
    expect(alarmState(ended.alarm, NOW + MINUTE_MS)).toBe('unacknowledged');
    const again = after(lingering, suppressed);
    expect(step(again, { kind: 'time' }, NOW + MINUTE_MS).alarm).toBe(again);
  });
});

describe('what nothing judges any more', () => {
  it('says so, is not known, and is closed by a person with a reason', () => {
    const orphan = after(raised(), { kind: 'edit', edit: { what: 'rule-retired' } });
    expect(orphan).toMatchObject({ verdict: 'cannot-tell', orphaned: { what: 'rule-retired' } });
    expect(step(orphan, { kind: 'close', by, reason: ' ' }, NOW).result).toMatchObject({
      code: 'invalid',
    });
    const closed = step(orphan, { kind: 'close', by, reason: '规则已删除' }, NOW);
    expect(closed.alarm.closedAt).toBe(NOW);
    expect(closed.effects).toMatchObject([{ line: { action: 'alarm.closed', by } }]);
  });

  it('is an ordinary alarm again when it is judged again', () => {
    const orphan = after(raised(), { kind: 'edit', edit: { what: 'subject-retired' } });
    const judged = after(orphan, { kind: 'condition', verdict: 'met' });
    expect(judged.orphaned).toBeUndefined();
    expect(judged.verdict).toBe('met');
  });

  it('a limit that was changed is told with who, from and to', () => {
    const edit = { what: 'limit', from: 60, to: 55, by: 'manager', reason: '纸质库' } as const;
    const decided = step(raised(), { kind: 'edit', edit }, NOW);
    expect(decided.alarm.limit).toBe(55);
    expect(decided.transitions).toMatchObject([{ kind: 'edited', by: 'manager', edit }]);
    expect(step(decided.alarm, { kind: 'edit', edit }, NOW).transitions).toEqual([]);
  });
});
