import type { MqttClient } from 'mqtt';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UnknownDevice } from '../../../domain/devices.ts';
import { findServer } from '../../support/servers.ts';
import { connectDevice } from '../devices.ts';
import { run, temporaryFolder, type Program } from '../lantai.ts';
import { until } from '../until.ts';
import { SAMPLES_PER_SECOND, startFakeRadio, type FakeRadio } from './fake-radio.ts';
import { startHouse, type House } from './house.ts';

/**
 * Goal: Debian's rtl_433 is enough of a gateway for 433 MHz sensors. Method: the unmodified program hears a radio that
 * this test makes up, and publishes to the embedded broker as its own defaults say: each reading on two sorts of topics.
 */

const program = findServer('rtl_433');

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Event {
  readonly time: string;
  readonly id: number;
  readonly temperature_C: number;
}

describe.skipIf(program === undefined)('rtl_433, unmodified, with its defaults', () => {
  let house: House;
  let radio: FakeRadio;
  let receiver: Program;
  let listener: MqttClient;
  const heard: { readonly topic: string; readonly text: string }[] = [];
  const events = (): readonly Event[] =>
    heard
      .filter(({ topic }) => topic.endsWith('/events'))
      .map(({ text }) => JSON.parse(text) as Event);

  beforeAll(async () => {
    house = await startHouse({
      folder: join(folder.path, 'house'),
      sensors: `  - { id: attic, room: r301, metrics: [temperature, humidity, battery_low], source: { profile: rtl-433, device: Nexus-TH/171 } }\n`,
    });
    listener = await connectDevice(house.brokerUrl);
    listener.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }));
    await listener.subscribeAsync('rtl_433/#', { qos: 1 });
    radio = await startFakeRadio();
    receiver = run(program ?? '', argumentsFor(radio.port, house.brokerUrl), {});
    await until('rtl_433 is connected to the broker', async () => {
      const clients = await house.client.get<unknown>('/api/mqtt-clients');
      return JSON.stringify(clients).includes('rtl_433');
    });
  });

  afterAll(async () => {
    receiver?.child.kill('SIGTERM');
    await receiver?.ended;
    await radio?.close();
    listener?.end(true);
    await house?.lantai.stop();
  });

  it('stores what a bound sensor measures once, at the time of the radio', async () => {
    await radio.transmit({ id: 171, channel: 1, temperature: 21.4, humidity: 52 });
    await until('the first transmission is published', () => events().length === 1);
    await radio.transmit({ id: 171, channel: 1, temperature: 21.6, humidity: 53 });
    await until('the second transmission is published', () => events().length === 2);
    const said = (field: string) => heard.filter(({ topic }) => topic.endsWith(`/171/${field}`));
    // The same again without a time: what must not become a second reading.
    await until('each field is published, too', () => said('humidity').length === 2);
    expect(said('temperature_C').map(({ text }) => Number(text))).toEqual([21.4, 21.6]);
    await house.settled();

    const at = events().map(({ time }) => Math.round(Number(time) * 1_000));
    expect(await house.stored('attic', 'temperature')).toEqual([
      { at: at[0], value: 21.4, quality: 1 },
      { at: at[1], value: 21.6, quality: 1 },
    ]);
    expect(await house.stored('attic', 'humidity')).toEqual([
      { at: at[0], value: 52, quality: 1 },
      { at: at[1], value: 53, quality: 1 },
    ]);
    expect(await house.stored('attic', 'battery_low')).toMatchObject([{ value: 0 }, { value: 0 }]);
    expect(await house.client.quarantine()).toEqual([]);
  });

  it('offers a sensor that nobody has bound, with what it measures', async () => {
    const neighbour = { id: 44, channel: 2, temperature: -1.2, humidity: 47 } as const;
    await radio.transmit({ ...neighbour, batteryLow: true });
    const device = await until('it is among the unknown devices', async () => {
      const { items } = await house.client.get<{ items: UnknownDevice[] }>('/api/unknown-devices');
      return items.find((one) => one.device === 'Nexus-TH/44' && one.values.length >= 3);
    });
    expect(device.profile).toContain('rtl-433');
    const values = device.values.map(({ metric, value }) => [metric, value]);
    expect(values).toEqual(
      expect.arrayContaining([
        ['temperature', -1.2],
        ['humidity', 47],
        ['battery_low', 1],
      ]),
    );
  });
});

function argumentsFor(radioPort: number, brokerUrl: string): readonly string[] {
  const words = `-c /dev/null -d rtl_tcp:127.0.0.1:${radioPort} -f 433920000 -s ${SAMPLES_PER_SECOND}`;
  return [...words.split(' '), '-F', `${brokerUrl},retain=0`, ...MORE.split(' ')];
}

const MORE = '-M time:unix:usec:utc -M level';
