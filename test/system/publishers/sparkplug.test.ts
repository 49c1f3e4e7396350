import type { MqttClient } from 'mqtt';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findServer, startMosquitto, type RunningServer } from '../../support/servers.ts';
import { connectDevice } from '../devices.ts';
import { temporaryFolder } from '../lantai.ts';
import { until } from '../until.ts';
import { startNode, type EdgeNode, type Metric } from './edge-node.ts';
import { startHouse, type House, type Plan } from './house.ts';

/**
 * Goal: an edge node that knows nothing of Lantai is heard, asked for its birth, and missed when it is gone. Method: the
 * unmodified sparkplug-client on the embedded broker, and on Mosquitto where it is there before Lantai is.
 */

const STATE = 'spBv1.0/STATE/lantai';
const SENSORS = `  - { id: stack, room: r301, metrics: [temperature, humidity, smoke], source: { profile: sparkplug-b, device: Archive/gw1/stack-3 } }
  - { id: cold, room: r301, metrics: [temperature, co2], source: { profile: sparkplug-b, device: Archive/gw1/cold } }
  - { id: other, room: r301, metrics: [temperature], source: { profile: sparkplug-b, device: Archive/gw2/stack-9 } }
`;

const celsius = { engUnit: { type: 'String', value: '°C' } } as const;
const temperature = (value: number): Metric => ({
  name: 'Env/Temperature',
  alias: 10,
  type: 'Float',
  value,
  properties: celsius,
});
const humidity = (value: number): Metric => ({
  name: 'Env/Humidity',
  alias: 11,
  type: 'UInt32',
  value,
});
const smoke = (value: boolean): Metric => ({
  name: 'Fire/Smoke',
  alias: 12,
  type: 'Boolean',
  value,
});
/** Whole degrees below zero, and a number of 64 bits: the client has ways of its own to write both. */
const frost = (value: number): Metric => ({ name: 'Temperature', type: 'Int16', value });
const co2 = (value: number): Metric => ({ name: 'CO2', type: 'Int64', value });

const gw1 = {
  'stack-3': () => [temperature(18.6), humidity(50), smoke(false)],
  cold: () => [frost(-18), co2(410)],
};
const gw2 = { 'stack-9': () => [temperature(19.2)] };

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** What hosts said of themselves, as every edge node can hear it. */
async function listenToStates(brokerUrl: string) {
  const listener: MqttClient = await connectDevice(brokerUrl);
  const states: { readonly online: boolean; readonly timestamp: number; readonly kept: boolean }[] =
    [];
  listener.on('message', (_topic, payload, { retain }) => {
    const said = JSON.parse(payload.toString()) as { online: boolean; timestamp: number };
    states.push({ ...said, kept: retain });
  });
  await listener.subscribeAsync(STATE, { qos: 1 });
  return { states, close: () => listener.end(true) };
}

describe('sparkplug-client on the embedded broker', () => {
  let house: House;
  let node: EdgeNode;
  let neighbour: EdgeNode;
  const online = async (id: string) => (await house.sensor(id)).online;
  const valuesOf = async (sensor: string, metric: string) =>
    (await house.stored(sensor, metric)).map(({ value }) => value);

  beforeAll(async () => {
    house = await startHouse({ folder: join(folder.path, 'embedded'), sensors: SENSORS });
    const { brokerUrl } = house;
    [node, neighbour] = await Promise.all([
      startNode({ brokerUrl, node: 'gw1', devices: gw1 }),
      startNode({ brokerUrl, node: 'gw2', devices: gw2, options: { compress: true } }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([node?.close(), neighbour?.close()]);
    await house?.lantai.stop();
  });

  it('has the values of births and data, whatever their types', async () => {
    const at = Date.now();
    node.data('stack-3', [temperature(18.7), humidity(51)], at);
    node.data('cold', [frost(-19), co2(411)], at);
    await until('the last value is stored', async () => {
      return (await valuesOf('cold', 'co2')).includes(411);
    });
    await house.settled();
    expect(await valuesOf('stack', 'temperature')).toEqual([18.6, 18.7]);
    expect(await valuesOf('stack', 'humidity')).toEqual([50, 51]);
    expect(await valuesOf('stack', 'smoke')).toEqual([0]);
    expect(await valuesOf('cold', 'temperature')).toEqual([-18, -19]);
    expect(await valuesOf('cold', 'co2')).toEqual([410, 411]);
    expect((await house.stored('stack', 'temperature'))[1]).toEqual({
      at,
      value: 18.7,
      quality: 1,
    });
    expect(node.rebirthsAsked()).toBe(0);
    expect(await house.client.quarantine()).toEqual([]);
  });

  it('has those of a node that compresses', async () => {
    neighbour.data('stack-9', [temperature(19.4)]);
    await until('both are stored', async () => {
      return (await valuesOf('other', 'temperature')).length === 2;
    });
    expect(await valuesOf('other', 'temperature')).toEqual([19.2, 19.4]);
  });

  it('says that the sensors of a node without power are offline, and only those', async () => {
    await until('all are online', async () => {
      const all = await Promise.all(['stack', 'cold', 'other'].map(online));
      return all.every((one) => one === true);
    });
    node.powerOff();
    await until('it is known', async () => (await online('stack')) === false);
    expect(await online('cold')).toBe(false);
    expect(await online('other')).toBe(true);

    node.powerOn();
    await until('they are back', async () => (await online('stack')) && (await online('cold')));
    node.data('stack-3', [temperature(18.9)]);
    await until('it is heard again', async () => {
      return (await valuesOf('stack', 'temperature')).includes(18.9);
    });
  });

  it('says that a device is offline when its node says so', async () => {
    node.deviceDeath('cold');
    await until('it is known', async () => (await online('cold')) === false);
    expect(await online('stack')).toBe(true);
  });

  it('tells edge nodes that their host is there, and when it leaves', async () => {
    const { states, close } = await listenToStates(house.brokerUrl);
    const [now] = await until('the host is heard', () => states.length > 0 && states);
    expect(now).toEqual({ online: true, timestamp: expect.any(Number), kept: true });
    expect(await house.lantai.stop()).toBe(0);
    await until('the host has left', () => states.length === 2);
    expect(states[1]).toMatchObject({ online: false, timestamp: now?.timestamp });
    close();
  });
});

describe.skipIf(!findServer('mosquitto'))('sparkplug-client on Mosquitto, before Lantai', () => {
  let mosquitto: RunningServer;
  let house: House | undefined;
  let node: EdgeNode;
  const plan = (): Plan => ({
    folder: join(folder.path, 'mosquitto'),
    sensors: SENSORS,
    mqttUrl: mosquitto.url,
  });

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    node = await startNode({ brokerUrl: mosquitto.url, node: 'gw1', devices: gw1 });
    house = await startHouse(plan());
  });

  afterAll(async () => {
    await node?.close();
    await house?.lantai.stop();
    await mosquitto?.remove();
  });

  it('is asked for the birth that nobody heard, once, and then understood', async () => {
    const { stored } = house as House;
    expect(node.births()).toBe(1);
    node.data('stack-3', [{ alias: 10, type: 'Float', value: 18.8 }]);
    await until('it was asked for its birth', () => node.rebirthsAsked() === 1);
    node.data('stack-3', [{ alias: 10, type: 'Float', value: 18.7 }]);
    await until('what came after the birth is stored', async () => {
      return (await stored('stack', 'temperature')).some(({ value }) => value === 18.7);
    });
    const values = (await stored('stack', 'temperature')).map(({ value }) => value);
    // The first one had no meaning; what the birth says instead is what holds.
    expect(values).toEqual([18.6, 18.7]);
    expect(node.births()).toBe(2);
    expect(node.rebirthsAsked()).toBe(1);
    const refused = await house?.client.quarantine();
    expect(refused?.map(({ code }) => code)).toEqual(['sparkplug-before-birth']);
  });

  it('leaves its state with the broker: there, gone, and gone after a kill', async () => {
    const { states, close } = await listenToStates(mosquitto.url);
    const said = () => states.map(({ online }) => online);
    await until('the host is there', () => states.length === 1);
    expect(states[0]).toMatchObject({ online: true, kept: true });
    expect(await house?.lantai.stop()).toBe(0);
    await until('it has left', () => said().at(-1) === false);
    close();
    const late = await listenToStates(mosquitto.url);
    await until('who comes later hears it, too', () => late.states.length === 1);
    expect(late.states[0]).toMatchObject({ online: false, kept: true });

    house = await startHouse(plan());
    await until('it is there again', () => late.states.at(-1)?.online === true);
    await house.lantai.kill9();
    await until('its last will is heard', () => late.states.at(-1)?.online === false);
    expect(late.states.at(-1)?.timestamp).toBe(late.states.at(-2)?.timestamp);
    late.close();
  });
});
