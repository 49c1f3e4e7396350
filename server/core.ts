/** State and rules as they are after a start: opened, brought up to date with the repository file, restored, replayed. */

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Engine, EngineInput } from '../alerts/engine-types.ts';
import { catalogueOf, createEngine, type Knowledge } from '../alerts/index.ts';
import { createIntake, type Intake } from '../gateway/index.ts';
import { createDeviceLists, type DeviceLists } from '../gateway/profiles/device-list.ts';
import { qualityThresholds } from '../gateway/intake/thresholds.ts';
import { boxedProfiles } from '../gateway/profiles/load.ts';
import { createUnknownDevices, type UnknownDevices } from '../gateway/profiles/unknown-devices.ts';
import { createReplies, type Replies } from './replies.ts';
import type { ReadBefore } from '../domain/read-before.ts';
import type { RepositoryDocument } from '../domain/registry.ts';
import { SpoolSeries } from '../domain/spool-series.ts';
import { unpackSpool } from '../domain/spool.ts';
import type { Cleanup } from './cleanup.ts';
import { findDataFolder, messageOf, StartRefused, type DataFolder } from './data-folder.ts';
import type { StateQueries } from './services.ts';
import { openState, type LateStateStore } from './store/late-state-store.ts';
import { openStateQueries, type Reader } from './store/queries.ts';
import {
  loadJournalHeads,
  loadSavedState,
  uncoveredSpool,
  type SavedState,
} from './store/saved-state.ts';
import {
  applyRepositoryFile,
  loadStructure,
  type ApplyParts,
  type Structure,
} from './structure.ts';
import { JournalBook } from './tick/journal-book.ts';
import { QuarantineBook } from './tick/quarantine-book.ts';
import { createReserve, type Reserve } from './tick/reserve.ts';
import { SpoolLedger } from './tick/spool-ledger.ts';
import { Latest } from './view/latest.ts';

export interface Core {
  readonly folder: DataFolder;
  readonly store: LateStateStore;
  readonly reader: Reader;
  readonly queries: StateQueries;
  readonly saved: SavedState;
  readonly structure: Structure;
  /** What applying the repository file changed. */
  readonly applied: readonly string[];
  /** The repository file could not be stored: the structure is as it was, until it can. */
  readonly isFileWaiting: boolean;
  readonly knowledge: Knowledge;
  readonly engine: Engine;
  readonly intake: Intake;
  /** Devices that nobody is bound to. */
  readonly unknown: UnknownDevices;
  /** What sources list of their devices. */
  readonly lists: DeviceLists;
  /** What a format wants sent back to its devices. */
  readonly replies: Replies;
  readonly latest: Latest;
  readonly ledger: SpoolLedger;
  readonly series: SpoolSeries;
  readonly journal: JournalBook;
  readonly quarantine: QuarantineBook;
  readonly reserve: Reserve;
  readonly newId: () => string;
}

/** Opens everything that needs only SQL; InfluxDB and brokers may be down. Throws `StartRefused`. */
export async function openCore(q: {
  readonly dataDir: string;
  readonly repositoryPath: string;
  readonly knowledge: Knowledge;
  /** What the repository file says. */
  readonly documents: readonly RepositoryDocument[];
  readonly before: ReadBefore;
  readonly cleanup: Cleanup;
  readonly log: Logger;
}): Promise<Core> {
  const folder = findDataFolder(q.dataDir);
  q.cleanup.add('data folder', () => folder.release());
  const { store, reader } = openState(folder);
  q.cleanup.add('state store', () => store.close());
  q.cleanup.add('state queries', () => reader.close());
  const journal = new JournalBook(loadJournalHeads(reader));
  const { knowledge, documents } = q;
  const standards = catalogueOf(knowledge.standards);
  const parts = { reader, store, journal, now: Date.now(), standards, documents };
  const file = await applyOrWait(q.repositoryPath, parts, { folder: q.dataDir, log: q.log });
  const saved = loadSavedState(reader);
  const structure = loadStructure(reader);
  readKnowledgeOfIntake(q.before);
  const engine = createEngine({ ...knowledge, ...structure });
  const found = { unknown: createUnknownDevices(), lists: createDeviceLists() };
  const replies = createReplies();
  const intake = createIntake({
    registry: () => structure.registry,
    newId: randomUUID,
    ...found,
    reply: replies.send,
  });
  const series = seriesOf(saved);
  const core: Core = {
    folder,
    store,
    reader,
    queries: openStateQueries(reader),
    saved,
    structure,
    ...file,
    knowledge,
    engine,
    intake,
    ...found,
    replies,
    latest: new Latest(structure.registry),
    series,
    ledger: new SpoolLedger({
      entries: saved.spool,
      last: saved.lastSpool,
      covered: saved.coveredSpool,
    }),
    journal,
    quarantine: new QuarantineBook(saved.quarantineIds),
    reserve: createReserve(folder.file('reserve.bin')),
    newId: randomUUID,
  };
  restore(core, q.log);
  return core;
}

/** Kept for whoever asks for it later. */
function readKnowledgeOfIntake(before: ReadBefore): void {
  boxedProfiles(before);
  qualityThresholds(before);
}

function seriesOf({ spoolSeries }: SavedState): SpoolSeries {
  const series = new SpoolSeries();
  series.load(spoolSeries);
  return series;
}

/** A file that can't be stored now waits, where there is a structure to go on with. */
async function applyOrWait(
  path: string,
  parts: ApplyParts,
  { folder, log }: { readonly folder: string; readonly log: Logger },
): Promise<Pick<Core, 'applied' | 'isFileWaiting'>> {
  try {
    return { applied: await applyRepositoryFile(path, parts), isFileWaiting: false };
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    if (loadStructure(parts.reader).registry.repositories.size === 0) {
      throw new StartRefused(
        `Nothing can be stored in ${folder} (${messageOf(error)}); make room or let it be written, and start again.`,
      );
    }
    log.error(
      { err: error, file: path },
      'the repository file waits until something can be stored',
    );
    return { applied: [], isFileWaiting: true };
  }
}

/** Snapshots first, then the spool rows that none of them has seen; nothing of it makes a transition. */
function restore(core: Core, log: Logger): void {
  const { saved, engine, intake, latest, reader, series } = core;
  core.unknown.restore(saved.unknownDevices);
  core.lists.restore(saved.deviceLists);
  engine.restore({
    alarms: saved.alarms,
    incidents: saved.incidents,
    ruleStates: saved.ruleStates.filter((row) => row.id.startsWith('alerts/')),
    facts: saved.alertFacts,
  });
  intake.restore(saved.ruleStates);
  latest.restore(saved.ruleStates);
  let rows = 0;
  for (const row of uncoveredSpool(reader, saved.coveredSpool)) {
    const content = unpackSpool(row.payload, (number) => series.nameOf(number));
    intake.replay(content);
    const inputs: EngineInput[] = [];
    let receivedAt = 0;
    for (const reading of content.readings) {
      inputs.push({ kind: 'reading', reading });
      receivedAt = Math.max(receivedAt, reading.receivedAt);
    }
    for (const event of content.accessEvents) {
      inputs.push({ kind: 'access', event });
      receivedAt = Math.max(receivedAt, event.receivedAt);
    }
    engine.replay(inputs, receivedAt);
    latest.readings(content.readings);
    for (const event of content.accessEvents) latest.access(event);
    rows += 1;
  }
  if (rows > 0) log.info({ rows }, 'replayed what no snapshot covered');
}
