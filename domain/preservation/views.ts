/** What the API says of a room's climate and its holdings. Ids are qualified. */

import type { Limit } from '../limits.ts';
import type { MetricName } from '../metrics.ts';
import type { Moment } from '../time.ts';
import type { Caution } from './cautions.ts';
import type { Lifetime } from './lifetime.ts';
import type { KnownAir } from './moist-air.ts';
import type { MouldOutlook } from './mould-risk.ts';
import type { PeriodAnswer } from './period.ts';
import type { PiRating } from './preservation-index.ts';
import type { RecordSummary } from './summary.ts';
import type { Condensation } from './surface.ts';
import type { VentilationWindow } from './ventilation-window.ts';
import type { WhatIf } from './what-if.ts';

/** Why the air of a pair is not known now: nothing ever came, it is too old, or it failed. */
export type AirUnknown = 'never' | 'stale' | 'failed';

/** A pair of sensors, now. A figure is unset where its formula has no answer. */
export interface PairLive {
  readonly sensors: { readonly temperature: string; readonly humidity: string };
  readonly simulated: boolean;
  /** Unset: see `why`; there are no figures of it then. */
  readonly air?: KnownAir & { readonly at: Moment };
  readonly why?: AirUnknown;
  readonly figures: AirFigures;
  readonly condensation: Condensation & {
    /** Sensors of surfaces in the room. */
    readonly surfaces: readonly string[];
    /** The room's own figure, K. */
    readonly offsetK?: number;
  };
  /** What has added up; unset: nothing came yet, or it is outdoors. */
  readonly record?: RecordSummary & {
    readonly since: Moment;
    /** End of the newest hour in it. */
    readonly until?: Moment;
  };
}

/** Of the air as it is. */
export interface AirFigures {
  readonly dewPointC?: number;
  readonly absoluteHumidityGM3?: number;
  readonly preservationYears?: number;
  readonly preservationRating?: PiRating;
  readonly moistureContentPercent?: number;
  readonly lifetime?: Lifetime;
  readonly mould?: MouldOutlook;
}

/** Hours of a metric, by the limits in force at each; not knowing is not in range. */
export interface TimeInRangeView {
  readonly metric: MetricName;
  readonly sensors: readonly string[];
  readonly hours: {
    readonly inRange: number;
    readonly outOfRange: number;
    readonly cannotShow: number;
  };
  readonly min?: number;
  readonly max?: number;
  /** Every limit that was in force at some time of the period. */
  readonly limits: readonly Limit[];
}

/** Answer of `GET /api/preservation`. */
export interface PreservationPeriod {
  readonly room: string;
  /** Whole hours that had time to be rolled up. */
  readonly from: Moment;
  readonly until: Moment;
  readonly stepMs: number;
  readonly pairs: readonly (PeriodAnswer & { readonly sensors: PairLive['sensors'] })[];
  readonly timeInRange: readonly TimeInRangeView[];
}

/** Answer of `GET /api/preservation/what-if`. */
export type WhatIfView =
  | { readonly kind: 'no-pair' }
  | {
      readonly kind: 'unknown';
      readonly sensors: PairLive['sensors'];
      /** Unset: the set-point is outside what the formulas hold for. */
      readonly why?: AirUnknown;
    }
  | (Exclude<WhatIf, { readonly kind: 'unknown' }> & {
      readonly sensors: PairLive['sensors'];
      /** Of the other set-point; empty where water would condense. */
      readonly cautions: readonly Caution[];
    });

/** Answer of `GET /api/preservation/ventilation`. */
export interface VentilationView {
  /** `no-outdoor`: no room of the class outdoor has a pair of sensors; `no-pair`: the room has none. */
  readonly state: 'known' | 'unknown' | 'no-outdoor' | 'no-pair';
  readonly indoor?: PairLive;
  readonly outdoor?: PairLive;
  readonly now?: VentilationWindow;
  /** The last days by the hour, judged by the limits in force now. */
  readonly past?: {
    readonly from: Moment;
    readonly until: Moment;
    readonly openHours: number;
    readonly closedHours: number;
    /** Hours in which one of the two is not known. */
    readonly unknownHours: number;
    readonly windows: readonly { readonly from: Moment; readonly until: Moment }[];
  };
}
