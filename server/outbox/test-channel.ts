/** The test button: one message over one channel, now. */

import { randomUUID } from 'node:crypto';
import type { Notifier } from '../../alerts/notifiers/notifier.ts';
import type { Channel, OutboxMessage } from '../../domain/outbox.ts';
import { splitQualified } from '../../domain/ids.ts';
import type { Moment } from '../../domain/time.ts';
import { deliverOnce } from './deliver-once.ts';
import type { SetTimer } from './recorder.ts';

export interface TestResult {
  readonly ok: boolean;
  readonly why: string;
}

export interface TestQuestion {
  readonly channel: Channel;
  readonly target: string;
  /** Qualified: in whose name it is sent. */
  readonly person?: string;
}

/** Says what happened in words; a test is not retried and not recorded. */
export async function sendTest(
  q: TestQuestion,
  by: {
    readonly notifier: Notifier | undefined;
    readonly now: Moment;
    readonly setTimer: SetTimer;
  },
): Promise<TestResult> {
  const message: OutboxMessage = {
    key: `test-${randomUUID()}`,
    ...inNameOf(q.person),
    channel: q.channel,
    target: q.target,
    subject: { zh: '【兰台】测试消息', en: '[Lantai] Test message' },
    body: {
      zh: '这是一条测试消息，无需处理。',
      en: 'This is a test message. Nothing needs to be done.',
    },
    safety: false,
    createdAt: by.now,
    attempts: 0,
    nextAttemptAt: by.now,
  };
  const delivery = await deliverOnce(message, by.notifier, by.setTimer);
  if (!delivery.ok) return { ok: false, why: delivery.why };
  const taker: Record<Channel, string> = {
    email: 'the mail server',
    webhook: 'the webhook',
    mqtt: 'the broker',
  };
  return { ok: true, why: `${taker[q.channel]} took the message` };
}

function inNameOf(person: string | undefined): Pick<OutboxMessage, 'repository' | 'person'> {
  const parts = person === undefined ? undefined : splitQualified(person);
  return parts ? { repository: parts.repository, person: parts.id } : { repository: 'system' };
}
