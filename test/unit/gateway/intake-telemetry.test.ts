import { describe, expect, it } from 'vitest';
import { CLOCK_BEHIND_MS_MAX, PAYLOAD_BYTES_MAX } from '../../../domain/bounds.ts';
import type { Decoded, RawMessage } from '../../../domain/intake.ts';
import { QUARANTINE_PAYLOAD_BYTES_MAX } from '../../../domain/quarantine.ts';
import { message, newIntake, NOW, REGISTRY, telemetry } from './support.ts';

const MINUTE = 60_000;
const iso = (at: number): string => new Date(at).toISOString();
const values = (d: Decoded) => d.readings.map((r) => [r.metric, r.value]);
const flags = (d: Decoded) => d.readings.map((r) => r.flags ?? []);
const codes = (d: Decoded) => d.quarantine.map((q) => q.code);
const issues = (d: Decoded) => d.issues.map((i) => i.kind);

describe('what is put aside, with its reason', () => {
  const deep = '{"temperature":'.concat('['.repeat(2000), ']'.repeat(2000), '}');
  const cases: [string, string, RawMessage, RegExp][] = [
    ['broken JSON', 'not-json', telemetry('{"temperature":21'), /JSON/],
    ['nothing', 'not-json', telemetry(''), /empty/],
    [
      'NaN, which JSON has not',
      'not-json',
      telemetry('{"temperature":NaN}'),
      /"N" is not expected/,
    ],
    ['bytes that are no text', 'not-utf8', telemetry(Buffer.from([0x7b, 0xff, 0xfe])), /UTF-8/],
    ['a number', 'not-an-object', telemetry('21.4'), /object/],
    ['null', 'not-an-object', telemetry('null'), /object/],
    ['a list with a number in it', 'not-an-object', telemetry('[{"temperature":1},3]'), /Item 2/],
    ['a list that is too long', 'array-too-long', telemetry(Array(1001).fill({})), /1001.*1000/],
    ['a megabyte', 'payload-too-large', telemetry(Buffer.alloc(1 << 20)), /1048576/],
    ['deep nesting', 'nested-too-deep', telemetry(deep), /deeper than/],
    ['nothing measured', 'no-metric', telemetry({ time: iso(NOW) }), /no metric/],
    ['text for a number', 'not-a-number', telemetry({ temperature: 'warm' }), /text, not a number/],
    ['a number in quotes', 'not-a-number', telemetry({ temperature: '21.4' }), /text/],
    ['an infinite number', 'not-a-number', telemetry('{"temperature":1e999}'), /finite/],
    ['a smoke detector at 7', 'not-a-number', telemetry({ smoke: 7 }, { thing: 'sm-1' }), /0 or 1/],
    ['only undeclared', 'undeclared-metric', telemetry({ co2: 400 }), /not declared/],
    ['only unknown', 'undeclared-metric', telemetry({ mood: 3 }), /not a metric/],
    ['an unknown sensor', 'unknown-sensor', telemetry({}, { thing: 'th-9' }), /no sensor th-9/],
    ['a door', 'unknown-sensor', telemetry({}, { thing: 'd301' }), /it is a door/],
    ['a retired sensor', 'retired', telemetry({ temperature: 1 }, { thing: 'old' }), /retired/],
    ['an unknown repository', 'unknown-repository', message('lantai/no/a/telemetry', '{}'), /no/],
    ['a topic of another kind', 'unknown-topic', message('lantai/sx/th-1/data', '{}'), /end in/],
    ['a topic of somebody else', 'unknown-topic', message('somebody/x', '{}'), /lantai/],
    [
      'made-up data for a real repository',
      'simulated-mismatch',
      telemetry({ temperature: 21, simulated: true }),
      /real/,
    ],
    [
      'unmarked data for a simulated repository',
      'simulated-mismatch',
      message('lantai/demo/th-d/telemetry', { temperature: 21 }),
      /"simulated":true/,
    ],
  ];
  it.each(cases)('%s', (...[, code, raw, why]) => {
    const decoded = newIntake().decode(raw);
    expect(decoded.readings).toEqual([]);
    expect(codes(decoded)).toEqual([code]);
    expect(decoded.quarantine[0]?.why).toMatch(why);
    expect(decoded.quarantine[0]?.why).toMatch(/^[A-Z].*\.$/);
    expect(decoded.quarantine[0]?.payloadBytes).toBe(raw.payload.byteLength);
  });

  it('keeps only the head of a payload, and the repository it was for', () => {
    const payload = Buffer.alloc(PAYLOAD_BYTES_MAX + 1, 0x61);
    const [entry] = newIntake().decode(telemetry(payload)).quarantine;
    expect(Buffer.from(entry?.payloadBase64 ?? '', 'base64')).toEqual(
      payload.subarray(0, QUARANTINE_PAYLOAD_BYTES_MAX),
    );
    expect(entry).toMatchObject({ repository: 'sx', at: NOW });
  });

  it('never throws, whatever comes: 10,000 random byte strings', () => {
    const intake = newIntake();
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    let aside = 0;
    for (let i = 0; i < 10_000; i++) {
      const bytes = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
      const decoded = intake.decode(telemetry(bytes));
      expect(decoded.readings).toEqual([]);
      aside += decoded.quarantine.length;
    }
    expect(aside).toBe(10_000);
  });

  it('never throws on JSON with a letter changed, and takes only finite numbers from it', () => {
    const intake = newIntake();
    const good = `{"time":"${iso(NOW)}","sequence":12,"temperature":21.4,"humidity":[52.1e3,null]}`;
    const letters = '{}[]",:.-+eE0123456789 \\tfnu\u0000é';
    for (let i = 0; i < good.length; i++) {
      for (const letter of letters) {
        const text = good.slice(0, i) + letter + good.slice(i + 1);
        for (const { value, at } of intake.decode(telemetry(text)).readings) {
          expect(Number.isFinite(value) && Number.isFinite(at)).toBe(true);
        }
      }
    }
  });
});

describe('fields are judged one by one', () => {
  it('takes what is good and tells what is not', () => {
    const decoded = newIntake().decode(
      telemetry({ temperature: 21.4, humidity: 'wet', co2: 400, colour: {}, battery: null }),
    );
    expect(values(decoded)).toEqual([['temperature', 21.4]]);
    expect(decoded.issues.map((i) => [i.kind, i.metric])).toEqual([
      ['not-a-number', 'humidity'],
      ['undeclared-metric', 'co2'],
      ['undeclared-metric', 'colour'],
    ]);
    expect(decoded.nulls).toBe(1);
    // The wrong type is worth a look; a field that nobody asked for is not, once the rest was taken.
    expect(codes(decoded)).toEqual(['not-a-number']);
  });

  it('counts null as no reading, without a word', () => {
    const decoded = newIntake().decode(telemetry({ temperature: null, humidity: null }));
    expect([decoded.nulls, decoded.readings, decoded.issues, decoded.quarantine]).toEqual([
      2,
      [],
      [],
      [],
    ]);
  });

  it.each([
    [true, 1],
    [false, 0],
    [1, 1],
    [0, 0],
  ])('takes %s of a detector for %s', (given, value) => {
    const decoded = newIntake().decode(telemetry({ smoke: given }, { thing: 'sm-1' }));
    expect(values(decoded)).toEqual([['smoke', value]]);
  });

  it('makes no temperature of true', () => {
    expect(issues(newIntake().decode(telemetry({ temperature: true })))).toEqual(['not-a-number']);
  });

  it('tells the same trouble once a minute, not with each message', () => {
    const intake = newIntake();
    const told = [0, 1000, 59_000, 61_000].map((ms) =>
      intake.decode(telemetry({ temperature: 1, co2: 400 }, { receivedAt: NOW + ms })),
    );
    expect(told.map((d) => d.issues.length)).toEqual([1, 0, 0, 1]);
  });

  it('keeps its words short when a message has a thousand unknown fields', () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`.repeat(9), 1]));
    const decoded = newIntake().decode(telemetry(many));
    expect(decoded.issues.length).toBeLessThanOrEqual(16);
    expect(decoded.issues.every((i) => (i.metric?.length ?? 0) <= 64)).toBe(true);
  });

  it('takes a list, oldest first', () => {
    const list = [2, 1, 0].map((m) => ({ time: NOW - m * MINUTE, temperature: 20 + m }));
    const decoded = newIntake().decode(telemetry(list));
    expect(decoded.readings.map((r) => [r.at, r.value])).toEqual([
      [NOW - 2 * MINUTE, 22],
      [NOW - MINUTE, 21],
      [NOW, 20],
    ]);
    expect(flags(decoded)).toEqual([[], [], []]);
  });

  it('marks simulated data', () => {
    const decoded = newIntake().decode(
      message('lantai/demo/th-d/telemetry', { time: NOW, temperature: 21, simulated: true }),
    );
    expect(flags(decoded)).toEqual([['simulated']]);
  });

  it.each(['lantai/sx/gateway/status', 'lantai/sx/alarm/sx.a1', '$SYS/broker/uptime'])(
    'leaves %s alone',
    (topic) => {
      expect(newIntake().decode(message(topic, 'online'))).toMatchObject({
        quarantine: [],
        statuses: [],
      });
    },
  );

  it('takes no reading from what a broker only remembers', () => {
    const decoded = newIntake().decode(telemetry({ temperature: 21 }, { retain: true }));
    expect([decoded.readings, decoded.quarantine]).toEqual([[], []]);
  });

  it('follows a changed registry at once', () => {
    let registry = REGISTRY;
    const intake = newIntake();
    expect(values(intake.decode(telemetry({ temperature: 1 })))).toHaveLength(1);
    const later = newIntake(registry);
    registry = { ...REGISTRY, sensors: new Map() };
    expect(values(later.decode(telemetry({ temperature: 1 })))).toHaveLength(1);
    expect(codes(newIntake(registry).decode(telemetry({ temperature: 1 })))).toEqual([
      'unknown-sensor',
    ]);
  });
});

describe('time', () => {
  it.each([
    ['RFC 3339 in UTC', '2026-11-22T02:59:00Z'],
    ['RFC 3339 with a zone', '2026-11-22T10:59:00+08:00'],
    ['small letters', '2026-11-22t02:59:00z'],
    ['a blank between', '2026-11-22 02:59:00Z'],
    ['fractions', '2026-11-22T02:59:00.000000Z'],
    ['epoch milliseconds', NOW - MINUTE],
  ])('is read as %s', (_, time) => {
    const decoded = newIntake().decode(telemetry({ time, temperature: 21 }));
    expect(decoded.readings[0]).toMatchObject({ at: NOW - MINUTE, receivedAt: NOW });
    expect(flags(decoded)).toEqual([[]]);
  });

  it('is that of receipt when the message has none', () => {
    const decoded = newIntake().decode(telemetry({ temperature: 21 }));
    expect(decoded.readings[0]).toMatchObject({ at: NOW, flags: ['time_received'] });
    expect(decoded.issues).toEqual([]);
  });

  const day = 24 * 3600_000;
  it.each([
    ['a day ahead', NOW + day, day],
    ['just too far ahead', NOW + 2 * MINUTE + 1, 2 * MINUTE + 1],
    ['a year and two days behind', NOW - CLOCK_BEHIND_MS_MAX - 1, -CLOCK_BEHIND_MS_MAX - 1],
    ['1970', 1000, 1000 - NOW],
    ['epoch seconds', NOW / 1000, NOW / 1000 - NOW],
    ['no time at all', 'yesterday', undefined],
    ['a time without a zone', '2026-11-22T02:59:00', undefined],
    ['30 February', '2026-02-30T00:00:00Z', undefined],
    ['an object', {}, undefined],
    ['true', true, undefined],
  ])('that is wrong (%s) still raises the fire, at the time of receipt', (_, time, skewMs) => {
    const decoded = newIntake().decode(telemetry({ time, smoke: 1 }, { thing: 'sm-1' }));
    expect(decoded.readings[0]).toMatchObject({
      metric: 'smoke',
      value: 1,
      at: NOW,
      flags: ['clock_wrong'],
      quality: 1,
    });
    expect(issues(decoded)).toEqual(['clock-wrong']);
    expect(decoded.issues[0]?.skewMs).toBe(skewMs);
  });

  it('tells a wrong clock when it starts, when it changes its kind, and when it is right again', () => {
    const intake = newIntake();
    const times = [0, day, day, -400 * day, 'x', 'x', 0, 0];
    const told = times.map((t, i) => {
      const receivedAt = NOW + i * 1000;
      const time = typeof t === 'number' ? receivedAt + t : t;
      return issues(intake.decode(telemetry({ time, temperature: 21 }, { receivedAt })));
    });
    expect(told).toEqual([
      [],
      ['clock-wrong'],
      [],
      ['clock-wrong'],
      ['clock-wrong'],
      [],
      ['clock-right'],
      [],
    ]);
  });

  it('keeps readings of one millisecond apart when it is that of receipt', () => {
    const intake = newIntake();
    const times = [1, 2, 2, 3].flatMap((temperature) =>
      intake.decode(telemetry({ temperature, time: NOW + day })).readings.map((r) => r.at - NOW),
    );
    expect(times).toEqual([0, 1, 2, 3]);
    const batch = intake.decode(telemetry(Array(200).fill({ humidity: 50 })));
    expect(new Set(batch.readings.map((r) => r.at)).size).toBe(200);
  });

  it('marks what is older than the newest as historical, and keeps its own time', () => {
    const intake = newIntake();
    intake.decode(telemetry({ time: NOW, temperature: 21 }));
    const late = intake.decode(telemetry({ time: NOW - MINUTE, temperature: 20, humidity: 50 }));
    expect(late.readings.map((r) => [r.metric, r.at, r.flags ?? []])).toEqual([
      ['temperature', NOW - MINUTE, ['historical']],
      ['humidity', NOW - MINUTE, []],
    ]);
  });

  it('does not call a fire historical because the clock ran ahead before it was set', () => {
    const intake = newIntake();
    intake.decode(telemetry({ time: NOW + MINUTE, smoke: 0 }, { thing: 'sm-1' }));
    const receivedAt = NOW + 5000;
    const fire = { time: receivedAt, smoke: 1 };
    expect(flags(intake.decode(telemetry(fire, { thing: 'sm-1', receivedAt })))).toEqual([[]]);
    const old = { time: NOW - MINUTE, smoke: 1 };
    expect(flags(intake.decode(telemetry(old, { thing: 'sm-1', receivedAt })))).toEqual([
      ['historical'],
    ]);
  });
});

describe('quality', () => {
  const series = (metric: 'temperature' | 'humidity', given: [number, number][]) => {
    const intake = newIntake();
    return given.map(([minute, value]) => {
      const at = NOW + minute * MINUTE;
      const decoded = intake.decode(telemetry({ time: at, [metric]: value }, { receivedAt: at }));
      return [decoded.readings[0]?.quality, ...(decoded.readings[0]?.flags ?? [])];
    });
  };
  it.each<[string, 'temperature' | 'humidity', [number, number][], unknown[][]]>([
    ['the ends of the range are good', 'humidity', [[0, 100]], [[1]]],
    ['beyond the range it fails', 'humidity', [[0, 100.1]], [[4, 'out_of_range']]],
    [
      'a single spike is suspect and does not move what is compared',
      'temperature',
      [
        [0, 20],
        [1, 40],
        [2, 20.5],
      ],
      [[1], [3, 'spike'], [1]],
    ],
    [
      'a second value near the first spike is a real step',
      'temperature',
      [
        [0, 20],
        [1, 40],
        [2, 41],
        [3, 40],
      ],
      [[1], [3, 'spike'], [1], [1]],
    ],
    [
      'two spikes far from each other are both suspect',
      'temperature',
      [
        [0, 20],
        [1, 40],
        [2, 0],
      ],
      [[1], [3, 'spike'], [3, 'spike']],
    ],
    [
      'after a long silence nothing is a spike',
      'temperature',
      [
        [0, 20],
        [11, 40],
      ],
      [[1], [1]],
    ],
    [
      'a failed value is no neighbour',
      'temperature',
      [
        [0, 20],
        [1, 900],
        [2, 20],
      ],
      [[1], [4, 'out_of_range'], [1]],
    ],
  ])('%s', (...[, metric, given, expected]) => {
    expect(series(metric, given)).toEqual(expected);
  });

  it('never touches a safety metric', () => {
    const intake = newIntake();
    const judged = [0, 1, 0, 1].map((smoke, i) => {
      const decoded = intake.decode(telemetry({ time: NOW + i, smoke }, { thing: 'sm-1' }));
      return [decoded.readings[0]?.quality, decoded.readings[0]?.flags];
    });
    expect(judged).toEqual(Array(4).fill([1, undefined]));
  });
});
