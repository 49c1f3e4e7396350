/** What is watched, compiled: each sensor, door and device with the rules that judge it and what they remember. */

import type { Subject } from '../../domain/alarm.ts';
import type { LimitBook } from '../standards/limits-in-force.ts';
import type { Limit } from '../../domain/limits.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { Device, Door, Person, Repository, Room, Sensor } from '../../domain/registry.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Moment } from '../../domain/time.ts';
import type { Delays } from '../judge/delay.ts';
import type { Quiet } from '../judge/quiet.ts';
import type { Intervals } from '../preservation/accumulate.ts';
import type { ClimateState } from '../preservation/state.ts';
import type {
  BadDataRule,
  ClockRule,
  DoorRule,
  OfflineRule,
  PreservationRule,
  SeriesRule,
  SilenceRule,
} from '../rules/rule-types.ts';
import type { WatchRule, WindowRule } from '../rules/watch-rules.ts';
import type { WatchState } from '../watch/watch-state.ts';
import type { DeviceState, DoorState, SensorState } from './states.ts';

/** Committed state, and the copy of the step that is being computed. */
export interface Held<S> {
  /** Qualified id. */
  readonly key: string;
  state: S;
  draft: S | undefined;
  draftSerial: number;
  /** The earliest moment at which the schedule has it; `Infinity`: not there. */
  scheduledAt: Moment;
}

export interface RepositoryUnit {
  readonly repository: Repository;
  readonly sensors: Map<string, SensorUnit>;
  readonly doors: Map<string, DoorUnit>;
  readonly devices: Map<string, DeviceUnit>;
  /** By `watchKey`. */
  readonly watches: Map<string, WatchUnit>;
  /** By the humidity sensor. */
  readonly climates: Map<string, ClimateUnit>;
  /** Rooms where several sensors measure the same; filled when all sensors are there. */
  readonly compared: ComparedRoom[];
  readonly people: readonly Person[];
  /** People by id, name and credential. */
  readonly known: ReadonlyMap<string, Person>;
}

/** Sensors of a room that stand beside each other. */
export interface ComparedRoom {
  readonly room: RoomUnit;
  readonly metrics: readonly {
    readonly metric: MetricName;
    readonly units: readonly SensorUnit[];
  }[];
}

/** What is in force for one metric of a room. */
export interface MetricLimits {
  readonly range: Limit | undefined;
  readonly swing: Limit | undefined;
  readonly rate: Limit | undefined;
  readonly mean: Limit | undefined;
}

export interface RoomUnit {
  readonly key: string;
  readonly room: Room;
  readonly book: LimitBook;
  limits: ReadonlyMap<string, MetricLimits>;
  /** The limits may be others from then on. */
  limitsUntil: Moment;
}

export interface CompiledRule {
  readonly rule: SeriesRule;
  /** What its tracker is saved under. */
  readonly key: string;
  /** Of a band with a pre-warning: this one begins inside the limit, the next of the list is the band at its limit. */
  readonly stage?: 'pre-warning' | 'at-limit';
  readonly delays: Delays;
  /** Time alone decides nothing while the sensor is silent: there is no evidence. */
  readonly needsFresh: boolean;
}

export interface SeriesUnit {
  readonly index: number;
  readonly metric: MetricName;
  readonly safety: boolean;
  readonly rules: readonly CompiledRule[];
  /** A rule asks for the range of its last 24 h. */
  readonly windowed: boolean;
  /** Some rule by the minute judges each reading, too; filled when all units are there. */
  eachReading: WatchUnit | undefined;
  /** `smoke_test` and `disabled` say whether the detector is in use. */
  readonly detectorFlag: 'testing' | 'disabled' | undefined;
  /** Where no rule has anything to say, by the limits it was made with. */
  quiet: Quiet;
  quietBy: RoomUnit['limits'] | undefined;
  /** The pairs that it feeds; filled when all sensors are there. */
  readonly climates: ClimateUnit[];
}

export interface SensorUnit extends Held<SensorState> {
  readonly kind: 'sensor';
  readonly sensor: Sensor;
  readonly home: RepositoryUnit;
  readonly room: RoomUnit | undefined;
  readonly device: DeviceUnit | undefined;
  readonly series: readonly SeriesUnit[];
  /** Rules by the minute that look at it; filled when all units are there. */
  readonly watches: WatchUnit[];
  readonly silenceMs: number;
  readonly silence: SilenceRule | undefined;
  readonly badData: BadDataRule | undefined;
  readonly suspectData: BadDataRule | undefined;
  readonly clock: ClockRule | undefined;
}

export interface DoorUnit extends Held<DoorState> {
  readonly kind: 'door';
  readonly door: Door;
  readonly home: RepositoryUnit;
  readonly room: RoomUnit | undefined;
  readonly rules: readonly DoorRule[];
  readonly clock: ClockRule | undefined;
  readonly offline: OfflineRule | undefined;
}

export interface DeviceUnit extends Held<DeviceState> {
  readonly kind: 'device';
  readonly device: Device;
  readonly home: RepositoryUnit;
  readonly offline: OfflineRule | undefined;
}

/** Rules by the minute, or by who passes, of one sensor or one room. */
export interface WatchUnit extends Held<WatchState> {
  readonly kind: 'watch';
  readonly home: RepositoryUnit;
  readonly room: RoomUnit | undefined;
  readonly subject: Subject;
  /** For people. */
  readonly name: string | LocalizedText;
  /** The sensor whose series are judged; unset: the room is. */
  readonly sensor: SensorUnit | undefined;
  /** In the room. */
  readonly sensors: readonly SensorUnit[];
  readonly doors: readonly DoorUnit[];
  readonly rules: readonly CompiledWatch[];
  /** What is kept of the sensor's series for them. */
  readonly windows: readonly WindowPlan[];
  /** Some rule judges smoke above a baseline. */
  readonly hasBaselines: boolean;
  /** Some rule asks who is inside. */
  readonly asksPeople: boolean;
  /** The second of each minute at which it is looked at, in ms: not all at once. */
  readonly phaseMs: number;
  /** Its looks up to then only sample, as long as this state stands; found by a clock that passed over it. */
  quietUntil: Moment;
  quietIn: WatchState | undefined;
  /** See `calm.ts`. */
  calm: Calm | undefined;
}

/** What is kept of a series for rules by the minute; those that ask for the same share it. */
export interface WindowPlan {
  /** What it is saved under. */
  readonly key: string;
  readonly kind: WindowRule['kind'];
  readonly metric: MetricName;
  /** Place among the sensor's series. */
  readonly series: number;
  /** The longest that any of its rules asks for. */
  readonly spanMs: number;
  /** Its rules; rows of an earlier version are by them. */
  readonly rules: readonly string[];
}

/** Bounds of what a watch may see, by the sensor's series, and until when it is calm within them with these limits. */
export interface Calm {
  readonly limits: RoomUnit['limits'] | undefined;
  readonly until: Moment;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface CompiledWatch {
  readonly rule: WatchRule;
  readonly delays: Delays;
  /** Place of what is kept for it among the unit's windows; -1: nothing is. */
  readonly window: number;
}

export type Unit = SensorUnit | DoorUnit | DeviceUnit | WatchUnit | ClimateUnit;

export interface CompiledPreservation {
  readonly rule: PreservationRule;
  /** Judged by the air as it is, with each minute's sample; otherwise by the record, with each hour. */
  readonly ofAir: boolean;
  readonly delays: Delays;
}

/** One series of one sensor that it is fed by. */
export interface Feed {
  readonly unit: SensorUnit;
  readonly series: SeriesUnit;
}

/** Its key is that of the humidity sensor, and `/climate`. */
export interface ClimateUnit extends Held<ClimateState> {
  readonly kind: 'climate';
  readonly home: RepositoryUnit;
  readonly room: RoomUnit;
  readonly humidity: Feed;
  readonly temperature: Feed;
  /** Sensors of the room's cold surfaces. */
  readonly surfaces: readonly Feed[];
  readonly intervals: Intervals;
  readonly rules: readonly CompiledPreservation[];
}
