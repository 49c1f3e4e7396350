/** What a connection may publish and read. */

import { TOPIC_BYTES_MAX, TOPIC_LEVELS_MAX } from '../../domain/bounds.ts';
import type { ClientRefusal } from '../../domain/device-credential.ts';
import { coversPattern, matchesPattern } from '../../domain/topic-pattern.ts';
import { isOurTopic } from '../our-topics.ts';
import type { Connection } from './connection.ts';

/** Why this topic is not taken from this connection; `undefined`: it is. Without a connection: a will of nobody we know. */
export function publishRefusal(
  connection: Connection | undefined,
  topic: string,
): ClientRefusal | undefined {
  if (topic.length > TOPIC_BYTES_MAX || Buffer.byteLength(topic) > TOPIC_BYTES_MAX) {
    return 'topic-too-long';
  }
  if (levelsOf(topic) > TOPIC_LEVELS_MAX) return 'topic-too-deep';
  if (topic.startsWith('$') || isOurTopic(topic)) return 'topic-not-allowed';
  const patterns = connection?.admitted.rights?.mayPublish;
  if (!connection || !patterns) return undefined;
  const may =
    connection.allowed.get(topic) ??
    connection.remember(
      topic,
      patterns.some((pattern) => matchesPattern(pattern, topic)),
    );
  return may ? undefined : 'topic-not-allowed';
}

/** Why this filter may not be subscribed to. The broker's own topics tell of other clients: nobody reads them. */
export function subscribeRefusal(
  connection: Connection | undefined,
  filter: string,
): ClientRefusal | undefined {
  if (Buffer.byteLength(filter) > TOPIC_BYTES_MAX) return 'topic-too-long';
  if (levelsOf(filter) > TOPIC_LEVELS_MAX) return 'topic-too-deep';
  if (filter.startsWith('$')) return 'reading-not-allowed';
  const patterns = connection?.admitted.rights?.mayRead;
  if (!patterns || patterns.some((pattern) => coversPattern(pattern, filter))) return undefined;
  return 'reading-not-allowed';
}

/** Whether a message goes out to this connection, whatever it once subscribed to. */
export function mayHear(connection: Connection | undefined, topic: string): boolean {
  const patterns = connection?.admitted.rights?.mayRead;
  return !patterns || patterns.some((pattern) => matchesPattern(pattern, topic));
}

function levelsOf(topic: string): number {
  let levels = 1;
  for (let i = topic.indexOf('/'); i >= 0; i = topic.indexOf('/', i + 1)) levels += 1;
  return levels;
}
