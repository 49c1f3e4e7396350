/** The MQTT alarm topic, for sirens, beacons and building systems. */

import type { OutboxMessage } from '../../domain/outbox.ts';
import type { Notifier } from './notifier.ts';

export interface MqttConfig {
  /** Publishes with QoS 1; resolves when the broker has it. */
  readonly publish: (message: {
    readonly topic: string;
    readonly payload: string;
    readonly retain: boolean;
  }) => Promise<void>;
}

/** A notifier for MQTT. A broker that is away comes back, so every failure may pass. */
export function createMqttNotifier(config: MqttConfig): Notifier {
  return {
    channel: 'mqtt',
    deliver: async (message) => {
      if (/[+#\0]/.test(message.target) || message.target === '') {
        return { ok: false, retry: false, why: 'the topic is not one that can be published to' };
      }
      try {
        await config.publish({
          topic: message.target,
          payload: payloadOf(message),
          retain: message.retain === true,
        });
        return { ok: true };
      } catch (error) {
        const code = (error as { readonly code?: unknown } | undefined)?.code;
        const why = typeof code === 'string' || typeof code === 'number' ? ` (${code})` : '';
        return { ok: false, retry: true, why: `the broker did not take it${why}` };
      }
    },
  };
}

/** An empty payload clears a retained message, so it is sent as it is. */
function payloadOf(message: OutboxMessage): string {
  const { key, subject, body } = message;
  return message.payload ?? JSON.stringify({ key, subject, body });
}
