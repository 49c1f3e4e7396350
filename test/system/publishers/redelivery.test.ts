import { connectAsync } from 'mqtt';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findServer, freePort, startMosquitto, type RunningServer } from '../../support/servers.ts';
import { temporaryFolder } from '../lantai.ts';
import { until } from '../until.ts';
import { startHouse, type House, type Plan } from './house.ts';
import { startWire, type Wire } from './wire.ts';

/**
 * Goal: what is said twice because an acknowledgement got lost is one reading. Method: mqtt.js, unmodified, with QoS 1 over
 * a cable that loses the acknowledgements and is then cut, with a kill -9 of Lantai in between or without.
 */

const SENSORS = `  - { id: timed, room: r301, metrics: [temperature] }
  - { id: untimed, room: r301, metrics: [temperature] }
  - { id: counted, room: r301, metrics: [temperature] }
`;
const IDS = ['timed', 'untimed', 'counted'] as const;
const messages = () => ({
  timed: { time: Date.now(), temperature: 20.1 },
  untimed: { temperature: 20.2 },
  counted: { sequence: 7, temperature: 20.3 },
});

const PUBACK_BYTES = 4;

const folder = temporaryFolder();
afterAll(() => folder.remove());

const valuesOf = async (house: House, ids: readonly string[]) =>
  Object.fromEntries(
    await Promise.all(
      ids.map(async (id) => {
        const stored = await house.stored(id, 'temperature');
        return [id, stored.map(({ value }) => value)] as const;
      }),
    ),
  );
const ONCE = { timed: [20.1], untimed: [20.2], counted: [20.3] };
const areStored = async (house: House): Promise<boolean> => {
  const values = await valuesOf(house, IDS);
  return IDS.every((id) => (values[id]?.length ?? 0) > 0);
};

/**
 * A sensor's gateway: it keeps its session and sends again what was not acknowledged, under the same packet id. mqtt.js
 * leaves out the flag that MQTT wants then, other libraries set it: `dup` sets it on all.
 */
async function startPublisher(url: string, dup = false) {
  const client = await connectAsync(url, {
    clientId: 'gateway-7',
    clean: false,
    reconnectPeriod: 50,
  });
  client.on('error', () => undefined);
  const sent = new Set<number>();
  let sentAgain = 0;
  client.on('packetsend', (packet) => {
    if (packet.cmd !== 'publish' || packet.messageId === undefined) return;
    if (sent.has(packet.messageId)) sentAgain += 1;
    sent.add(packet.messageId);
  });
  return {
    sentAgain: () => sentAgain,
    /** Resolves when all are acknowledged. */
    publish: (all: Readonly<Record<string, object>>) =>
      Promise.all(
        Object.entries(all).map(([id, message]) =>
          client.publishAsync(`lantai/sx/${id}/telemetry`, JSON.stringify(message), {
            qos: 1,
            dup,
          }),
        ),
      ),
    close: () => client.endAsync(true),
  };
}

describe('a publisher whose acknowledgements get lost, embedded broker', () => {
  let house: House;
  let wire: Wire;
  let publisher: Awaited<ReturnType<typeof startPublisher>>;
  let plan: Plan;

  beforeEach(async ({ task }) => {
    const mqttPort = await freePort();
    plan = { folder: join(folder.path, task.id), sensors: SENSORS, mqttPort };
    house = await startHouse(plan);
    wire = await startWire(house.brokerUrl);
  });

  afterEach(async () => {
    await publisher?.close();
    await wire?.close();
    await house?.lantai.stop();
  });

  it.each([
    { name: 'the cable is cut', dup: false, killed: false },
    { name: 'the cable is cut, all is marked as sent again', dup: true, killed: false },
    { name: 'the cable is cut and Lantai killed', dup: false, killed: true },
  ])('is heard once: $name', async ({ dup, killed }) => {
    publisher = await startPublisher(wire.url, dup);
    wire.mute('broker');
    const acknowledged = publisher.publish(messages());
    await until('all are stored', () => areStored(house));
    await until(
      'the acknowledgements are lost',
      () => wire.lostBytes() >= IDS.length * PUBACK_BYTES,
    );
    wire.cut();
    if (killed) {
      await house.lantai.kill9();
      house = await startHouse(plan);
    }
    wire.mend();
    await acknowledged;
    expect(publisher.sentAgain()).toBe(IDS.length);
    await house.settled();
    expect(await valuesOf(house, IDS)).toEqual(ONCE);
    expect(await house.client.quarantine()).toEqual([]);

    // Equal values that are no repeat are not swallowed.
    await publisher.publish(messages());
    await until('the next ones are stored', async () => {
      const values = await valuesOf(house, ['timed', 'untimed']);
      return values['timed']?.length === 2 && values['untimed']?.length === 2;
    });
  });
});

describe.skipIf(!findServer('mosquitto'))('acknowledgements that get lost, Mosquitto', () => {
  let mosquitto: RunningServer;
  let house: House;
  /** Between Lantai and its broker. */
  let ours: Wire;
  /** Between the publisher and the broker. */
  let theirs: Wire;
  let publisher: Awaited<ReturnType<typeof startPublisher>>;
  let plan: Plan;

  beforeAll(async () => {
    mosquitto = await startMosquitto();
    ours = await startWire(mosquitto.url);
    theirs = await startWire(mosquitto.url);
    plan = { folder: join(folder.path, 'mosquitto'), sensors: SENSORS, mqttUrl: ours.url };
    house = await startHouse(plan);
    publisher = await startPublisher(theirs.url);
  });

  afterAll(async () => {
    await publisher?.close();
    await house?.lantai.stop();
    await Promise.all([ours?.close(), theirs?.close()]);
    await mosquitto?.remove();
  });

  it('Lantai, killed before its own got through, makes no second reading of what comes again', async () => {
    ours.mute('client');
    await publisher.publish(messages());
    await until('all are stored', () => areStored(house));
    await until(
      'the acknowledgements are lost',
      () => ours.lostBytes() >= IDS.length * PUBACK_BYTES,
    );
    await house.lantai.kill9();
    ours.cut();
    ours.mend();
    house = await startHouse(plan);
    await house.settled();
    expect(await valuesOf(house, IDS)).toEqual(ONCE);
  });

  it('a publisher that sends again is heard once where its messages have a time or a number', async () => {
    // Mosquitto passes both on as messages of their own: without time or number nothing tells them apart.
    theirs.mute('broker');
    const acknowledged = publisher.publish({
      timed: { time: Date.now(), temperature: 21.1 },
      counted: { sequence: 8, temperature: 21.3 },
    });
    await until('the acknowledgements are lost', () => theirs.lostBytes() >= 2 * PUBACK_BYTES);
    theirs.cut();
    theirs.mend();
    await acknowledged;
    expect(publisher.sentAgain()).toBe(2);
    await house.settled();
    expect(await valuesOf(house, ['timed', 'counted'])).toEqual({
      timed: [20.1, 21.1],
      counted: [20.3, 21.3],
    });
  });
});
