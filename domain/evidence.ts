/** When an hour of a sensor shows something: the one rule of assessments, accumulations and figures over a period. */

/** An hour shows something only with this share of the readings that were to be expected. 本馆自定. */
export const HOUR_SHARE_MIN = 0.75;

/** How many readings an hour needs; a sensor that reports more seldom than once an hour needs one. */
export function readingsMinOf(intervalSeconds: number, shareMin = HOUR_SHARE_MIN): number {
  return Math.max(1, Math.floor((3600 / intervalSeconds) * shareMin));
}

/** How many hours one reading speaks for: a sensor that reports every three hours is not silent in between. */
export function spanHoursOf(intervalSeconds: number): number {
  return Math.max(1, Math.ceil(intervalSeconds / 3600));
}
