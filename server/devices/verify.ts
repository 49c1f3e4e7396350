/** Whether a device's secret is the right one: hashed once, remembered afterwards. */

import { createHash } from 'node:crypto';
import type { CredentialPurpose, DeviceCredential } from '../../domain/device-credential.ts';
import { createGate } from '../accounts/gate.ts';
import { verifyPassword, type PasswordCost } from '../accounts/passwords.ts';
import { GuessBook } from './guess-book.ts';

/**
 * A device's secret is 160 random bits, which no amount of guessing finds; the cost only keeps a stolen hash from being
 * a fast oracle. A house of a thousand devices that all come back after a power failure is let in within seconds.
 */
export const DEVICE_SECRET_COST: PasswordCost = { N: 2 ** 10, r: 8, p: 1 };

const HASHING_AT_ONCE_MAX = 2;
const HASHING_WAITING_MAX = 10_000;
const REMEMBERED_MAX = 10_000;

export type Verified =
  | { readonly ok: true; readonly credential: DeviceCredential }
  | {
      readonly ok: false;
      readonly why: 'unknown-username' | 'wrong-password' | 'disabled' | 'busy';
    };

export interface Shown {
  readonly username: string;
  readonly secret: string;
  readonly purpose: CredentialPurpose;
  readonly address: string;
}

/** `find`: the one in use, else the disabled one that was last. */
export function createVerifier(q: {
  readonly find: (username: string, purpose: CredentialPurpose) => DeviceCredential | undefined;
  readonly now: () => number;
}): (shown: Shown) => Promise<Verified> {
  const gate = createGate(HASHING_AT_ONCE_MAX, HASHING_WAITING_MAX);
  const guesses = new GuessBook();
  /** Stored hash and digest of a secret that was found right; a renewed secret has another hash. */
  const right = new Set<string>();
  return async ({ username, secret, purpose, address }) => {
    const credential = q.find(username, purpose);
    if (!credential) return { ok: false, why: 'unknown-username' };
    const key = `${credential.secretHash} ${digestOf(secret)}`;
    if (!right.has(key)) {
      if (guesses.isClosedTo(address, q.now())) return { ok: false, why: 'busy' };
      const done = await gate.run(() => verifyPassword(secret, credential.secretHash));
      if (!done) return { ok: false, why: 'busy' };
      if (!done.value) {
        guesses.wrong(address, q.now());
        return { ok: false, why: 'wrong-password' };
      }
      remember(right, key);
    }
    // Asked again: it may have been renewed or disabled meanwhile.
    const current = q.find(username, purpose);
    if (current?.secretHash !== credential.secretHash) return { ok: false, why: 'wrong-password' };
    if (current.disabledAt !== undefined) return { ok: false, why: 'disabled' };
    return { ok: true, credential: current };
  };
}

function remember(right: Set<string>, key: string): void {
  const [oldest] = right;
  if (right.size >= REMEMBERED_MAX && oldest !== undefined) right.delete(oldest);
  right.add(key);
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('base64');
}
