/** One room of the scored year: made, heard, played live and from what was stored, and scored. */

import { createIntake } from '../../gateway/index.ts';
import {
  createLimitBook,
  limitsInForce,
  type EngineInput,
  type Knowledge,
} from '../../alerts/index.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import type { RawMessage } from '../../domain/intake.ts';
import { documentOf, registryOf, REPOSITORY } from './house.ts';
import { happeningsOf, type Happening, type Span } from './incidents.ts';
import { FromStore, Live, Stored, type Played, type Received } from './play.ts';
import { roomYear } from './room-year.ts';
import { Beyond, scoreRoom, type RoomScore } from './score.ts';

const CHUNK_MS = 30 * DAY_MS;

export interface RoomPlayed {
  readonly score: RoomScore;
  readonly happenings: readonly Happening[];
  readonly readings: number;
  /** Unset: it was not asked for. */
  readonly live?: Played;
  readonly fromStore: Played;
}

/** Plays and scores a room; `live` is slow: a tick for each second. */
export function playRoom(q: {
  readonly room: string;
  readonly seed: number;
  readonly span: Span;
  readonly knowledge: Knowledge;
  readonly live: boolean;
}): RoomPlayed {
  const { room, seed, span, knowledge } = q;
  const document = documentOf(room);
  const registry = registryOf(document);
  const config = { ...knowledge, registry, limitChanges: [] };
  const happenings = happeningsOf({ ...span, seed, room });
  const offs = happenings.flatMap(({ out }) => (out?.what === 'lantai' ? [out] : []));
  const book = createLimitBook({ registry, standards: knowledge.standards, changes: [] });
  const at = span.from;
  const limits = limitsInForce(book, { room: `${REPOSITORY}.${room}`, at, knownAt: at });
  const beyond = new Beyond(happenings, limits);
  const live = q.live ? new Live(config, span.from, offs) : undefined;
  const stored = new Stored();
  const intake = createIntake({ registry: () => registry, newId: () => 'none' });
  let readings = 0;
  for (const day of roomYear({ ...span, document, seed, happenings })) {
    for (const raw of day.messages) {
      const received = heard(intake.decode(raw), raw);
      readings += received.inputs.length;
      live?.take(received);
      stored.take(received);
    }
    for (const truth of day.truth) beyond.take(truth);
  }
  live?.passBefore(span.until);
  const fromStore = playStored(new FromStore(config, span.from, offs), stored, span);
  const { rules } = knowledge.rules;
  const { occurrences } = fromStore;
  const score = scoreRoom({ room, span, happenings, occurrences, rules, beyond: beyond.times });
  return { score, happenings, readings, fromStore, ...(live ? { live: live.result() } : {}) };
}

function playStored(player: FromStore, stored: Stored, { from, until }: Span): Played {
  for (let at: Moment = from; at < until; at += CHUNK_MS) {
    const end = Math.min(until, at + CHUNK_MS);
    player.take(stored.chunk({ from: at, until: end }), end);
  }
  return player.result(until);
}

function heard(
  decoded: ReturnType<ReturnType<typeof createIntake>['decode']>,
  raw: RawMessage,
): Received {
  if (decoded.quarantine.length > 0) throw new Error(`quarantined: ${String(raw.payload)}`);
  const inputs: EngineInput[] = [
    ...decoded.readings.map((reading): EngineInput => ({ kind: 'reading', reading })),
    ...decoded.accessEvents.map((event): EngineInput => ({ kind: 'access', event })),
  ];
  return { at: raw.receivedAt, inputs };
}
