/** What routes, feed and jobs may use: the composition root fills it, tests may fill it with real parts on a temporary folder. */

import type { Backtests } from './backtests/backtest-types.ts';
import type { Logger } from 'pino';
import type { Rule } from '../alerts/index.ts';
import type { AccessEvent } from '../domain/access.ts';
import type { Account, Session, Token } from '../domain/account.ts';
import type { Alarm, AlarmTransition } from '../domain/alarm.ts';
import type { LiveSnapshot, PartState, RoomView, SensorView } from '../domain/api.ts';
import type { Assessment, AssessmentDraft, Indicator } from '../domain/assessment.ts';
import type { Command, CommandResult } from '../domain/commands.ts';
import type { DeviceCredential } from '../domain/device-credential.ts';
import type { Handover } from '../domain/handover.ts';
import type { Incident, Plan } from '../domain/incident.ts';
import type { JournalDraft, JournalEntry } from '../domain/journal.ts';
import type { Limit, LimitChange } from '../domain/limits.ts';
import type { OutOfService } from '../domain/out-of-service.ts';
import type { ClimatePeriodQuery } from '../gateway/stores/climate-period.ts';
import type { PeriodAnswer } from '../domain/preservation/period.ts';
import type { PairLive } from '../domain/preservation/views.ts';
import type { Channel, OutboxMessage } from '../domain/outbox.ts';
import type { ReadingQuery, Series } from '../domain/ports.ts';
import type { QuarantineEntry } from '../domain/quarantine.ts';
import type { Registry } from '../domain/registry.ts';
import type { RoomStandards, StandardsCatalogue, StandardsChoice } from '../domain/standards.ts';
import type { RuleTrial, TrialAsked } from '../domain/rule-trial.ts';
import type { ServiceGuard } from '../alerts/index.ts';
import type { DeviceServices } from './device-services.ts';
import type { Delete, FactRow, Put } from '../domain/tick.ts';
import type { Moment } from '../domain/time.ts';

/** A range of a long list; newest first. `before` is exclusive and pages on. */
export interface Range {
  readonly from?: Moment;
  readonly until?: Moment;
  readonly rowsMax: number;
}

/** Reads of the state store, on its own read connection. Ids are qualified unless said otherwise. */
export interface StateQueries {
  alarm(id: string): Alarm | undefined;
  alarms(
    q: Range & {
      readonly repositories: readonly string[] | '*';
      readonly open?: boolean;
      readonly room?: string;
    },
  ): readonly Alarm[];
  /** Those raised before `until` that were not closed before `from`, newest first; `room` is qualified. */
  alarmsDuring(q: {
    readonly repository: string;
    readonly from: Moment;
    readonly until: Moment;
    readonly room?: string;
    readonly rowsMax: number;
  }): readonly Alarm[];
  /** Closed ones of the same rule and subject that were raised before it, newest first. */
  alarmsLike(alarm: Alarm, rowsMax: number): readonly Alarm[];
  alarmTransitions(alarm: string): readonly AlarmTransition[];
  /** All transitions of a repository in a period, oldest first. */
  transitionsOf(repository: string, from: Moment, until: Moment): readonly AlarmTransition[];
  incident(id: string): Incident | undefined;
  incidents(
    q: Range & { readonly repositories: readonly string[] | '*'; readonly open?: boolean },
  ): readonly Incident[];
  accessEvents(
    q: Range & {
      readonly repositories: readonly string[] | '*';
      readonly room?: string;
      readonly door?: string;
      readonly person?: string;
    },
  ): readonly AccessEvent[];
  journal(
    q: Range & { readonly repositories: readonly string[] | '*'; readonly beforeSequence?: number },
  ): readonly JournalEntry[];
  /** In order, for verification. */
  journalChain(repository: string): Iterable<JournalEntry>;
  quarantine(
    q: Range & { readonly repositories: readonly string[] | '*' },
  ): readonly QuarantineEntry[];
  quarantineEntry(id: string): QuarantineEntry | undefined;
  outboxOf(what: { readonly alarm?: string; readonly incident?: string }): readonly OutboxMessage[];
  assessment(id: string): Assessment | undefined;
  assessments(q: Range & { readonly repositories: readonly string[] | '*' }): readonly Assessment[];
  assessmentDrafts(repository: string): readonly AssessmentDraft[];
  limitChanges(): readonly LimitChange[];
  standardsChoices(): readonly StandardsChoice[];
  handover(id: string): Handover | undefined;
  handovers(q: Range & { readonly repositories: readonly string[] | '*' }): readonly Handover[];
  /** Returned ones, too. */
  outOfService(): readonly OutOfService[];
  account(name: string): Account | undefined;
  accounts(): readonly Account[];
  session(id: string): Session | undefined;
  sessionsOf(account: string): readonly Session[];
  tokens(): readonly Token[];
  tokenByHash(hash: string): Token | undefined;
  /** Disabled ones, too. */
  deviceCredentials(): readonly DeviceCredential[];
  fact(id: string): FactRow | undefined;
}

/** Everything that changes state goes through here, so that one queue orders it and one commit makes it durable. */
export interface Writer {
  /** Acknowledge, shelve, tick a step …; resolves after the commit. */
  command(command: Command): Promise<CommandResult>;
  /** Rows of people's administration and of jobs, with their journal lines; resolves after the commit, rejects when it failed. */
  commit(change: {
    readonly puts?: readonly Put[];
    readonly deletes?: readonly Delete[];
    readonly journal?: readonly JournalDraft[];
  }): Promise<void>;
  /** After structure or limits were changed by `commit`: everything takes the new registry and limits. */
  reconfigure(): Promise<void>;
}

/** The live state in memory, after the last commit. */
export interface LiveView {
  snapshot(repositories: readonly string[] | '*'): LiveSnapshot;
  rooms(repositories: readonly string[] | '*'): readonly RoomView[];
  room(id: string): RoomView | undefined;
  sensors(repositories: readonly string[] | '*'): readonly SensorView[];
  /** What its climate means for its holdings, by pair of sensors; none for a room that is not there. */
  preservation(room: string): readonly PairLive[];
  parts(): readonly PartState[];
}

/** The reading store as seen by routes: in a worker, so a year's query delays no alarm. */
export interface ReadingQueries {
  query(query: ReadingQuery): Promise<Series>;
  /** The rows as UTF-8 JSON, made in the worker: a year's text costs the main thread nothing. */
  queryJson(
    query: ReadingQuery,
  ): Promise<Pick<Series, 'kind' | 'truncated'> & { readonly rows: Uint8Array }>;
  /** What the climate of a pair of sensors meant over a period, reduced in the worker. */
  climatePeriod(query: ClimatePeriodQuery): Promise<PeriodAnswer>;
}

/** Plays scenarios of the demonstration mode; absent without simulators. */
export interface Demonstration {
  readonly scenarios: readonly {
    readonly id: string;
    readonly name: { readonly zh: string; readonly en: string };
  }[];
  play(scenario: string, room?: string): void;
  stop(): void;
}

export interface Services {
  readonly log: Logger;
  readonly now: () => Moment;
  readonly queries: StateQueries;
  readonly writer: Writer;
  readonly live: LiveView;
  readonly readings: ReadingQueries;
  readonly registry: () => Registry;
  readonly devices: DeviceServices;
  /** The one way to ask for a limit. `room` is qualified; `at`: in force then; `knownAt`: as recorded by then. */
  readonly limitsInForce: (q: {
    readonly room: string;
    readonly at: Moment;
    readonly knownAt: Moment;
  }) => readonly Limit[];
  /** What a room keeps to, by the same two times; `undefined`: there is no such room. */
  readonly roomStandards: (q: {
    readonly room: string;
    readonly at: Moment;
    readonly knownAt: Moment;
  }) => RoomStandards | undefined;
  /** The packs that a room may name. */
  readonly standardsCatalogue: StandardsCatalogue;
  /** What limits would have raised; each runs in a thread of its own. */
  readonly backtests: Backtests;
  readonly plans: readonly Plan[];
  /** The rule of that id in the book; `undefined`: it is not there, any more or yet. */
  readonly rule: (id: string) => Rule | undefined;
  /** What the rules would make of a value that nobody measured. */
  readonly tryRules: (q: TrialAsked) => Promise<RuleTrial>;
  /** Whether something may be taken out of service, and whether that takes a second person. */
  readonly guardOf: (about: Pick<OutOfService, 'repository' | 'subject' | 'rule'>) => ServiceGuard;
  /** The rules in force and the standards packs with their citations, as JSON for people to read. */
  readonly rules: unknown;
  readonly standards: unknown;
  /** All second-level indicators of the assessment. */
  readonly indicators: readonly Indicator[];
  /** Sends a test message over one channel, now, past the outbox; says what happened in words. */
  readonly testChannel: (q: {
    readonly channel: Channel;
    readonly target: string;
    /** Qualified: in whose name, for a template that needs a phone number. */
    readonly person?: string;
  }) => Promise<{ readonly ok: boolean; readonly why: string }>;
  readonly makeAssessment: (q: {
    readonly repository: string;
    readonly by: string;
    readonly trigger: Assessment['trigger'];
  }) => Promise<Assessment>;
  readonly metricsText: () => string;
  readonly demonstration?: Demonstration;
  readonly newId: () => string;
}
