/** What a pair of temperature and humidity sensors remembers. */

import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import { EMPTY_ACCUMULATION, type Accumulation } from './accumulate.ts';

/** Committed states are never changed: a step works on a copy. */
export class ClimateState {
  accumulation: Accumulation = EMPTY_ACCUMULATION;
  /** Earlier samples are not taken: at most one a minute of each, by device time. */
  temperatureFrom: Moment = 0;
  humidityFrom: Moment = 0;
  /** Receipt of the newest sample; 0: none yet. */
  takenAt: Moment = 0;
  /** Parallel to the unit's rules. */
  trackers: readonly (Tracker | undefined)[] = [];
  /** An hour was closed: the record's own row must be written, too. */
  recordChanged = false;

  forStep(): ClimateState {
    return this.clone();
  }

  clone(): ClimateState {
    const copy = new ClimateState();
    copy.accumulation = this.accumulation;
    copy.temperatureFrom = this.temperatureFrom;
    copy.humidityFrom = this.humidityFrom;
    copy.takenAt = this.takenAt;
    copy.trackers = this.trackers;
    copy.recordChanged = this.recordChanged;
    return copy;
  }
}
