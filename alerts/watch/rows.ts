/**
 * What a watch remembers, as rows: its own, with the newest entries of its windows, and with `/window` behind it what lies
 * before them, which changes only by the quarter of an hour. Nothing is by place, so that other rules may come and go.
 */

import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import type { WatchUnit } from '../state/units.ts';
import type { OpenDoors } from './doors.ts';
import { Entries } from './entries.ts';
import type { People } from './people.ts';
import { WatchState } from './watch-state.ts';
import { sizeOf } from './window-plans.ts';
import { recentFrom } from './windows.ts';

const PREFIX = 'alerts/';

interface WatchBody {
  readonly lookedAt: Moment;
  readonly trackers: Readonly<Record<string, Tracker>>;
  readonly unknown: readonly string[];
  /** Flat lists by window, or by rule and series of a room; of a smoke level its baseline alone, by rule. */
  readonly kept: Readonly<Record<string, readonly number[]>>;
  /** The newest of them, in rows of an earlier version. */
  readonly recent?: Readonly<Record<string, readonly number[]>>;
  readonly people: People;
  readonly doors: OpenDoors;
}

type Lists = Readonly<Record<string, readonly number[]>>;

/** The rows of a watch with this state. */
export function watchRows(
  unit: WatchUnit,
  state: WatchState,
): readonly { readonly id: string; readonly body: string }[] {
  const id = PREFIX + unit.key;
  const own = { id, body: watchBody(unit, state) };
  if (!state.windowsChanged || unit.windows.length === 0) return [own];
  const older: Record<string, readonly number[]> = {};
  for (const [i, plan] of unit.windows.entries()) {
    const window = state.windows[i];
    if (window) older[plan.key] = window.toList(sizeOf(plan), -Infinity, recentFrom(window));
  }
  return [own, { id: `${id}/window`, body: JSON.stringify(older) }];
}

function watchBody(unit: WatchUnit, state: WatchState): string {
  const { lookedAt, trackers, unknown, baselines, trends, people, doors } = state;
  const kept: Record<string, readonly number[]> = {};
  for (const [i, plan] of unit.windows.entries()) {
    const window = state.windows[i];
    if (window) kept[plan.key] = window.toList(sizeOf(plan), recentFrom(window));
  }
  for (const [i, { rule }] of unit.rules.entries()) {
    if (rule.kind === 'smoke-level') kept[rule.id] = [baselines[i] ?? 0];
  }
  for (const [key, samples] of Object.entries(trends)) kept[key] = samples.toList(2);
  const body: WatchBody = { lookedAt, trackers, unknown, kept, people, doors };
  return JSON.stringify(body);
}

/** The state that rows tell of; without any it stays as at the beginning. */
export function restoreWatch(unit: WatchUnit, rows: ReadonlyMap<string, string>): void {
  const body = rows.get(PREFIX + unit.key);
  if (body === undefined) return;
  const older = rows.get(`${PREFIX}${unit.key}/window`);
  unit.state = watchStateOf(unit, body, JSON.parse(older ?? '{}') as Lists);
  // An earlier version had all in one row: what this one leaves out of it must be written.
  unit.state.windowsChanged = older === undefined;
}

function watchStateOf({ rules, windows }: WatchUnit, body: string, older: Lists): WatchState {
  const { kept, recent = {}, ...own } = JSON.parse(body) as WatchBody;
  const state = Object.assign(new WatchState(), own);
  const listOf = (key: string) => [
    ...(older[key] ?? []),
    ...(kept[key] ?? []),
    ...(recent[key] ?? []),
  ];
  state.windows = windows.map((plan) => {
    // An earlier version kept one for each rule: the longest holds what the others do.
    const lists = [plan.key, ...plan.rules].map(listOf);
    const longest = lists.reduce((a, b) => (b.length > a.length ? b : a));
    return longest.length > 0 ? Entries.fromList(longest, sizeOf(plan)) : undefined;
  });
  state.baselines = rules.map(({ rule }) => {
    return rule.kind === 'smoke-level' ? (listOf(rule.id)[0] ?? 0) : 0;
  });
  const trends = Object.keys(kept).filter((key) =>
    rules.some(({ rule }) => key.startsWith(`${rule.id}/`)),
  );
  state.trends = Object.fromEntries(
    trends.map((key) => [key, Entries.fromList(listOf(key), 2)] as const),
  );
  return state;
}
