/** Ten times the load for a while: what memory it takes, whether fires are heard meanwhile, how soon all is as before. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { runLoad, type LoadReport } from '../../../simulators/load/run.ts';
import { readAlarmBooks } from '../alarm-books.ts';
import type { PartState } from '../../../domain/api.ts';
import type { Line } from '../bars.ts';
import { createStallWatch } from '../broker-run.ts';
import { readInflux } from '../stored-readings.ts';
import { judgeFires } from '../watch-stage.ts';
import { balance } from './compare.ts';
import { lightFires, slowestFireMs, type Fire } from './fires.ts';
import { setMatrixStage, type MatrixStage } from './matrix-stage.ts';
import { accepted, awaitStored } from './settle.ts';

/** The unit that is shipped ends the process at 1 GB; half of it is the bound. */
export const OVERLOAD_MB_MAX = 512;
const NORMAL_MS_MAX = 30_000;
const LATE_MS_MAX = 5_000;
const WATCHED_MS_MAX = 120_000;

export interface OverloadReport {
  readonly broker: 'mosquitto' | 'embedded';
  readonly offeredPerSecond: number;
  readonly offeredMs: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly takenPerSecond: number;
  readonly peakMb: number;
  /** From the end of the offer until everything was taken and is acknowledged; `undefined`: not while it was watched. */
  readonly normalMs: number | undefined;
  readonly readingsStored: number;
  readonly lost: number;
  readonly double: number;
  readonly alarmsMissed: number;
  readonly slowestAlarmMs: number | undefined;
  readonly longestStallMs: number;
  /** Parts that do not work afterwards, with their words. */
  readonly broken: readonly string[];
}

/** Offers `ratePerSecond` for `offerMs`; publishers wait for their acknowledgements as MQTT wants it. */
export async function runOverload(q: {
  readonly broker: 'mosquitto' | 'embedded';
  readonly ratePerSecond: number;
  readonly offerMs: number;
  readonly logPath?: string;
}): Promise<OverloadReport | undefined> {
  const { broker, logPath } = q;
  const ends: (() => unknown)[] = [];
  try {
    const stage = await setMatrixStage({ sensors: 800, withClock: false, broker, logPath }, ends);
    return stage && (await play(stage, q));
  } finally {
    for (const end of ends.reverse()) await Promise.resolve(end()).catch(() => undefined);
  }
}

async function play(
  stage: MatrixStage,
  q: Parameters<typeof runOverload>[0],
): Promise<OverloadReport> {
  const { client, supervisor, lantai } = stage;
  const stalls = createStallWatch();
  const offering = runLoad({
    broker: lantai.brokerUrl,
    document: stage.document,
    messages: (q.ratePerSecond * q.offerMs) / 1000,
    offerForMs: q.offerMs,
    ratePerSecond: q.ratePerSecond,
    publishers: 32,
    inFlightMax: 256,
    stalledAfterMs: 60_000,
    onProgress: ({ acknowledged }) => stalls.saw(acknowledged),
  });
  const share = (part: number): number => q.offerMs * part;
  const lighting = lightFires(stage, [share(0.2), share(0.5), share(0.9)]);
  await wait(q.offerMs);
  const endedAt = performance.now();
  const takenBy = await taken(client);
  const [load, fires] = await Promise.all([offering, lighting]);
  const isTaken = await untilTaken(stage, load.acknowledged + accepted(stage).length);
  const normalMs = isTaken ? Math.round(performance.now() - endedAt) : undefined;
  await awaitStored(stage, 2 * load.acknowledged + accepted(stage).length);
  const broken = await brokenParts(stage);
  const peakMb = supervisor.peakMb();
  supervisor.end();
  await lantai.stop();
  return {
    broker: q.broker,
    offeredPerSecond: q.ratePerSecond,
    offeredMs: q.offerMs,
    sent: load.sent + fires.length,
    acknowledged: load.acknowledged + accepted(stage).length,
    takenPerSecond: Math.round((takenBy * 1000) / q.offerMs),
    peakMb,
    normalMs,
    ...(await judge(stage, load, fires)),
    longestStallMs: stalls.longestMs(),
    broken,
  };
}

async function judge(stage: MatrixStage, load: LoadReport, fires: readonly Fire[]) {
  const report = { sensors: load.sensors, fires: accepted(stage) };
  const { stored, lost, double } = balance(report, await readInflux(stage.influx.url), false);
  const books = readAlarmBooks(join(stage.dataDir, 'state.db'));
  const { alarmsMissed } = judgeFires(
    books,
    fires.map(({ sensor }) => sensor),
  );
  return {
    readingsStored: stored,
    lost,
    double,
    alarmsMissed,
    slowestAlarmMs: slowestFireMs(fires),
  };
}

async function taken(client: MatrixStage['client']): Promise<number> {
  return (await client.metrics()).get('lantai_messages_total') ?? 0;
}

async function untilTaken({ client }: MatrixStage, messages: number): Promise<boolean> {
  const until = performance.now() + WATCHED_MS_MAX;
  while (performance.now() < until) {
    if ((await taken(client)) >= messages) return true;
    await wait(200);
  }
  return false;
}

/** The parts that do not work. */
async function brokenParts({ lantai, client }: MatrixStage): Promise<readonly string[]> {
  const { headers } = client;
  const answer = await fetch(`${lantai.url}/api/ready`, { headers });
  const { parts } = (await answer.json()) as { readonly parts: readonly PartState[] };
  return parts.filter(({ ok }) => !ok).map(({ part, detail }) => `${part}: ${detail}`);
}

export function overloadLines(report: OverloadReport): readonly Line[] {
  const { slowestAlarmMs, normalMs, broken } = report;
  const zero = (what: string, value: number): Line => ({
    what,
    value,
    bar: '= 0',
    ok: value === 0,
  });
  const within = (what: string, ms: number | undefined, msMax: number): Line => ({
    what,
    value: ms === undefined ? 'never' : Math.round(ms / 100) / 10,
    bar: `≤ ${msMax / 1000}`,
    ok: ms !== undefined && ms <= msMax,
  });
  return [
    { what: 'messages offered a second', value: report.offeredPerSecond, ok: true },
    { what: '… for s', value: report.offeredMs / 1000, ok: true },
    { what: 'taken a second meanwhile', value: report.takenPerSecond, ok: true },
    { what: 'messages that publishers could send', value: report.sent, ok: true },
    zero('… not acknowledged in the end', report.sent - report.acknowledged),
    { what: 'readings stored', value: report.readingsStored, ok: true },
    zero('readings lost', report.lost),
    zero('readings stored twice', report.double),
    zero('alarms missed', report.alarmsMissed),
    within('slowest safety alarm, s', slowestAlarmMs, LATE_MS_MAX),
    {
      what: 'longest stall of acknowledgement, s',
      value: Math.round(report.longestStallMs / 100) / 10,
      ok: true,
    },
    {
      what: 'highest memory of the process, MB',
      value: report.peakMb,
      bar: `≤ ${OVERLOAD_MB_MAX}`,
      ok: report.peakMb <= OVERLOAD_MB_MAX,
    },
    within('back to normal after it, s', normalMs, NORMAL_MS_MAX),
    {
      what: 'broken after it',
      value: broken.join() || 'nothing',
      bar: 'nothing',
      ok: broken.length === 0,
    },
  ];
}
