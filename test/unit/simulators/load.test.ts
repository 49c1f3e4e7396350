import { afterEach, describe, expect, it } from 'vitest';
import { createLedger } from '../../../simulators/load/ledger.ts';
import { writeLoadRepository } from '../../../simulators/load/repository.ts';
import { runLoad } from '../../../simulators/load/run.ts';
import { startBroker, type TestBroker } from './support.ts';

let broker: TestBroker | undefined;
afterEach(async () => {
  await broker?.close();
  broker = undefined;
});

describe('the ledger', () => {
  it('never gives two messages of a sensor the same sequence or time', () => {
    const ledger = createLedger(['a', 'b'], 100);
    const issued = [ledger.issue(0, 5), ledger.issue(0, 5), ledger.issue(0, 3), ledger.issue(1, 5)];
    expect(issued).toEqual([
      { sequence: 100, time: 5 },
      { sequence: 101, time: 6 },
      { sequence: 102, time: 7 },
      { sequence: 100, time: 5 },
    ]);
  });

  it('names what was not acknowledged as gaps, and counts nothing twice', () => {
    const ledger = createLedger(['a'], 10);
    for (let i = 0; i < 6; i += 1) ledger.issue(0, 1000 + i);
    for (const sequence of [15, 10, 11, 10, 99, 9, 13]) ledger.acknowledge(0, sequence);
    expect(ledger.acknowledged()).toBe(4);
    expect(ledger.accounts({ times: true })).toEqual([
      {
        sensor: 'a',
        sent: 6,
        acknowledged: 4,
        ranges: [
          [10, 11],
          [13, 13],
          [15, 15],
        ],
        gaps: [
          [12, 12],
          [14, 14],
        ],
        firstAt: 1000,
        lastAt: 1005,
        times: [1000, 1001, 1003, 1005],
      },
    ]);
  });
});

describe('a load run', () => {
  const document = writeLoadRepository({ sensors: 20, detectors: 4, simulated: true });

  it('reports exactly what the broker has taken', async () => {
    broker = await startBroker();
    const report = await runLoad({
      broker: broker.url,
      document,
      messages: 500,
      publishers: 3,
      fires: 4,
    });
    expect(report).toMatchObject({ sent: 500, acknowledged: 500, complete: true });
    expect(report.fires.filter((f) => f.acknowledgedAt !== undefined)).toHaveLength(8);
    const taken = broker.received.filter((r) => r.topic.endsWith('/telemetry'));
    expect(taken).toHaveLength(508);
    for (const account of report.sensors) {
      const topic = `lantai/load/${account.sensor}/telemetry`;
      const times = taken.filter((r) => r.topic === topic).map((r) => JSON.parse(r.payload).time);
      expect(times).toEqual(account.times);
      expect(account.gaps).toEqual([]);
    }
  });

  it('goes on after lost connections until everything is acknowledged', async () => {
    broker = await startBroker();
    const running = runLoad({ broker: broker.url, document, messages: 3000, publishers: 4 });
    for (const count of [300, 900, 1500]) {
      await broker.until((received) => received.length > count);
      broker.cut();
    }
    const report = await running;
    expect(report).toMatchObject({ sent: 3000, acknowledged: 3000, complete: true });
    expect(report.connectionsLost).toBeGreaterThan(0);
    const sequences = new Set(
      broker.received
        .filter((r) => r.topic === 'lantai/load/l00001/telemetry')
        .map((r) => JSON.parse(r.payload).sequence),
    );
    const [first] = report.sensors;
    expect(sequences.size).toBe(first?.acknowledged);
  });

  it('does not mark messages for a repository that is not simulated', async () => {
    broker = await startBroker();
    const real = writeLoadRepository({ sensors: 2, simulated: false });
    await runLoad({ broker: broker.url, document: real, messages: 4 });
    expect(broker.received.filter((r) => r.payload.includes('simulated'))).toEqual([]);
  });

  it('keeps to its rate', async () => {
    broker = await startBroker();
    const report = await runLoad({
      broker: broker.url,
      document,
      messages: 200,
      ratePerSecond: 400,
    });
    expect(report.durationMs).toBeGreaterThanOrEqual(450);
    expect(report.complete).toBe(true);
  });
});
