/** Plays a room's stored past through the engine, chunk by chunk: never a whole period in memory. */

import type { Knowledge, Rule, RuleBook } from '../../alerts/index.ts';
import { Backtest } from '../../alerts/backtest/backtest.ts';
import { ByReceipt, type SeriesChunk } from '../../alerts/backtest/by-receipt.ts';
import { knownFrom } from '../../alerts/backtest/known-incidents.ts';
import { heldThroughout, narrowTo, withProposals } from '../../alerts/backtest/proposals.ts';
import { createLimitBook, limitsInForce } from '../../alerts/index.ts';
import { NIGHT_HOURS, type BacktestResult } from '../../domain/backtest.ts';
import type { Limit } from '../../domain/limits.ts';
import type { ReadingStore } from '../../domain/ports.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import type { BacktestQuestion } from './backtest-types.ts';
import type { StateQueries } from '../services.ts';
import type { Structure } from '../structure.ts';

export interface BacktestSources {
  readonly structure: Structure;
  readonly knowledge: Knowledge;
  readonly readings: Pick<ReadingStore, 'received'>;
  readonly queries: Pick<StateQueries, 'accessEvents' | 'incidents'>;
  /** Done so far, 0 to 1; called now and then. */
  readonly onProgress?: (done: number) => void;
}

/** What was asked can't be played; the message is one sentence for the person. */
export class BacktestRefused extends Error {
  override readonly name = 'BacktestRefused';
}

/** Windows of 24 h must be full, and what stood must stand, when counting begins. */
const WARM_UP_MS = 2 * DAY_MS;
const CHUNK_MS = 4 * DAY_MS;
const EVENTS_MAX = 200_000;
const INCIDENTS_MAX = 1_000;

/** Rejects with `BacktestRefused` or `TooManyAlarms`, and with `StoreUnavailable` while the store is away. */
export async function runBacktest(
  question: BacktestQuestion,
  sources: BacktestSources,
): Promise<BacktestResult> {
  const { room, from, until, night = NIGHT_HOURS } = question;
  const { structure, queries } = sources;
  const found = structure.registry.rooms.get(room);
  if (!found) throw new BacktestRefused(`there is no room ${room}.`);
  const timezone = structure.registry.repositories.get(found.repository)?.timezone ?? 'UTC';
  const sides = sidesOf(question, sources);
  const startAt = from - WARM_UP_MS;
  const run = new Backtest({ ...sides.run, startAt });
  const counts = await play(run, question, { ...sources, startAt });
  const known = queries.incidents({
    repositories: [found.repository],
    from,
    until,
    rowsMax: INCIDENTS_MAX,
  });
  const inRoom = known.filter((one) => one.room === undefined || one.room === found.id);
  const past = knownFrom(inRoom, question.now);
  const incidents = [...past, ...(question.incidents ?? [])];
  const counted = run.finish({ from, until, timezone, night, incidents });
  return { room, from, until, timezone, night, ...counts, limits: sides.limits, ...counted };
}

function sidesOf(question: BacktestQuestion, { structure, knowledge }: BacktestSources) {
  const { room, now: at, limits = [], rules } = question;
  const { standards, plans } = knowledge;
  const registry = narrowTo(structure.registry, [room]);
  const held = heldThroughout(structure, { registry, standards, rooms: [room], at });
  const base = { registry, standards, plans };
  const proposals = withProposals(held, room, limits);
  const inForce = (sources: typeof held): readonly Limit[] => {
    const { limitChanges: changes, standardsChoices: choices } = sources;
    const book = createLimitBook({ registry, standards, changes, choices });
    return limitsInForce(book, { room, at, knownAt: at });
  };
  const hasProposal = limits.length > 0 || rules !== undefined;
  return {
    run: {
      old: { ...base, ...held, rules: onlyThose(knowledge.rules, question) },
      ...(hasProposal
        ? {
            proposed: {
              ...base,
              ...proposals,
              rules: onlyThose(withRules(knowledge.rules, rules), question),
            },
          }
        : {}),
    },
    limits: { old: inForce(held), ...(hasProposal ? { proposed: inForce(proposals) } : {}) },
  };
}

function withRules(book: RuleBook, rules: readonly Rule[] = []): RuleBook {
  const others = book.rules.filter((rule) => !rules.some((one) => one.id === rule.id));
  return { ...book, rules: [...others, ...rules] };
}

function onlyThose(book: RuleBook, { only }: BacktestQuestion): RuleBook {
  if (!only) return book;
  const rules = book.rules.filter((rule) => only.includes(rule.id));
  const missing = only.find((id) => !rules.some((rule) => rule.id === id));
  if (missing !== undefined) throw new BacktestRefused(`there is no rule ${missing}.`);
  return { ...book, rules };
}

async function play(
  run: Backtest,
  { room, until }: BacktestQuestion,
  sources: BacktestSources & { readonly startAt: Moment },
): Promise<{ readonly readings: number; readonly accessEvents: number }> {
  const { structure, queries, readings, startAt, onProgress } = sources;
  const { registry } = structure;
  const sensors = [...registry.sensors.values()].filter(
    (one) => `${one.repository}.${one.room}` === room,
  );
  const [repository = ''] = room.split('.');
  const order = new ByReceipt();
  const take = (chunk: Parameters<ByReceipt['take']>[0], before: Moment): void => {
    for (const { at, inputs } of order.take(chunk, before)) {
      if (at >= startAt && at < until) run.take(inputs, at);
    }
  };
  for (let from = startAt; from < until; from += CHUNK_MS) {
    const end = Math.min(until, from + CHUNK_MS);
    const series: SeriesChunk[] = [];
    for (const sensor of sensors) {
      for (const metric of sensor.metrics) {
        const key = { repository, sensor: sensor.id, metric };
        const columns = await readings.received({ ...key, from, until: end });
        if (columns.at.length > 0) series.push({ key, room: sensor.room, ...columns });
      }
    }
    const events = queries.accessEvents({
      repositories: [repository],
      room,
      from,
      until: end,
      rowsMax: EVENTS_MAX,
    });
    take({ series, events: events.toReversed() }, end);
    onProgress?.(Math.min(1, (end - startAt) / (until - startAt)));
  }
  take({ series: [], events: [] }, Infinity);
  return { readings: order.readings, accessEvents: order.accessEvents };
}
