/** `npm run simulate`: simulated archives and load for any broker. */

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { RepositoryDocument } from '../domain/registry.ts';
import { writeLoadRepository } from './load/repository.ts';
import { runLoad, type LoadReport } from './load/run.ts';
import { HELP, parseOrder, type LoadOrder, type SimulateOrder } from './options.ts';
import { parseRepositories, readSimulatedRepositories, UsageError } from './repository-file.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { createSimulation, type Simulation } from './simulation.ts';

const ADVANCE_EVERY_MS = 250;
const CLOSE_WITHIN_MS = 3_000;
const CONNECT_WITHIN_MS = 15_000;

async function main(args: readonly string[]): Promise<void> {
  const order = parseOrder(args);
  switch (order.kind) {
    case 'help':
      return console.log(HELP);
    case 'list':
      return list();
    case 'simulate':
      return simulate(order);
    case 'load':
      return load(order);
    case 'load-repository':
      writeLoadRepository(order);
      return console.log(
        `Wrote ${order.file}: ${order.sensors} sensors, ${order.detectors} detectors.`,
      );
  }
}

function list(): void {
  for (const { id, name, description } of SCENARIOS) {
    console.log(`${id.padEnd(20)} ${name.zh} · ${name.en}\n${' '.repeat(21)}${description.en}`);
  }
}

async function simulate(order: SimulateOrder): Promise<void> {
  const documents = readSimulatedRepositories(order.file);
  const isFast = order.speed === 'max' || order.speed > 1;
  const { durationMs } = order;
  const startAt = order.startAt ?? Date.now() - (isFast ? (durationMs ?? 0) : 0);
  const simulation = createSimulation({
    broker: order.broker,
    documents,
    seed: order.seed,
    startAt: startAt - order.historyMs,
    suffix: randomBytes(3).toString('hex'),
    onTrouble: (sentence) => console.error(sentence),
    onDone: (scenario) => console.log(`Done: ${scenario}.`),
  });
  const stop = { asked: false, notify: (): void => undefined };
  const onSignal = (): void => {
    stop.asked = true;
    stop.notify();
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    await simulation.connected(CONNECT_WITHIN_MS);
    if (order.historyMs > 0) await simulation.publishHistory(startAt);
    begin(simulation, order);
    const until = durationMs === undefined ? Infinity : startAt + durationMs;
    if (order.speed === 'max') await simulation.rush(until, () => stop.asked);
    else await playLive(simulation, { startAt, until, speed: order.speed, stop });
    simulation.stop();
  } finally {
    await simulation.close(CLOSE_WITHIN_MS);
  }
  const { sent, acknowledged, dropped } = simulation.figures();
  console.log(
    `Seed ${order.seed}: ${sent} messages sent, ${acknowledged} acknowledged, ${dropped} dropped.`,
  );
}

/** Says what is about to be seen, and starts it. */
function begin(simulation: Simulation, order: SimulateOrder): void {
  const sensors = simulation.worlds().reduce((n, w) => n + w.archive.sensors.length, 0);
  console.log(`Simulating ${sensors} sensors, seed ${order.seed}, speed ${order.speed}.`);
  if (order.scenario === undefined) return;
  const result = simulation.play(order.scenario, order.room);
  if (!result.ok) throw new UsageError(result.why);
  const text = SCENARIOS.find((s) => s.id === order.scenario)?.description;
  console.log(`Playing ${order.scenario} in ${result.room}. ${text?.en ?? ''}`);
}

interface LiveOptions {
  readonly startAt: number;
  readonly until: number;
  readonly speed: number;
  readonly stop: { asked: boolean; notify: () => void };
}

/** Plays by the clock, `speed` times as fast, until the end or until asked to stop. */
function playLive(
  simulation: Simulation,
  { startAt, until, speed, stop }: LiveOptions,
): Promise<void> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(() => {
      const at = startAt + (performance.now() - startedMs) * speed;
      simulation.advance(Math.min(at, until), Infinity);
      if (at >= until) finish();
    }, ADVANCE_EVERY_MS);
    stop.notify = finish;
    if (stop.asked) finish();
  });
}

async function load(order: LoadOrder): Promise<void> {
  const document = loadDocument(order);
  const { ratePerSecond, report: file, ...rest } = order;
  const shown = { atMs: performance.now() };
  const report = await runLoad({
    ...rest,
    document,
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    onProgress: (p) => {
      if (performance.now() - shown.atMs < 5_000) return;
      shown.atMs = performance.now();
      console.log(
        `${p.acknowledged} of ${p.sent} acknowledged, ${p.connectionsLost} connections lost`,
      );
    },
  });
  if (file !== undefined) writeFileSync(file, JSON.stringify(report));
  console.log(summaryOf(report));
  if (!report.complete) process.exitCode = 1;
}

function loadDocument(order: LoadOrder): RepositoryDocument {
  if (order.file === 'load') {
    const { sensors, fires } = order;
    return writeLoadRepository({ sensors, detectors: Math.max(20, fires), simulated: true });
  }
  const [document] = parseRepositories(readText(order.file), order.file);
  if (!document) throw new UsageError(`${order.file} describes no repository.`);
  return document;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`The repository file ${file} cannot be read.`, { cause });
  }
}

function summaryOf(report: LoadReport): string {
  const { sent, acknowledged, durationMs, acknowledgedPerSecond, latencyMs, connectionsLost } =
    report;
  return [
    `${acknowledged} of ${sent} acknowledged in ${(durationMs / 1000).toFixed(1)} s (${acknowledgedPerSecond}/s)`,
    `latency p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms`,
    `${report.fires.filter((f) => f.acknowledgedAt !== undefined).length} of ${report.fires.length} fire messages acknowledged`,
    `${connectionsLost} connections lost`,
  ].join('; ');
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
