/** Answers of the API that have no type in `domain/api.ts`. */

import type { Token } from '../../../domain/account.ts';
import type { TracesView } from '../../../domain/api.ts';
import type { Person } from '../../../domain/registry.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { Moment } from '../../../domain/time.ts';

/** A day's course of one metric in one room, thinned for a tile. */
export type Trace = Pick<TracesView['items'][number], 'room' | 'metric' | 'points'>;

export interface PersonView {
  /** Qualified. */
  readonly id: string;
  readonly repository: string;
  readonly name: string;
  readonly role: Person['role'];
  readonly order?: number;
  readonly email?: string;
  readonly phone?: string;
  readonly webhook?: string;
  readonly credentials?: readonly string[];
  readonly origin: 'file' | 'database';
}

export interface DeviceView {
  readonly id: string;
  readonly repository: string;
  readonly name: string;
  readonly sensors: readonly string[];
  readonly doors: readonly string[];
  readonly lastSeenAt?: Moment;
  /** The lowest of its sensors', per cent. */
  readonly battery?: number;
}

export type TokenView = Omit<Token, 'hash'>;
/** The token itself is in this answer and in no other. */
export type TokenMade = TokenView & { readonly token: string };

export interface ScenarioView {
  readonly id: string;
  readonly name: LocalizedText;
}

export interface ChannelTest {
  readonly ok: boolean;
  readonly why: string;
}

/** Answer of `GET /api/journal/verification`, of one repository. */
export interface ChainCheck {
  readonly ok: boolean;
  readonly items: readonly { readonly repository: string; readonly ok: boolean }[];
}

/** What every change of a room's rules is recorded with. */
export interface RecordedChange {
  readonly id: string;
  readonly repository: string;
  readonly room: string;
  readonly recordedAt: Moment;
  /** 0: from the beginning. */
  readonly validFrom: Moment;
  readonly reason: string;
  readonly by: string;
  readonly approvedBy?: string;
  /** `file`: stands in the repository file, without a reason of its own. */
  readonly origin?: string;
}
