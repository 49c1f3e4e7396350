/** Lines of the journal for what messages prove: numbers that are missing are lost events, whoever lost them. */

import { qualify } from '../../domain/ids.ts';
import type { EngineInput } from '../../alerts/engine-types.ts';
import type { JournalDraft } from '../../domain/journal.ts';

const LINES_MAX = 20;

export function gapLines(inputs: readonly EngineInput[]): readonly JournalDraft[] {
  const lines: JournalDraft[] = [];
  for (const input of inputs) {
    if (input.kind !== 'issue' || input.issue.kind !== 'sequence-gap') continue;
    const { repository, id, at, detail } = input.issue;
    if (lines.length >= LINES_MAX) break;
    lines.push({
      repository,
      at,
      by: 'system',
      action: 'intake.sequence-gap',
      subject: qualify(repository, id),
      detail: { missing: detail ?? '' },
    });
  }
  return lines;
}
