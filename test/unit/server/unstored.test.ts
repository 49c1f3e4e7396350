import { describe, expect, it } from 'vitest';
import type { Alarm } from '../../../domain/alarm.ts';
import type { OutboxMessage } from '../../../domain/outbox.ts';
import { createUnstored } from '../../../server/unstored.ts';

const alarm = (id: string, more: Partial<Alarm> = {}): Alarm =>
  ({ id, revision: 1, safety: true, ...more }) as Alarm;
const message = (key: string, safety = true): OutboxMessage =>
  ({ key, safety, subject: { zh: '火警', en: 'Fire' } }) as OutboxMessage;

function rig() {
  const screen: Alarm[] = [];
  const people: OutboxMessage[] = [];
  const unstored = createUnstored({
    outbox: {
      deliverNow: (one) => {
        people.push(one);
        return Promise.resolve({ ok: true });
      },
    },
    feed: () => ({ alarm: (one) => void screen.push(one) }),
  });
  return { screen, people, unstored };
}

describe('what could not be stored', () => {
  it('is told once, marked, and only if it is of fire, water or intrusion', () => {
    const { screen, people, unstored } = rig();
    const news = {
      alarms: [alarm('a'), alarm('damp', { safety: false })],
      outbox: [message('a/duty'), message('damp/duty', false)],
    };
    unstored.tell(news);
    unstored.tell(news);
    expect(screen).toEqual([alarm('a', { toldUnstored: true })]);
    const subject = { zh: '【未入库】火警', en: '[not stored] Fire' };
    expect(people).toEqual([{ ...message('a/duty'), subject }]);
  });

  it('is among the open alarms as it was told last, until it is stored', () => {
    const { unstored } = rig();
    const stored = [alarm('a'), alarm('b')];
    expect(unstored.among(stored)).toBe(stored);
    unstored.tell({
      alarms: [alarm('a', { revision: 2 }), alarm('c'), alarm('d', { closedAt: 9 })],
      outbox: [],
    });
    const marked = { toldUnstored: true };
    expect(unstored.among(stored)).toEqual([
      alarm('b'),
      alarm('a', { revision: 2, ...marked }),
      alarm('c', marked),
    ]);
    unstored.stored();
    expect(unstored.among(stored)).toBe(stored);
  });
});
