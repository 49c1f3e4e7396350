/** Mosquitto's own view of what we have acknowledged: what it still hands over to our sessions is not. */

import { connect } from 'mqtt';

/** What only Lantai may publish. */
const OUR_TOPICS = /^lantai\/[^/]+\/(gateway|alarm)\//;
const QUIET_MS = 1_500;
const CONNECT_MS_MAX = 10_000;

/** Takes up the session of `clientId` while Lantai is stopped and counts what comes. */
export function leftAtBroker(
  url: string,
  clientId: string,
): Promise<{ readonly sessionPresent: boolean; readonly messages: number }> {
  return new Promise((resolve, reject) => {
    const client = connect(url, { clientId, clean: false, reconnectPeriod: 0 });
    let sessionPresent = false;
    let messages = 0;
    let quiet: NodeJS.Timeout | undefined;
    const late = setTimeout(() => {
      client.end(true);
      reject(new Error(`the broker does not answer for ${clientId}`));
    }, CONNECT_MS_MAX);
    const finish = (): void => {
      clearTimeout(late);
      client.end(true, {}, () => resolve({ sessionPresent, messages }));
    };
    const waitForMore = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(finish, QUIET_MS);
    };
    client.on('message', (topic, _payload, packet) => {
      // Retained replays are no part of the queue, and our own goodbye comes back to our own subscription.
      if (packet.retain || OUR_TOPICS.test(topic)) return;
      messages += 1;
      waitForMore();
    });
    client.on('connect', (packet) => {
      clearTimeout(late);
      ({ sessionPresent } = packet);
      waitForMore();
    });
    client.on('error', reject);
  });
}
