/** What the `lantai` command can do, each in one function. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { stringify } from 'yaml';
import {
  catalogueOf,
  choiceInForce,
  limitsFor,
  loadStandards,
  type Standards,
} from '../../alerts/index.ts';
import { parseRepositoryFile } from '../../gateway/index.ts';
import type { Account } from '../../domain/account.ts';
import { qualify } from '../../domain/ids.ts';
import { limitsClimate } from '../../domain/limits.ts';
import type { Registry, RepositoryDocument, Room } from '../../domain/registry.ts';
import { DEFAULT_STANDARDS } from '../../domain/standards.ts';
import { hashPassword, PASSWORD_COST, randomPassword } from '../accounts/passwords.ts';
import { openDataFolder } from '../data-folder.ts';
import { verifyChain } from '../journal-chain.ts';
import { openStateQueries, Reader } from '../store/queries.ts';
import { loadRegistry, loadSavedState } from '../store/saved-state.ts';
import { openSqliteStateStore } from '../store/sqlite-state-store.ts';
import { applyRepositoryFile, loadStructure, type Structure } from '../structure.ts';
import { JournalBook } from '../tick/journal-book.ts';
import { backtest, BACKTEST_USAGE } from './backtest.ts';
import { CliError, needed, type CliContext, type CliWords } from './context.ts';
import { testProfile } from './profile.ts';
import { listStandards, printLimits } from './standards.ts';
import { openReader, stateFolder } from './state.ts';

interface CliCommand {
  readonly words: readonly string[];
  readonly usage: string;
  readonly meaning: string;
  /** The exit status. */
  readonly run: (context: CliContext) => number | Promise<number>;
}

export const COMMANDS: readonly CliCommand[] = [
  {
    words: ['check'],
    usage: 'check FILE',
    meaning: 'checks a repository file and says what is wrong, by line and column',
    run: check,
  },
  {
    words: ['apply'],
    usage: 'apply FILE',
    meaning: 'applies a repository file to the data folder and says what it changed',
    run: apply,
  },
  {
    words: ['export'],
    usage: 'export [REPOSITORY]',
    meaning: 'prints the structure in force as a repository file',
    run: exportStructure,
  },
  {
    words: ['standards'],
    usage: 'standards [PACK]',
    meaning: 'lists the standards packs, or the entries of one with clause and verification',
    run: listStandards,
  },
  {
    words: ['limits'],
    usage: 'limits ROOM [DAY [KNOWN]]',
    meaning: 'prints what a room keeps to and its limits in force on a day, as known on another',
    run: printLimits,
  },
  {
    words: ['backtest'],
    usage: BACKTEST_USAGE,
    meaning: 'what limits and rules would have raised in a room over a past period',
    run: backtest,
  },
  {
    words: ['profile', 'test'],
    usage: 'profile test FILE [TOPIC PAYLOAD]',
    meaning: 'checks a device profile and tries its examples, or one message, on it',
    run: testProfile,
  },
  {
    words: ['account', 'reset'],
    usage: 'account reset NAME',
    meaning: 'gives an account a new password, printed once, and signs it out everywhere',
    run: resetAccount,
  },
  {
    words: ['verify'],
    usage: 'verify',
    meaning: "recomputes the journal's hash chains and says whether they hold",
    run: verify,
  },
  {
    words: ['backup'],
    usage: 'backup FOLDER',
    meaning: 'copies the state and the embedded readings while the server runs',
    run: backup,
  },
];

/** Those that were told what to keep to, and keep to nothing that limits their climate. */
function unlimitedRooms(document: RepositoryDocument, library: Standards): readonly string[] {
  return document.rooms
    .filter(({ standards, class: own }) => {
      const limits = standards?.flatMap((name) => limitsFor(library, name, own));
      return limits !== undefined && !limitsClimate(limits);
    })
    .map((room) => `${document.repository.id}.${room.id}`);
}

/** Whether a repository file can be applied: every mistake with its place, and what is allowed but should be known. */
export function check({ args, say }: CliWords): number {
  const path = needed(args[0], 'the path of a repository file');
  const library = loadStandards();
  const standards = catalogueOf(library);
  const parsed = parseRepositoryFile(textOf(path), { fileName: path, standards });
  if (parsed.ok) {
    for (const room of parsed.documents.flatMap((one) => unlimitedRooms(one, library))) {
      say(`${path}: warning: the standards of room ${room} limit neither temperature nor humidity`);
    }
    const rooms = parsed.documents.reduce((n, d) => n + d.rooms.length, 0);
    const sensors = parsed.documents.reduce((n, d) => n + (d.sensors?.length ?? 0), 0);
    say(
      `${path} is good: repositories ${parsed.documents.length}, rooms ${rooms}, sensors ${sensors}`,
    );
    return 0;
  }
  for (const { line, column, message } of parsed.problems)
    say(`${path}:${line}:${column}: ${message}`);
  return 2;
}

async function apply({ args, settings, say }: CliContext): Promise<number> {
  const path = needed(args[0], 'the path of a repository file');
  const folder = openDataFolder(settings.dataDir);
  try {
    const store = openSqliteStateStore(folder.file('state.db'));
    const reader = new Reader(store.path);
    const journal = new JournalBook(loadSavedState(reader).journalHeads);
    const standards = catalogueOf(loadStandards());
    const parts = { reader, store, journal, now: Date.now(), standards };
    const report = await applyRepositoryFile(path, parts);
    for (const line of report.length === 0 ? ['nothing to change'] : report) say(line);
    reader.close();
    store.close();
    return 0;
  } finally {
    folder.release();
  }
}

function exportStructure({ args, settings, say }: CliContext): number {
  const reader = openReader(settings);
  const { registry, ...structure } = loadStructure(reader);
  reader.close();
  const wanted = args[0];
  const ids = [...registry.repositories.keys()].filter(
    (id) => wanted === undefined || id === wanted,
  );
  if (ids.length === 0) throw new CliError(`there is no repository "${wanted ?? ''}" here.`);
  say(ids.map((id) => stringify(documentOf(withStandards(registry, structure), id))).join('---\n'));
  return 0;
}

/** The document that would make this repository again; what is retired is left out. */
function documentOf(registry: Registry, repository: string): RepositoryDocument {
  const entries = <T extends { repository: string; retiredAt?: number }>(
    things: ReadonlyMap<string, T>,
  ): readonly Omit<T, 'repository' | 'retiredAt'>[] =>
    [...things.values()]
      .filter((thing) => thing.repository === repository && thing.retiredAt === undefined)
      .map(({ repository: _repository, retiredAt: _retiredAt, ...entry }) => entry);
  const head = registry.repositories.get(repository);
  if (!head) throw new CliError(`there is no repository "${repository}" here.`);
  return {
    repository: head,
    rooms: [...entries(registry.rooms)],
    devices: [...entries(registry.devices)],
    sensors: entries(registry.sensors).map(withoutOrigin),
    doors: entries(registry.doors).map(withoutOrigin),
    profiles: entries(registry.profileUses).map(withoutOrigin),
    holdings: entries(registry.holdings).map(({ id: _id, ...entry }) => entry),
    people: [...entries(registry.people)]
      .filter((person) => person.origin === 'file')
      .map(({ origin: _origin, ...entry }) => entry),
  };
}

/** Rooms with what they keep to now, so that the file says it; the default is left unsaid. */
function withStandards(
  registry: Registry,
  { standardsChoices }: Pick<Structure, 'standardsChoices'>,
): Registry {
  const byRoom = Map.groupBy(standardsChoices, (one) => qualify(one.repository, one.room));
  const choicesOf = (room: string) => byRoom.get(room) ?? [];
  const now = Date.now();
  const rooms = [...registry.rooms].map(([id, room]): [string, Room] => {
    const choice = choiceInForce({ choicesOf }, { room: id, at: now, knownAt: now });
    const isDefault = choice?.standards.join() === DEFAULT_STANDARDS.join();
    const { standards: _standards, ...rest } = room;
    return [id, choice && !isDefault ? { ...rest, standards: [...choice.standards] } : rest];
  });
  return { ...registry, rooms: new Map(rooms) };
}

/** What was adopted on screen belongs to a file as soon as it is written into one. */
function withoutOrigin<T extends { readonly origin?: 'database' }>(entry: T): Omit<T, 'origin'> {
  const { origin: _origin, ...rest } = entry;
  return rest;
}

async function resetAccount({ args, settings, say }: CliContext): Promise<number> {
  const name = needed(args[0], 'the name of an account');
  const folder = openDataFolder(stateFolder(settings));
  try {
    const store = openSqliteStateStore(folder.file('state.db'));
    const reader = new Reader(store.path);
    const queries = openStateQueries(reader);
    const account = queries.account(name);
    if (!account) throw new CliError(`there is no account "${name}".`);
    const password = randomPassword();
    const { disabledAt: _disabledAt, ...enabled } = account;
    const passwordHash = await hashPassword(password, PASSWORD_COST);
    const row: Account = { ...enabled, passwordHash, mustChangePassword: true };
    const journal = new JournalBook(loadSavedState(reader).journalHeads).chain([
      {
        repository: 'system',
        at: Date.now(),
        by: 'system',
        action: 'account.password-reset',
        subject: name,
        detail: { from: 'command line' },
      },
    ]);
    await store.commit({
      puts: [{ table: 'account', mode: 'upsert', row }, ...journal.puts],
      deletes: queries.sessionsOf(name).map(({ id }) => ({ table: 'session' as const, key: id })),
    });
    say(`The new password of ${name} is ${password}; it must be changed at the next sign-in.`);
    reader.close();
    store.close();
    return 0;
  } finally {
    folder.release();
  }
}

function verify({ settings, say }: CliContext): number {
  const reader = openReader(settings);
  const queries = openStateQueries(reader);
  const chains = ['system', ...loadRegistry(reader).repositories.keys()];
  let broken = 0;
  for (const repository of chains) {
    const result = verifyChain(queries.journalChain(repository));
    if (!result.ok) broken += 1;
    const verdict = result.ok ? 'holds' : `is broken at entry ${result.brokenAt}`;
    say(`${repository}: the chain of ${result.count} entries ${verdict}`);
  }
  reader.close();
  return broken === 0 ? 0 : 1;
}

function backup({ args, settings, say }: CliContext): number {
  const target = needed(args[0], 'a folder to copy to');
  if (!existsSync(target) || !statSync(target).isDirectory()) {
    throw new CliError(`${target} is not a folder; make it first.`);
  }
  const source = stateFolder(settings);
  const stamp = new Date().toISOString().replaceAll(':', '-').slice(0, 19);
  for (const name of ['state.db', 'readings.db']) {
    const path = join(source, name);
    if (!existsSync(path)) continue;
    const copy = join(target, `${stamp}-${name}`);
    const db = new DatabaseSync(path, { readOnly: true });
    // A consistent copy of one moment, whatever is written meanwhile.
    db.prepare('VACUUM INTO ?').run(copy);
    db.close();
    say(`${copy}: ${statSync(copy).size} bytes`);
  }
  return 0;
}

function textOf(path: string): string {
  if (!existsSync(path)) throw new CliError(`${path} does not exist.`);
  return readFileSync(path, 'utf8');
}
