import { describe, expect, it } from 'vitest';
import type { RawMessage } from '../../../../domain/intake.ts';
import { UNKNOWN_DEVICES_MAX } from '../../../../domain/devices.ts';
import { createUnknownDevices } from '../../../../gateway/profiles/unknown-devices.ts';

const AT = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;
const raw = (device: string, q: { at?: number; retain?: boolean } = {}): RawMessage => ({
  topic: `z/${device}`,
  payload: Buffer.from(`{"temperature":20,"of":"${device}"}`),
  retain: q.retain ?? false,
  receivedAt: q.at ?? AT,
});
const said = (device: string) => ({
  profile: 'p',
  device,
  samples: [{ device, metric: 'temperature', value: 20, channel: 'a', deviceTime: undefined }],
  events: [{ device, event: 'granted' as const, door: '1', deviceTime: undefined }],
});
const ALL = { now: AT, everyMs: 5 * MINUTE, charsMax: 1e9 };

describe('what is written down of unknown devices', () => {
  it('a restart knows them as they were, with their messages', () => {
    const before = createUnknownDevices();
    before.note(raw('a'), said('a'));
    before.note(raw('b', { at: AT + 1 }), said('b'));
    const after = createUnknownDevices();
    after.restore(before.changes(ALL).puts);
    expect(after.list()).toEqual(before.list());
    expect(after.list()[0]).toMatchObject({ device: 'b', messages: 1 });
    // What is known of them grows on.
    after.note(raw('b', { at: AT + 2 }), said('b'));
    expect(after.find('p|b')).toMatchObject({ messages: 2, firstAt: AT + 1, lastAt: AT + 2 });
    expect(after.find('p|b')?.values).toHaveLength(1);
    expect(after.find('p|b')?.captured).toHaveLength(2);
  });

  it('what is new is handed out at once, what only spoke again after its while', () => {
    const unknown = createUnknownDevices();
    unknown.note(raw('a'), said('a'));
    expect(unknown.changes(ALL).puts.map((one) => one.id)).toEqual(['p|a']);
    unknown.note(raw('a'), said('a'));
    unknown.note(raw('b'), said('b'));
    expect(unknown.changes({ ...ALL, now: AT + MINUTE }).puts.map((one) => one.id)).toEqual([
      'p|b',
    ]);
    const later = unknown.changes({ ...ALL, now: AT + 5 * MINUTE });
    expect(later.puts).toMatchObject([{ id: 'p|a', device: { messages: 2 } }]);
    expect(unknown.changes({ ...ALL, now: AT + 60 * MINUTE }).puts).toEqual([]);
  });

  it('no more than the bound goes at once, and nothing is left out', () => {
    const unknown = createUnknownDevices();
    for (let i = 0; i < 20; i++) unknown.note(raw(`d${i}`), said(`d${i}`));
    const ids: string[] = [];
    for (let round = 0; round < 20; round++) {
      const { puts } = unknown.changes({ ...ALL, charsMax: 2_500 });
      expect(JSON.stringify(puts).length).toBeLessThan(2_600);
      ids.push(...puts.map((one) => one.id));
    }
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('what could not be written is handed out again', () => {
    const unknown = createUnknownDevices();
    unknown.note(raw('a'), said('a'));
    const first = unknown.changes(ALL);
    unknown.again(first);
    expect(unknown.changes(ALL)).toEqual(first);
    unknown.forget('p|a');
    const gone = unknown.changes(ALL);
    expect(gone).toEqual({ puts: [], deletes: ['p|a'] });
    unknown.again(gone);
    expect(unknown.changes(ALL)).toEqual(gone);
  });

  it('a flood of made-up names is bounded, in memory and in what is written', () => {
    const unknown = createUnknownDevices();
    for (let i = 0; i < 3 * UNKNOWN_DEVICES_MAX; i++) unknown.note(raw(`d${i}`), said(`d${i}`));
    expect(unknown.list()).toHaveLength(UNKNOWN_DEVICES_MAX);
    const first = unknown.changes(ALL);
    expect([first.puts.length, first.deletes.length]).toEqual([UNKNOWN_DEVICES_MAX, 0]);
    for (let i = 0; i < UNKNOWN_DEVICES_MAX; i++) unknown.note(raw(`e${i}`), said(`e${i}`));
    const second = unknown.changes(ALL);
    expect([second.puts.length, second.deletes.length]).toEqual([
      UNKNOWN_DEVICES_MAX,
      UNKNOWN_DEVICES_MAX,
    ]);
  });
});

describe('a dismissal', () => {
  it('outlives a restart and what the broker repeats; a live message ends it', () => {
    const before = createUnknownDevices();
    before.note(raw('a'), said('a'));
    before.changes(ALL);
    before.dismiss('p|a', AT);
    const { puts, deletes } = before.changes(ALL);
    expect([puts, deletes]).toEqual([[{ id: 'p|a', at: AT }], []]);
    const after = createUnknownDevices();
    after.restore(puts);
    after.note(raw('a', { retain: true }), said('a'));
    expect([after.list(), after.isDismissed('p|a')]).toEqual([[], true]);
    after.note(raw('a', { at: AT + 1 }), said('a'));
    expect([after.list().length, after.isDismissed('p|a')]).toEqual([1, false]);
    // The store learns at once that it is shown again.
    expect(after.changes({ ...ALL, now: AT + 1 }).puts).toMatchObject([
      { id: 'p|a', device: { device: 'a' } },
    ]);
  });
});
