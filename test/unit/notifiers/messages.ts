/** Messages for tests of notifiers and the outbox. */

import type { OutboxMessage } from '../../../domain/outbox.ts';

export function message(more: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    key: 'sx.a1/1/duty-a/email',
    repository: 'sx',
    channel: 'email',
    target: 'duty-a@example.org',
    subject: { zh: '【火警】301 库', en: '[FIRE] Room 301' },
    body: { zh: '两个探测器报警。\n请立即核实。', en: 'Two detectors in alarm.\nVerify now.' },
    safety: true,
    createdAt: 1_000,
    attempts: 0,
    nextAttemptAt: 1_000,
    ...more,
  };
}
