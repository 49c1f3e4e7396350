/** The promise of `npm run faults`, small enough for every run of the tests: real processes, real servers, kill -9. */

import { describe, expect, it } from 'vitest';
import { brokerLines, missed } from '../faults/bars.ts';
import { runBroker, type BrokerRunReport } from '../faults/broker-run.ts';
import { compareReadings, Gathering } from '../faults/stored-readings.ts';
import { judgeAlarms } from '../faults/alarm-books.ts';
import type { LoadReport } from '../../simulators/load/run.ts';
import { loadValues } from '../../simulators/load/message.ts';
import { findServer, type ServerName } from '../support/servers.ts';

const SMALL = {
  messages: 2_400,
  kills: 3,
  influxDownMs: 3_000,
  sensors: 80,
  fires: 6,
  ratePerSecond: 400,
  settleMsMax: 60_000,
};
/** Ten times what it takes on an idle machine. */
const RUN_MS_MAX = 180_000;

const NEEDS: readonly (readonly [
  BrokerRunReport['broker'] & ('embedded' | 'mosquitto'),
  ServerName[],
])[] = [
  ['embedded', ['influxd']],
  ['mosquitto', ['influxd', 'mosquitto']],
];

for (const [broker, servers] of NEEDS) {
  const absent = servers.filter((server) => findServer(server) === undefined);
  describe.skipIf(absent.length > 0)(`kill -9 and outages, ${broker} broker`, () => {
    it(
      'loses nothing that was acknowledged, stores nothing twice, misses no fire',
      { timeout: RUN_MS_MAX },
      async () => {
        const report = await runBroker({ ...SMALL, broker });
        expect(report.killing.underLoad).toBeGreaterThan(0);
        const found = [...report.readings.examples, ...report.alarms.examples];
        expect(missed(brokerLines(report)), found.join('\n')).toEqual([]);
      },
    );
  });
}

/** A check that finds nothing must be able to find something. */
describe('the check of readings', () => {
  const load = {
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
  const whole = [
    [100, first.temperature],
    [200, second.temperature],
  ] as const;

  it.each([
    ['all is there', whole, { lostMessages: 0, twice: 0, wrongValues: 0 }],
    ['a reading is missing', whole.slice(1), { lostMessages: 1, twice: 0, wrongValues: 0 }],
    ['another value', [[100, 99], whole[1]] as const, { lostMessages: 0, wrongValues: 1 }],
    ['a time that nobody sent', [...whole, [300, 1] as const], { lostMessages: 0, twice: 1 }],
    ['the same time twice', [...whole, whole[0]], { lostMessages: 0, twice: 1 }],
  ])('sees when %s', (...[, temperature, expected]) => {
    expect(compareReadings(load, stored(temperature))).toMatchObject(expected);
  });
});

describe('the check of alarms', () => {
  const fires = [
    { fire: 0, sensor: 'f0001', room: 'lr001', value: 1, sequence: 1, time: 1, acknowledgedAt: 2 },
  ] as const;
  const rooms = new Map([['f0001', 'lr001']]);
  const alarm = (id: string, revision: number, more: object = {}) => ({
    id,
    repository: 'load',
    rule: 'smoke-alarm',
    subject: { kind: 'sensor', id: 'f0001' },
    raisedAt: 1,
    revision,
    ...more,
  });
  const raised = (id: string, revision: number) => ({
    id: `${id}/${revision}`,
    alarm: id,
    kind: 'raised',
  });
  const judge = (alarms: readonly object[], transitions: readonly object[]) =>
    judgeAlarms(
      { alarms, transitions, incidents: [] } as unknown as Parameters<typeof judgeAlarms>[0],
      { fires, rooms },
    );

  it.each([
    ['one alarm, raised once', [alarm('a', 1)], [raised('a', 1)], { missed: 0, doubled: 0 }],
    ['no alarm', [], [], { missed: 1, doubled: 0 }],
    ['an alarm without its transition', [alarm('a', 1)], [], { missed: 1, doubled: 1 }],
    [
      'two alarms open at once',
      [alarm('a', 1), alarm('b', 1)],
      [raised('a', 1), raised('b', 1)],
      { missed: 0, doubled: 2 },
    ],
    ['raised twice', [alarm('a', 2)], [raised('a', 1), raised('a', 2)], { missed: 0, doubled: 2 }],
  ])('judges %s', (...[, alarms, transitions, expected]) => {
    expect(judge(alarms, transitions)).toMatchObject(expected);
  });
});
