/** Finds the items that make a step throw, so that one bad input does not stop the rest. */

import { say } from '../../domain/sentences.ts';
import type { Decoded } from '../../domain/intake.ts';
import type { QuarantineEntry } from '../../domain/quarantine.ts';
import type { Moment } from '../../domain/time.ts';
import { refuse, type Item, type Segment } from './items.ts';

/**
 * The segments with what fails on its own put aside: a message's content goes to the quarantine with the reason (it is
 * acknowledged, or it would come for ever), a command's asker is told. `attempt` must change nothing.
 */
export function withoutPoison(
  segments: readonly Segment[],
  tools: {
    readonly attempt: (segments: readonly Segment[]) => unknown;
    readonly newId: () => string;
  },
): readonly Segment[] {
  const clean = (item: Item, at: Moment): readonly Item[] => {
    try {
      tools.attempt([{ at, items: [item] }]);
      return [item];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (item.kind === 'message') {
        const decoded = asQuarantine(item.decoded, { at, why, id: tools.newId() });
        return [{ ...item, decoded }];
      }
      refuse(item, why);
      return [];
    }
  };
  return segments.map(({ at, items }) => ({ at, items: items.flatMap((item) => clean(item, at)) }));
}

function asQuarantine(
  decoded: Decoded,
  about: { readonly at: Moment; readonly why: string; readonly id: string },
): Decoded {
  const { readings, accessEvents, statuses, issues } = decoded;
  const payload = Buffer.from(JSON.stringify({ readings, accessEvents, statuses, issues }));
  const repository = readings[0]?.repository ?? accessEvents[0]?.repository;
  const entry: QuarantineEntry = {
    id: about.id,
    ...(repository === undefined ? {} : { repository }),
    topic: 'engine',
    at: about.at,
    code: 'engine-failed',
    ...say('engine-failed', { what: about.why }),
    payloadBase64: payload.subarray(0, 2048).toString('base64'),
    payloadBytes: payload.length,
  };
  return {
    readings: [],
    accessEvents: [],
    statuses: [],
    issues: [],
    quarantine: [...decoded.quarantine, entry],
    nulls: 0,
    duplicates: 0,
  };
}
