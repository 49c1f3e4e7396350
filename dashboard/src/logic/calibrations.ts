/** Which calibration counts, and which is due. */

import type { Calibration } from '../../../domain/devices.ts';
import type { Moment } from '../../../domain/time.ts';

const DAY_MS = 86_400_000;
/** So long before its date a calibration is shown as due soon. Our own proposal. */
const SOON_MS = 30 * DAY_MS;

export type Due = 'overdue' | 'soon' | 'later' | 'undated';

export function dueOf(calibration: Pick<Calibration, 'dueAt'>, now: Moment): Due {
  const { dueAt } = calibration;
  if (dueAt === undefined) return 'undated';
  if (dueAt <= now) return 'overdue';
  return dueAt - now <= SOON_MS ? 'soon' : 'later';
}

export interface CalibrationRow {
  readonly newest: Calibration;
  readonly due: Due;
  /** Those before it, newest first. */
  readonly earlier: readonly Calibration[];
}

const ORDER: readonly Due[] = ['overdue', 'soon', 'later', 'undated'];

/** One row for each sensor and metric; overdue first, then by the date that comes next. */
export function calibrationRows(
  all: readonly Calibration[],
  now: Moment,
): readonly CalibrationRow[] {
  const byThing = new Map<string, Calibration[]>();
  for (const one of all) {
    const key = `${one.repository}.${one.sensor}/${one.metric}`;
    const there = byThing.get(key);
    if (there) there.push(one);
    else byThing.set(key, [one]);
  }
  const rows: CalibrationRow[] = [];
  for (const list of byThing.values()) {
    const [newest, ...earlier] = [...list].sort(newestFirst);
    if (newest) rows.push({ newest, earlier, due: dueOf(newest, now) });
  }
  return [...rows].sort(
    (a, b) =>
      ORDER.indexOf(a.due) - ORDER.indexOf(b.due) ||
      (a.newest.dueAt ?? Infinity) - (b.newest.dueAt ?? Infinity) ||
      a.newest.sensor.localeCompare(b.newest.sensor),
  );
}

function newestFirst(a: Calibration, b: Calibration): number {
  return b.validFrom - a.validFrom || b.recordedAt - a.recordedAt;
}

/** The most urgent of a sensor's calibrations; `undefined`: it was never calibrated. */
export function dueOfSensor(
  rows: readonly CalibrationRow[],
  sensor: string,
): CalibrationRow | undefined {
  return rows.find(({ newest }) => `${newest.repository}.${newest.sensor}` === sensor);
}
