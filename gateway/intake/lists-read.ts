/** Which device lists were read already: brokers repeat their retained copy at each connect, up to a megabyte of it. */

import { createHash } from 'node:crypto';
import type { Way } from '../profiles/compile.ts';
import type { Use } from '../profiles/uses.ts';

/** A list on its way: by whom it would be read. */
export interface ListSaid {
  readonly use: Pick<Use, 'key' | 'profile'>;
  readonly topic: string;
  readonly payload: Uint8Array;
}

export type ListOutcome = 'taken' | 'refused';

export interface ListsRead {
  /** What became of these very bytes, read by this very profile, when they came last on the topic; else `undefined`. */
  outcomeOf(said: ListSaid): ListOutcome | undefined;
  note(said: ListSaid, outcome: ListOutcome): void;
}

/** Remembers the last list of each topic; as many as profiles in use name. Lost with the process. */
export function createListsRead(): ListsRead {
  const last = new Map<string, { hash: string; profile: unknown; outcome: ListOutcome }>();
  const keyOf = ({ use, topic }: ListSaid): string => `${use.key} ${topic}`;
  return {
    outcomeOf(said) {
      const before = last.get(keyOf(said));
      if (before?.profile !== said.use.profile) return undefined;
      return before?.hash === hashOf(said.payload) ? before.outcome : undefined;
    },
    note(said, outcome) {
      const { profile } = said.use;
      last.set(keyOf(said), { hash: hashOf(said.payload), profile, outcome });
    },
  };
}

/** Whether the first handler that looks at the message is one of a list. */
export function isListFirst(ways: readonly Way[]): boolean {
  const handler = ways[0]?.handler;
  return handler?.kind === 'data' && handler.deviceList !== undefined;
}

function hashOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('base64');
}
