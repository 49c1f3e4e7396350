/** The one composition root: every part is made here, in the order in which they need each other, and stopped in reverse. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { catalogueOf, loadKnowledge } from '../alerts/index.ts';
import { startReadingWorkers, type ReadingWorkers } from '../gateway/forwarder/reading-workers.ts';
import type { Repository } from '../domain/registry.ts';
import { SECOND_MS } from '../domain/time.ts';
import { createAccess } from './accounts/access.ts';
import { announceAdministrator, refuseFirstPassword } from './administrator.ts';
import { Cleanup } from './cleanup.ts';
import { openCore, type Core } from './core.ts';
import type { Backtests } from './backtests/backtest-types.ts';
import { createBacktests, playInWorker } from './backtests/backtests.ts';
import { createServices } from './create-services.ts';
import { keepFoundDevices } from './devices/found-devices.ts';
import { StartRefused } from './data-folder.ts';
import { startSimulators, type SimulatorsProcess } from './demonstration.ts';
import { greetBroker, leaveBroker } from './greeting.ts';
import { nightlyAssessmentJobs } from './jobs/nightly-assessment.ts';
import { rollUpJob } from './jobs/roll-up.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { startPartNews } from './live/part-news.ts';
import { loadWeb } from './load-web.ts';
import { startMotion, type Motion } from './motion.ts';
import { readPemPair, type PemPair } from './pem.ts';
import { openReadBefore } from './read-before.ts';
import type { Services } from './services.ts';
import type { Settings, TlsFiles } from './settings/settings.ts';
import { applyWhenStored, readRepositoryFile } from './structure.ts';
import { readingStoreConfig, SAMPLE_REPOSITORY_PATH } from './store-config.ts';
import { startSource, type Source } from './sources.ts';
import { startTransmitters } from './transmitters.ts';
import { dirtyHours } from './store/saved-state.ts';
import type { Web, WebParts } from './web.ts';

/** Each part gets so long to stop; all together stay under ten seconds in practice. */
const STOP_EACH_WITHIN_MS = 4 * SECOND_MS;
/** A broker that does not answer is no reason to keep people waiting. */
const BROKER_FIRST_MS_MAX = SECOND_MS;

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
  const before = openReadBefore(dataDir);
  const knowledge = loadKnowledge(before);
  const standards = catalogueOf(knowledge.standards);
  const documents = readRepositoryFile(repositoryPath, { standards, before });
  const described = documents.map(({ repository }) => repository);
  refuseSimulatorsAmongReal(settings, described);
  const read = { repositoryPath, documents, knowledge, before };
  const core = await openCore({ dataDir, ...read, cleanup, log });
  refuseSimulatorsAmongReal(settings, [...core.structure.registry.repositories.values()]);
  refuseFirstPassword(core.queries, settings);
  const tls = tlsOf(settings.http.tls);
  const motion = startMotion({ core, settings, log, cleanup });
  cleanup.add('found devices', keepFoundDevices({ core, motion, log }).stop);
  const listening = Promise.withResolvers<void>();
  const workers = startWorkers({ core, settings, motion, begin: listening.promise, log });
  cleanup.add('reading workers', () => workers.close());
  motion.useWorkers(workers);

  const backtests = openBacktests({ core, settings, cleanup });
  const simulators: { process?: SimulatorsProcess } = {};
  const services = createServices({ core, motion, workers, backtests, settings, log, simulators });
  const access = createAccess(services, {});
  const pages = laterPages(
    { core, motion, services, access, settings: settings.http, tls },
    cleanup,
  );

  const source = await startSource({
    settings: settings.mqtt,
    registry: core.structure.registry,
    devices: access.devices,
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
  // A fire that lies in the broker's queue is told first: pages wait for the link, not the link for pages.
  await Promise.race([source.answered, wait(BROKER_FIRST_MS_MAX, undefined, { ref: false })]);
  const address = await pages.open();
  listening.resolve();
  // After all that may still be refused: a password that was made up must reach who reads it.
  const { folder } = core;
  const administrator = await announceAdministrator({ services, access, settings, folder });

  if (core.isFileWaiting) applyLater(repositoryPath, { core, services, cleanup, log });
  if (settings.simulate)
    startSimulating({ core, source, repositoryPath, simulators, cleanup, log });
  // Not before the folder is held, and after all that people wait for.
  void core.store.opened.then(() => before.save());
  const jobs = startAllJobs({ core, workers, services, log });
  cleanup.add('jobs', () => jobs.stop());
  return {
    address,
    announcement: announcementOf({ settings, core, source, address, dataDir, administrator, log }),
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

/** For people at the terminal. */
function announcementOf(q: {
  readonly settings: Settings;
  readonly core: Core;
  readonly source: Source;
  readonly address: string;
  readonly dataDir: string;
  readonly administrator: readonly string[];
  readonly log: Logger;
}): readonly string[] {
  const { settings, core } = q;
  const sample = settings.repositoryPath === undefined;
  return [
    `Lantai 兰台 is running: ${q.address}`,
    `  ${q.source.name}; readings in ${readingsName(settings)}; data in ${q.dataDir}`,
    ...refusalLines(core, q.log),
    ...(sample ? ['  sample archive with simulated data, marked so everywhere'] : []),
    ...core.applied.slice(0, sample ? 0 : 20).map((line) => `  repository file: ${line}`),
    ...q.administrator,
  ];
}

/** What people open. It is stopped after the broker, although made after it: what that still brings is shown. */
function laterPages(parts: WebParts, cleanup: Cleanup): { open(): Promise<string> } {
  const made: { web?: Web; stopNews?: () => void } = {};
  cleanup.add('http', () => made.web?.app.close());
  cleanup.add('live feed', () => made.web?.feed.close());
  cleanup.add('part news', () => made.stopNews?.());
  return {
    open: async () => {
      const { prepareWeb } = await loadWeb();
      const web = (made.web = await prepareWeb(parts));
      parts.motion.useFeed(web.feed);
      made.stopNews = startPartNews({ parts: parts.services.live.parts, tell: web.feed.parts });
      return web.listen();
    },
  };
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
  /** Nothing needs them before. */
  readonly begin: Promise<void>;
  readonly log: Logger;
}): ReadingWorkers {
  return startReadingWorkers({
    stateDbPath: q.core.store.path,
    spoolOpens: q.core.store.opened,
    begin: q.begin,
    store: readingStoreConfig(q.settings, q.core.folder),
    onSettled: q.motion.onSettled,
    onStoreState: q.motion.onStoreState,
    log: q.log.child({ part: 'readings' }),
  });
}

function openBacktests(q: {
  readonly core: Core;
  readonly settings: Settings;
  readonly cleanup: Cleanup;
}): Backtests {
  const { core, settings, cleanup } = q;
  const store = readingStoreConfig(settings, core.folder);
  const play = playInWorker({ store, stateDbPath: core.store.path });
  const backtests = createBacktests({ play, newId: core.newId });
  cleanup.add('back-tests', () => backtests.close());
  return backtests;
}

/** Looked at before anything listens. Throws `StartRefused`. */
function tlsOf(tls: TlsFiles | undefined): PemPair | undefined {
  if (!tls) return undefined;
  return readPemPair({
    cert: { path: tls.certPath, setting: 'LANTAI_HTTP_TLS_CERT' },
    key: { path: tls.keyPath, setting: 'LANTAI_HTTP_TLS_KEY' },
  });
}
