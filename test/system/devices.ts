/** Devices: an MQTT client as a sensor or a siren has one. */

import { connect, type IClientOptions, type MqttClient } from 'mqtt';

/** Connects once; a lost connection stays lost, so that a test notices. */
export function connectDevice(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const client = connect(url, { reconnectPeriod: 0, connectTimeout: 10_000, ...options });
  return new Promise((resolve, reject) => {
    client.once('connect', () => {
      client.on('error', () => undefined);
      resolve(client);
    });
    client.once('error', reject);
    client.once('close', () => reject(new Error('the broker closed the connection')));
  });
}

/** Publishes with QoS 1; resolves with the milliseconds until the acknowledgement. */
export async function say(
  device: MqttClient,
  topic: string,
  payload: string | Buffer | object,
): Promise<number> {
  const bytes =
    typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
  const startedAt = performance.now();
  await device.publishAsync(topic, bytes, { qos: 1 });
  return performance.now() - startedAt;
}
