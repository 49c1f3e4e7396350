/** Wrong secrets by address: hashing is dear, so whoever guesses a lot is not listened to for a while. */

import { MINUTE_MS } from '../../domain/time.ts';

const GUESSES_MAX = 30;
const WITHIN_MS = MINUTE_MS;
const ADDRESSES_MAX = 1_000;

export class GuessBook {
  readonly #guesses = new Map<string, { count: number; readonly sinceMs: number }>();

  isClosedTo(address: string, now: number): boolean {
    const known = this.#guesses.get(address);
    if (!known) return false;
    if (now - known.sinceMs < WITHIN_MS) return known.count >= GUESSES_MAX;
    this.#guesses.delete(address);
    return false;
  }

  wrong(address: string, now: number): void {
    const known = this.#guesses.get(address);
    if (known) {
      known.count += 1;
      return;
    }
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size >= ADDRESSES_MAX && oldest !== undefined) this.#guesses.delete(oldest);
    this.#guesses.set(address, { count: 1, sinceMs: now });
  }
}
