/** What a broker is told at each connection: that we are here, and which alarms are open. */

import type { Logger } from 'pino';
import { alarmState } from '../domain/alarm.ts';
import { gatewayStatusTopic } from '../gateway/index.ts';
import type { Core } from './core.ts';
import type { Source } from './sources.ts';

/**
 * Says `online`, and puts each open alarm on its topic again: the embedded broker forgets what it retained with every
 * restart, another one may, and our last will has said `offline` meanwhile. Silent alarms are on no topic.
 */
export function greetBroker(core: Core, source: Source, q: { now: number; log: Logger }): void {
  for (const id of core.structure.registry.repositories.keys()) {
    say({ topic: gatewayStatusTopic(id), payload: 'online' });
  }
  if (source.hostState) say({ topic: source.hostState.topic, payload: source.hostState.birth });
  for (const alarm of core.engine.openAlarms()) {
    if (alarm.silent) continue;
    const topic = `lantai/${alarm.repository}/alarm/${alarm.id}`;
    say({ topic, payload: JSON.stringify({ ...alarm, state: alarmState(alarm, q.now) }) });
  }

  function say(message: { readonly topic: string; readonly payload: string }): void {
    source.publish({ ...message, retain: true }).catch((error: unknown) => {
      q.log.warn({ err: error, topic: message.topic }, 'the broker was not greeted');
    });
  }
}

/** Says `offline`, as an orderly stop does it. */
export async function leaveBroker(core: Core, source: Source): Promise<void> {
  const ids = [...core.structure.registry.repositories.keys()];
  const { hostState } = source;
  if (hostState) {
    const death = { topic: hostState.topic, payload: hostState.death, retain: true };
    await source.publish(death).catch(() => undefined);
  }
  await Promise.allSettled(
    ids.map((id) =>
      source.publish({ topic: gatewayStatusTopic(id), payload: 'offline', retain: true }),
    ),
  );
}
