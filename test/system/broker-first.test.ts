import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { startWebhookSink } from '../faults/webhook-sink.ts';
import { findServer, startMosquitto } from '../support/servers.ts';
import { connectDevice, say } from './devices.ts';
import { ADMIN_PASSWORD, startLantai, startRefused, temporaryFolder } from './lantai.ts';
import { writeRepository } from './repository.ts';

/**
 * Goal: after a kill -9 a fire that lies in the broker's queue is told before there are pages, and not only once there
 * are. Method: the dashboard's port is taken at the second start, so that there never are any: that start is refused,
 * and a person behind a webhook was told all the same, once.
 */

const folder = temporaryFolder();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
afterAll(() => folder.remove());

it.skipIf(findServer('mosquitto') === undefined)(
  "a fire in the broker's queue is told before anybody could open a page",
  { timeout: 120_000 },
  async () => {
    const mosquitto = await startMosquitto();
    ends.push(() => mosquitto.remove());
    const phones = await startWebhookSink();
    ends.push(() => phones.close());
    const people = `people:
  - { id: duty-a, name: 值班员甲, role: duty, order: 1, webhook: "${phones.url}" }
`;
    const settings = {
      LANTAI_MQTT_URL: mosquitto.url,
      LANTAI_REPOSITORY: writeRepository(folder.path, people),
      LANTAI_DATA_DIR: join(folder.path, 'data'),
      LANTAI_ADMIN_PASSWORD: ADMIN_PASSWORD,
    };
    const first = await startLantai(settings);
    ends.push(() => first.kill9());
    await first.kill9();
    const device = await connectDevice(mosquitto.url);
    ends.push(() => device.end(true));
    await say(device, 'lantai/sx/sm-1/telemetry', { time: Date.now(), smoke: 1 });
    expect(phones.told).toEqual([]);

    const taken = new URL(phones.url).port;
    const { status, stderr } = await startRefused({ ...settings, LANTAI_HTTP_PORT: taken });
    expect({ status, stderr }).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('LANTAI_HTTP_PORT') as unknown,
    });
    const fires = phones.told.filter(({ alarm }) => alarm?.includes('smoke-alarm'));
    expect(fires).toHaveLength(1);
  },
);
