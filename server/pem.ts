/** Certificates and keys from files, looked at before they are used. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf, StartRefused } from './data-folder.ts';
import type { SettingName } from './settings/names.ts';

/** The text of a PEM file. Throws `StartRefused` with the setting that names it. */
export function readPem(path: string, setting: SettingName): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartRefused(`${setting}: ${path} can't be read (${messageOf(error)}).`);
  }
}

/** The certificate of an authority. Throws `StartRefused` when it can't be read, or is none. */
export function readAuthority(path: string, setting: SettingName): string {
  const pem = readPem(path, setting);
  try {
    const { ca } = new X509Certificate(pem);
    if (ca) return pem;
  } catch (error) {
    throw new StartRefused(`${setting}: ${path} is no certificate in PEM (${messageOf(error)}).`);
  }
  throw new StartRefused(`${setting}: ${path} is no certificate of an authority.`);
}

export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate and its key. Throws `StartRefused` when one can't be read, or they can't be used together. */
export function readPemPair(q: {
  readonly cert: { readonly path: string; readonly setting: SettingName };
  readonly key: { readonly path: string; readonly setting: SettingName };
}): PemPair {
  const pair = {
    cert: readPem(q.cert.path, q.cert.setting),
    key: readPem(q.key.path, q.key.setting),
  };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new StartRefused(
      `${q.cert.setting} and ${q.key.setting} are no certificate with its key in PEM (${messageOf(error)}).`,
    );
  }
  return pair;
}
