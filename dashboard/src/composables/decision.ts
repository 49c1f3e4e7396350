/** What a change of a room's rules is recorded with: from when it holds, who approved it, why. */

import { reactive } from 'vue';
import type { Moment } from '../../../domain/time.ts';
import { momentOfWall, wallTime } from '../logic/wall-time.ts';
import { useLive } from './live.ts';
import { useText } from './text.ts';

/** As the server takes it: without `validFrom` it holds from now on. */
export interface Decision {
  readonly reason: string;
  readonly approvedBy?: string;
  readonly validFrom?: Moment;
}

/** `fields` are for `DecisionFields`; `decision()` is what they say. */
export function useDecision() {
  const { now } = useLive();
  const { zone } = useText();
  const opened = wallTime(now.value, zone.value);
  const fields = reactive({ validFrom: opened, approvedBy: '', reason: '' });
  const decision = (): Decision => {
    // Left as it was, it means now: a minute ago would be a moment that has passed already.
    const from =
      fields.validFrom === opened ? undefined : momentOfWall(fields.validFrom, zone.value);
    const approver = fields.approvedBy.trim();
    return {
      reason: fields.reason.trim(),
      ...(approver === '' ? {} : { approvedBy: approver }),
      ...(from === undefined ? {} : { validFrom: from }),
    };
  };
  return { fields, decision };
}
