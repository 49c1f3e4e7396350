/** What goes wrong during a run: kill -9 at set shares of the load, InfluxDB away, Mosquitto restarted. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { LantaiProcess } from './lantai-process.ts';
import type { RunningServer } from '../support/servers.ts';

/** How far the load is; written by the load, read here. */
export interface Progress {
  sent: number;
  acknowledged: number;
  done: boolean;
}

export interface Killing {
  readonly kills: number;
  /** Those that hit a start that was not finished. */
  readonly early: number;
  /** Those while messages were still to be acknowledged. */
  readonly underLoad: number;
  /** Alarms that were open before a kill and not after it. */
  readonly openLost: number;
  /** People's acknowledgements that were answered with success before a kill. */
  readonly acknowledgedAlarms: readonly string[];
  readonly startMsMax: number;
  /** Messages taken, as `/metrics` said last in each life: a lower bound. */
  readonly takenAtLeast: number;
  readonly duplicates: number;
}

export interface KillPlan {
  readonly kills: number;
  readonly messages: number;
  /** In [0, 1), from a seed: two runs kill at the same places. */
  readonly chance: () => number;
}

const LOOK_EVERY_MS = 20;
/** A kill comes up to so long after its share of the load was reached. */
const AFTER_MS_MAX = 150;
const EARLY_EVERY = 5;

/** Kills Lantai again and again while the load runs, and looks at its open alarms before and after. */
export async function killRepeatedly(
  to: {
    readonly lantai: LantaiProcess;
    readonly client: Client;
    readonly progress: Progress;
    readonly lives: LifeMeter;
  },
  plan: KillPlan,
): Promise<Killing> {
  const { lantai, client, progress, lives } = to;
  const acknowledgedAlarms: string[] = [];
  let early = 0;
  let underLoad = 0;
  let openLost = 0;
  let startMsMax = 0;
  for (let kill = 0; kill < plan.kills;) {
    await reached(progress, ((kill + 0.5) / plan.kills) * plan.messages);
    const before = await openUserAlarms(client);
    const seen = await acknowledgeOne(client, before);
    if (seen !== undefined) acknowledgedAlarms.push(seen);
    await lives.look();
    await wait(plan.chance() * AFTER_MS_MAX);
    if (!progress.done) underLoad += 1;
    await lantai.kill9();
    lives.ended();
    kill += 1;
    if (kill % EARLY_EVERY === 0 && kill < plan.kills) {
      // In the middle of a start: whatever it was at must be taken up by the next one.
      lantai.spawn();
      await wait(200 + plan.chance() * 1_500);
      await lantai.kill9();
      kill += 1;
      early += 1;
      if (!progress.done) underLoad += 1;
    }
    const startedAt = performance.now();
    await lantai.start();
    startMsMax = Math.max(startMsMax, performance.now() - startedAt);
    const after = new Set((await openUserAlarms(client)).map((alarm) => alarm.id));
    openLost += before.filter((alarm) => !after.has(alarm.id)).length;
  }
  const { taken, duplicates } = lives.sum();
  return {
    kills: plan.kills,
    early,
    underLoad,
    openLost,
    acknowledgedAlarms,
    startMsMax: Math.round(startMsMax),
    takenAtLeast: taken,
    duplicates,
  };
}

/** The system's own alarms come and go with its troubles; nobody but people may close the others. */
async function openUserAlarms(client: Client) {
  const open = await client.openAlarms();
  return open.filter((alarm) => alarm.subject.kind !== 'system');
}

async function acknowledgeOne(
  client: Client,
  open: Awaited<ReturnType<typeof openUserAlarms>>,
): Promise<string | undefined> {
  const next = open.find((alarm) => alarm.acknowledged === undefined);
  return next && (await client.acknowledge(next.id)) ? next.id : undefined;
}

/** Resolves when so many messages are acknowledged, or the load is done. */
async function reached(progress: Progress, acknowledged: number): Promise<void> {
  while (progress.acknowledged < acknowledged && !progress.done) await wait(LOOK_EVERY_MS);
}

/** Adds up what each life of the process has counted. */
export interface LifeMeter {
  look(): Promise<void>;
  ended(): void;
  sum(): { readonly taken: number; readonly duplicates: number };
}

export function createLifeMeter(client: Client): LifeMeter {
  let past = { taken: 0, duplicates: 0 };
  let life = { taken: 0, duplicates: 0 };
  return {
    look: async () => {
      const figures = await client.metrics();
      life = {
        taken: figures.get('lantai_messages_total') ?? 0,
        duplicates: figures.get('lantai_duplicates_total') ?? 0,
      };
    },
    ended: () => {
      past = { taken: past.taken + life.taken, duplicates: past.duplicates + life.duplicates };
      life = { taken: 0, duplicates: 0 };
    },
    sum: () => ({
      taken: past.taken + life.taken,
      duplicates: past.duplicates + life.duplicates,
    }),
  };
}

/** Stops InfluxDB at a share of the load, for so long. */
export async function stopInfluxInTheMiddle(
  influx: RunningServer,
  q: { readonly progress: Progress; readonly at: number; readonly forMs: number },
): Promise<void> {
  await reached(q.progress, q.at);
  await influx.stop();
  await wait(q.forMs);
  await influx.start();
}

/** SIGTERM and a start, as an update of the broker does it. */
export async function restartMosquitto(
  mosquitto: RunningServer,
  q: { readonly progress: Progress; readonly at: number },
): Promise<void> {
  await reached(q.progress, q.at);
  await mosquitto.stop();
  await mosquitto.start();
}

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function chanceFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
