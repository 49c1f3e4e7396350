/** What formats want sent back, such as the request for a birth certificate: on the broker, when there is one. */

const WAITING_MAX = 100;

export interface Replies {
  readonly send: (topic: string, payload: Uint8Array) => void;
  /** From now on they go there; what came before is sent now. */
  useBroker(publish: (topic: string, payload: Uint8Array) => void): void;
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
    useBroker(to) {
      publish = to;
      for (const [topic, payload] of waiting) to(topic, payload);
      waiting = [];
    },
  };
}
