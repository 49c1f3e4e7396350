/** Waits for a condition with a bound: what has not happened by then will not happen. */

import { setTimeout as wait } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;
export const PATIENCE_MS = 15_000;

/** The first answer that is neither `undefined` nor `false`; throws when none comes in time. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await wait(LOOK_AGAIN_MS);
  }
}
