/** Certificates for tests, made with openssl: an authority, and what it signs. */

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Authority {
  readonly caPath: string;
  /** A certificate with this common name, good for 127.0.0.1. */
  issue(commonName: string): { readonly certPath: string; readonly keyPath: string };
}

/** An authority of its own in `folder`; `name` tells it from others there. */
export function makeAuthority(folder: string, name: string): Authority {
  const file = (what: string): string => join(folder, `${name}-${what}`);
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', [...args], { stdio: 'pipe' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [caPath, caKey] = [file('ca.crt'), file('ca.key')];
  openssl(
    ...['req', '-x509', ...key, '-days', '2', '-subj', `/CN=${name}`],
    ...['-keyout', caKey, '-out', caPath],
  );
  const extensions = file('san.txt');
  writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  let issued = 0;
  return {
    caPath,
    issue(commonName) {
      const base = file(`issued-${(issued += 1)}`);
      const [certPath, keyPath, request] = [`${base}.crt`, `${base}.key`, `${base}.csr`];
      openssl('req', ...key, '-subj', `/CN=${commonName}`, '-keyout', keyPath, '-out', request);
      openssl(
        ...['x509', '-req', '-in', request, '-CA', caPath, '-CAkey', caKey, '-CAcreateserial'],
        ...['-days', '2', '-extfile', extensions, '-out', certPath],
      );
      return { certPath, keyPath };
    },
  };
}
