/** What formats want sent back, such as the request for a birth certificate: on the broker, when there is one. */

import type { Logger } from 'pino';
import type { Source } from './sources.ts';

const WAITING_MAX = 100;

export interface Replies {
  readonly send: (topic: string, payload: Uint8Array) => void;
  /** From now on they go there; what came before is sent now. */
  useBroker(to: Pick<Source, 'publish'>, log: Logger): void;
}

export function createReplies(): Replies {
  let publish: ((topic: string, payload: Uint8Array) => void) | undefined;
  let waiting: (readonly [string, Uint8Array])[] = [];
  return {
    send(topic, payload) {
      if (publish) publish(topic, payload);
      // A request that is lost is made again by the next message that needs it.
      else if (waiting.length < WAITING_MAX) waiting.push([topic, payload]);
    },
    useBroker(to, log) {
      publish = (topic, payload) => {
        to.publish({ topic, payload }).catch((error: unknown) => {
          log.warn({ err: error, topic }, 'a reply to a device was not sent');
        });
      };
      for (const [topic, payload] of waiting) publish(topic, payload);
      waiting = [];
    },
  };
}
