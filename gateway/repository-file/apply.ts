/** Applies repository documents to what is registered: what is new, changed, back or retired. Never deletes. */

import { qualify } from '../../domain/ids.ts';
import type {
  Holding,
  Person,
  Registry,
  Repository,
  RepositoryDocument,
  Room,
} from '../../domain/registry.ts';
import { DEFAULT_STANDARDS, type StandardsChoice } from '../../domain/standards.ts';
import type { Put } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';

export interface Applied {
  /** The registry after it; the current one when it is refused. */
  readonly registry: Registry;
  readonly puts: readonly Put[];
  /** One line for each change; empty when nothing changed. */
  readonly report: readonly string[];
  /** Why nothing was applied. */
  readonly refused?: string;
}

type Lists = 'rooms' | 'devices' | 'sensors' | 'doors' | 'holdings' | 'people' | 'profileUses';
type Thing = {
  readonly repository: string;
  readonly id: string;
  readonly retiredAt?: Moment;
};
const TABLES = {
  rooms: 'room',
  devices: 'device',
  sensors: 'sensor',
  doors: 'door',
  holdings: 'holding',
  people: 'person',
  profileUses: 'profile_use',
} as const satisfies Record<Lists, Put['table']>;

/** How people are reached, and their cards; a webhook's address may hold its secret. */
const PRIVATE: ReadonlySet<string> = new Set(['email', 'phone', 'webhook', 'credentials']);

/** Idempotent: applying the same documents again changes nothing. */
export function applyRepository({
  current,
  documents,
  now,
}: {
  readonly current: Registry;
  readonly documents: readonly RepositoryDocument[];
  readonly now: Moment;
}): Applied {
  const refused = refusalOf(current, documents);
  if (refused !== undefined) return { registry: current, puts: [], report: [], refused };
  const puts: Put[] = [];
  const report: string[] = [];
  const repositories = new Map(current.repositories);
  for (const { repository } of documents) {
    const known = repositories.get(repository.id);
    if (same(known, repository)) continue;
    report.push(`repository ${repository.id}: ${known ? changes(known, repository) : 'added'}`);
    repositories.set(repository.id, repository);
    puts.push({ table: 'repository', mode: 'upsert', row: repository });
  }
  const apply = <T extends Thing>(list: Lists, wanted: ReadonlyMap<string, T>) =>
    applyList({ list, wanted, current: current[list] as ReadonlyMap<string, Thing>, now, report });
  const next: Record<string, ReadonlyMap<string, Thing>> = {};
  for (const list of Object.keys(TABLES) as Lists[]) {
    const { things, changed } = apply(list, wantedOf(list, documents));
    next[list] = things;
    for (const row of changed) puts.push({ table: TABLES[list], mode: 'upsert', row } as Put);
    if (list !== 'rooms') continue;
    for (const row of standardsChoices(changed as readonly Room[], current.rooms, now)) {
      puts.push({ table: 'standards_choice', mode: 'upsert', row });
    }
  }
  if (puts.length === 0) return { registry: current, puts, report };
  return { registry: { ...current, ...next, repositories } as Registry, puts, report };
}

/**
 * What rooms keep to is known by both times, so that the file's word becomes a choice when it is new: for a room that
 * was not there before it holds from the beginning, else from now on. A word that was taken back is the default again.
 */
function standardsChoices(
  changed: readonly Room[],
  before: Registry['rooms'],
  now: Moment,
): readonly StandardsChoice[] {
  return changed.flatMap((room): readonly StandardsChoice[] => {
    const { repository, id, standards, retiredAt } = room;
    const known = before.get(qualify(repository, id));
    if (retiredAt !== undefined || canonical(known?.standards) === canonical(standards)) return [];
    return [
      {
        id: `${qualify(repository, id)}/${now}`,
        repository,
        room: id,
        standards: standards ?? DEFAULT_STANDARDS,
        reason: '仓库文件 / repository file',
        by: 'system',
        validFrom: known ? now : 0,
        recordedAt: now,
        origin: 'file',
      },
    ];
  });
}

function refusalOf(
  current: Registry,
  documents: readonly RepositoryDocument[],
): string | undefined {
  for (const { repository } of documents) {
    const known: Repository | undefined = current.repositories.get(repository.id);
    if (!known || (known.simulated === true) === (repository.simulated === true)) continue;
    const was = known.simulated === true ? 'simulated' : 'real';
    return `Repository ${repository.id} is ${was} and stays so: made-up and real data are never mixed; use another id.`;
  }
  return undefined;
}

function wantedOf(
  list: Lists,
  documents: readonly RepositoryDocument[],
): ReadonlyMap<string, Thing> {
  const wanted = new Map<string, Thing>();
  for (const document of documents) {
    const repository = document.repository.id;
    for (const thing of thingsOf(list, document)) wanted.set(qualify(repository, thing.id), thing);
  }
  return wanted;
}

function thingsOf(list: Lists, document: RepositoryDocument): readonly Thing[] {
  const repository = document.repository.id;
  if (list === 'holdings') return holdingsOf(document);
  if (list === 'people') {
    return (document.people ?? []).map((person): Person => ({
      repository,
      ...person,
      origin: 'file',
    }));
  }
  const things = list === 'profileUses' ? document.profiles : document[list];
  return (things ?? []).map((thing) => ({ repository, ...thing }));
}

/** `<room>-<medium>[-<fonds>]`; a second line of these has its grade behind it. */
function holdingsOf(document: RepositoryDocument): readonly Holding[] {
  const taken = new Set<string>();
  return (document.holdings ?? []).map((holding) => {
    const { room, medium, fonds, grade } = holding;
    const base = fonds === undefined ? `${room}-${medium}` : `${room}-${medium}-${fonds}`;
    const id = taken.has(base) ? `${base}-${grade ?? 'other'}` : base;
    taken.add(id);
    return { repository: document.repository.id, ...holding, id };
  });
}

function applyList(what: {
  readonly list: Lists;
  readonly wanted: ReadonlyMap<string, Thing>;
  readonly current: ReadonlyMap<string, Thing>;
  readonly now: Moment;
  readonly report: string[];
}): { readonly things: ReadonlyMap<string, Thing>; readonly changed: readonly Thing[] } {
  const { list, wanted, current, now, report } = what;
  const things = new Map(current);
  const changed: Thing[] = [];
  const word = TABLES[list];
  const put = (id: string, thing: Thing, line: string): void => {
    things.set(id, thing);
    changed.push(thing);
    report.push(`${word} ${id}: ${line}`);
  };
  for (const [id, thing] of wanted) {
    const known = current.get(id);
    if (!known) put(id, thing, 'added');
    else if (known.retiredAt !== undefined) put(id, thing, 'back in use');
    else if (!same(known, thing)) put(id, thing, changes(known, thing));
  }
  for (const [id, known] of current) {
    if (wanted.has(id) || known.retiredAt !== undefined || isFromScreen(known)) continue;
    put(id, { ...known, retiredAt: now }, 'retired: no longer in the file');
  }
  return { things, changed };
}

/** What was entered or adopted on screen is not the file's to retire. */
function isFromScreen(thing: Thing): boolean {
  return 'origin' in thing && thing.origin === 'database';
}

function same(a: object | undefined, b: object): boolean {
  return a !== undefined && canonical(a) === canonical(b);
}

/** Keys in order, so that the order in the file does not count. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** `room r301 → r302, name 温湿度 → 温湿度一`. */
function changes(before: object, after: object): string {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => canonical([old.get(key)]) !== canonical([now.get(key)]))
    .map((key) =>
      PRIVATE.has(key) ? `${key} changed` : `${key} ${show(old.get(key))} → ${show(now.get(key))}`,
    )
    .join(', ');
}

function show(value: unknown): string {
  if (value === undefined) return '(none)';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
