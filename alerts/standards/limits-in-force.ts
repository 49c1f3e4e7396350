/** `limitsInForce`: the one way to ask for a limit, by two times: what held at `at`, as it was recorded by `knownAt`. */

import { qualify, type QualifiedId } from '../../domain/ids.ts';
import type { Limit, LimitChange } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { Registry } from '../../domain/registry.ts';
import { DEFAULT_STANDARDS, type StandardsChoice } from '../../domain/standards.ts';
import type { Moment } from '../../domain/time.ts';
import { limitsFor, type Standards } from './library.ts';

/** Packs, choices and own changes, indexed by room; make a new one when any of them changes. */
export interface LimitBook {
  /** Of one pack, as a choice names it, for the room. */
  readonly packOf: (room: QualifiedId, standard: string) => readonly Limit[];
  readonly choicesOf: (room: QualifiedId) => readonly StandardsChoice[];
  readonly changesOf: (room: QualifiedId) => readonly LimitChange[];
}

export interface LimitQuestion {
  /** Qualified. */
  readonly room: QualifiedId;
  /** In force then. */
  readonly at: Moment;
  /** As recorded by then. */
  readonly knownAt: Moment;
}

/** Indexes what rooms chose, and the repositories' own changes, by room. */
export function createLimitBook(parts: {
  readonly registry: Registry;
  readonly standards: Standards;
  readonly changes: readonly LimitChange[];
  /** Unset: every room keeps to the default. */
  readonly choices?: readonly StandardsChoice[];
}): LimitBook {
  const { registry, standards } = parts;
  const changes = Map.groupBy(parts.changes, (c) => qualify(c.repository, c.room));
  const choices = Map.groupBy(parts.choices ?? [], (c) => qualify(c.repository, c.room));
  const made = new Map<string, readonly Limit[]>();
  return {
    packOf: (id, standard) => {
      const room = registry.rooms.get(id);
      if (!room) return [];
      const key = `${room.class}/${standard}`;
      const known = made.get(key);
      if (known) return known;
      const limits = limitsFor(standards, standard, room.class);
      made.set(key, limits);
      return limits;
    },
    choicesOf: (id) => choices.get(id) ?? [],
    changesOf: (id) => changes.get(id) ?? [],
  };
}

/** The choice of packs that held; `undefined`: the default, as nobody had chosen. */
export function choiceInForce(
  book: Pick<LimitBook, 'choicesOf'>,
  { room, at, knownAt }: LimitQuestion,
): StandardsChoice | undefined {
  let best: StandardsChoice | undefined;
  for (const choice of book.choicesOf(room)) {
    if (choice.recordedAt > knownAt || choice.validFrom > at) continue;
    if (!best || !isBefore(choice, best)) best = choice;
  }
  return best;
}

/**
 * The limits of a room, one for each metric and kind: of the packs that the room keeps to, the first that has it. A
 * repository's own change goes before them; of several, the latest `validFrom` wins, then the latest recorded. A
 * change without any bound withdraws the repository's own limit: the packs hold again.
 */
export function limitsInForce(book: LimitBook, question: LimitQuestion): readonly Limit[] {
  const { room, at, knownAt } = question;
  const winners = new Map<string, Limit>();
  for (const standard of choiceInForce(book, question)?.standards ?? DEFAULT_STANDARDS) {
    const ofPack = new Map<string, Limit>();
    for (const limit of book.packOf(room, standard)) take(ofPack, limit, at);
    for (const [key, limit] of ofPack) if (!winners.has(key)) winners.set(key, limit);
  }
  const own = new Map<string, Limit>();
  for (const change of book.changesOf(room)) {
    if (change.recordedAt <= knownAt) take(own, asLimit(change), at);
  }
  for (const [key, limit] of own) if (!isWithdrawal(limit)) winners.set(key, limit);
  return [...winners.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

/** The limit of one metric, or `undefined`: not limited. */
export function limitOf(
  limits: readonly Limit[],
  metric: MetricName,
  kind: Limit['kind'],
): Limit | undefined {
  return limits.find((limit) => limit.metric === metric && limit.kind === kind);
}

/** The next moment after `now` at which the answer for this room may change by itself; `Infinity`: never. */
export function limitsChangeAfter(book: LimitBook, room: QualifiedId, now: Moment): Moment {
  const choices = book.choicesOf(room);
  const named = new Set([DEFAULT_STANDARDS, ...choices.map((one) => one.standards)].flat());
  const moments = [
    ...[...named].flatMap((name) => book.packOf(room, name).map((limit) => limit.validFrom)),
    ...[...choices, ...book.changesOf(room)].flatMap((one) => [one.validFrom, one.recordedAt]),
  ];
  return Math.min(Infinity, ...moments.filter((moment) => moment > now));
}

function take(winners: Map<string, Limit>, limit: Limit, at: Moment): void {
  if (limit.validFrom > at) return;
  const key = keyOf(limit);
  const best = winners.get(key);
  if (!best || !isBefore(limit, best)) winners.set(key, limit);
}

type ByBothTimes = Pick<Limit, 'validFrom' | 'recordedAt'>;

function isBefore(a: ByBothTimes, b: ByBothTimes): boolean {
  return a.validFrom !== b.validFrom ? a.validFrom < b.validFrom : a.recordedAt < b.recordedAt;
}

const keyOf = (limit: Pick<Limit, 'metric' | 'kind'>): string => `${limit.metric}/${limit.kind}`;

const isWithdrawal = (limit: Limit): boolean =>
  limit.min === undefined && limit.max === undefined && limit.swing === undefined;

function asLimit(change: LimitChange): Limit {
  const { metric, kind, min, max, swing, reason, by, approvedBy, validFrom, recordedAt } = change;
  return {
    metric,
    kind,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(swing === undefined ? {} : { swing }),
    citation: {
      standard: '本馆自定',
      verification: 'proposal',
      note: { zh: reason, en: reason },
    },
    origin: 'own',
    validFrom,
    recordedAt,
    by,
    ...(approvedBy === undefined ? {} : { approvedBy }),
    reason,
  };
}
