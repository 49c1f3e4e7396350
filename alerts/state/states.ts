/** What rules remember of a sensor, a door, a device. Committed states are never changed: a step works on copies. */

import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import type { Window } from '../judge/window.ts';

/** Nothing runs: one list for all series, so that being quiet is one comparison. */
const NO_TRACKERS: readonly (Tracker | undefined)[] = Object.freeze([]);

/** One metric of one sensor. */
export class SeriesState {
  /** The step that owns this copy. */
  serial = 0;
  /** The newest usable value by device time; `NaN`: none yet. */
  value = Number.NaN;
  at: Moment = 0;
  receivedAt: Moment = 0;
  /** Device time since which the value is what it is. */
  changedAt: Moment = 0;
  simulated = false;
  window: Window | undefined = undefined;
  #trackers = NO_TRACKERS;
  #twin: SeriesState | undefined = undefined;

  /** Parallel to the unit's rules, or empty where nothing runs. */
  get trackers(): readonly (Tracker | undefined)[] {
    return this.#trackers;
  }

  /** No rule of the series has begun anything. */
  get nothingRuns(): boolean {
    return this.#trackers === NO_TRACKERS;
  }

  setTrackers(trackers: readonly (Tracker | undefined)[]): void {
    this.#trackers = trackers.some((tracker) => tracker !== undefined) ? trackers : NO_TRACKERS;
  }

  setTracker(index: number, tracker: Tracker | undefined): void {
    const trackers = [...this.#trackers];
    trackers[index] = tracker;
    this.setTrackers(trackers);
  }

  /**
   * The copy of one step. Two objects take turns: while one is committed the other is the next step's copy, so the hot
   * path makes none. Only the newest step's copies hold; the engine applies no other.
   */
  forStep(serial: number): SeriesState {
    const copy = (this.#twin ??= new SeriesState());
    copy.#twin = this;
    return this.#into(copy, serial);
  }

  clone(serial: number): SeriesState {
    return this.#into(new SeriesState(), serial);
  }

  #into(copy: SeriesState, serial: number): SeriesState {
    copy.serial = serial;
    copy.value = this.value;
    copy.at = this.at;
    copy.receivedAt = this.receivedAt;
    copy.changedAt = this.changedAt;
    copy.simulated = this.simulated;
    copy.#trackers = this.#trackers;
    copy.window = this.window;
    return copy;
  }
}

/** Doubtful readings of a sensor that came one after the other; times of receipt. */
export interface Doubt {
  readonly from: Moment;
  readonly at: Moment;
  readonly count: number;
  /** There were enough of them for an alarm. */
  readonly holds: boolean;
}

const NO_DOUBT: Doubt = { from: 0, at: 0, count: 0, holds: false };

export class SensorState {
  /** Receipt of the last reading; 0: none yet. */
  seenAt: Moment = 0;
  /** It said so itself (status topic, last will); 0: it did not. */
  offlineAt: Moment = 0;
  silent = false;
  /** Receipt of the last failed reading; 0: none. */
  badAt: Moment = 0;
  bad = false;
  /** Replaced, never changed. */
  doubt: Doubt = NO_DOUBT;
  testing = false;
  disabled = false;
  /** A window got a new bucket or late data: its row must be written, too. */
  windowsChanged = false;
  /** No watch of it is to be looked at before; not saved: 0 asks them all. */
  lookAt: Moment = 0;
  /** Something changed that may bring this unit's next deadline nearer. */
  moved = true;
  /** Parallel to the unit's series. */
  series: SeriesState[] = [];
  #twin: SensorState | undefined = undefined;

  get outOfUse(): boolean {
    return this.testing || this.disabled;
  }

  /** See `SeriesState.forStep`. */
  forStep(): SensorState {
    const copy = (this.#twin ??= new SensorState());
    copy.#twin = this;
    return this.#into(copy);
  }

  /** A copy that no later step works on. */
  clone(): SensorState {
    const copy = this.#into(new SensorState());
    copy.series = this.series.map((own) => own.clone(own.serial));
    return copy;
  }

  #into(copy: SensorState): SensorState {
    copy.seenAt = this.seenAt;
    copy.offlineAt = this.offlineAt;
    copy.silent = this.silent;
    copy.badAt = this.badAt;
    copy.bad = this.bad;
    copy.doubt = this.doubt;
    copy.testing = this.testing;
    copy.disabled = this.disabled;
    copy.windowsChanged = this.windowsChanged;
    copy.lookAt = this.lookAt;
    copy.moved = false;
    if (copy.series.length !== this.series.length) copy.series.length = this.series.length;
    for (let i = 0; i < this.series.length; i += 1) {
      const own = this.series[i];
      if (own) copy.series[i] = own;
    }
    return copy;
  }
}

/** What one door rule remembers. */
export interface DoorTracker {
  /** Device times of the events that count, newest last; at most the rule's `count`. */
  readonly events: readonly Moment[];
  /** The condition holds since this time of receipt. */
  readonly activeFrom?: Moment;
  /** For a momentary one: it ends then. */
  readonly until?: Moment;
  readonly risen?: true;
}

/** What a device, or a door's controller, said of its own link; 0: nothing. */
export class DeviceState {
  offlineAt: Moment = 0;
  onlineAt: Moment = 0;
  /** The alarm's condition holds. */
  offline = false;

  forStep(): DeviceState {
    return this.clone();
  }

  clone(): DeviceState {
    return Object.assign(new DeviceState(), this);
  }
}

export class DoorState extends DeviceState {
  trackers: Readonly<Record<string, DoorTracker>> = {};

  override forStep(): DoorState {
    return this.clone();
  }

  override clone(): DoorState {
    return Object.assign(new DoorState(), this);
  }
}
