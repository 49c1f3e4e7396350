/** What rules by the minute remember of one sensor or one room. Its parts are replaced, never changed. */

import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import type { OpenDoors } from './doors.ts';
import type { Entries } from './entries.ts';
import { NOBODY, type People } from './people.ts';

/** Nothing runs: one object for all, so that being quiet is one comparison. */
const NO_TRACKERS: Readonly<Record<string, Tracker>> = Object.freeze({});

export class WatchState {
  /** Time of receipt of the last look by the minute; 0: none yet. */
  lookedAt: Moment = 0;
  /** Rules that could not tell when they were judged last: their delays stand still. */
  unknown: readonly string[] = [];
  /** What is kept for rules about a series; parallel to the unit's windows. */
  windows: readonly (Entries | undefined)[] = [];
  /** What lies before the newest quarter of an hour of a window changed: its row must be written, too. */
  windowsChanged = false;
  /** Smoke baselines, %/m; parallel to the unit's rules. */
  baselines: readonly number[] = [];
  /** Samples of a room's climate, by rule and series. */
  trends: Readonly<Record<string, Entries>> = {};
  people: People = NOBODY;
  doors: OpenDoors = {};
  #trackers = NO_TRACKERS;

  /** By rule. */
  get trackers(): Readonly<Record<string, Tracker>> {
    return this.#trackers;
  }

  set trackers(trackers: Readonly<Record<string, Tracker>>) {
    this.#trackers = Object.keys(trackers).length === 0 ? NO_TRACKERS : trackers;
  }

  /** No rule has begun anything, and none could not tell of what it began. */
  get nothingRuns(): boolean {
    return this.#trackers === NO_TRACKERS && this.unknown.length === 0;
  }

  forStep(): WatchState {
    return this.clone();
  }

  clone(): WatchState {
    const copy = new WatchState();
    copy.lookedAt = this.lookedAt;
    copy.unknown = this.unknown;
    copy.windows = this.windows;
    copy.windowsChanged = this.windowsChanged;
    copy.baselines = this.baselines;
    copy.trends = this.trends;
    copy.people = this.people;
    copy.doors = this.doors;
    copy.#trackers = this.#trackers;
    return copy;
  }
}
