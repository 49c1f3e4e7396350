/** Brings the modules of `web.ts` in: piece by piece, so that what the broker sends meanwhile is taken between them. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type * as Web from './web.ts';

const PIECES: readonly (() => Promise<unknown>)[] = [
  () => import('fastify'),
  () => import('prom-client'),
  () => import('socket.io'),
  () => import('./http/openapi.ts'),
  () => import('./http/dashboard-files.ts'),
  () => import('./http/routes/index.ts'),
];

/** What people open, ready to be made. */
export async function loadWeb(): Promise<typeof Web> {
  for (const load of PIECES) {
    await load();
    await nextTurn();
  }
  return import('./web.ts');
}
