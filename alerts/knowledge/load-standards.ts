/** Loads the standards packs: units are the metrics' own, sources are stated, and what is from memory can't say it was seen. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROVENANCES, type Citation } from '../../domain/limits.ts';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { ROOM_CLASSES } from '../../domain/registry.ts';
import {
  choiceProblem,
  DEFAULT_STANDARDS,
  type EntryKind,
  type StandardsEntry,
} from '../../domain/standards.ts';
import {
  catalogueOf,
  type PackEntry,
  type RoomClassInfo,
  type Standards,
  type StandardsPack,
} from '../standards/library.ts';
import {
  RoomClassesSchema,
  StandardsPackSchema,
  type PackCitation,
  type StandardsPackFile,
} from '../standards/pack-types.ts';
import { checkEntry, limitOfEntry, toMetricUnit } from './standards-entries.ts';
import { KnowledgeError, parseYaml, readYaml } from './read-yaml.ts';

const SHIPPED = fileURLToPath(new URL('../standards/', import.meta.url));

/** The shipped packs. Throws `KnowledgeError` with one sentence. */
export function loadStandards(from: { readonly before?: ReadBefore } = {}): Standards {
  const { before = NOTHING_READ_BEFORE } = from;
  const classes = loadRoomClasses(before);
  const folder = join(SHIPPED, 'packs');
  const packs = new Map<string, StandardsPack>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const pack = toPack(readYaml(join(folder, file), StandardsPackSchema, before), {
      file,
      classes,
    });
    if (packs.has(pack.id))
      throw new KnowledgeError(`${file}: the pack ${pack.id} is there twice.`);
    packs.set(pack.id, pack);
  }
  const standards = { packs, classes };
  const problem = choiceProblem(DEFAULT_STANDARDS, catalogueOf(standards));
  if (problem) throw new KnowledgeError(`standards: the default can't be kept to: ${problem.why}`);
  return standards;
}

/** One pack from YAML text, checked in the same way against the classes of rooms there are. */
export function parsePack(text: string, place: Place): StandardsPack {
  return toPack(parseYaml(text, StandardsPackSchema, place.file), place);
}

function loadRoomClasses(before: ReadBefore): Standards['classes'] {
  const { classes } = readYaml(join(SHIPPED, 'room-classes.yaml'), RoomClassesSchema, before);
  const byClass = new Map<string, RoomClassInfo>(classes.map((one) => [one.class, one]));
  const missing = ROOM_CLASSES.filter((name) => !byClass.has(name));
  if (missing.length > 0 || byClass.size !== classes.length) {
    const what = missing.length > 0 ? `no row for ${missing.join(', ')}` : 'a class has two rows';
    throw new KnowledgeError(`room-classes.yaml: ${what}.`);
  }
  return byClass as Standards['classes'];
}

interface Place {
  readonly file: string;
  readonly classes: Standards['classes'];
}

/** An entry of any section, before it is one shape. */
type Row = Partial<Omit<StandardsEntry, 'id' | 'kind' | 'citation' | 'for'>> & {
  readonly id?: string;
  readonly cite: string;
  readonly for?: readonly string[];
};

const SECTIONS = {
  ranges: 'range',
  swings: 'swing',
  offsets: 'offset',
  rates: 'rate',
  spells: 'spell',
  air: 'air',
  duties: 'duty',
  linkages: 'linkage',
  facts: 'fact',
} as const satisfies Partial<Record<keyof StandardsPackFile, EntryKind>>;

function toPack(file: StandardsPackFile, place: Place): StandardsPack {
  const citations = new Map(
    Object.entries(file.citations).map(([name, one]) => [name, toCitation(name, one, place)]),
  );
  const known = file.classes?.map((one) => one.id) ?? [...place.classes.keys()];
  const used = new Set<string>();
  const entries = Object.entries(SECTIONS).flatMap(([section, kind]) => {
    const rows = (file[section as keyof typeof SECTIONS] ?? []) as readonly Row[];
    return rows.map((row) => {
      used.add(row.cite);
      return toEntry(kind, row, { ...place, citations, known, own: file.classes !== undefined });
    });
  });
  const unused = [...citations.keys()].filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw new KnowledgeError(`${place.file}: no entry cites ${unused.join(', ')}.`);
  }
  const ids = entries.map((entry) => entry.id);
  const twice = ids.find((id, i) => ids.indexOf(id) < i);
  if (twice !== undefined) {
    throw new KnowledgeError(`${place.file}: two entries are called ${twice}; give one an id.`);
  }
  const { id, version, name, about, classes = [], notKnown = [] } = file;
  return { id, version, name, ...(about ? { about } : {}), classes, entries, notKnown };
}

interface EntryPlace extends Place {
  readonly citations: ReadonlyMap<string, { readonly citation: Citation; readonly from?: number }>;
  readonly known: readonly string[];
  /** The pack has classes of its own. */
  readonly own: boolean;
}

function toEntry(kind: EntryKind, row: Row, place: EntryPlace): PackEntry {
  const { cite, id, for: classes, ...fields } = row;
  const cited = place.citations.get(cite);
  if (!cited) {
    throw new KnowledgeError(
      `${place.file}: an entry cites "${cite}", which is not under citations.`,
    );
  }
  const concerned = classes && expand(classes, place);
  const subject = fields.metric ?? fields.substance?.en;
  const made = [kind, ...(classes ?? []), subject ?? fields.what?.en.slice(0, 40), cite]
    .filter((part) => part !== undefined)
    .join('/');
  const entry: PackEntry = {
    ...fields,
    id: id ?? made,
    kind,
    ...(concerned ? { for: concerned } : {}),
    citation: cited.citation,
    ...(cited.from === undefined ? {} : { inForceFrom: cited.from }),
    ...(kind === 'air' ? toMetricUnit(fields) : {}),
  };
  checkEntry(entry, place.file);
  const limit = limitOfEntry(entry);
  return limit ? { ...entry, limit } : entry;
}

function expand(classes: readonly string[], place: EntryPlace): readonly string[] {
  const stores = [...place.classes.values()].filter((one) => one.store).map((one) => one.class);
  const all = classes.flatMap((name) => (name === 'stores' && !place.own ? stores : [name]));
  const unknown = all.find((name) => !place.known.includes(name));
  if (unknown !== undefined) {
    const kind = place.own ? 'classes of the pack' : 'classes of rooms';
    throw new KnowledgeError(`${place.file}: "${unknown}" is none of the ${kind}.`);
  }
  return all;
}

function toCitation(name: string, file: PackCitation, place: Place) {
  const { inForceFrom, ...citation } = file;
  const expected = PROVENANCES[citation.provenance];
  const where = `${place.file}, citation ${name}`;
  if (citation.verification !== expected) {
    const memory = expected === 'memory' ? 'what is from memory can not claim to be verified' : '';
    const why = memory || 'the tag and the word must agree';
    throw new KnowledgeError(
      `${where}: ${citation.provenance} is "${expected}", not "${citation.verification}": ${why}.`,
    );
  }
  const sources = citation.source?.split('; ').length ?? 0;
  if ((expected === 'memory' || expected === 'proposal') && sources > 0) {
    throw new KnowledgeError(`${where}: what was not looked up has no source; say it in the note.`);
  }
  if ((expected === 'copy' || expected === 'primary') && sources === 0) {
    throw new KnowledgeError(`${where}: say where it was seen (source).`);
  }
  if (expected === 'copies' && sources < 2) {
    throw new KnowledgeError(`${where}: several copies are two sources at least, parted by "; ".`);
  }
  // A standard's day begins in China.
  const from = inForceFrom === undefined ? undefined : Date.parse(`${inForceFrom}T00:00:00+08:00`);
  return { citation, ...(from === undefined ? {} : { from }) };
}
