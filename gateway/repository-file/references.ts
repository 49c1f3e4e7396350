/** What no schema can say: ids that exist, ids that are unique, time zones that are known. */

import { RESERVED_IDS } from '../../domain/ids.ts';
import type { RepositoryDocument } from '../../domain/registry.ts';
import { choiceProblem, type StandardsCatalogue } from '../../domain/standards.ts';
import { problemAt, type Path, type Place, type Problem } from './positions.ts';
import { quote } from './sentences.ts';
import { didYouMean } from './suggest.ts';

type Tell = (path: Path, message: string) => void;

/** Problems between the entries of one document that keeps to the schema. */
export function checkReferences(
  document: RepositoryDocument,
  place: Place,
  standards?: StandardsCatalogue,
): Problem[] {
  const problems: Problem[] = [];
  const tell: Tell = (path, message) => problems.push(problemAt(place, path, message));
  checkTimezone(document, tell);
  checkIds(document, tell);
  checkRooms(document, tell);
  checkDevices(document, tell);
  checkHoldings(document, tell);
  if (standards) checkStandards(document, standards, tell);
  return problems;
}

function checkTimezone({ repository }: RepositoryDocument, tell: Tell): void {
  const { timezone } = repository;
  if (isTimezone(timezone)) return;
  const hint = didYouMean(timezone, Intl.supportedValuesOf('timeZone'));
  const what = `Unknown time zone ${quote(timezone)}${hint === '' ? ';' : hint}`;
  const example = hint === '' ? ' an IANA name such as Asia/Shanghai is needed.' : '';
  tell(['repository', 'timezone'], `${what}${example}`);
}

/** Offsets such as +08:00 are no zones: a zone knows its own past. */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Sensors, doors and devices share one name space; rooms and people have their own. */
function checkIds(document: RepositoryDocument, tell: Tell): void {
  if (RESERVED_IDS.includes(document.repository.id)) {
    tell(['repository', 'id'], reserved(document.repository.id));
  }
  const spaces = [['rooms'], ['devices', 'sensors', 'doors'], ['people']] as const;
  for (const space of spaces) {
    const taken = new Map<string, string>();
    for (const list of space) {
      for (const [index, { id }] of (document[list] ?? []).entries()) {
        const path = [list, index, 'id'];
        if (RESERVED_IDS.includes(id)) tell(path, reserved(id));
        const by = taken.get(id);
        if (by !== undefined) tell(path, `The id ${quote(id)} is taken by another of the ${by}.`);
        else taken.set(id, list);
      }
    }
  }
}

function reserved(id: string): string {
  return `The id ${quote(id)} is reserved; ${RESERVED_IDS.join(', ')} can't be used.`;
}

function checkRooms(document: RepositoryDocument, tell: Tell): void {
  const rooms = new Set(document.rooms.map((room) => room.id));
  for (const list of ['sensors', 'doors', 'holdings'] as const) {
    for (const [index, { room }] of (document[list] ?? []).entries()) {
      if (rooms.has(room)) continue;
      tell([list, index, 'room'], unknown('room', room, rooms));
    }
  }
}

function checkStandards(
  document: RepositoryDocument,
  standards: StandardsCatalogue,
  tell: Tell,
): void {
  for (const [index, room] of document.rooms.entries()) {
    const problem = choiceProblem(room.standards ?? [], standards);
    if (problem) tell(['rooms', index, 'standards', problem.index], problem.why);
  }
}

function checkDevices(document: RepositoryDocument, tell: Tell): void {
  const devices = new Set((document.devices ?? []).map((device) => device.id));
  for (const list of ['sensors', 'doors'] as const) {
    for (const [index, { device }] of (document[list] ?? []).entries()) {
      if (device === undefined || devices.has(device)) continue;
      tell([list, index, 'device'], unknown('device', device, devices));
    }
  }
}

function unknown(word: string, id: string, known: ReadonlySet<string>): string {
  const hint = didYouMean(id, known);
  if (hint !== '') return `There is no ${word} ${quote(id)}${hint}`;
  const list = [...known].slice(0, 12).join(', ');
  const more = known.size > 12 ? ' …' : '';
  return known.size === 0
    ? `There is no ${word} ${quote(id)}; the document has no ${word}s.`
    : `There is no ${word} ${quote(id)}; there are ${list}${more}.`;
}

function checkHoldings(document: RepositoryDocument, tell: Tell): void {
  const seen = new Set<string>();
  for (const [index, holding] of (document.holdings ?? []).entries()) {
    const { room, medium, fonds, grade } = holding;
    const key = JSON.stringify([room, medium, fonds, grade]);
    if (seen.has(key)) {
      const message = `Room ${room} has ${quote(medium)} with the same fonds and grade twice; add them up in one line.`;
      tell(['holdings', index], message);
    }
    seen.add(key);
  }
}
