/** Who has been at the embedded broker since the start: bounded, in memory, for people to see. */

import { CLIENTS_SEEN_MAX } from '../../domain/bounds.ts';
import type { ClientRefusal, ClientSight } from '../../domain/device-credential.ts';

/** What a client calls itself may be of any length. */
const TEXT_MAX = 128;

interface Appearance {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly address: string;
}

/** One client as it is kept; the connection counts in it. */
export interface ClientEntry {
  readonly id: string;
  readonly clientId: string;
  readonly username: string | undefined;
  address: string;
  credential: string | undefined;
  readonly firstSeenAt: number;
  lastSeenAt: number;
  connections: number;
  messages: number;
  refused: number;
  lastRefusal: ClientSight['lastRefusal'];
  /** Reasons that were told of already. */
  readonly told: Set<ClientRefusal>;
  /** Until when its socket is not read. */
  slowedUntil: number;
}

export class ClientBook {
  readonly #entries = new Map<string, ClientEntry>();
  readonly #entriesMax: number;
  #made = 0;

  constructor(entriesMax: number = CLIENTS_SEEN_MAX) {
    this.#entriesMax = entriesMax;
  }

  /** Its entry, and whether it is new. */
  meet(who: Appearance, now: number): { readonly entry: ClientEntry; readonly isNew: boolean } {
    const clientId = who.clientId.slice(0, TEXT_MAX);
    const username = who.username?.slice(0, TEXT_MAX);
    // Without a name of its own it is told apart by where it comes from.
    const key = JSON.stringify([clientId || who.address, username ?? null]);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    if (!known) this.#makeRoom();
    const entry = known ?? {
      id: String((this.#made += 1)),
      clientId,
      username,
      address: who.address,
      credential: undefined,
      firstSeenAt: now,
      lastSeenAt: now,
      connections: 0,
      messages: 0,
      refused: 0,
      lastRefusal: undefined,
      told: new Set(),
      slowedUntil: 0,
    };
    entry.lastSeenAt = now;
    entry.address = who.address;
    this.#entries.set(key, entry);
    return { entry, isNew: !known };
  }

  /** The latest first. */
  list(now: number): readonly ClientSight[] {
    return [...this.#entries.values()].reverse().map((entry) => sightOf(entry, now));
  }

  /** Who left longest ago goes first; who is connected goes only when everybody is. */
  #makeRoom(): void {
    if (this.#entries.size < this.#entriesMax) return;
    let gone: string | undefined;
    for (const [key, entry] of this.#entries) {
      gone ??= key;
      if (entry.connections > 0) continue;
      gone = key;
      break;
    }
    if (gone !== undefined) this.#entries.delete(gone);
  }
}

/** Writes a refusal into the entry; whether it is the first for this reason. */
export function noteRefusal(
  entry: ClientEntry,
  q: { readonly why: ClientRefusal; readonly detail?: string | undefined; readonly at: number },
): boolean {
  const isNews = !entry.told.has(q.why);
  const detail = q.detail?.slice(0, TEXT_MAX);
  entry.told.add(q.why);
  entry.refused += 1;
  entry.lastSeenAt = q.at;
  entry.lastRefusal = { at: q.at, why: q.why, ...(detail === undefined ? {} : { detail }) };
  return isNews;
}

/** The entry as people see it. */
export function sightOf(entry: ClientEntry, now: number): ClientSight {
  const { id, clientId, username, address, credential, firstSeenAt, lastSeenAt } = entry;
  const { messages, refused, lastRefusal } = entry;
  return {
    id,
    clientId,
    ...(username === undefined ? {} : { username }),
    address,
    ...(credential === undefined ? {} : { credential }),
    firstSeenAt,
    lastSeenAt,
    connected: entry.connections > 0,
    messages,
    refused,
    ...(lastRefusal === undefined ? {} : { lastRefusal }),
    slowed: entry.slowedUntil > now,
  };
}
