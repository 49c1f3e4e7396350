/** A telemetry message while it is being taken. */

import type { RawMessage } from '../../domain/intake.ts';
import type { Moment } from '../../domain/time.ts';
import type { Draft, Refusal } from './draft.ts';
import type { TelemetryRoute } from './route-types.ts';

/** One message on its way; `at` and what follows change with each object of an array. */
export interface Passage {
  readonly route: TelemetryRoute;
  readonly raw: RawMessage;
  readonly draft: Draft;
  /** Whether the message has more than one object. */
  readonly many: boolean;
  /** `undefined`: the time of receipt counts. */
  deviceAt: Moment | undefined;
  clockWrong: boolean;
  /** The source says itself that it is back-fill. */
  backfill?: boolean;
  /** Numbers of the source in this message: whether each came before. */
  sequences?: Map<number, boolean>;
  /** What the device says, whether it can be used or not; `undefined`: nothing that is a time. */
  saidAt: Moment | undefined;
  /** The object came before. */
  repeated: boolean;
  /** Whether the whole message is a redelivery; `undefined`: not looked at yet. */
  redelivered: boolean | undefined;
  /** The first trouble, for the quarantine. */
  trouble: Refusal | undefined;
  /** Whether that trouble is worth a place in the quarantine although other fields were taken. */
  worthShowing: boolean;
}
