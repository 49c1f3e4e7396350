/** Tells when a device's clock goes wrong and when it is right again: at the change, not with each message. */

import type { RawMessage } from '../../domain/intake.ts';
import type { ClockState } from './clock.ts';
import { ISSUES_PER_MESSAGE_MAX } from './bounds.ts';
import { withOne, type Draft } from './draft.ts';
import type { SourceState } from './state.ts';

/** Notes the judged clock of one message or of one object in it. */
export function noteClock(
  passage: {
    readonly route: {
      readonly repository: string;
      readonly id: string;
      readonly source: SourceState;
    };
    readonly raw: RawMessage;
    readonly draft: Draft;
  },
  clock: ClockState,
  deviceTime: number | undefined,
): void {
  const { route, raw, draft } = passage;
  if (route.source.clock === clock) return;
  // What is not told now is told by the next message: the state is kept as it was told.
  if (draft.issues.length >= ISSUES_PER_MESSAGE_MAX) return;
  route.source.clock = clock;
  route.source.changed = true;
  const base = { repository: route.repository, id: route.id, at: raw.receivedAt };
  if (clock === 'right') {
    draft.issues = withOne(draft.issues, { kind: 'clock-right', ...base });
    return;
  }
  const readable = deviceTime !== undefined && !Number.isNaN(deviceTime);
  const skew = readable ? { skewMs: deviceTime - raw.receivedAt } : {};
  draft.issues = withOne(draft.issues, { kind: 'clock-wrong', ...base, ...skew, detail: clock });
}
