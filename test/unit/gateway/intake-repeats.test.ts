import { describe, expect, it } from 'vitest';
import type { Decoded, RawMessage } from '../../../domain/intake.ts';
import { SpoolSeries } from '../../../domain/spool-series.ts';
import { packSpool, unpackSpool } from '../../../domain/spool.ts';
import type { Intake } from '../../../gateway/index.ts';
import { access, message, newIntake, NOW, telemetry } from './support.ts';

const rowsOf = (from: Intake) => from.snapshot().flatMap((kept) => kept.rows());

const MINUTE = 60_000;
const values = (d: Decoded) => d.readings.map((r) => r.value);
const issues = (d: Decoded) => d.issues.map((i) => i.kind);
const ids = (d: Decoded) => d.accessEvents.map((e) => e.id);
/** What is left of an intake when the process is killed and its last snapshot and spool are read. */
const afterCrash = (snapshot: Intake, spooled: readonly Decoded[]): Intake => {
  const next = newIntake();
  next.restore(rowsOf(snapshot).map((row) => ({ ...row, coversSpool: 0 })));
  for (const decoded of spooled) {
    const series = new SpoolSeries();
    next.replay(unpackSpool(packSpool(decoded, series), (number) => series.nameOf(number)));
  }
  return next;
};

describe('repeats of telemetry', () => {
  it('takes the first value for a moment; an equal one is a duplicate, another one an issue', () => {
    const intake = newIntake();
    intake.decode(telemetry({ time: NOW, temperature: 21 }));
    const equal = intake.decode(telemetry({ time: NOW, temperature: 21 }));
    expect([values(equal), equal.duplicates, issues(equal)]).toEqual([[], 1, []]);
    const other = intake.decode(telemetry({ time: NOW, temperature: 22 }));
    expect([values(other), other.duplicates, issues(other)]).toEqual([[], 0, ['value-conflict']]);
  });

  it('keeps both states of a detector with a coarse clock, and still knows their repeats', () => {
    const intake = newIntake();
    const send = (smoke: number) =>
      intake.decode(telemetry({ time: NOW, smoke }, { thing: 'sm-1' }));
    expect(send(0).readings[0]?.at).toBe(NOW);
    const fire = send(1);
    expect(fire.readings[0]).toMatchObject({ value: 1, at: NOW + 1 });
    expect(issues(fire)).toEqual(['value-conflict']);
    expect([send(0).readings, send(1).readings]).toEqual([[], []]);
  });

  it('takes each sequence number once, in any order', () => {
    const intake = newIntake();
    const taken = [5, 7, 6, 7, 5, 8].map((sequence) =>
      values(intake.decode(telemetry({ sequence, temperature: sequence }))),
    );
    expect(taken).toEqual([[5], [7], [6], [], [], [8]]);
  });

  it('swallows nothing when a device counts from the start again', () => {
    const intake = newIntake();
    for (const sequence of [1, 2, 3]) {
      intake.decode(telemetry({ sequence, temperature: 20 }));
    }
    const again = [1, 2, 3].map((sequence) =>
      values(intake.decode(telemetry({ sequence, temperature: 20.5 }))),
    );
    expect(again).toEqual([[20.5], [20.5], [20.5]]);
    const muchLater = { receivedAt: NOW + 11 * MINUTE };
    expect(values(intake.decode(telemetry({ sequence: 3, temperature: 20.5 }, muchLater)))).toEqual(
      [20.5],
    );
  });

  it('hears a fire although a restarted detector repeats its first message', () => {
    const intake = newIntake();
    const send = (payload: object) => values(intake.decode(telemetry(payload, { thing: 'sm-1' })));
    expect(send({ sequence: 1, smoke: 1 })).toEqual([1]);
    expect(send({ sequence: 1, smoke: 1 })).toEqual([]);
    expect(send({ sequence: 2, smoke: 0 })).toEqual([0]);
    expect(send({ sequence: 1, smoke: 1 })).toEqual([1]);
  });

  it.each([['twelve'], [1.5], [-1], [true]])(
    'leaves the sequence %s out, and says so',
    (sequence) => {
      const decoded = newIntake().decode(telemetry({ sequence, temperature: 21 }));
      expect(values(decoded)).toEqual([21]);
      expect(decoded.issues).toMatchObject([{ kind: 'not-a-number', metric: 'sequence' }]);
    },
  );

  describe('without time and sequence', () => {
    const send = (intake: Intake, more: Partial<RawMessage>, temperature = 21) =>
      intake.decode(telemetry({ temperature }, more));
    it('recognises a redelivery after a reconnect by packet id and payload', () => {
      const intake = newIntake();
      send(intake, { packetId: 1, connection: 1 });
      send(intake, { packetId: 2, connection: 1 });
      const later = { connection: 2, receivedAt: NOW + MINUTE };
      expect(send(intake, { ...later, packetId: 1 }).duplicates).toBe(1);
      expect(send(intake, { ...later, packetId: 2 }).duplicates).toBe(1);
      // Once more the connection breaks before the acknowledgement gets through.
      const again = { connection: 3, receivedAt: NOW + 2 * MINUTE };
      expect(send(intake, { ...again, packetId: 2 }).duplicates).toBe(1);
    });
    it.each<[string, Partial<RawMessage>, number]>([
      ['on the same connection', { packetId: 1, connection: 1 }, 21],
      ['with another packet id', { packetId: 9, connection: 2 }, 21],
      ['with another payload', { packetId: 1, connection: 2 }, 22],
      ['by QoS 0', { connection: 2 }, 21],
    ])('takes an equal message %s for a new one', (_, more, temperature) => {
      const intake = newIntake();
      send(intake, { packetId: 1, connection: 1 });
      expect(values(send(intake, more, temperature))).toEqual([temperature]);
    });
    it('takes an equal message long after the reconnect for a new one', () => {
      const intake = newIntake();
      send(intake, { packetId: 1, connection: 1 });
      send(intake, { packetId: 7, connection: 2, receivedAt: NOW + 1000 });
      const late = { packetId: 1, connection: 2, receivedAt: NOW + 1001 + MINUTE };
      expect(values(send(intake, late))).toEqual([21]);
    });
  });

  it('takes a message again that was forgotten because it could not be committed', () => {
    const intake = newIntake();
    const raws = [
      telemetry({ time: NOW, temperature: 21 }),
      telemetry({ sequence: 4, humidity: 50 }),
      telemetry({ temperature: 22 }, { packetId: 3, connection: 1 }),
    ];
    for (const raw of raws) {
      const first = intake.decode(raw);
      intake.forget(first);
      const again = intake.decode({ ...raw, connection: 2, receivedAt: NOW + 5 });
      expect([values(again), again.duplicates]).toEqual([values(first), 0]);
    }
  });
});

describe('memory after a crash', () => {
  const raws: RawMessage[] = [
    telemetry({ time: NOW, temperature: 21 }),
    telemetry({ sequence: 4, humidity: 50 }),
    telemetry({ temperature: 22 }, { packetId: 3, connection: 1 }),
    telemetry({ time: NOW, smoke: 1 }, { thing: 'sm-1' }),
    access({ sequence: 9, event: 'granted' }),
    access({ time: NOW, event: 'forced_open' }),
    access({ time: NOW, event: 'door_opened' }),
    access({ event: 'door_closed' }, { packetId: 4, connection: 1 }),
  ];
  it.each([
    ['all of it in a snapshot', raws.length],
    ['half of it in a snapshot, all in the spool', raws.length / 2],
    ['only the spool', 0],
  ])('knows redeliveries: %s', (_, inSnapshot) => {
    const intake = newIntake();
    const decoded = raws.map((raw) => intake.decode(raw));
    for (const d of decoded) expect(d.readings.length + d.accessEvents.length).toBe(1);
    const snapshot = newIntake();
    for (const raw of raws.slice(0, inSnapshot)) snapshot.decode(raw);
    const next = afterCrash(snapshot, decoded);
    for (const raw of raws) {
      const again = next.decode({ ...raw, connection: 2, receivedAt: NOW + 1000 });
      expect([again.readings, again.accessEvents, again.duplicates]).toEqual([[], [], 1]);
    }
  });

  it.each([
    ['a snapshot', 2],
    ['the spool', 0],
  ])('goes on with unused ids for a door that counted anew, from %s', (_, inSnapshot) => {
    const raws = [
      access({ sequence: 9, event: 'granted' }),
      access({ sequence: 9, event: 'denied' }),
    ];
    const intake = newIntake();
    const decoded = raws.map((raw) => intake.decode(raw));
    const snapshot = newIntake();
    for (const raw of raws.slice(0, inSnapshot)) snapshot.decode(raw);
    const next = afterCrash(snapshot, decoded);
    expect(ids(next.decode(access({ sequence: 9, event: 'denied' })))).toEqual([]);
    expect(ids(next.decode(access({ sequence: 9, event: 'duress' })))).toEqual(['sx.d301.9.2']);
  });

  it('still knows neighbours, late data and a wrong clock', () => {
    const intake = newIntake();
    intake.decode(telemetry({ time: NOW, temperature: 21 }));
    intake.decode(telemetry({ time: NOW + 24 * 60 * MINUTE, humidity: 50 }));
    const next = afterCrash(intake, []);
    const wrong = next.decode(telemetry({ time: NOW + 24 * 60 * MINUTE, humidity: 51 }));
    expect(issues(wrong)).toEqual([]);
    const late = next.decode(telemetry({ time: NOW - MINUTE, temperature: 20 }));
    expect(late.readings[0]?.flags).toEqual(['historical']);
    const spike = next.decode(telemetry({ time: NOW + MINUTE, temperature: 60 }));
    expect(spike.readings[0]?.flags).toEqual(['spike']);
  });

  it('knows from the spool alone that a clock was wrong, so that it is told when it is right', () => {
    const intake = newIntake();
    const ahead = { time: NOW + 24 * 60 * MINUTE };
    const sensor = intake.decode(telemetry({ ...ahead, humidity: 50 }));
    const door = intake.decode(access({ ...ahead, event: 'granted' }));
    const next = afterCrash(newIntake(), [sensor, door]);
    expect(issues(next.decode(telemetry({ time: NOW, humidity: 50 })))).toEqual(['clock-right']);
    expect(issues(next.decode(access({ time: NOW, event: 'granted' })))).toEqual(['clock-right']);
  });

  it('tells a wrong clock again when the message that told it was dropped before its commit', () => {
    const intake = newIntake();
    const wrong = telemetry({ time: NOW + 24 * 60 * MINUTE, humidity: 50 });
    intake.forget(intake.decode(wrong));
    expect(issues(intake.decode(wrong))).toEqual(['clock-wrong']);
  });

  it('writes only what changed, and nothing twice', () => {
    const intake = newIntake();
    intake.decode(telemetry({ temperature: 21 }));
    intake.decode(access({ event: 'granted' }));
    expect(rowsOf(intake).map((row) => row.id)).toEqual(['intake/sx.th-1', 'intake/sx.d301']);
    expect(intake.snapshot()).toEqual([]);
    intake.decode(telemetry({ temperature: 21 }));
    expect(rowsOf(intake).map((row) => row.id)).toEqual(['intake/sx.th-1']);
  });

  it('stays small: ten thousand messages of one sensor', () => {
    const intake = newIntake();
    for (let i = 0; i < 10_000; i++) {
      const more = { packetId: i, connection: Math.floor(i / 100), receivedAt: NOW + i };
      intake.decode(telemetry({ temperature: 20 + (i % 5) }, more));
      intake.decode(telemetry({ sequence: i, humidity: 50 }, more));
      intake.decode(access({ event: 'granted' }, more));
    }
    const bytes = rowsOf(intake).reduce((sum, row) => sum + row.body.length, 0);
    expect(bytes).toBeLessThan(30_000);
  });
});

describe('access events', () => {
  it('carries what the door says', () => {
    const decoded = newIntake().decode(
      access({
        time: NOW - 1000,
        sequence: 17,
        event: 'granted',
        credential: 'A1B2C3',
        person: '值班员甲',
        direction: 'in',
        reason: '巡查',
      }),
    );
    expect(decoded.accessEvents).toEqual([
      {
        id: 'sx.d301.17',
        repository: 'sx',
        room: 'r301',
        door: 'd301',
        event: 'granted',
        at: NOW - 1000,
        receivedAt: NOW,
        sequence: 17,
        credential: 'A1B2C3',
        person: '值班员甲',
        direction: 'in',
        reason: '巡查',
      },
    ]);
  });

  it.each<[string, RawMessage, string]>([
    ['an unknown event', access({ event: 'opened' }), 'unknown-event'],
    ['no event', access({ person: 'x' }), 'unknown-event'],
    ['a list', access([{ event: 'granted' }]), 'not-an-object'],
    ['broken JSON', access('{"event":'), 'not-json'],
    ['made-up data', access({ event: 'granted', simulated: true }), 'simulated-mismatch'],
    ['an unknown door', message('lantai/sx/d9/access', { event: 'granted' }), 'unknown-door'],
    ['a sensor', message('lantai/sx/th-1/access', { event: 'granted' }), 'unknown-door'],
    ['a retired door', message('lantai/sx/d-old/access', { event: 'granted' }), 'retired'],
  ])('puts %s aside', (_, raw, code) => {
    const decoded = newIntake().decode(raw);
    expect(decoded.accessEvents).toEqual([]);
    expect(decoded.quarantine.map((q) => q.code)).toEqual([code]);
  });

  it('leaves out a text that is none, and keeps the event', () => {
    const decoded = newIntake().decode(
      access({ event: 'duress', person: { name: 'x' }, direction: 'up', credential: 4711 }),
    );
    expect(decoded.accessEvents).toMatchObject([{ event: 'duress', credential: '4711' }]);
    expect(decoded.issues.map((i) => i.metric)).toEqual(['person', 'direction']);
  });

  it('has one id for an event and its redelivery, and another for another event of the moment', () => {
    const intake = newIntake();
    const opened = { time: NOW, event: 'door_opened' };
    const said = [
      opened,
      { time: NOW, event: 'granted' },
      opened,
      { time: NOW + 1, event: 'granted' },
    ];
    expect(said.map((payload) => ids(intake.decode(access(payload))))).toEqual([
      [`sx.d301.${NOW}`],
      [`sx.d301.${NOW}.1`],
      [],
      [`sx.d301.${NOW + 1}`],
    ]);
  });

  it('never uses an id again when the door counts from the start again', () => {
    const intake = newIntake();
    const send = (sequence: number, event = 'granted') =>
      ids(intake.decode(access({ sequence, event })));
    expect([send(1), send(2), send(300), send(299)].flat()).toEqual(
      ['1', '2', '300', '299'].map((n) => `sx.d301.${n}`),
    );
    expect([send(1, 'denied'), send(1, 'denied'), send(2), send(1, 'granted')].flat()).toEqual(
      ['1.1', '2.1', '1.2'].map((n) => `sx.d301.${n}`),
    );
  });

  it('has the time of receipt when the clock is wrong, and tells it once', () => {
    const intake = newIntake();
    const payload = { event: 'forced_open', time: '1970-01-01T00:00:00Z' };
    const decoded = intake.decode(access(payload));
    expect(decoded.accessEvents).toMatchObject([{ at: NOW, clockWrong: true }]);
    expect(issues(decoded)).toEqual(['clock-wrong']);
    expect(issues(intake.decode(access(payload, { receivedAt: NOW + 1 })))).toEqual([]);
  });

  it('is no event when the broker only remembers it', () => {
    expect(ids(newIntake().decode(access({ event: 'granted' }, { retain: true })))).toEqual([]);
  });
});

describe("redelivery after a jump of the server's own clock", () => {
  const DAY = 86_400_000;
  const sent = { time: NOW, sequence: 7, temperature: 21 };
  const smoke = { time: NOW, sequence: 7, smoke: 1 };

  it.each([
    ['backwards', NOW, NOW - DAY],
    ['forwards again', NOW - DAY, NOW],
  ])('is no second reading, %s', (_, first, then) => {
    const intake = newIntake();
    const taken = intake.decode(telemetry(sent, { receivedAt: first }));
    expect(values(taken)).toEqual([21]);
    for (const one of [intake, afterCrash(newIntake(), [taken])]) {
      const again = one.decode(telemetry(sent, { receivedAt: then }));
      expect([values(again), again.duplicates]).toEqual([[], 1]);
    }
  });

  it("is no second reading of a detector's", () => {
    const intake = newIntake();
    const at = (receivedAt: number) =>
      intake.decode(telemetry(smoke, { thing: 'sm-1', receivedAt }));
    expect([values(at(NOW - DAY)), values(at(NOW))]).toEqual([[1], []]);
    expect(values(newIntake().decode(telemetry(smoke, { thing: 'sm-1' })))).toEqual([1]);
  });

  it('swallows no other reading of the same sequence', () => {
    const intake = newIntake();
    intake.decode(telemetry(sent, { receivedAt: NOW - DAY }));
    const other = intake.decode(telemetry({ ...sent, temperature: 22 }));
    expect(values(other)).toEqual([22]);
  });
});

describe('status', () => {
  it.each([
    ['th-1', 'online', true, true],
    ['d301', 'offline', false, false],
    ['gw-3', 'online', false, true],
  ])('of %s: %s', (...[id, text, retain, online]) => {
    const decoded = newIntake().decode(message(`lantai/sx/${id}/status`, text, { retain }));
    expect(decoded.statuses).toEqual([{ repository: 'sx', id, online, at: NOW }]);
  });

  it.each([
    ['another word', message('lantai/sx/th-1/status', 'asleep'), 'unknown-status'],
    ['an unknown thing', message('lantai/sx/x/status', 'online'), 'unknown-thing'],
    ['a retired thing', message('lantai/sx/old/status', 'online'), 'retired'],
  ])('is refused for %s', (_, raw, code) => {
    const decoded = newIntake().decode(raw);
    expect([decoded.statuses, decoded.quarantine.map((q) => q.code)]).toEqual([[], [code]]);
  });

  it('is nothing when a retained one is cleared', () => {
    expect(newIntake().decode(message('lantai/sx/th-1/status', ''))).toMatchObject({
      statuses: [],
      quarantine: [],
    });
  });
});
