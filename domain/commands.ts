/** What people may tell alarms and incidents. Each goes through the tick's queue; the answer comes after the commit. */

import type { Said } from './sentences.ts';
import type { Level } from './incident.ts';
import type { Moment } from './time.ts';

export type Command =
  | {
      readonly kind: 'acknowledge-alarm';
      readonly alarm: string;
      readonly by: string;
      readonly comment?: string;
    }
  | {
      readonly kind: 'shelve-alarm';
      readonly alarm: string;
      readonly by: string;
      /** By the duty officer: only where the rule lets them. */
      readonly asDuty?: true;
      readonly until: Moment;
      readonly reason: string;
    }
  | { readonly kind: 'unshelve-alarm'; readonly alarm: string; readonly by: string }
  | { readonly kind: 'reset-alarm'; readonly alarm: string; readonly by: string }
  | {
      readonly kind: 'comment-alarm';
      readonly alarm: string;
      readonly by: string;
      readonly text: string;
    }
  | {
      readonly kind: 'assign-alarm';
      readonly alarm: string;
      readonly by: string;
      /** Who takes it; unset: nobody any more. */
      readonly to?: string;
    }
  | {
      /** Only what nothing judges any more: its rule or subject is retired. */
      readonly kind: 'close-alarm';
      readonly alarm: string;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'open-incident';
      readonly repository: string;
      readonly room?: string;
      readonly plan: string;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'acknowledge-incident';
      readonly incident: string;
      readonly by: string;
      readonly comment?: string;
    }
  | {
      readonly kind: 'record-step';
      readonly incident: string;
      readonly step: string;
      readonly by: string;
      readonly outcome: 'done' | 'not-applicable' | 'failed';
      readonly note?: string;
    }
  | {
      readonly kind: 'set-level';
      readonly incident: string;
      readonly by: string;
      readonly level: Level;
      readonly reason: string;
    }
  | {
      readonly kind: 'close-incident';
      readonly incident: string;
      readonly by: string;
      readonly report: string;
    };

/** `ok`: `id` is the alarm's or incident's; else why not, as a word and a sentence. */
export type CommandResult =
  | { readonly ok: true; readonly id: string }
  | ({
      readonly ok: false;
      readonly code: 'not-found' | 'already' | 'not-allowed' | 'invalid';
    } & Said);
