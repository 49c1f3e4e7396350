import { describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../../domain/outbox.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import { DELIVERIES_MAX, backOffMs } from '../../../server/outbox/policy.ts';
import { message } from './messages.ts';
import { away, outboxWorld, refused } from './outbox-world.ts';

const ok = { ok: true } as const;

function ordinary(key: string, more: Partial<OutboxMessage> = {}): OutboxMessage {
  return message({
    key,
    safety: false,
    createdAt: 1_000_000,
    target: `${key}@example.org`,
    ...more,
  });
}

function topic(key: string, more: Partial<OutboxMessage> = {}): OutboxMessage {
  return ordinary(key, {
    channel: 'mqtt',
    target: 'lantai/sx/alarm/a1',
    retain: true,
    payload: `{"key":"${key}"}`,
    safety: true,
    ...more,
  });
}

describe('a message', () => {
  it('is told once, and its delivery is recorded', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => ok;
    w.outbox.accept([ordinary('a')]);
    await w.pass(DAY_MS);
    expect(w.keys()).toEqual(['a']);
    expect(w.rows.get('a')).toMatchObject({ deliveredAt: 1_000_000, attempts: 1 });
    expect(w.outbox.state()).toEqual({ pending: 0, unrecorded: 0, failed: 0 });
  });

  it('is tried again at growing distances with the same key until it is delivered', async () => {
    const w = outboxWorld();
    let answers = 0;
    w.world.answer.email = () => ((answers += 1) < 5 ? away : ok);
    w.outbox.accept([ordinary('a')]);
    await w.pass(HOUR_MS);
    expect(new Set(w.keys())).toEqual(new Set(['a']));
    const seconds = w.attempts.map((a) => (a.at - 1_000_000) / SECOND_MS);
    expect(seconds).toEqual([0, 5, 15, 35, 75]);
    expect(w.rows.get('a')).toMatchObject({ attempts: 5, lastError: 'away' });
    expect(w.rows.get('a')?.deliveredAt).toBe(1_000_000 + 75 * SECOND_MS);
  });

  it('that is refused for good is not tried again, and says why', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => refused;
    w.outbox.accept([ordinary('a')]);
    await w.pass(DAY_MS);
    expect(w.attempts).toHaveLength(1);
    expect(w.rows.get('a')).toMatchObject({ failedAt: 1_000_000, lastError: 'no such user' });
    expect(w.outbox.state().failed).toBe(1);
  });

  it('for a channel that is not set up fails, and names the setting', async () => {
    const w = outboxWorld({ notifiers: [] });
    w.outbox.accept([ordinary('a')]);
    await w.calm();
    expect(w.rows.get('a')?.lastError).toContain('LANTAI_SMTP_URL');
  });

  it('whose channel throws or never answers is tried again', async () => {
    const w = outboxWorld({
      notifiers: [
        { channel: 'email', deliver: () => Promise.reject(new Error('token=s3cret')) },
        { channel: 'webhook', deliver: () => new Promise(() => {}) },
      ],
    });
    w.outbox.accept([ordinary('a'), ordinary('b', { channel: 'webhook' })]);
    await w.pass(61 * SECOND_MS);
    expect(w.rows.get('a')).toMatchObject({ lastError: 'the channel failed (Error)' });
    expect(w.rows.get('b')).toMatchObject({ lastError: 'no answer within 60 s', attempts: 1 });
  });

  it('is known by its state while it waits', async () => {
    const w = outboxWorld();
    w.outbox.accept([ordinary('b', { createdAt: 900_000 }), ordinary('a')]);
    expect(w.outbox.state()).toMatchObject({ pending: 2, oldest: 900_000 });
  });

  it('is due at once when the clock was set back', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => ok;
    w.outbox.restore([ordinary('a', { nextAttemptAt: w.world.now + 3 * DAY_MS })]);
    await w.calm();
    expect(w.keys()).toEqual(['a']);
  });
});

describe('the back-off', () => {
  it.each([
    [1, 0.5, 5_000],
    [1, 0, 3_750],
    [4, 0.5, 40_000],
    [40, 0.999, 10 * MINUTE_MS],
  ])('after attempt %d with chance %d is %d ms', (attempts, chance, expected) => {
    expect(backOffMs({ safety: false }, { attempts, chance })).toBe(expected);
  });

  it('of a safety message never exceeds a minute', () => {
    expect(backOffMs({ safety: true }, { attempts: 40, chance: 0.999 })).toBe(MINUTE_MS);
  });
});

describe('giving up', () => {
  it('ends an ordinary message after a day', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => away;
    w.outbox.accept([ordinary('a')]);
    await w.pass(2 * DAY_MS);
    const { failedAt = 0 } = w.rows.get('a') ?? {};
    expect(failedAt - 1_000_000).toBeGreaterThanOrEqual(DAY_MS);
    expect(failedAt - 1_000_000).toBeLessThan(DAY_MS + 11 * MINUTE_MS);
  });

  it('never ends a safety message while its alarm stands, and ends it after', async () => {
    let stands = true;
    const w = outboxWorld({ stillStands: () => stands });
    w.world.answer.email = () => away;
    w.outbox.accept([ordinary('a', { safety: true })]);
    await w.pass(2 * DAY_MS);
    expect(w.rows.get('a')?.failedAt).toBeUndefined();
    expect(w.outbox.state().pending).toBe(1);
    stands = false;
    await w.pass(2 * MINUTE_MS);
    expect(w.rows.get('a')?.failedAt).toBeDefined();
  });

  it('never ends the last word on a retained topic', async () => {
    const w = outboxWorld({ stillStands: () => false });
    w.world.answer.mqtt = () => away;
    w.outbox.accept([topic('a', { safety: false })]);
    await w.pass(2 * DAY_MS);
    expect(w.rows.get('a')?.failedAt).toBeUndefined();
    w.world.answer.mqtt = () => ok;
    await w.pass(11 * MINUTE_MS);
    expect(w.rows.get('a')?.deliveredAt).toBeDefined();
  });
});

describe('order', () => {
  it('puts safety first, then the oldest', async () => {
    const w = outboxWorld();
    w.outbox.accept([
      ordinary('late', { createdAt: 3 }),
      ordinary('early', { createdAt: 2 }),
      ordinary('fire', { createdAt: 4, safety: true }),
    ]);
    await w.calm();
    expect(w.keys()).toEqual(['fire', 'early', 'late'].slice(0, w.attempts.length));
    expect(w.attempts.length).toBeGreaterThanOrEqual(2);
  });

  it('keeps one place for safety messages when a channel hangs', async () => {
    const w = outboxWorld();
    w.outbox.accept(Array.from({ length: 50 }, (_, i) => ordinary(`m${i}`)));
    await w.calm();
    expect(w.attempts).toHaveLength(DELIVERIES_MAX.email - 1);
    w.outbox.accept([ordinary('fire', { safety: true })]);
    await w.calm();
    expect(w.keys().at(-1)).toBe('fire');
  });

  it('never lets one slow channel or one dead address hold up the others', async () => {
    const w = outboxWorld();
    w.world.answer.webhook = () => ok;
    const dead = Array.from({ length: 20 }, (_, i) =>
      ordinary(`dead${i}`, { target: 'dead@example.org' }),
    );
    w.outbox.accept([...dead, ordinary('b'), ordinary('c', { channel: 'webhook' })]);
    await w.calm();
    expect(w.keys().filter((key) => key.startsWith('dead'))).toHaveLength(1);
    expect(w.keys()).toContain('b');
    expect(w.rows.get('c')?.deliveredAt).toBeDefined();
  });

  it('lets a safety message pass an ordinary one to the same person', async () => {
    const w = outboxWorld();
    w.outbox.accept([ordinary('slow', { target: 'duty@example.org' })]);
    await w.calm();
    w.outbox.accept([ordinary('fire', { target: 'duty@example.org', safety: true })]);
    await w.calm();
    expect(w.keys()).toEqual(['slow', 'fire']);
  });

  it('holds on a topic, also when the first one has to be repeated', async () => {
    const w = outboxWorld();
    let calls = 0;
    w.world.answer.mqtt = () => ((calls += 1) === 1 ? away : ok);
    const unretained = { retain: false };
    w.outbox.accept([topic('1', unretained), topic('2', unretained), topic('3', unretained)]);
    await w.pass(MINUTE_MS);
    expect(w.keys()).toEqual(['1', '1', '2', '3']);
  });
});

describe('a retained topic', () => {
  it('gets the newest word: what waits is superseded', async () => {
    const w = outboxWorld();
    w.world.answer.mqtt = () => away;
    w.outbox.accept([topic('raised')]);
    await w.calm();
    w.outbox.accept([topic('acknowledged'), topic('closed', { payload: '' })]);
    w.outbox.accept([topic('other', { target: 'lantai/sx/alarm/a2' })]);
    w.world.answer.mqtt = () => ok;
    await w.pass(MINUTE_MS);
    expect(w.keys()).toEqual(['raised', 'closed', 'other']);
    for (const key of ['raised', 'acknowledged']) {
      expect(w.rows.get(key)).toMatchObject({ supersededAt: 1_000_000 });
      expect(w.rows.get(key)?.deliveredAt).toBeUndefined();
    }
  });

  it('is not overtaken: a newer word waits for the one under way', async () => {
    const w = outboxWorld();
    w.outbox.accept([topic('raised')]);
    await w.calm();
    w.outbox.accept([topic('closed')]);
    const told = w.outbox.deliverNow(topic('emergency'));
    await w.calm();
    expect(w.keys()).toEqual(['raised']);
    w.world.answer.mqtt = () => ok;
    w.attempts[0]?.answer(away);
    expect(await told).toEqual(ok);
    await w.pass(MINUTE_MS);
    expect(w.keys()).toEqual(['raised', 'emergency']);
    expect(w.rows.get('raised')?.supersededAt).toBeDefined();
  });
});

describe('a restart', () => {
  it('goes on with what is pending, oldest first, a topic with its newest word alone', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => ok;
    w.world.answer.mqtt = () => ok;
    w.outbox.restore([
      topic('new', { createdAt: 20 }),
      ordinary('mail', { attempts: 3, createdAt: 5 }),
      topic('old', { createdAt: 10 }),
    ]);
    await w.pass(MINUTE_MS);
    expect(w.keys().toSorted()).toEqual(['mail', 'new']);
    expect(w.rows.get('mail')).toMatchObject({ attempts: 4 });
    expect(w.rows.get('old')?.supersededAt).toBeDefined();
  });

  it('is preceded by an end that starts nothing new and records what was under way', async () => {
    const w = outboxWorld();
    w.outbox.accept([ordinary('a')]);
    await w.calm();
    const stopped = w.outbox.stop(10 * SECOND_MS);
    w.outbox.accept([ordinary('b')]);
    w.attempts[0]?.answer(ok);
    await stopped;
    expect(w.rows.get('a')?.deliveredAt).toBeDefined();
    expect(w.keys()).toEqual(['a']);
  });

  it('does not wait for ever for a delivery that hangs', async () => {
    const w = outboxWorld();
    w.outbox.accept([ordinary('a')]);
    await w.calm();
    const stopped = w.outbox.stop(10 * SECOND_MS);
    await w.pass(11 * SECOND_MS);
    await stopped;
    expect(w.rows.size).toBe(0);
  });
});

describe('a commit that fails', () => {
  it('repeats the record, never the message', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => ok;
    w.world.commitFails = true;
    w.outbox.accept([ordinary('a')]);
    await w.pass(MINUTE_MS);
    expect(w.outbox.state()).toMatchObject({ pending: 0, unrecorded: 1 });
    // Every two seconds, not as fast as it can.
    expect(w.world.commits).toBeGreaterThan(25);
    expect(w.world.commits).toBeLessThan(35);
    w.world.commitFails = false;
    await w.pass(MINUTE_MS);
    expect(w.rows.get('a')?.deliveredAt).toBe(1_000_000);
    expect(w.keys()).toEqual(['a']);
  });
});

describe('the emergency path', () => {
  it('tells at once, past a channel that is full, and repeats nothing when the row is stored', async () => {
    const w = outboxWorld();
    w.outbox.accept(Array.from({ length: 20 }, (_, i) => ordinary(`m${i}`)));
    await w.calm();
    w.world.answer.email = () => ok;
    const fire = ordinary('fire', { safety: true });
    expect(await w.outbox.deliverNow(fire)).toEqual(ok);
    expect(await w.outbox.deliverNow(fire)).toEqual(ok);
    expect(w.rows.has('fire')).toBe(false);
    w.outbox.accept([fire]);
    await w.pass(MINUTE_MS);
    expect(w.keys().filter((key) => key === 'fire')).toHaveLength(1);
    expect(w.rows.get('fire')).toMatchObject({ deliveredAt: 1_000_000, attempts: 1 });
  });

  it('goes on trying although nothing is stored, and records once it is', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => away;
    const fire = ordinary('fire', { safety: true });
    expect(await w.outbox.deliverNow(fire)).toMatchObject({ ok: false });
    await w.pass(20 * SECOND_MS);
    expect(w.attempts.length).toBeGreaterThan(1);
    expect(w.rows.size).toBe(0);
    w.outbox.accept([fire]);
    w.world.answer.email = () => ok;
    await w.pass(2 * MINUTE_MS);
    expect(w.rows.get('fire')?.deliveredAt).toBeDefined();
    const { length } = w.attempts;
    await w.pass(HOUR_MS);
    expect(w.attempts).toHaveLength(length);
  });
});

describe('the test button', () => {
  it('says what happened in words, and records nothing', async () => {
    const w = outboxWorld();
    w.world.answer.email = () => ok;
    w.world.answer.webhook = () => refused;
    const test = (channel: 'email' | 'webhook') => w.outbox.testChannel({ channel, target: 'x' });
    expect(await test('email')).toEqual({ ok: true, why: 'the mail server took the message' });
    expect(await test('webhook')).toEqual({ ok: false, why: 'no such user' });
    expect(w.rows.size).toBe(0);
    const none = outboxWorld({ notifiers: [] }).outbox;
    const told = await none.testChannel({ channel: 'email', target: 'x' });
    expect(told.why).toContain('LANTAI_SMTP_URL');
  });
});
