/** Moments and spans. A moment is epoch milliseconds (UTC), handed in, never fetched here. */

/** Epoch milliseconds, UTC. */
export type Moment = number;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The start of the UTC hour that holds `at`. Roll-ups are by UTC hour in every time zone. */
export function hourOf(at: Moment): Moment {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
