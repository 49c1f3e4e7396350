/** `limitsInForce`: the one way to ask for a limit, by two times: what held at `at`, as it was recorded by `knownAt`. */

import type { Limit, LimitChange } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import { qualify, type QualifiedId } from '../../domain/ids.ts';
import type { Registry, RoomClass } from '../../domain/registry.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Moment } from '../../domain/time.ts';

/** A standards pack, loaded and checked: limits by class of room, and what other sources say. */
export interface Standards {
  readonly id: string;
  readonly version: number;
  readonly name: LocalizedText;
  readonly classes: ReadonlyMap<RoomClass, ClassLimits>;
}

export interface ClassLimits {
  readonly class: RoomClass;
  readonly rule: string;
  readonly name: LocalizedText;
  /** A repository room (库房), where the daily swing is limited. */
  readonly store: boolean;
  /** All editions; `limitsInForce` picks by their `validFrom`. */
  readonly limits: readonly Limit[];
  /** What other sources say; shown beside the default, never judged by. */
  readonly alternatives: readonly (Limit & { readonly why?: LocalizedText })[];
  readonly note?: LocalizedText;
}

/** Pack and own changes, indexed by room; make a new one when either changes. */
export interface LimitBook {
  readonly packOf: (room: QualifiedId) => readonly Limit[];
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

/** Indexes the standards by each room's class, and the repositories' own changes by room. */
export function createLimitBook(parts: {
  readonly registry: Registry;
  readonly standards: Standards;
  readonly changes: readonly LimitChange[];
}): LimitBook {
  const changes = Map.groupBy(parts.changes, (c) => qualify(c.repository, c.room));
  return {
    packOf: (id) => {
      const room = parts.registry.rooms.get(id);
      return (room && parts.standards.classes.get(room.class)?.limits) ?? [];
    },
    changesOf: (id) => changes.get(id) ?? [],
  };
}

/**
 * The limits of a room, one for each metric and kind. A repository's own change goes before the pack; of several,
 * the latest `validFrom` wins, then the latest recorded. A change without any bound withdraws the repository's own
 * limit: the pack holds again.
 */
export function limitsInForce(book: LimitBook, question: LimitQuestion): readonly Limit[] {
  const { room, at, knownAt } = question;
  const winners = new Map<string, Limit>();
  for (const limit of book.packOf(room)) take(winners, limit, at);
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
  const moments = [
    ...book.packOf(room).map((limit) => limit.validFrom),
    ...book.changesOf(room).flatMap((change) => [change.validFrom, change.recordedAt]),
  ];
  return Math.min(Infinity, ...moments.filter((moment) => moment > now));
}

function take(winners: Map<string, Limit>, limit: Limit, at: Moment): void {
  if (limit.validFrom > at) return;
  const key = keyOf(limit);
  const best = winners.get(key);
  if (!best || !isBefore(limit, best)) winners.set(key, limit);
}

function isBefore(a: Limit, b: Limit): boolean {
  return a.validFrom !== b.validFrom ? a.validFrom < b.validFrom : a.recordedAt < b.recordedAt;
}

const keyOf = (limit: Pick<Limit, 'metric' | 'kind'>): string => `${limit.metric}/${limit.kind}`;

const isWithdrawal = (limit: Limit): boolean =>
  limit.min === undefined && limit.max === undefined && limit.swing === undefined;

function asLimit(change: LimitChange): Limit {
  const { metric, kind, min, max, swing, reason, by, validFrom, recordedAt } = change;
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
    reason,
  };
}
