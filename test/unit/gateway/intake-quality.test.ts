import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Decoded, RawMessage } from '../../../domain/intake.ts';
import type { Registry } from '../../../domain/registry.ts';
import { SpoolSeries } from '../../../domain/spool-series.ts';
import { packSpool, unpackSpool } from '../../../domain/spool.ts';
import type { RuleStateRow } from '../../../domain/tick.ts';
import { parseThresholds, qualityThresholds } from '../../../gateway/intake/thresholds.ts';
import type { Intake } from '../../../gateway/index.ts';
import { chances } from '../domain/quality/chances.ts';
import { newIntake, NOW, REGISTRY, telemetry } from './support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const judged = ({ readings }: Decoded) =>
  readings.map(({ metric, value, quality, flags }) => [metric, value, quality, flags ?? []]);

describe('values of one message', () => {
  it('that contradict each other fail both, in either order', () => {
    const wrong = (first: object, more: Partial<RawMessage> = {}) =>
      judged(newIntake().decode(telemetry(first, more))).map(([metric, , quality]) => [
        metric,
        quality,
      ]);
    const both = [
      ['temperature', 4],
      ['humidity', 4],
    ];
    expect(wrong({ time: NOW, temperature: 0, humidity: 0 })).toEqual(both);
    expect(wrong({ humidity: 0, temperature: 0 })).toEqual(both.toReversed());
    expect(
      wrong([
        { time: NOW - MINUTE, temperature: 20, humidity: 50 },
        { time: NOW, temperature: 0, humidity: 0 },
      ]),
    ).toEqual([['temperature', 1], ['humidity', 1], ...both]);
  });

  it('carry the names of the tests that they did not pass', () => {
    const intake = newIntake();
    intake.decode(telemetry({ time: NOW - MINUTE, temperature: 20, humidity: 50 }));
    expect(judged(intake.decode(telemetry({ time: NOW, temperature: 0, humidity: 0 })))).toEqual([
      ['temperature', 0, 4, ['spike', 'contradiction']],
      ['humidity', 0, 4, ['implausible', 'spike', 'contradiction']],
    ]);
    expect(
      judged(intake.decode(telemetry({ time: NOW + MINUTE, temperature: 24, humidity: 58 }))),
    ).toEqual([
      ['temperature', 24, 1, []],
      ['humidity', 58, 1, []],
    ]);
    expect(judged(intake.decode(telemetry({ time: NOW + 2 * MINUTE, temperature: 28 })))).toEqual([
      ['temperature', 28, 3, ['rate']],
    ]);
    const later = NOW + 4 * HOUR;
    expect(
      judged(intake.decode(telemetry({ time: later, temperature: 28 }, { receivedAt: later }))),
    ).toEqual([['temperature', 28, 1, ['after_gap']]]);
  });
});

describe('memory of quality', () => {
  it('is without a message that was dropped before its commit: its redelivery confirms nothing', () => {
    for (const raw of [{ time: NOW, temperature: 45 }, { temperature: 45 }]) {
      const intake = newIntake();
      intake.decode(telemetry({ time: NOW - MINUTE, temperature: 20 }));
      const dropped = intake.decode(telemetry(raw));
      expect(dropped.readings[0]?.quality).toBe(3);
      intake.forget(dropped);
      const again = intake.decode(telemetry(raw, { receivedAt: NOW + 2000 }));
      expect(again.readings.map((r) => [r.quality, ...(r.flags ?? [])])).toEqual(
        dropped.readings.map((r) => [r.quality, ...(r.flags ?? [])]),
      );
    }
  });

  /** Messages with device times and without, calm, spikes, steps, a frozen day, a logger's zeros, late values. */
  function messages(seed: number): readonly RawMessage[] {
    const chance = chances(seed);
    let at = NOW;
    let level = 20;
    return Array.from({ length: 300 }, (_, i) => {
      const isFrozen = i > 100 && i < 230;
      const kind = chance();
      at += isFrozen || chance() < 0.3 ? 14 * MINUTE : chance() < 0.02 ? 3 * HOUR : MINUTE;
      if (!isFrozen && kind < 0.05) level += (chance() - 0.4) * 12;
      const odd = !isFrozen && kind > 0.95 ? (chance() - 0.5) * 70 : 0;
      const noise = isFrozen ? 0 : Math.round(chance() * 10) / 10;
      const isZero = !isFrozen && kind > 0.93 && kind < 0.94;
      const values = isZero
        ? { temperature: 0, humidity: 0 }
        : { temperature: level + noise + odd, humidity: 45 + noise };
      const late = kind > 0.9 && kind < 0.92 ? HOUR : 0;
      const time = chance() < 0.7 ? { time: at - late } : {};
      return telemetry({ ...time, ...values }, { receivedAt: at });
    });
  }

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is the same after restarts at any time, seed %i', (seed) => {
    const raws = messages(seed);
    const registry: Registry = {
      ...REGISTRY,
      sensors: new Map(
        [...REGISTRY.sensors].map(([id, one]) => [id, { ...one, intervalSeconds: 840 }]),
      ),
    };
    const whole = newIntake(registry);
    const expected = raws.map((raw) => judged(whole.decode(raw)));

    const chance = chances(seed + 100);
    const rows = new Map<string, RuleStateRow>();
    const series = new SpoolSeries();
    let spool: Uint8Array[] = [];
    let intake: Intake = newIntake(registry);
    const flags = raws.map((raw) => {
      if (chance() < 0.15) {
        intake = newIntake(registry);
        intake.restore([...rows.values()]);
        for (const row of spool) intake.replay(unpackSpool(row, (number) => series.nameOf(number)));
      }
      const decoded = intake.decode(raw);
      spool.push(packSpool(decoded, series));
      if (chance() < 0.2) {
        for (const row of intake.snapshot().flatMap((kept) => kept.rows()))
          rows.set(row.id, { ...row, coversSpool: 0 });
        spool = [];
      }
      return judged(decoded);
    });
    expect(flags).toEqual(expected);
    const seen = new Set(expected.flat(3));
    expect([...seen]).toEqual(expect.arrayContaining(['spike', 'flat_line']));
  });
});

describe('thresholds', () => {
  const shipped = readFileSync(
    new URL('../../../gateway/intake/thresholds.yaml', import.meta.url),
    'utf8',
  );

  it('are there for every metric that is a number, and for no other', () => {
    expect([...qualityThresholds().metrics.keys()]).toHaveLength(22);
  });

  it.each<[string, string, string, RegExp]>([
    ['a safety metric', '  rssi:', '  smoke:', /smoke is no metric that is tested/],
    ['a metric nobody knows', '  rssi:', '  rsi:', /rsi is no metric/],
    [
      "an expected span outside the sensor's",
      'expected: { min: -40',
      'expected: { min: -70',
      /leaves the sensor's span/,
    ],
    ['a flat line of hours', 'frozenHours: 24', 'frozenHours: 3', /frozenHours: must be >= 24/],
    ['a word that nobody reads', 'rateFrom: 1.5', 'rateFrm: 1.5', /additional properties/],
    ['a source that is not said', 'verification: memory', 'verification: sure', /verification/],
  ])('are refused with %s', (...[, from, to, why]) => {
    expect(() => parseThresholds(shipped.replace(from, to))).toThrow(why);
  });
});
