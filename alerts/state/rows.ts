/**
 * What rules remember, as rows: `alerts/<qualified id>`, and for a sensor's 24 h windows `alerts/<qualified id>/window`,
 * which changes only every quarter of an hour. Trackers are kept by rule id, so other rules may come and go.
 */

import type { MetricName } from '../../domain/metrics.ts';
import type { RuleStateRow } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import { carryClimateOver, climateRows, restoreClimate } from '../preservation/rows.ts';
import { ClimateState } from '../preservation/state.ts';
import type { Window } from '../judge/window.ts';
import { restoreWatch, watchRows } from '../watch/rows.ts';
import { WatchState } from '../watch/watch-state.ts';
import type { RoomTrust } from '../trust/sample.ts';
import { DeviceState, DoorState, SensorState, SeriesState, type Doubt } from './states.ts';
import type { SensorUnit, Unit } from './units.ts';

export const ROW_PREFIX = 'alerts/';
/** When the engine last worked: tells a restart from a long outage. */
export const ENGINE_ROW = 'alerts/engine';

type Row = Omit<RuleStateRow, 'coversSpool'>;

interface SeriesBody {
  readonly value: number | null;
  readonly at: Moment;
  readonly receivedAt: Moment;
  readonly changedAt: Moment;
  readonly simulated: boolean;
  readonly trackers: Readonly<Record<string, Tracker>>;
  /** The window's newest bucket; its sealed ones are in the window row. */
  readonly bucket?: readonly [start: Moment, min: number, max: number];
}
interface SensorBody {
  readonly seenAt: Moment;
  readonly offlineAt: Moment;
  readonly silent: boolean;
  readonly badAt: Moment;
  readonly bad: boolean;
  /** Missing in rows of an earlier version. */
  readonly doubt?: Doubt;
  readonly testing: boolean;
  readonly disabled: boolean;
  readonly series: Partial<Record<MetricName, SeriesBody>>;
}

/** The rows of a unit with this state. */
export function rowsOf(unit: Unit, state: Unit['state']): readonly Row[] {
  if (unit.kind === 'climate') {
    return state instanceof ClimateState ? climateRows(unit, state) : [];
  }
  const id = ROW_PREFIX + unit.key;
  if (unit.kind === 'sensor' && state instanceof SensorState) {
    const own = { id, body: JSON.stringify(sensorBody(unit, state)) };
    if (!state.windowsChanged) return [own];
    return [own, { id: `${id}/window`, body: JSON.stringify(windowBody(unit, state)) }];
  }
  if (unit.kind === 'watch' && state instanceof WatchState) {
    return watchRows(unit, state);
  }
  return [{ id, body: JSON.stringify(state) }];
}

const TRUST_PREFIX = `${ROW_PREFIX}trust/`;

/** What is remembered of the sensors of a room beside each other. */
export function trustRow(roomKey: string, trust: RoomTrust): Row {
  return { id: TRUST_PREFIX + roomKey, body: JSON.stringify(trust) };
}

export function restoreTrust(
  rooms: Map<string, RoomTrust>,
  rows: ReadonlyMap<string, string>,
): void {
  for (const [id, body] of rows) {
    if (!id.startsWith(TRUST_PREFIX)) continue;
    rooms.set(id.slice(TRUST_PREFIX.length), JSON.parse(body) as RoomTrust);
  }
}

/** The state that the rows tell of; what they do not tell is as at the beginning. */
export function restoreUnit(unit: Unit, rows: ReadonlyMap<string, string>): void {
  if (unit.kind === 'climate') return restoreClimate(unit, rows);
  if (unit.kind === 'watch') return restoreWatch(unit, rows);
  const body = rows.get(ROW_PREFIX + unit.key);
  if (body === undefined) return;
  const parsed: unknown = JSON.parse(body);
  if (unit.kind === 'door') {
    unit.state = Object.assign(new DoorState(), parsed);
  } else if (unit.kind === 'device') {
    unit.state = Object.assign(new DeviceState(), parsed);
  } else {
    const windows = rows.get(`${ROW_PREFIX}${unit.key}/window`);
    unit.state = sensorState(unit, parsed as SensorBody, windows);
  }
}

/** Carries what is remembered over to a unit that was compiled anew. */
export function carryOver(from: Unit, to: Unit): void {
  if (from.kind === 'climate') {
    if (to.kind === 'climate') carryClimateOver(from, to);
    return;
  }
  const rows = new Map(rowsOf(from, withWindows(from)).map((row) => [row.id, row.body]));
  restoreUnit(to, rows);
  // Rules may have come: their windows and trackers must be written with the next snapshot.
  if (to.kind === 'sensor' || to.kind === 'watch') to.state.windowsChanged = true;
}

function withWindows(unit: Unit): Unit['state'] {
  if (unit.kind !== 'sensor' && unit.kind !== 'watch') return unit.state;
  const copy = unit.state.clone();
  copy.windowsChanged = true;
  return copy;
}

function sensorBody(unit: SensorUnit, state: SensorState): SensorBody {
  const { seenAt, offlineAt, silent, badAt, bad, doubt, testing, disabled } = state;
  const series: Partial<Record<MetricName, SeriesBody>> = {};
  for (const { metric, index, rules } of unit.series) {
    const own = state.series[index];
    if (!own) continue;
    const kept = rules.flatMap(({ key }, i) => {
      const tracker = own.trackers[i];
      return tracker ? [[key, tracker] as const] : [];
    });
    const { value, at, receivedAt, changedAt, simulated, window } = own;
    series[metric] = {
      value: Number.isNaN(value) ? null : value,
      at,
      receivedAt,
      changedAt,
      simulated,
      trackers: Object.fromEntries(kept),
      ...(window ? { bucket: [window.start, window.min, window.max] as const } : {}),
    };
  }
  return { seenAt, offlineAt, silent, badAt, bad, doubt, testing, disabled, series };
}

function windowBody(unit: SensorUnit, state: SensorState): Record<string, readonly number[]> {
  const entries = unit.series.flatMap(({ metric, index }) => {
    const sealed = state.series[index]?.window?.sealed;
    return sealed ? [[metric, sealed] as const] : [];
  });
  return Object.fromEntries(entries);
}

function sensorState(unit: SensorUnit, body: SensorBody, windows: string | undefined): SensorState {
  const sealed = windows === undefined ? {} : (JSON.parse(windows) as Record<string, number[]>);
  const { series, ...own } = body;
  const state = Object.assign(new SensorState(), own);
  state.series = unit.series.map(({ metric, rules }) => {
    const saved = series[metric];
    const restored = new SeriesState();
    restored.setTrackers(rules.map(({ key }) => saved?.trackers[key]));
    if (!saved) return restored;
    const { bucket, value, at, receivedAt, changedAt, simulated } = saved;
    const window = bucket && joinWindow(sealed[metric] ?? [], bucket);
    const told = { value: value ?? Number.NaN, at, receivedAt, changedAt, simulated, window };
    return Object.assign(restored, told);
  });
  return state;
}

function joinWindow(
  sealed: readonly number[],
  [start, min, max]: readonly [Moment, number, number],
): Window {
  let low = min;
  let high = max;
  for (let i = 0; i < sealed.length; i += 3) {
    low = Math.min(low, sealed[i + 1] ?? low);
    high = Math.max(high, sealed[i + 2] ?? high);
  }
  return { sealed, start, min, max, low, high };
}
