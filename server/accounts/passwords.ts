/** Password hashes (scrypt) and the rules for a new password. */

import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

import { say, type Said } from '../../domain/sentences.ts';
const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** N is a power of two; memory is 128 · N · r bytes. */
export interface PasswordCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a fifth of a second: dear for a guesser, bearable at sign-in. */
export const PASSWORD_COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

const PASSWORD_CHARACTERS_MIN = 10;
const PASSWORD_CHARACTERS_MAX = 256;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
// Higher parameters in a stored hash than these are not ours, and would stall the server.
const MEMORY_BYTES_MAX = 256 * 1024 * 1024;
const PARALLEL_MAX = 16;

/** `scrypt$<N>$<r>$<p>$<salt base64>$<hash base64>`. */
export async function hashPassword(
  password: string,
  cost: PasswordCost = PASSWORD_COST,
): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(normal(password), salt, HASH_BYTES, options(cost));
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** Whether `password` is the one behind `stored`. False for a text that is no hash of ours. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (!parsed) return false;
  const { cost, salt, hash } = parsed;
  const candidate = await derive(normal(password), salt, hash.length, options(cost));
  return timingSafeEqual(candidate, hash);
}

/** Why `next` may not become the password, in one sentence; `undefined` when it may. */
export function passwordProblem(q: {
  readonly account: string;
  readonly next: string;
  readonly current?: string;
}): Said | undefined {
  const characters = [...normal(q.next)].length;
  if (characters < PASSWORD_CHARACTERS_MIN) {
    return say('password-short', { least: PASSWORD_CHARACTERS_MIN });
  }
  if (characters > PASSWORD_CHARACTERS_MAX) {
    return say('password-long', { most: PASSWORD_CHARACTERS_MAX });
  }
  if (normal(q.next).toLowerCase() === q.account.toLowerCase()) {
    return say('password-is-name');
  }
  if (q.current !== undefined && normal(q.next) === normal(q.current)) {
    return say('password-is-old');
  }
  return undefined;
}

/** A password that nobody chose: 120 random bits, easy to type from paper. */
export function randomPassword(): string {
  // 32 signs without 0, 1, I and O, so five bits each without a bias.
  const signs = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  const text = [...randomBytes(24)].map((byte) => signs[byte % signs.length]).join('');
  return (text.match(/.{6}/g) ?? []).join('-');
}

// The same word typed on two keyboards is the same password.
function normal(password: string): string {
  return password.normalize('NFKC');
}

function options(cost: PasswordCost): ScryptOptions {
  return { ...cost, maxmem: 128 * cost.N * cost.r + 128 * cost.r * cost.p + 1024 * 1024 };
}

function parse(stored: string) {
  const [kind, N, r, p, salt, hash] = stored.split('$');
  if (kind !== 'scrypt' || salt === undefined || hash === undefined) return undefined;
  const cost: PasswordCost = { N: Number(N), r: Number(r), p: Number(p) };
  const whole = [cost.N, cost.r, cost.p].every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole || 128 * cost.N * cost.r > MEMORY_BYTES_MAX || cost.p > PARALLEL_MAX) return undefined;
  const bytes = Buffer.from(hash, 'base64');
  if (bytes.length !== HASH_BYTES) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64'), hash: bytes };
}
