/** What rules by the minute remember of one sensor or one room. Plain data; its parts are replaced, never changed. */

import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import type { OpenDoors } from './doors.ts';
import { NOBODY, type People } from './people.ts';

export class WatchState {
  /** Time of receipt of the last look by the minute; 0: none yet. */
  lookedAt: Moment = 0;
  /** By rule. */
  trackers: Readonly<Record<string, Tracker>> = {};
  /** Rules that could not tell when they were judged last: their delays stand still. */
  unknown: readonly string[] = [];
  /** Windows and counters by rule, flat. */
  kept: Readonly<Record<string, readonly number[]>> = {};
  /** The newest of them; see `addToParts`. Missing in rows of an earlier version. */
  recent: Readonly<Record<string, readonly number[]>> = {};
  people: People = NOBODY;
  doors: OpenDoors = {};

  forStep(): WatchState {
    return this.clone();
  }

  clone(): WatchState {
    const copy = new WatchState();
    copy.lookedAt = this.lookedAt;
    copy.trackers = this.trackers;
    copy.unknown = this.unknown;
    copy.kept = this.kept;
    copy.recent = this.recent;
    copy.people = this.people;
    copy.doors = this.doors;
    return copy;
  }
}
