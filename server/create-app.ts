/** The one composition root: every part is made here, in the order in which they need each other, and stopped in reverse. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { catalogueOf, loadKnowledge } from '../alerts/index.ts';
import { startReadingWorkers, type ReadingWorkers } from '../gateway/forwarder/reading-workers.ts';
import type { Repository } from '../domain/registry.ts';
import { SECOND_MS } from '../domain/time.ts';
import { createAccess, type Access } from './accounts/access.ts';
import { announceAdministrator, refuseFirstPassword } from './administrator.ts';
import { Cleanup } from './cleanup.ts';
import { openCore, type Core } from './core.ts';
import { createServices } from './create-services.ts';
import { keepFoundDevices } from './devices/found-devices.ts';
import { codeOf, messageOf, StartRefused } from './data-folder.ts';
import { startSimulators, type SimulatorsProcess } from './demonstration.ts';
import { greetBroker, leaveBroker } from './greeting.ts';
import { createHttpApp } from './http/app.ts';
import { nightlyAssessmentJobs } from './jobs/nightly-assessment.ts';
import { rollUpJob } from './jobs/roll-up.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { attachLiveFeed, type LiveFeed } from './live/feed.ts';
import { startPartNews } from './live/part-news.ts';
import { createMetricsRegistry } from './metrics.ts';
import { startMotion, type Motion } from './motion.ts';
import { readPemPair } from './pem.ts';
import type { Services } from './services.ts';
import type { Settings, TlsFiles } from './settings/settings.ts';
import { applyWhenStored, readRepositoryFile } from './structure.ts';
import { readingStoreConfig, SAMPLE_REPOSITORY_PATH } from './store-config.ts';
import { startSource, type Source } from './sources.ts';
import { startTransmitters } from './transmitters.ts';
import { dirtyHours } from './store/saved-state.ts';

/** Each part gets so long to stop; all together stay under ten seconds in practice. */
const STOP_EACH_WITHIN_MS = 4 * SECOND_MS;
const DASHBOARD_DIR = join(import.meta.dirname, '..', 'dashboard', 'dist');
const PACKAGE_PATH = join(import.meta.dirname, '..', 'package.json');

export interface App {
  /** Where people open it. */
  readonly address: string;
  /** What to print at the start, for people. */
  readonly announcement: readonly string[];
  /** Nothing acknowledged is lost, nothing is left running. */
  close(): Promise<void>;
}

/** Starts everything. Throws `StartRefused` with one sentence when something outside must be put right first. */
export async function createApp(settings: Settings, log: Logger): Promise<App> {
  const cleanup = new Cleanup(log);
  try {
    return await start(settings, log, cleanup);
  } catch (error) {
    await cleanup.run(STOP_EACH_WITHIN_MS);
    throw error;
  }
}

async function start(settings: Settings, log: Logger, cleanup: Cleanup): Promise<App> {
  const sample = settings.repositoryPath === undefined;
  const repositoryPath = settings.repositoryPath ?? SAMPLE_REPOSITORY_PATH;
  // What is made up never lies among what is real.
  const dataDir = sample ? join(settings.dataDir, 'sample') : settings.dataDir;
  // Looked at before anything is made or changed: a mistake in it leaves no trace.
  const knowledge = loadKnowledge();
  const standards = catalogueOf(knowledge.standards);
  const described = readRepositoryFile(repositoryPath, standards).map((one) => one.repository);
  refuseSimulatorsAmongReal(settings, described);
  const core = await openCore({ dataDir, repositoryPath, knowledge, cleanup, log });
  refuseSimulatorsAmongReal(settings, [...core.structure.registry.repositories.values()]);
  refuseFirstPassword(core.queries, settings);
  const motion = startMotion({ core, settings, log, cleanup });
  cleanup.add('found devices', keepFoundDevices({ core, motion, log }).stop);
  const workers = startWorkers({ core, settings, motion, log });
  cleanup.add('reading workers', () => workers.close());
  motion.useWorkers(workers);

  const simulators: { process?: SimulatorsProcess } = {};
  const services = createServices({ core, motion, workers, settings, log, simulators });
  const http = await prepareHttp({ core, motion, services, settings, log });
  cleanup.add('http', () => http.app.close());
  cleanup.add('live feed', () => http.feed.close());
  motion.useFeed(http.feed);
  const partNews = { parts: services.live.parts, tell: http.feed.parts };
  cleanup.add('part news', startPartNews(partNews));

  const source = await startSource({
    settings: settings.mqtt,
    registry: core.structure.registry,
    devices: http.access.devices,
    onMessage: motion.onMessage,
    onPart: motion.onBrokerPart,
    onConnected: (to) => greetBroker(core, to, { now: services.now(), log }),
    log,
  });
  cleanup.add('broker', () => source.close());
  motion.useSource(source);
  core.replies.useBroker(source, log);
  await startTransmitters({ settings, core, cleanup, onMessage: motion.onMessage, log });
  cleanup.add('gateway status', () => leaveBroker(core, source));
  const address = await http.listen();
  // After all that may still be refused: a password that was made up must reach who reads it.
  const { access } = http;
  const { folder } = core;
  const administrator = await announceAdministrator({ services, access, settings, folder });

  if (core.isFileWaiting) applyLater(repositoryPath, { core, services, cleanup, log });
  if (settings.simulate)
    startSimulating({ core, source, repositoryPath, simulators, cleanup, log });
  const jobs = startAllJobs({ core, workers, services, log });
  cleanup.add('jobs', () => jobs.stop());
  return {
    address,
    announcement: [
      `Lantai 兰台 is running: ${address}`,
      `  ${source.name}; readings in ${readingsName(settings)}; data in ${dataDir}`,
      ...refusalLines(core, log),
      ...(sample ? ['  sample archive with simulated data, marked so everywhere'] : []),
      ...core.applied.slice(0, sample ? 0 : 20).map((line) => `  repository file: ${line}`),
      ...administrator,
    ],
    close: () => cleanup.run(STOP_EACH_WITHIN_MS),
  };
}

/** The repository file that could not be stored at the start is applied when something can. */
function applyLater(
  path: string,
  what: {
    readonly core: Core;
    readonly services: Services;
    readonly cleanup: Cleanup;
    readonly log: Logger;
  },
): void {
  const { core, services, cleanup, log } = what;
  const { writer, standardsCatalogue: standards } = services;
  const parts = { reader: core.reader, writer, standards, log };
  cleanup.add('repository file', applyWhenStored(path, parts));
}

/** Started all the same: people at the terminal and the log are told why nothing is stored, and what follows from it. */
function refusalLines({ store }: Core, log: Logger): readonly string[] {
  const why = store.refusal();
  if (why === undefined) return [];
  log.error({ why }, 'started although nothing can be stored; trying again all the time');
  return [
    `  NOTHING CAN BE STORED (${why}):`,
    '  fire, water and intrusion are told, marked "not stored"; make room or let the folder be written',
  ];
}

function startSimulating(q: {
  readonly core: Core;
  readonly source: Source;
  readonly repositoryPath: string;
  readonly simulators: { process?: SimulatorsProcess };
  readonly cleanup: Cleanup;
  readonly log: Logger;
}): void {
  const { simulators } = q;
  simulators.process = startSimulators({
    brokerUrl: q.source.url,
    repositoryPath: q.repositoryPath,
    history: q.core.saved.lastSpool === 0 ? '24h' : '0s',
    log: q.log.child({ part: 'simulators' }),
  });
  q.cleanup.add('simulators', () => simulators.process?.close());
}

function startAllJobs(q: {
  readonly core: Core;
  readonly workers: ReadingWorkers;
  readonly services: Services;
  readonly log: Logger;
}) {
  const { core, workers, services, log } = q;
  const rollUp = rollUpJob(services, {
    dirtyHours: (which) => dirtyHours(core.reader, which),
    rollUp: (hours) => workers.rollUp(hours),
  });
  return startJobs({ services, jobs: () => [rollUp, ...nightlyAssessmentJobs(services)], log });
}

function refuseSimulatorsAmongReal(settings: Settings, repositories: readonly Repository[]): void {
  if (!settings.simulate) return;
  const real = repositories.find((repository) => repository.simulated !== true);
  if (!real) return;
  throw new StartRefused(
    `LANTAI_SIMULATE is on, but the repository ${real.id} is not marked simulated: made-up data must not mix with real data; set LANTAI_SIMULATE=off.`,
  );
}

function readingsName(settings: Settings): string {
  return settings.influx ? `InfluxDB, database ${settings.influx.database}` : 'SQLite';
}

function startWorkers(q: {
  readonly core: Core;
  readonly settings: Settings;
  readonly motion: Motion;
  readonly log: Logger;
}): ReadingWorkers {
  return startReadingWorkers({
    stateDbPath: q.core.store.path,
    spoolOpens: q.core.store.opened,
    store: readingStoreConfig(q.settings, q.core.folder),
    onSettled: q.motion.onSettled,
    onStoreState: q.motion.onStoreState,
    log: q.log.child({ part: 'readings' }),
  });
}

interface Http {
  readonly app: FastifyInstance;
  readonly feed: LiveFeed;
  readonly access: Access;
  /** Starts to answer; gives the address that people open. Throws `StartRefused` when the port is taken. */
  listen(): Promise<string>;
}

/** Everything but listening: the feed is there before the first message, the pages after everything else. */
async function prepareHttp(q: {
  readonly core: Core;
  readonly motion: Motion;
  readonly services: Services;
  readonly settings: Settings;
  readonly log: Logger;
}): Promise<Http> {
  const { services, motion } = q;
  const { tls, publicUrl, trustProxy } = q.settings.http;
  const access = createAccess(services, {});
  const registry = createMetricsRegistry({
    tick: () => motion.tick.figures(),
    outbox: () => motion.outbox.state(),
    parts: services.live.parts,
    openAlarms: () => q.core.engine.openAlarms().length,
    liveClients: () => motion.liveClients(),
  });
  const origin = { publicUrl, allowedOrigins: [] };
  const app = await createHttpApp({
    services,
    access,
    registry,
    version: versionOf(),
    settings: {
      ...(publicUrl === undefined ? {} : { publicUrl }),
      trustProxy,
      ...(tls ? { tls: pemPair(tls) } : {}),
      secureCookies: tls !== undefined || publicUrl?.startsWith('https:') === true,
      dashboardDir: DASHBOARD_DIR,
    },
  });
  const feed = attachLiveFeed({
    app,
    services,
    access,
    origin,
    trustProxy,
    changed: () => q.core.latest.takeChanged(),
  });
  return { app, feed, access, listen: () => listen(app, q.settings.http) };
}

async function listen(app: FastifyInstance, settings: Settings['http']): Promise<string> {
  const { host, port, tls, publicUrl } = settings;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw refusedPort(error, `${host}:${port}`);
  }
  const bound = app.server.address();
  const boundPort = typeof bound === 'object' && bound ? bound.port : port;
  const scheme = tls ? 'https' : 'http';
  return publicUrl ?? `${scheme}://${host}:${boundPort}`;
}

function refusedPort(error: unknown, where: string): unknown {
  const code = codeOf(error);
  if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') return error;
  return new StartRefused(
    `The dashboard can't listen on ${where} (${messageOf(error)}); change LANTAI_HTTP_HOST or LANTAI_HTTP_PORT.`,
  );
}

function pemPair(tls: TlsFiles) {
  return readPemPair({
    cert: { path: tls.certPath, setting: 'LANTAI_HTTP_TLS_CERT' },
    key: { path: tls.keyPath, setting: 'LANTAI_HTTP_TLS_KEY' },
  });
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(PACKAGE_PATH, 'utf8')) as { version: string };
  return version;
}
