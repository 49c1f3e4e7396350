/**
 * The tests as one live judgement: a reading is judged once, by what came before it, and its flag never changes.
 *
 * QARTOD's spike is settled by the sample that follows. Nobody can wait for that here, so a step that is too large or too
 * fast is suspect until what follows confirms it: a value near it, at once; a third one on the same side of the last good
 * value, however it moves; or the last good value is too old to say anything. So a single spike is always suspect, and
 * what lasts is held back for two values at most, what jumps to and fro for `stepWithinMs`.
 *
 * No reading makes an object here: all that is remembered is numbers in one array a series.
 */

import { DEFAULT_INTERVAL_SECONDS } from '../registry.ts';
import type { Moment } from '../time.ts';
import { dewPointAgrees, loggerZero } from './consistency.ts';
import { FLAG } from './flags.ts';
import { grossRange } from './gross-range.ts';
import { judgeFrozen, Run, type PersistenceSettings } from './persistence.ts';
import { judgeStep, NEWEST, NEWEST_AT, NUMBERS, ODDS, RUN } from './step.ts';
import { TEST, type CommonThresholds, type QualityThresholds, type Thresholds } from './tests.ts';
import { isGap } from './timing.ts';

/** Takes back what one message changed. `serial` rises with each message. */
export class Undo {
  serial = 0;
  /** The first `#count` of them; a list that is emptied would be made anew for each message. */
  readonly #touched: SeriesJudge[] = [];
  #count = 0;

  /** The next message begins: what came before stands. */
  begin(): void {
    this.serial += 1;
    this.#count = 0;
  }

  touch(series: SeriesJudge): void {
    this.#touched[this.#count] = series;
    this.#count += 1;
  }

  /** The message that began last never happened. */
  takeBack(): void {
    for (let i = 0; i < this.#count; i += 1) this.#touched[i]?.takeBack();
    this.#count = 0;
  }
}

const JUDGED_TOGETHER = new Set(['temperature', 'humidity', 'dew_point', 'battery']);

/** One sensor: its metrics are judged beside each other. */
export class SensorJudge {
  #intervalMs = 0;
  readonly #all: SeriesJudge[] = [];
  /** A last good value that is older says nothing of a step. */
  stepWithinMs = 0;
  /** A longer silence is a gap. */
  gapSeconds = 0;
  temperature: SeriesJudge | undefined = undefined;
  humidity: SeriesJudge | undefined = undefined;
  dewPoint: SeriesJudge | undefined = undefined;
  battery: SeriesJudge | undefined = undefined;
  batteryLow: SeriesJudge | undefined = undefined;
  readonly common: CommonThresholds;
  readonly undo: Undo;
  readonly #thresholds: QualityThresholds;

  constructor(thresholds: QualityThresholds, undo: Undo) {
    this.#thresholds = thresholds;
    this.common = thresholds.common;
    this.undo = undo;
    this.reports(DEFAULT_INTERVAL_SECONDS);
  }

  /** How often it is expected to report, s. */
  reports(intervalSeconds: number): void {
    const { common } = this;
    const ms = intervalSeconds * 1000;
    if (ms === this.#intervalMs) return;
    this.#intervalMs = ms;
    this.stepWithinMs = Math.max(common.stepWithinMs, common.stepWithinIntervals * ms);
    this.gapSeconds = Math.max(common.gapSeconds, common.gapIntervals * intervalSeconds);
    for (const series of this.#all) series.retime();
  }

  /** A metric of it. */
  series(metric: string): SeriesJudge {
    const thresholds = this.#thresholds.metrics.get(metric);
    const made = new SeriesJudge(this, thresholds, JUDGED_TOGETHER.has(metric));
    this.#all.push(made);
    if (metric === 'temperature') this.temperature = made;
    else if (metric === 'humidity') this.humidity = made;
    else if (metric === 'dew_point') this.dewPoint = made;
    else if (metric === 'battery') this.battery = made;
    else if (metric === 'battery_low') this.batteryLow = made;
    return made;
  }
}

/** One metric of one sensor, and what is remembered of it. */
export class SeriesJudge {
  readonly #sensor: SensorJudge;
  readonly #thresholds: Thresholds | undefined;
  #persistence: PersistenceSettings | undefined = undefined;
  readonly #now = new Float64Array(NUMBERS).fill(NaN);
  /** As it was before the message of `#savedIn`. */
  readonly #before = new Float64Array(NUMBERS);
  #savedIn = -1;
  readonly #run = new Run(this.#now, RUN);
  readonly #hasOthers: boolean;

  /** `hasOthers`: there are metrics that may contradict it. */
  constructor(sensor: SensorJudge, thresholds: Thresholds | undefined, hasOthers: boolean) {
    this.#sensor = sensor;
    this.#hasOthers = hasOthers;
    this.#thresholds = thresholds;
    this.#now[ODDS] = 0;
    this.retime();
  }

  /** The sensor reports at another interval. */
  retime(): void {
    const tolerance = this.#thresholds?.flatBelow;
    if (tolerance === undefined) return;
    const { common, gapSeconds } = this.#sensor;
    const { frozenMs, frozenValuesMin } = common;
    const gapMs = gapSeconds * 1000;
    this.#persistence = { tolerance, frozenMs, gapMs, valuesMin: frozenValuesMin };
  }

  /**
   * The tests that `value` does not pass (`TEST`); remembers what the next judgement needs. A value from the past
   * (`historical`, or not newer than the newest) is tested for its spans only: its neighbours may be anywhere.
   */
  judge(value: number, at: Moment, historical: boolean): number {
    const thresholds = this.#thresholds;
    if (!thresholds) {
      // Of what is not tested only this says something of another metric.
      if (this === this.#sensor.batteryLow && this.#isLater(at)) this.#note(value, at);
      return 0;
    }
    const flag = grossRange(value, thresholds);
    let tests =
      flag === FLAG.fail ? TEST.sensorSpan : flag === FLAG.suspect ? TEST.expectedSpan : 0;
    if (historical || !this.#isLater(at)) return tests;
    tests |= this.#note(value, at);
    // A value that no sensor can measure is no neighbour for the next one.
    if ((tests & TEST.sensorSpan) !== 0) return tests;
    if (thresholds.spikeAbove !== undefined) {
      tests |= judgeStep(this.#now, thresholds, this.#sensor.stepWithinMs);
    }
    if (this.#persistence) {
      this.#run.addPresent(at, value, this.#persistence);
      if (this.#run.isFrozen(this.#persistence) === true) tests |= this.#judgeFrozen(at);
    }
    return this.#hasOthers ? tests | this.#judgeOthers() : tests;
  }

  /** The other series that a contradiction of its newest value concerns, too. */
  contradicted(): SeriesJudge | undefined {
    const { temperature, humidity, dewPoint } = this.#sensor;
    if (this !== temperature) return temperature;
    return this.#isZeroWith(humidity) ? humidity : dewPoint;
  }

  #isLater(at: Moment): boolean {
    return !(at <= (this.#now[NEWEST_AT] ?? NaN));
  }

  /** Takes a later value; says whether it follows a gap. */
  #note(value: number, at: Moment): number {
    const { undo, gapSeconds } = this.#sensor;
    if (this.#savedIn !== undo.serial) this.#keep(undo);
    const now = this.#now;
    const test = isGap(at - (now[NEWEST_AT] ?? NaN), gapSeconds) ? TEST.gap : 0;
    now[NEWEST] = value;
    now[NEWEST_AT] = at;
    return test;
  }

  /** Frozen is suspect only where temperature and humidity both are: a sealed room is flat. */
  #judgeFrozen(at: Moment): number {
    const { temperature, humidity } = this.#sensor;
    const other = this === temperature ? humidity : temperature;
    const companion = other?.frozenAt(at);
    const flag = judgeFrozen(true, [companion]);
    return flag === FLAG.suspect ? TEST.flatLine : 0;
  }

  /** Whether it has not moved for a day or more; `undefined`: nothing is known of it at that time. */
  frozenAt(at: Moment): boolean | undefined {
    const settings = this.#persistence;
    if (!settings || !(at - this.#run.at <= settings.gapMs)) return undefined;
    return this.#run.isFrozen(settings);
  }

  #judgeOthers(): number {
    const { temperature, humidity, dewPoint, battery, batteryLow } = this.#sensor;
    if (this === battery) return this.#isTooFull(batteryLow) ? TEST.doubt : 0;
    if (this === humidity) return this.#isZeroWith(temperature) ? TEST.contradiction : 0;
    const isWrong =
      this === temperature
        ? this.#isZeroWith(humidity) || this.isBelow(dewPoint)
        : temperature?.isBelow(this);
    return isWrong ? TEST.contradiction : 0;
  }

  #isTooFull(batteryLow: SeriesJudge | undefined): boolean {
    if (!batteryLow || !this.#isAt(batteryLow) || batteryLow.#now[NEWEST] !== 1) return false;
    return (this.#now[NEWEST] ?? NaN) > this.#sensor.common.lowBatteryMax;
  }

  #isZeroWith(other: SeriesJudge | undefined): boolean {
    // Nearly every reading ends here.
    if (this.#now[NEWEST] !== 0 || !other || !this.#isAt(other)) return false;
    const zero = { temperatureC: 0, humidityPercent: other.#now[NEWEST] };
    return loggerZero(zero) === FLAG.fail;
  }

  /** Whether this temperature is below the dew point, which can't be. */
  isBelow(dewPoint: SeriesJudge | undefined): boolean {
    if (!dewPoint || !this.#isAt(dewPoint)) return false;
    const temperatureC = this.#now[NEWEST] ?? NaN;
    const dewPointC = dewPoint.#now[NEWEST] ?? NaN;
    // Nearly every reading ends here.
    if (dewPointC <= temperatureC) return false;
    const measured = { temperatureC, dewPointC, humidityPercent: undefined };
    return dewPointAgrees(measured, this.#sensor.common.dewPointSlackK) === FLAG.fail;
  }

  /** Whether the newest of both is of one moment. */
  #isAt(other: SeriesJudge): boolean {
    return other.#now[NEWEST_AT] === this.#now[NEWEST_AT];
  }

  #keep(undo: Undo): void {
    this.#savedIn = undo.serial;
    copy(this.#now, this.#before);
    undo.touch(this);
  }

  /** As it was before the message. */
  takeBack(): void {
    copy(this.#before, this.#now);
    this.#savedIn = -1;
  }

  /** All that is remembered; NaN: nothing. */
  save(): readonly number[] {
    return [...this.#now];
  }

  /** What `save` gave; `null` for NaN. What is missing is as at the beginning. */
  load(saved: readonly (number | null | undefined)[]): void {
    for (let i = 0; i < NUMBERS; i += 1) this.#now[i] = saved[i] ?? NaN;
    this.#now[ODDS] = saved[ODDS] ?? 0;
    this.#run.revive();
  }
}

// Shorter than the built-in for so few numbers.
function copy(from: Float64Array, to: Float64Array): void {
  for (let i = 0; i < NUMBERS; i += 1) to[i] = from[i] ?? NaN;
}
