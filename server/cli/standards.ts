/** `lantai standards` and `lantai limits`: the library, and what held in a room on a day. */

import {
  createLimitBook,
  judgingOf,
  loadKnowledge,
  type Knowledge,
  type PackEntry,
} from '../../alerts/index.ts';
import { limitsClimate, type Citation, type Limit } from '../../domain/limits.ts';
import { METRICS } from '../../domain/metrics.ts';
import type { Moment } from '../../domain/time.ts';
import { loadStructure } from '../structure.ts';
import { roomStandards } from '../view/standards-view.ts';
import { CliError, momentOf, needed, type CliContext } from './context.ts';
import { openReader } from './state.ts';

/** One line a pack, or one line an entry of the pack that is named. */
export function listStandards({ args, say }: CliContext): number {
  const knowledge = loadKnowledge();
  const { packs } = knowledge.standards;
  const wanted = args[0];
  if (wanted === undefined) {
    for (const { id, version, name, classes, entries } of packs.values()) {
      const own =
        classes.length === 0 ? '' : `; classes ${classes.map((one) => one.id).join(', ')}`;
      say(`${id} (version ${version}): ${name.zh} / ${name.en}; entries ${entries.length}${own}`);
    }
    return 0;
  }
  const pack = packs.get(wanted);
  if (!pack) {
    throw new CliError(`there is no standards pack "${wanted}"; "lantai standards" lists them.`);
  }
  for (const entry of pack.entries) say(entryLine(entry, knowledge));
  for (const gap of pack.notKnown) say(`not known: ${gap.text.zh} / ${gap.text.en}`);
  return 0;
}

function entryLine(entry: PackEntry, knowledge: Knowledge): string {
  const subject = entry.metric ?? entry.substance?.en ?? entry.what?.en ?? '';
  const concerned = entry.for ? ` (${entry.for.join(', ')})` : '';
  const figures = figuresOf(entry);
  const judging = judgingOf(entry, knowledge.rules);
  return `${entry.kind} ${subject}${concerned}${figures}; ${cited(entry.citation)}; judged: ${judging}`;
}

function figuresOf(entry: PackEntry): string {
  const { unit = '', min, max, plusMinus, hours, up, down, perHour, above, seconds, times } = entry;
  const parts = [
    ...(min === undefined ? [] : [`at least ${min} ${unit}`]),
    ...(max === undefined ? [] : [`at most ${max} ${unit}`]),
    ...(plusMinus === undefined ? [] : [`±${plusMinus} ${unit}`]),
    ...(hours === undefined ? [] : [`within ${hours} h`]),
    ...(up === undefined ? [] : [`+${up} ${unit} of the year's average`]),
    ...(down === undefined ? [] : [`-${down} ${unit} of the year's average`]),
    ...(perHour === undefined ? [] : [`at most ${perHour} ${unit} in an hour`]),
    ...(above === undefined ? [] : [`not above ${above} ${unit} for long`]),
    ...(entry.average === undefined ? [] : [`averaged over ${entry.average}`]),
    ...(seconds === undefined ? [] : [`at most ${seconds} s`]),
    ...(times === undefined ? [] : [`${times.count} a ${times.per}`]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

function cited({ standard, edition, clause, verification }: Citation): string {
  const isSaid = (edition ?? '').split('; ').every((one) => standard.includes(one));
  const unsaid = isSaid ? undefined : edition;
  return `${[standard, unsaid, clause].filter((part) => part !== undefined).join(' ')} [${verification}]`;
}

/** The limits of a room in force on a day; both days are RFC 3339 dates or times, and now when unset. */
export function printLimits({ args, settings, say }: CliContext): number {
  const room = needed(args[0], 'a room, as <repository>.<room>');
  const now = Date.now();
  const at = args[1] === undefined ? now : momentOf(args[1]);
  const knownAt = args[2] === undefined ? now : momentOf(args[2]);
  const reader = openReader(settings);
  const { registry, limitChanges: changes, standardsChoices: choices } = loadStructure(reader);
  reader.close();
  const knowledge = loadKnowledge();
  const book = createLimitBook({ registry, changes, choices, standards: knowledge.standards });
  const found = roomStandards({ knowledge, registry, book, question: { room, at, knownAt } });
  if (!found) throw new CliError(`there is no room "${room}" here.`);
  const { choice } = found;
  const since = choice
    ? `${sinceWhen(choice.validFrom)}, ${choice.reason} (${choice.by})`
    : 'the default';
  say(`${room} keeps to ${found.standards.join(', ')}: ${since}`);
  for (const limit of found.limits) say(limitLine(limit));
  if (!limitsClimate(found.limits)) say('no limits in force: neither temperature nor humidity');
  return 0;
}

/** A new room's choice of its file has no beginning. */
function sinceWhen(validFrom: Moment): string {
  return validFrom === 0 ? 'from the beginning' : `since ${new Date(validFrom).toISOString()}`;
}

function limitLine(limit: Limit): string {
  const unit = METRICS.get(limit.metric)?.unit ?? '';
  const span = `${limit.min ?? '…'} to ${limit.max ?? '…'} ${unit}`;
  const figures = {
    range: span,
    swing: `${limit.swing?.peakToPeak ?? '?'} ${unit} within 24 h`,
    rate: `${limit.max ?? '?'} ${unit} an hour`,
    mean: `${limit.max ?? '?'} ${unit} over ${limit.averageHours ?? '?'} h`,
  }[limit.kind];
  const whose = limit.origin === 'own' ? `own, by ${limit.by ?? '?'}` : limit.pack;
  return `${limit.metric} ${limit.kind}: ${figures}; ${cited(limit.citation)}; ${whose ?? ''}`;
}
