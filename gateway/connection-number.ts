/** Numbers for connections, unique over restarts: they tell a redelivery from a repeat on the same connection. */

let last = 0;

/** Rises with each call and, being led by the clock, with each start of the process. */
export function nextConnection(now: number = Date.now()): number {
  last = Math.max(last + 1, now);
  return last;
}
