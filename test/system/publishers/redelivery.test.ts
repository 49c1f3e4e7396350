import { connectAsync } from 'mqtt';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findServer, freePort, startMosquitto, type RunningServer } from '../../support/servers.ts';
import { temporaryFolder } from '../lantai.ts';
import { until } from '../until.ts';
import { startHouse, type House, type Plan } from './house.ts';
import { startWire, type Wire } from './wire.ts';

/**
 * Goal: what is said twice because an acknowledgement got lost is one reading. Method: mqtt.js, unmodified, with QoS 1 over
 * a cable that loses the acknowledgements and is then cut, with a kill -9 of Lantai in between or without.
 */

/** How a message can be known again: by its time, by its packet alone, by its number. */
const KINDS = ['timed', 'untimed', 'counted'] as const;
/** Each test has sensors of its own. */
const CASES = ['cut', 'marked', 'killed', 'ours', 'theirs'] as const;
type Case = (typeof CASES)[number];
const idsOf = (of: Case): readonly string[] => KINDS.map((kind) => `${of}-${kind}`);
const SENSORS = CASES.flatMap(idsOf)
  .map((id) => `  - { id: ${id}, room: r301, metrics: [temperature] }\n`)
  .join('');
const messages = (of: Case) => ({
  [`${of}-timed`]: { time: Date.now(), temperature: 20.1 },
  [`${of}-untimed`]: { temperature: 20.2 },
  [`${of}-counted`]: { sequence: 7, temperature: 20.3 },
});
const once = (of: Case) => ({
  [`${of}-timed`]: [20.1],
  [`${of}-untimed`]: [20.2],
  [`${of}-counted`]: [20.3],
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
const areStored = async (house: House, of: Case, times = 1): Promise<boolean> => {
  const values = await valuesOf(house, idsOf(of));
  return Object.values(values).every((all) => all.length >= times);
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

  beforeAll(async () => {
    const mqttPort = await freePort();
    plan = { folder: join(folder.path, 'embedded'), sensors: SENSORS, mqttPort };
    house = await startHouse(plan);
    wire = await startWire(house.brokerUrl);
  });

  afterEach(() => publisher?.close());

  afterAll(async () => {
    await wire?.close();
    await house?.lantai.stop();
  });

  it.each([
    { of: 'cut', name: 'the cable is cut', dup: false },
    { of: 'marked', name: 'the cable is cut, all is marked as sent again', dup: true },
    { of: 'killed', name: 'the cable is cut and Lantai killed', dup: false },
  ] as const)('is heard once: $name', async ({ of, dup }) => {
    publisher = await startPublisher(wire.url, dup);
    wire.mute('broker');
    const acknowledged = publisher.publish(messages(of));
    await until('all are stored', () => areStored(house, of));
    await until('the acknowledgements are lost', () => wire.lostBytes() >= 3 * PUBACK_BYTES);
    wire.cut();
    if (of === 'killed') {
      await house.lantai.kill9();
      house = await startHouse(plan);
    }
    wire.mend();
    await acknowledged;
    expect(publisher.sentAgain()).toBe(3);
    await house.settled();
    expect(await valuesOf(house, idsOf(of))).toEqual(once(of));
    expect(await house.client.quarantine()).toEqual([]);

    // Equal values that are no repeat are not swallowed.
    const counted = { sequence: 8, temperature: 20.3 };
    await publisher.publish({ ...messages(of), [`${of}-counted`]: counted });
    await until('the next ones are stored', () => areStored(house, of, 2));
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
    await publisher.publish(messages('ours'));
    await until('all are stored', () => areStored(house, 'ours'));
    await until('the acknowledgements are lost', () => ours.lostBytes() >= 3 * PUBACK_BYTES);
    await house.lantai.kill9();
    ours.cut();
    ours.mend();
    house = await startHouse(plan);
    await house.settled();
    expect(await valuesOf(house, idsOf('ours'))).toEqual(once('ours'));
  });

  it('a publisher that sends again is heard once where its messages have a time or a number', async () => {
    // Mosquitto passes both on as messages of their own: without time or number nothing tells them apart.
    theirs.mute('broker');
    const { 'theirs-untimed': _, ...known } = messages('theirs');
    const acknowledged = publisher.publish(known);
    await until('the acknowledgements are lost', () => theirs.lostBytes() >= 2 * PUBACK_BYTES);
    theirs.cut();
    theirs.mend();
    await acknowledged;
    expect(publisher.sentAgain()).toBe(2);
    await house.settled();
    const { 'theirs-untimed': _none, ...expected } = once('theirs');
    expect(await valuesOf(house, Object.keys(expected))).toEqual(expected);
  });
});
