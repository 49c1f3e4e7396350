/** Who is let in, and with which rights: what the embedded broker asks and is answered. */

import type { ClientRefusal } from '../../domain/device-credential.ts';

/** What a client shows of itself. */
export interface Caller {
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly address: string;
  /** Common name of the certificate that the broker's authority for devices has signed. */
  readonly certificateName: string | undefined;
}

/** Topic patterns. */
export interface Rights {
  readonly mayPublish: readonly string[];
  readonly mayRead: readonly string[];
}

export interface Admitted {
  readonly ok: true;
  /** Id of the device credential: all connections with it share its limits. Absent: a connection by itself. */
  readonly credential?: string;
  /** Absent: every topic but ours may be published, every one may be read. */
  readonly rights?: Rights;
  /** Absent: only what nobody understands is limited. */
  readonly messagesPerSecond?: number;
  /** Known to us and in order: its first appearance is no news. */
  readonly isOurs?: boolean;
}

export type Admission = Admitted | { readonly ok: false; readonly why: ClientRefusal };

/** Everybody, as on a machine where nothing is set up yet. */
export const ADMIT_ALL: Admitted = { ok: true };
