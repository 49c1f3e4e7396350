/** Handing over from one duty shift to the next (交接班): what was left, and that somebody has read it. */

import type { AlarmState, Priority } from './alarm.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/** An alarm as it stood when it was handed over. */
export interface HandedOverAlarm {
  readonly id: string;
  readonly title: LocalizedText;
  readonly priority: Priority;
  readonly state: AlarmState;
  readonly assigned?: string;
  readonly shelvedUntil?: Moment;
}

export interface Handover {
  readonly id: string;
  readonly repository: string;
  readonly by: string;
  readonly at: Moment;
  readonly text: string;
  /** Open alarms, worst first; at most `HANDOVER_ALARMS_MAX`. */
  readonly alarms: readonly HandedOverAlarm[];
  /** How many there were, shown or not. */
  readonly alarmCount: number;
  /** Running incidents by id and title. */
  readonly incidents: readonly { readonly id: string; readonly title: LocalizedText }[];
  /** Things out of service: subject, tag. */
  readonly outOfService: readonly { readonly subject: string; readonly tag: string }[];
  /** Somebody of the next shift has read it. */
  readonly read?: { readonly by: string; readonly at: Moment; readonly comment?: string };
}

export const HANDOVER_ALARMS_MAX = 200;
