/** The engine's edge: what goes in, what comes out. The engine itself is pure over these; time is handed in. */

import type { AccessEvent } from '../domain/access.ts';
import type { Alarm, AlarmTransition } from '../domain/alarm.ts';
import type { Command, CommandResult } from '../domain/commands.ts';
import type { Incident, Plan } from '../domain/incident.ts';
import type { IntakeIssue, StatusChange } from '../domain/intake.ts';
import type { JournalDraft } from '../domain/journal.ts';
import type { LimitChange } from '../domain/limits.ts';
import type { OutboxMessage } from '../domain/outbox.ts';
import type { OutOfService } from '../domain/out-of-service.ts';
import type { Reading } from '../domain/reading.ts';
import type { Registry } from '../domain/registry.ts';
import type { StandardsChoice } from '../domain/standards.ts';
import type { FactRow, KeptState, RuleStateRow } from '../domain/tick.ts';
import type { QualifiedId } from '../domain/ids.ts';
import type { SensorTrust } from '../domain/trust.ts';
import type { Moment } from '../domain/time.ts';
import type { Accumulation } from './preservation/accumulate.ts';

export type { Accumulation } from './preservation/accumulate.ts';

/** The system's own troubles, raised as alarms on the subject `system`. */
export type SystemFault =
  | 'clock-jump' // wall and monotonic clock apart
  | 'spool-thinning' // climate readings are being thinned
  | 'store-unreachable' // the reading store does not answer
  | 'cannot-store' // the state store does not commit
  | 'broker-unreachable';

export type EngineInput =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'access'; readonly event: AccessEvent }
  | { readonly kind: 'status'; readonly status: StatusChange }
  | { readonly kind: 'issue'; readonly issue: IntakeIssue }
  | { readonly kind: 'command'; readonly command: Command }
  | {
      readonly kind: 'system';
      readonly fault: SystemFault;
      /** `undefined`: over. */
      readonly detail: string | undefined;
    }
  /**
   * Time passed: delays, silences, shelvings and escalations that fell due. At least once a second. With `at`, that is
   * the time of this input and of those after it in the same step: after a failed commit several moments come in one step.
   */
  | { readonly kind: 'clock'; readonly at?: Moment }
  /** The wall clock jumped by so much: running delays, silences and escalations move with it, so that they go on by monotonic time. */
  | { readonly kind: 'clock-shift'; readonly deltaMs: number };

export interface EngineStep {
  /** Next states, to be upserted. */
  readonly alarms: readonly Alarm[];
  readonly transitions: readonly AlarmTransition[];
  readonly incidents: readonly Incident[];
  readonly journal: readonly JournalDraft[];
  readonly outbox: readonly OutboxMessage[];
  /** One for each `command` input, in order. */
  readonly results: readonly CommandResult[];
  /** Small facts that must survive a kill, with each step that changes them: when people were last told. */
  readonly facts: readonly FactRow[];
  /** When `snapshot` was asked: all rule states that changed since the last snapshot, as of this step. */
  readonly ruleStates: readonly KeptState[];
  /** Memory takes the new state. Call it after the commit, and only then; a step that is not applied never happened. */
  apply(): void;
}

export interface EngineSaved {
  readonly alarms: readonly Alarm[]; // the open ones
  readonly incidents: readonly Incident[]; // those not closed
  readonly ruleStates: readonly RuleStateRow[]; // ids that start with `alerts/`
  readonly facts?: readonly Pick<FactRow, 'id' | 'body'>[]; // the same; unset: none
}

export interface EngineConfig {
  readonly registry: Registry;
  /** The repositories' own limits, by both times. */
  readonly limitChanges: readonly LimitChange[];
  /** Which packs rooms keep to, by both times; unset: all keep to the default. */
  readonly standardsChoices?: readonly StandardsChoice[];
  readonly plans: readonly Plan[];
  /** What people took out of service, returned ones, too; unset: nothing. */
  readonly outOfService?: readonly OutOfService[];
}

export interface Engine {
  /** Computes on a draft over the committed state. Inputs are taken in order; `now` is the time of receipt of all. */
  step(
    inputs: readonly EngineInput[],
    now: Moment,
    options: { readonly snapshot: boolean },
  ): EngineStep;
  /** At start: the committed state. */
  restore(saved: EngineSaved): void;
  /** At start, after `restore`: inputs of spool rows that no snapshot covers. Fills windows; makes no transition. */
  replay(inputs: readonly EngineInput[], now: Moment): void;
  /** Structure or limits changed: open alarms stay open. */
  reconfigure(config: EngineConfig): void;
  /** What has added up of the pair of this humidity sensor (qualified id); `undefined`: it is of no pair, or outdoors. */
  accumulationOf(sensor: string): Accumulation | undefined;
  /** How far each sensor is to be trusted, by the committed state. */
  sensorTrust(now: Moment): ReadonlyMap<QualifiedId, SensorTrust>;
  /**
   * The earliest moment up to `until` at which a clock input may change something, over the committed state;
   * `undefined`: none, clock inputs until then would do nothing. Whoever has no clock, a back-test, asks it.
   */
  dueBy(until: Moment): Moment | undefined;
  openAlarms(): readonly Alarm[];
  openIncidents(): readonly Incident[];
}
