/** How long an alarm may be shelved, by priority. Safety alarms (fire, water, duress, intrusion) never are. */

import type { Priority } from './alarm.ts';
import type { Citation } from './limits.ts';
import { HOUR_MS } from './time.ts';

export interface ShelvingLimit {
  readonly msMax: number;
  /** A graver alarm wants a fuller reason. */
  readonly reasonCharactersMin: number;
}

export const SHELVING_LIMITS: Readonly<Record<Priority, ShelvingLimit>> = {
  critical: { msMax: HOUR_MS, reasonCharactersMin: 8 },
  high: { msMax: 4 * HOUR_MS, reasonCharactersMin: 4 },
  medium: { msMax: 8 * HOUR_MS, reasonCharactersMin: 1 },
  low: { msMax: 8 * HOUR_MS, reasonCharactersMin: 1 },
};

/** That a shelving has an end and a reason is ISA-18.2's; the figures are our own. */
export const SHELVING_CITATION: Citation = {
  standard: '本馆自定',
  verification: 'proposal',
  note: {
    zh: '搁置须有期限和理由（ISA-18.2，未见原文）；各级时长为本馆自定',
    en: 'That a shelving ends and has a reason is ISA-18.2 (text not seen); how long is our own',
  },
};
