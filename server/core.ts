/** State and rules as they are after a start: opened, brought up to date with the repository file, restored, replayed. */

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Engine, EngineInput } from '../alerts/engine-types.ts';
import { createEngine, loadKnowledge, type Knowledge } from '../alerts/index.ts';
import { createIntake, type Intake } from '../gateway/index.ts';
import { createDeviceLists, type DeviceLists } from '../gateway/profiles/device-list.ts';
import { createUnknownDevices, type UnknownDevices } from '../gateway/profiles/unknown-devices.ts';
import { createReplies, type Replies } from './replies.ts';
import { SpoolSeries } from '../domain/spool-series.ts';
import { unpackSpool } from '../domain/spool.ts';
import type { Cleanup } from './cleanup.ts';
import { messageOf, openDataFolder, StartRefused, type DataFolder } from './data-folder.ts';
import type { StateQueries } from './services.ts';
import { openStateQueries, Reader } from './store/queries.ts';
import { loadSavedState, uncoveredSpool, type SavedState } from './store/saved-state.ts';
import { openSqliteStateStore, type SqliteStateStore } from './store/sqlite-state-store.ts';
import { applyRepositoryFile, loadStructure, type Structure } from './structure.ts';
import { JournalBook } from './tick/journal-book.ts';
import { QuarantineBook } from './tick/quarantine-book.ts';
import { createReserve, type Reserve } from './tick/reserve.ts';
import { SpoolLedger } from './tick/spool-ledger.ts';
import { Latest } from './view/latest.ts';

export interface Core {
  readonly folder: DataFolder;
  readonly store: SqliteStateStore;
  readonly reader: Reader;
  readonly queries: StateQueries;
  readonly saved: SavedState;
  readonly structure: Structure;
  /** What applying the repository file changed. */
  readonly applied: readonly string[];
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
  readonly cleanup: Cleanup;
  readonly log: Logger;
}): Promise<Core> {
  const folder = openDataFolder(q.dataDir);
  q.cleanup.add('data folder', () => folder.release());
  const store = openStore(folder);
  q.cleanup.add('state store', () => store.close());
  const reader = new Reader(store.path);
  q.cleanup.add('state queries', () => reader.close());
  const journal = new JournalBook(loadSavedState(reader).journalHeads);
  const now = Date.now();
  const applied = await applyRepositoryFile(q.repositoryPath, { reader, store, journal, now });
  const saved = loadSavedState(reader);
  const structure = loadStructure(reader);
  const knowledge = loadKnowledge();
  const newId = randomUUID;
  const engine = createEngine({ ...knowledge, ...structure });
  const found = { unknown: createUnknownDevices(), lists: createDeviceLists() };
  const replies = createReplies();
  const intake = createIntake({
    registry: () => structure.registry,
    newId,
    ...found,
    reply: replies.send,
  });
  const latest = new Latest(structure.registry);
  const series = new SpoolSeries();
  series.load(saved.spoolSeries);
  const core: Core = {
    folder,
    store,
    reader,
    queries: openStateQueries(reader),
    saved,
    structure,
    applied,
    knowledge,
    engine,
    intake,
    ...found,
    replies,
    latest,
    series,
    ledger: new SpoolLedger({
      entries: saved.spool,
      last: saved.lastSpool,
      covered: saved.coveredSpool,
    }),
    journal,
    quarantine: new QuarantineBook(saved.quarantineIds),
    reserve: createReserve(folder.file('reserve.bin')),
    newId,
  };
  restore(core, q.log);
  return core;
}

function openStore(folder: DataFolder): SqliteStateStore {
  const path = folder.file('state.db');
  try {
    return openSqliteStateStore(path);
  } catch (error) {
    throw new StartRefused(
      `The state store ${path} can't be opened (${messageOf(error)}); restore it from a backup or set LANTAI_DATA_DIR to another folder.`,
    );
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
