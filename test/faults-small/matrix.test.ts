/** Two rows of the matrix of `npm run faults`, small: what they had not shown before was found by them. */

import { describe, expect, it } from 'vitest';
import { balance } from '../faults/matrix/compare.ts';
import { FAULTS, type FaultName } from '../faults/matrix/disruptions.ts';
import { combinations } from '../faults/matrix/matrix.ts';
import { MATRIX_SMALL, runRow } from '../faults/matrix/matrix-run.ts';
import { missedBars, rowLine } from '../faults/matrix/table.ts';
import { Gathering } from '../faults/stored-readings.ts';
import type { LoadReport } from '../../simulators/load/run.ts';
import { loadValues } from '../../simulators/load/message.ts';
import { findServer } from '../support/servers.ts';

const RUN_MS_MAX = 180_000;
const isRoot = process.getuid?.() === 0;
const absent = (['mosquitto', 'influxd'] as const).filter((name) => findServer(name) === undefined);

describe.skipIf(!isRoot || absent.length > 0)('two faults at once (needs root)', () => {
  it.each<readonly [FaultName, FaultName, string]>([
    ['sql-locked', 'influx', 'a fire behind 120 words of other detectors is told in five seconds'],
    ['clock-1d', 'kill-9', 'what comes again after the clock jumped is known'],
  ])('%s and %s: %s', { timeout: RUN_MS_MAX }, async (...[first, second]) => {
    const faults = FAULTS.filter(({ name }) => name === first || name === second);
    const row = await runRow(faults, { size: MATRIX_SMALL });
    if (!row) throw new Error('a small file system can not be mounted here');
    expect(missedBars(row), `${rowLine(row)}\n${row.balance.examples.join('\n')}`).toEqual([]);
  });
});

describe('the matrix', () => {
  it('has every fault alone, and every two different ones once', () => {
    const names = combinations().map((faults) => faults.map(({ name }) => name).join('&'));
    const pairs = (FAULTS.length * (FAULTS.length - 1)) / 2;
    expect(names.filter((name) => name.includes('&'))).toHaveLength(pairs);
    expect(new Set(names).size).toBe(FAULTS.length + 2 + pairs);
  });
});

/** A check that finds nothing must be able to find something. */
describe('the balance of readings', () => {
  const report = {
    sensors: [
      { sensor: 'l00001', sent: 2, acknowledged: 2, ranges: [[7, 8]], gaps: [], times: [100, 200] },
    ],
    fires: [],
  } as unknown as LoadReport;
  const [first, second] = [loadValues(0, 7), loadValues(0, 8)];
  const stored = (temperature: readonly (readonly [number, number])[]) => {
    const gathering = new Gathering();
    gathering.add('l00001 temperature', temperature);
    gathering.add('l00001 humidity', [
      [100, first.humidity],
      [200, second.humidity],
    ]);
    return gathering;
  };
  const [one, two] = [
    [100, first.temperature],
    [200, second.temperature],
  ] as const;
  const moved = [-86_400, second.temperature] as const;

  it.each([
    ['all is there', [one, two], { lost: 0, double: 0 }, { lost: 0, double: 0 }],
    ['one is missing', [one], { lost: 1, double: 0 }, { lost: 1, double: 0 }],
    ['one lies at another moment', [one, moved], { lost: 1, double: 1 }, { lost: 0, double: 0 }],
    ['one lies there twice', [one, two, moved], { lost: 0, double: 1 }, { lost: 0, double: 1 }],
    ['another value', [one, [200, 99]], { lost: 1, double: 1 }, { lost: 1, double: 1 }],
  ] as const)('sees when %s', (...[, temperature, strict, anyMoment]) => {
    expect(balance(report, stored(temperature), false)).toMatchObject(strict);
    expect(balance(report, stored(temperature), true)).toMatchObject(anyMoment);
  });
});
