/** First appearances at the broker go into the journal, once each and not too many: nobody fills it from outside. */

import type { ClientSight } from '../../domain/device-credential.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { AccountServices } from '../accounts/context.ts';

const LINES_A_MINUTE_MAX = 10;
const LINES_AN_HOUR_MAX = 60;

export type ClientNotice = { readonly kind: 'first' | 'refused'; readonly client: ClientSight };

/** Writes a line for each; what is above the bound is counted in the next line. */
export function createClientJournal(
  services: Pick<AccountServices, 'now' | 'writer' | 'log'>,
): (notice: ClientNotice) => void {
  const minute = new Allowance(LINES_A_MINUTE_MAX, MINUTE_MS);
  const hour = new Allowance(LINES_AN_HOUR_MAX, HOUR_MS);
  let omitted = 0;
  return ({ kind, client }) => {
    const at = services.now();
    if (!minute.has(at) || !hour.has(at)) {
      omitted += 1;
      return;
    }
    minute.take();
    hour.take();
    const line = lineOf({ kind, client, at, omitted });
    omitted = 0;
    services.writer.commit({ journal: [line] }).catch((error: unknown) => {
      services.log.warn({ err: error }, 'a client of the broker could not be written down');
    });
  };
}

function lineOf(q: ClientNotice & { readonly at: number; readonly omitted: number }): JournalDraft {
  const { clientId, username, address, lastRefusal } = q.client;
  const refusal = q.kind === 'refused' ? lastRefusal : undefined;
  return {
    repository: 'system',
    at: q.at,
    by: 'system',
    action: q.kind === 'first' ? 'mqtt-client.appeared' : 'mqtt-client.refused',
    subject: clientId === '' ? address : clientId,
    detail: {
      ...(username === undefined ? {} : { username }),
      address,
      ...(refusal ? { why: refusal.why } : {}),
      ...(refusal?.detail === undefined ? {} : { detail: refusal.detail }),
      ...(q.omitted > 0 ? { omittedBefore: q.omitted } : {}),
    },
  };
}

/** So many in a period; the period begins with its first. */
class Allowance {
  readonly #most: number;
  readonly #periodMs: number;
  #sinceMs = -Infinity;
  #taken = 0;

  constructor(most: number, periodMs: number) {
    this.#most = most;
    this.#periodMs = periodMs;
  }

  has(now: number): boolean {
    if (now - this.#sinceMs >= this.#periodMs) {
      this.#sinceMs = now;
      this.#taken = 0;
    }
    return this.#taken < this.#most;
  }

  take(): void {
    this.#taken += 1;
  }
}
