/** Emergency plans (应急预案) and the incidents (突发事件) that are run by them. */

import type { PersonRole } from './registry.ts';
import type { Citation } from './limits.ts';
import type { LocalizedText } from './text.ts';
import type { Moment } from './time.ts';

/**
 * Ⅰ red to Ⅳ blue: response levels of 突发事件应对法 (2024) article 71. In-house, shown as 馆内预警;
 * what triggers which is 本馆自定.
 */
export const LEVELS = [1, 2, 3, 4] as const;
export type Level = (typeof LEVELS)[number];

export interface PlanStep {
  readonly id: string;
  readonly text: LocalizedText;
  readonly detail?: LocalizedText;
  /** Who does it; shown, and told when it falls due. */
  readonly role: PersonRole;
  /** When it is to be told, after the incident opened. */
  readonly afterMs: number;
  /** Counted from `afterMs`. Unset: no deadline. Overdue and not done: the next person is told. */
  readonly withinMs?: number;
  /** A step that records what the system did itself is done when the incident opens. */
  readonly automatic?: boolean;
  readonly citation?: Citation;
}

/** Who is told after how long while nobody has acknowledged. */
export interface EscalationRung {
  readonly afterMs: number;
  readonly role: PersonRole;
  /** `first`: the first by order; `next`: the one after those told; `all`. */
  readonly who: 'first' | 'next' | 'all';
}

export interface Plan {
  readonly id: string;
  readonly version: number;
  readonly name: LocalizedText;
  readonly level: Level;
  readonly steps: readonly PlanStep[];
  readonly escalation: readonly EscalationRung[];
  readonly citation: Citation;
}

export interface IncidentStep {
  readonly id: string;
  readonly outcome?: 'done' | 'not-applicable' | 'failed';
  readonly note?: string;
  readonly by?: string;
  readonly at?: Moment;
  /** The step's role was told of it. */
  readonly toldAt?: Moment;
  /** Overdue was told. */
  readonly overdueToldAt?: Moment;
}

/** Somebody was told something about an incident. The delivery is in the outbox under the same key. */
export interface IncidentTelling {
  readonly at: Moment;
  readonly person: string;
  readonly why: 'opened' | 'escalation' | 'step' | 'overdue' | 'level';
  readonly step?: string;
  readonly outboxKeys: readonly string[];
}

export interface Incident {
  /** `<repository>.<local>`. */
  readonly id: string;
  readonly repository: string;
  readonly room?: string;
  /** The plan as it was when the incident opened: an edit does not disturb a running one. */
  readonly plan: Plan;
  readonly level: Level;
  readonly title: LocalizedText;
  readonly openedAt: Moment;
  /** Waits and deadlines count from here: `openedAt`, moved by jumps of the wall clock. Unset: `openedAt`. */
  readonly timedFrom?: Moment;
  readonly openedBy: string;
  readonly alarms: readonly string[];
  readonly acknowledged?: { readonly by: string; readonly at: Moment; readonly comment?: string };
  readonly steps: readonly IncidentStep[];
  /** How many rungs of the escalation have been told. */
  readonly rungsTold: number;
  /** Nobody acknowledged after the last rung. */
  readonly exhaustedAt?: Moment;
  readonly tellings: readonly IncidentTelling[];
  /** Roles for which nobody at all could be told; the journal says so once for each. */
  readonly nobodyFor?: readonly PersonRole[];
  readonly levels: readonly {
    readonly level: Level;
    readonly by: string;
    readonly at: Moment;
    readonly reason: string;
  }[];
  readonly closed?: { readonly by: string; readonly at: Moment; readonly report: string };
  readonly simulated: boolean;
  readonly revision: number;
}
