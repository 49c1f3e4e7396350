import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IClientOptions, MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientSight } from '../../domain/device-credential.ts';
import type { JournalEntry } from '../../domain/journal.ts';
import { makeAuthority, type Authority } from '../support/certificates.ts';
import { clientOf, type Client } from './client.ts';
import { connectDevice, say } from './devices.ts';
import { startLantai, startRefused, temporaryFolder, type Lantai } from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: the running server lets devices in by their own credentials or certificates only, and people see who came.
 * Method: its own broker, tried with right and wrong ones; over TLS with certificates made for this run.
 */

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Made {
  readonly id: string;
  readonly secret: string;
}

const credentialFor = async (client: Client, id: string, more: object = {}): Promise<Made> =>
  (await client.act('POST /api/device-credentials', {
    repository: 'sx',
    name: id,
    username: id,
    topics: [`lantai/sx/${id}/#`],
    ...more,
  })) as Made;

async function seen(client: Client): Promise<readonly ClientSight[]> {
  return (await client.get<{ items: ClientSight[] }>('/api/mqtt-clients')).items;
}

async function actions(client: Client): Promise<readonly string[]> {
  const { items } = await client.get<{ items: JournalEntry[] }>('/api/journal?limit=1000');
  return items.map(({ action, subject }) => `${action} ${subject}`);
}

const closed = (device: MqttClient): Promise<void> =>
  new Promise((resolve) => device.once('close', () => resolve()));

describe('device credentials at the running server', () => {
  let lantai: Lantai;
  let client: Client;
  const settings = () => ({
    LANTAI_REPOSITORY: writeRepository(folder.path),
    LANTAI_DATA_DIR: join(folder.path, 'password'),
  });
  beforeAll(async () => {
    lantai = await startLantai(settings());
    client = await clientOf(lantai.url);
  });
  afterAll(() => lantai?.stop());

  it('close the door to who has none, let each say its own, and end at once; over a restart', async () => {
    const nameless = await connectDevice(lantai.mqttUrl, { clientId: 'nameless' });
    const cut = closed(nameless);
    const made = await credentialFor(client, 'th-1');
    await cut;
    await expect(connectDevice(lantai.mqttUrl, { clientId: 'nameless' })).rejects.toThrow();

    const right = { username: 'th-1', password: made.secret, clientId: 'sensor' };
    const sensor = await connectDevice(lantai.mqttUrl, right);
    await say(sensor, 'lantai/sx/sm-1/telemetry', { smoke: 1 });
    await say(sensor, 'lantai/sx/th-1/telemetry', { temperature: 20 });
    await until('its value is there', async () => {
      const { items } = await client.get<{ items: { id: string; lastSeenAt?: number }[] }>(
        '/api/sensors',
      );
      return items.find(({ id }) => id === 'sx.th-1')?.lastSeenAt !== undefined;
    });
    expect(await client.openAlarms()).toEqual([]);
    expect((await seen(client)).find(({ clientId }) => clientId === 'sensor')).toMatchObject({
      username: 'th-1',
      credential: made.id,
      connected: true,
      messages: 1,
      refused: 1,
      lastRefusal: { why: 'topic-not-allowed', detail: 'lantai/sx/sm-1/telemetry' },
    });
    expect(await actions(client)).toEqual(
      expect.arrayContaining([
        'mqtt-client.appeared nameless',
        'mqtt-client.refused nameless',
        'mqtt-client.refused sensor',
        `device-credential.created ${made.id}`,
      ]),
    );

    sensor.end(true);
    await lantai.stop();
    lantai = await startLantai(settings());
    client = await clientOf(lantai.url);
    const again = await connectDevice(lantai.mqttUrl, right);
    const gone = closed(again);
    await client.act(`DELETE /api/device-credentials/${made.id}`);
    await gone;
    await expect(connectDevice(lantai.mqttUrl, right)).rejects.toThrow();
    expect(lantai.stderr()).not.toContain(made.secret);
  });
});

describe('the sample', () => {
  it('goes on with its simulators when devices get credentials', async () => {
    const lantai = await startLantai({ LANTAI_DATA_DIR: join(folder.path, 'demo') });
    try {
      const client = await clientOf(lantai.url);
      await until('the simulators are there', async () => (await seen(client)).length > 5);
      const { items } = await client.get<{ items: { id: string }[] }>('/api/rooms');
      const repository = items[0]?.id.split('.')[0] ?? '';
      await credentialFor(client, 'x', { repository, topics: [`lantai/${repository}/x/#`] });
      const connected = (await seen(client)).filter((one) => one.connected);
      expect(connected.length).toBeGreaterThan(5);
      expect(connected.every(({ username }) => username === 'lantai-simulators')).toBe(true);
      expect(await actions(client)).not.toContainEqual(expect.stringContaining('mqtt-client'));
    } finally {
      await lantai.stop();
    }
  });
});

describe('certificates of devices at the running server', () => {
  let authority: Authority;
  let lantai: Lantai;
  let client: Client;
  const settings = (caPath: string) => {
    const { certPath, keyPath } = authority.issue('lantai');
    return {
      LANTAI_REPOSITORY: writeRepository(folder.path),
      LANTAI_DATA_DIR: join(folder.path, 'certificates'),
      LANTAI_MQTT_CERT: certPath,
      LANTAI_MQTT_KEY: keyPath,
      LANTAI_MQTT_CLIENT_CA: caPath,
    };
  };
  const withCertificate = (from: Authority, name: string): IClientOptions => {
    const { certPath, keyPath } = from.issue(name);
    return { cert: readFileSync(certPath), key: readFileSync(keyPath), clientId: name };
  };
  const connectTls = (options: IClientOptions): Promise<MqttClient> =>
    connectDevice(lantai.mqttUrl.replace('mqtt:', 'mqtts:'), {
      ca: readFileSync(authority.caPath),
      ...options,
    });

  beforeAll(async () => {
    authority = makeAuthority(folder.path, 'devices');
    lantai = await startLantai(settings(authority.caPath));
    client = await clientOf(lantai.url);
  });
  afterAll(() => lantai?.stop());

  it('are their names: no password is asked for, and no other certificate is taken', async () => {
    const made = await credentialFor(client, 'th-1');
    const sensor = await connectTls(withCertificate(authority, 'th-1'));
    await say(sensor, 'lantai/sx/sm-1/telemetry', { smoke: 1 });
    await say(sensor, 'lantai/sx/th-1/telemetry', { temperature: 20 });
    expect((await seen(client))[0]).toMatchObject({
      username: 'th-1',
      credential: made.id,
      messages: 1,
      refused: 1,
    });
    sensor.end(true);

    await expect(connectTls(withCertificate(authority, 'th-2'))).rejects.toThrow(/authorized/i);
    const stranger = makeAuthority(folder.path, 'stranger');
    await expect(connectTls(withCertificate(stranger, 'th-1'))).rejects.toThrow();
    const secret = { username: 'th-1', password: made.secret, clientId: 'bare' };
    await expect(connectTls(secret)).rejects.toThrow();
    const whys = (await seen(client)).map(({ lastRefusal }) => lastRefusal?.why);
    expect(whys).toEqual(expect.arrayContaining(['unknown-username', 'no-certificate']));
  });

  it('need an authority that can be read, and keep simulators out', async () => {
    const none = await startRefused({
      ...settings('/nowhere.pem'),
      LANTAI_DATA_DIR: join(folder.path, 'refused'),
    });
    expect(none.stderr).toContain('LANTAI_MQTT_CLIENT_CA');
    const { LANTAI_REPOSITORY: _, ...sample } = settings(authority.caPath);
    const simulated = await startRefused({ ...sample, LANTAI_DATA_DIR: join(folder.path, 'r2') });
    expect(simulated.stderr).toContain('LANTAI_SIMULATE=off');
  });
});
