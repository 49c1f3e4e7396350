/** Who failed to sign in how often: five failures lock an account and an address for 15 minutes, over restarts too. */

import type { FactRow } from '../../domain/tick.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import { hashSecret } from './secrets.ts';

export const FAILURES_MAX = 5;
const LOCK_MS = 15 * MINUTE_MS;
/** Remembered at once; above it the oldest is forgotten, and counted. */
const LOCK_ENTRIES_MAX = 2_000;

interface Failures {
  readonly count: number;
  readonly lastAt: Moment;
  readonly lockedUntil?: Moment;
}

/** What an attempt is counted under. */
export interface LockKeys {
  readonly account: string;
  readonly address: string;
}

/** The fact that changed, to be committed, and what has just been locked by it. */
export interface LockChange {
  readonly facts: readonly FactRow[];
  readonly locked: readonly ('account' | 'address')[];
}

const SHELVES = ['account', 'address'] as const;
type Shelf = (typeof SHELVES)[number];

/**
 * Memory is the authority and the facts follow it, so that guesses made at the same time, or while
 * nothing can be stored, are counted all the same.
 */
export class LockBook {
  readonly #shelves: Record<Shelf, Map<string, Failures>>;
  readonly #underWay = new Map<string, number>();
  /** Entries that fell off a full shelf. */
  forgotten = 0;

  readonly #entriesMax: number;

  constructor(read: (id: string) => FactRow | undefined, entriesMax = LOCK_ENTRIES_MAX) {
    this.#entriesMax = entriesMax;
    this.#shelves = { account: load(read('lock/account')), address: load(read('lock/address')) };
  }

  /** How long to wait before another attempt, ms; 0: go ahead. Attempts under way count as failures until they end. */
  waitMs(keys: LockKeys, now: Moment): number {
    return Math.max(...SHELVES.map((shelf) => this.#waitMs(shelf, keyOf(shelf, keys), now)));
  }

  begin(keys: LockKeys): void {
    for (const shelf of SHELVES) this.#count(`${shelf}/${keyOf(shelf, keys)}`, 1);
  }

  end(keys: LockKeys): void {
    for (const shelf of SHELVES) this.#count(`${shelf}/${keyOf(shelf, keys)}`, -1);
  }

  failed(keys: LockKeys, now: Moment): LockChange {
    const locked = SHELVES.filter((shelf) => this.#fail(shelf, keyOf(shelf, keys), now));
    return { facts: SHELVES.map((shelf) => this.#fact(shelf, now)), locked };
  }

  /** Only the account is forgiven: one good password must not free an address that guesses at others. */
  succeeded(keys: LockKeys, now: Moment): LockChange {
    const was = this.#shelves.account.delete(keyOf('account', keys));
    return { facts: was ? [this.#fact('account', now)] : [], locked: [] };
  }

  #waitMs(shelf: Shelf, key: string, now: Moment): number {
    const failures = this.#current(shelf, key, now);
    if (failures?.lockedUntil !== undefined) return failures.lockedUntil - now;
    const underWay = this.#underWay.get(`${shelf}/${key}`) ?? 0;
    return (failures?.count ?? 0) + underWay >= FAILURES_MAX ? 1_000 : 0;
  }

  #fail(shelf: Shelf, key: string, now: Moment): boolean {
    const count = (this.#current(shelf, key, now)?.count ?? 0) + 1;
    const book = this.#shelves[shelf];
    // Set anew, so that the map's order is by the last failure.
    book.delete(key);
    const locks = count >= FAILURES_MAX;
    book.set(key, { count, lastAt: now, ...(locks ? { lockedUntil: now + LOCK_MS } : {}) });
    for (const oldest of book.keys()) {
      if (book.size <= this.#entriesMax) break;
      book.delete(oldest);
      this.forgotten += 1;
    }
    return locks;
  }

  #current(shelf: Shelf, key: string, now: Moment): Failures | undefined {
    const failures = this.#shelves[shelf].get(key);
    return failures && isOver(failures, now) ? undefined : failures;
  }

  #count(key: string, by: 1 | -1): void {
    const next = (this.#underWay.get(key) ?? 0) + by;
    if (next > 0) this.#underWay.set(key, next);
    else this.#underWay.delete(key);
  }

  #fact(shelf: Shelf, now: Moment): FactRow {
    const current = [...this.#shelves[shelf]].filter(([, failures]) => !isOver(failures, now));
    return { id: `lock/${shelf}`, body: JSON.stringify(current), at: now };
  }
}

/** IPv4 as it is; of IPv6 the /64, which one subscriber has to himself. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...zeros, ...back].slice(0, 4).join(':');
}

// Names are kept as hashes: people type passwords into the wrong field.
function keyOf(shelf: Shelf, keys: LockKeys): string {
  return shelf === 'account' ? hashSecret(keys.account).slice(0, 32) : addressKey(keys.address);
}

function isOver(failures: Failures, now: Moment): boolean {
  return now >= (failures.lockedUntil ?? failures.lastAt + LOCK_MS);
}

function load(fact: FactRow | undefined): Map<string, Failures> {
  return new Map(fact ? (JSON.parse(fact.body) as [string, Failures][]) : []);
}
