/** What a watch remembers, as a row. Nothing of it is by place, so that other rules may come and go. */

import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import type { WatchUnit } from '../state/units.ts';
import type { OpenDoors } from './doors.ts';
import { Entries } from './entries.ts';
import type { People } from './people.ts';
import { WatchState } from './watch-state.ts';
import { sizeOf } from './window-plans.ts';

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

/** JSON of the state. */
export function watchBody(unit: WatchUnit, state: WatchState): string {
  const { lookedAt, trackers, unknown, baselines, trends, people, doors } = state;
  const kept: Record<string, readonly number[]> = {};
  for (const [i, plan] of unit.windows.entries()) {
    const window = state.windows[i];
    if (window) kept[plan.key] = window.toList(sizeOf(plan));
  }
  for (const [i, { rule }] of unit.rules.entries()) {
    if (rule.kind === 'smoke-level') kept[rule.id] = [baselines[i] ?? 0];
  }
  for (const [key, samples] of Object.entries(trends)) kept[key] = samples.toList(2);
  const body: WatchBody = { lookedAt, trackers, unknown, kept, people, doors };
  return JSON.stringify(body);
}

/** The state that a row tells of. */
export function watchStateOf({ rules, windows }: WatchUnit, body: string): WatchState {
  const { kept, recent = {}, ...own } = JSON.parse(body) as WatchBody;
  const state = Object.assign(new WatchState(), own);
  const listOf = (key: string) => [...(kept[key] ?? []), ...(recent[key] ?? [])];
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
