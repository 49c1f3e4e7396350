/** A poisonous neighbour: how much of the others' rate is left while one client sends garbage as fast as it can. */

import { join } from 'node:path';
import { writeLoadRepository } from '../../simulators/load/repository.ts';
import { compare, median, rounded, type BenchResult } from './figures.ts';
import { startHelper, type Helper } from './helpers.ts';
import { makeFolder, startLantai, type Lantai } from './house.ts';
import type { BenchOptions } from './throughput.ts';

const SENSORS = 1_000;
const CONNECTIONS = 8;
const WINDOW = 64;
const WITHIN_MS = 120_000;
/** Garbage has begun to flow before the others are measured. */
const HEAD_START_MS = 1_000;

/** Both rates on the same running system, in turn, so that nothing but the garbage differs. */
export async function poisonousNeighbour(options: BenchOptions): Promise<BenchResult> {
  const size = options.quick ? { messages: 10_000, runs: 3 } : { messages: 40_000, runs: 5 };
  const folder = makeFolder();
  const repositoryFile = join(folder.path, 'repository.yaml');
  writeLoadRepository({ sensors: SENSORS, simulated: false, file: repositoryFile });
  const lantai = await startLantai({ dataDir: join(folder.path, 'data'), repositoryFile });
  const publisher = startHelper();
  const runs: Run[] = [];
  let first = 0;
  const rate = (): Promise<number> => {
    first += size.messages;
    return burst(publisher, { port: lantai.mqttPort, messages: size.messages, first });
  };
  try {
    await rate();
    for (let run = 0; run < size.runs; run += 1) {
      const alone = await rate();
      runs.push({ alone, ...(await poisoned(lantai, rate)) });
    }
  } finally {
    await publisher.stop();
    await lantai.stop();
    folder.remove();
  }
  const garbage = median(runs.map((run) => run.garbagePerSecond));
  // Later it may be slowed down to nothing, as it is the same client.
  if (runs[0]?.garbagePerSecond === 0) throw new Error('no garbage came through at all');
  const row = compare({
    name: 'others beside a poisonous neighbour',
    unit: 'messages/s',
    ours: runs.map((run) => run.beside),
    floor: runs.map((run) => run.alone),
    floorIs: 'the same without the neighbour, on the same running system',
    target: { text: '>= 0.75 of floor', met: (_ours, ratio) => ratio >= 0.75 },
    note: `the neighbour gets ${rounded(garbage)} messages of garbage a second through`,
  });
  return {
    rows: [row],
    conditions: { ...size, publishers: CONNECTIONS, publisherInFlight: WINDOW, sensors: SENSORS },
  };
}

interface Run {
  readonly alone: number;
  readonly beside: number;
  readonly garbagePerSecond: number;
}

async function poisoned(lantai: Lantai, rate: () => Promise<number>): Promise<Omit<Run, 'alone'>> {
  const poison = startHelper();
  const refused = async (): Promise<number> =>
    (await lantai.metrics()).get('lantai_quarantined_total') ?? 0;
  try {
    // Counted from its first message: a flood is slowed down after its first burst, so the burst is most of it.
    const [before, startedMs] = [await refused(), performance.now()];
    poison.send({ kind: 'poison', port: lantai.mqttPort });
    await poison.answer('prepared', WITHIN_MS);
    await new Promise((resolve) => setTimeout(resolve, HEAD_START_MS));
    const beside = await rate();
    const seconds = (performance.now() - startedMs) / 1_000;
    const garbagePerSecond = ((await refused()) - before) / seconds;
    poison.send({ kind: 'stop-poison' });
    await poison.answer('poisoned', WITHIN_MS);
    return { beside, garbagePerSecond };
  } finally {
    await poison.stop();
  }
}

async function burst(
  publisher: Helper,
  q: { readonly port: number; readonly messages: number; readonly first: number },
): Promise<number> {
  const { port, messages, first: firstSequence } = q;
  publisher.send({
    kind: 'prepare-burst',
    burst: {
      port,
      messages,
      firstSequence,
      connections: CONNECTIONS,
      window: WINDOW,
      sensors: SENSORS,
    },
  });
  await publisher.answer('prepared', WITHIN_MS);
  publisher.send({ kind: 'burst' });
  const { startedAt, endedAt } = await publisher.answer('published', WITHIN_MS);
  return (messages * 1_000) / (endedAt - startedAt);
}
