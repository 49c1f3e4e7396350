/** Puts messages into the outbox: one for each person and channel, each under a key of its own. */

import { alarmState, type Alarm } from '../../domain/alarm.ts';
import { qualify } from '../../domain/ids.ts';
import type { Channel, OutboxMessage } from '../../domain/outbox.ts';
import type { Person } from '../../domain/registry.ts';
import type { Draft } from '../draft.ts';
import type { Setting, Words } from './messages.ts';

/** Names of repository and room, and the zone that times are written in. */
export function settingOf(draft: Draft, repository: string, room: string | undefined): Setting {
  const { registry } = draft.world;
  const head = registry.repositories.get(repository);
  const name = head?.name ?? repository;
  const roomName =
    room === undefined ? undefined : (registry.rooms.get(qualify(repository, room))?.name ?? room);
  return {
    repository: { zh: name, en: name },
    room: roomName === undefined ? undefined : { zh: roomName, en: roomName },
    timezone: head?.timezone ?? 'UTC',
  };
}

/** One message on each of the person's channels; gives their keys. `key` says what is told, about what. */
export function tell(
  draft: Draft,
  person: Person,
  message: {
    readonly key: string;
    readonly words: Words;
    readonly safety: boolean;
    readonly alarm?: string;
    readonly incident?: string;
  },
): readonly string[] {
  const { key: what, words, ...about } = message;
  const channels: readonly (readonly [Channel, string | undefined])[] = [
    ['email', person.email],
    ['webhook', person.webhook],
  ];
  return channels.flatMap(([channel, target]) => {
    if (target === undefined) return [];
    const key = `${what}/${person.id}/${channel}`;
    draft.outbox.push({
      key,
      repository: person.repository,
      channel,
      target,
      person: person.id,
      ...about,
      ...words,
      ...fresh(draft),
    });
    return [key];
  });
}

/**
 * The alarm's full state on its topic, retained while it is open; at the end the final state, then the retained one
 * is cleared. A silent alarm is not published: a siren would give the person under duress away.
 */
export function publishAlarm(draft: Draft, alarm: Alarm): void {
  if (alarm.silent) return;
  const isOpen = alarm.closedAt === undefined;
  const base = {
    repository: alarm.repository,
    channel: 'mqtt' as const,
    target: `lantai/${alarm.repository}/alarm/${alarm.id}`,
    alarm: alarm.id,
    subject: alarm.title,
    body: alarm.advice ?? alarm.title,
    safety: alarm.safety,
    ...fresh(draft),
  };
  const key = `${alarm.id}/r${alarm.revision}/mqtt`;
  const payload = JSON.stringify({ ...alarm, state: alarmState(alarm, draft.now) });
  draft.outbox.push({ ...base, key, payload, retain: isOpen });
  if (!isOpen) draft.outbox.push({ ...base, key: `${key}-clear`, payload: '', retain: true });
}

function fresh(draft: Draft): Pick<OutboxMessage, 'createdAt' | 'attempts' | 'nextAttemptAt'> {
  return { createdAt: draft.now, attempts: 0, nextAttemptAt: draft.now };
}
