/**
 * QARTOD flat line: the spread of the last so many seconds is below the tolerance. Seconds become a number of steps
 * (threshold / step), and the window is that many steps long; before it is full everything passes.
 *
 * A sealed stack room really is flat: for archives use `persistence.ts`, which waits a day and asks both metrics.
 */

import { FLAG, isPresent, medianStepSeconds, spread, type Flag, type Sample } from './flags.ts';

export interface FlatLineSettings {
  readonly suspectSeconds: number;
  readonly failSeconds: number;
  /** Spreads below this are flat, in the metric's unit. */
  readonly tolerance: number;
}

// Two points are no line: shorter thresholds than two steps count as two.
const STEPS_MIN = 2;

/** One flag a sample. `stepSeconds`: how often the sensor reports; unset: the middle step of these samples. */
export function flatLinesOf(
  samples: readonly Sample[],
  settings: FlatLineSettings,
  stepSeconds = medianStepSeconds(samples),
): readonly Flag[] {
  let state = EMPTY_FLAT_LINE;
  return samples.map(({ value }) => {
    const step = addToFlatLine(state, value, { ...settings, stepSeconds });
    ({ state } = step);
    return step.flag;
  });
}

/** JSON; newest last, `null` for a missing value; as many values as the longer window and no more. */
export interface FlatLineState {
  readonly values: readonly (number | null)[];
}

export const EMPTY_FLAT_LINE: FlatLineState = { values: [] };

/** One more value of a stream. Looks at the whole window: for windows of hundreds of steps use `persistence.ts`. */
export function addToFlatLine(
  state: FlatLineState,
  value: number | undefined,
  settings: FlatLineSettings & { readonly stepSeconds: number | undefined },
): { readonly state: FlatLineState; readonly flag: Flag } {
  const steps = stepsOf(settings, settings.stepSeconds);
  const longest = Math.max(steps.suspect, steps.fail) + 1;
  const values = [...state.values, isPresent(value) ? value : null].slice(-longest);
  const window = (count: number) => (values.length <= count ? undefined : values.slice(-count - 1));
  return {
    state: { values },
    flag: judge(value, [window(steps.suspect), window(steps.fail)], settings),
  };
}

function stepsOf(settings: FlatLineSettings, stepSeconds: number | undefined) {
  const steps = (seconds: number) =>
    stepSeconds === undefined || !(stepSeconds > 0)
      ? Infinity
      : Math.max(STEPS_MIN, Math.trunc(seconds / stepSeconds));
  return { suspect: steps(settings.suspectSeconds), fail: steps(settings.failSeconds) };
}

type Values = readonly (number | null | undefined)[] | undefined;

function judge(
  value: number | undefined,
  [suspect, fail]: readonly [Values, Values],
  settings: FlatLineSettings,
): Flag {
  if (!isPresent(value)) return FLAG.missing;
  // One value among missing ones proves nothing.
  const isFlat = (window: Values) => {
    const range = window && spread(window, 2);
    return range !== undefined && range < settings.tolerance;
  };
  if (isFlat(fail)) return FLAG.fail;
  return isFlat(suspect) ? FLAG.suspect : FLAG.good;
}
