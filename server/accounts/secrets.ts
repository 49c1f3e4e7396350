/** Secrets of sessions and tokens: 256 random bits, kept only as a hash. */

import { createHash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** Makes bearer tokens recognisable to people and to secret scanners. */
export const TOKEN_PREFIX = 'lantai_';

/** 256 bits, base64url. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Hex SHA-256. Enough for a secret of 256 random bits, which nobody can guess from a list. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
