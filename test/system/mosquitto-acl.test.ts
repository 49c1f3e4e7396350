import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../domain/intake.ts';
import { connectBroker, type BrokerLink } from '../../gateway/mqtt/link.ts';
import { makeAuthority, type Authority } from '../support/certificates.ts';
import { findServer, startMosquitto, type RunningServer } from '../support/servers.ts';
import { quiet, REGISTRY } from '../unit/gateway/support.ts';
import { connectDevice } from './devices.ts';
import { ROOT, temporaryFolder } from './lantai.ts';
import { until } from './until.ts';

/**
 * Goal: with the rules that the project ships, the real Mosquitto lets a device publish its own topics only and read
 * none of others', while Lantai reads all. Method: the shipped files, with nothing but paths replaced.
 */

const folder = temporaryFolder();
const shipped = (name: string): string =>
  readFileSync(join(ROOT, 'deploy', 'mosquitto', name), 'utf8');
const PASSWORD = 'mosquitto-only-for-a-test';
const ACCOUNTS = ['lantai', 'th-1', 'th-2', 'gw-3', 'siren-1'];

let authority: Authority;
beforeAll(() => {
  authority = makeAuthority(folder.path, 'house');
});
afterAll(() => folder.remove());

function configuration(listener: string): string {
  const [passwords, rules] = [join(folder.path, 'passwords'), join(folder.path, 'acl.conf')];
  writeFileSync(rules, shipped('acl.conf'));
  writeFileSync(passwords, ACCOUNTS.map((name) => `${name}:${PASSWORD}\n`).join(''));
  execFileSync('mosquitto_passwd', ['-U', passwords]);
  chmodSync(rules, 0o600);
  const own = [
    'allow_anonymous false',
    `acl_file ${rules}`,
    `password_file ${passwords}`,
    listener,
  ].join('\n');
  return shipped('lantai.conf').replace('allow_anonymous true', own);
}

describe.skipIf(findServer('mosquitto') === undefined)('Mosquitto with the shipped rules', () => {
  let mosquitto: RunningServer;
  let link: BrokerLink;
  const taken: RawMessage[] = [];
  const topics = () => taken.map(({ topic }) => topic);

  beforeAll(async () => {
    mosquitto = await startMosquitto({ config: configuration('') });
    link = connectBroker({
      url: mosquitto.url,
      clientId: 'lantai-test',
      username: 'lantai',
      password: PASSWORD,
      registry: REGISTRY,
      onMessage: (raw, done) => {
        taken.push(raw);
        done();
      },
      onState: () => undefined,
      log: quiet,
    });
    await until('Lantai is connected', () => link.state().connected);
  });
  afterAll(async () => {
    await link?.close();
    await mosquitto?.remove();
  });

  const device = (username: string): Promise<MqttClient> =>
    connectDevice(mosquitto.url, { username, password: PASSWORD, clientId: username });

  it('lets nobody in without an account', async () => {
    await expect(connectDevice(mosquitto.url)).rejects.toThrow();
    const wrong = { username: 'th-1', password: 'wrong' };
    await expect(connectDevice(mosquitto.url, wrong)).rejects.toThrow();
  });

  it('brings Lantai what a device says of itself, and nothing that it says of others', async () => {
    const sensor = await device('th-1');
    for (const topic of ['sx/sm-1/telemetry', 'demo/th-d/telemetry', 'sx/d301/access']) {
      await sensor.publishAsync(`lantai/${topic}`, '{"smoke":1}', { qos: 1 });
    }
    await sensor.publishAsync('lantai/sx/th-1/status', 'online', { qos: 1 });
    await sensor.publishAsync('lantai/sx/th-1/telemetry', '{"temperature":20}', { qos: 1 });
    const gateway = await device('gw-3');
    await gateway.publishAsync('lantai/sx/sm-1/telemetry', '{"smoke":0}', { qos: 1 });
    await until('all are heard', () => taken.length >= 3);
    expect(topics().sort()).toEqual([
      'lantai/sx/sm-1/telemetry',
      'lantai/sx/th-1/status',
      'lantai/sx/th-1/telemetry',
    ]);
    expect(taken.map(({ payload }) => Buffer.from(payload).toString())).not.toContain(
      '{"smoke":1}',
    );
    for (const one of [sensor, gateway]) one.end(true);
  });

  it('brings no device what others say; a siren hears alarms, which only Lantai can speak', async () => {
    const [sensor, spy, siren] = [
      await device('th-1'),
      await device('th-2'),
      await device('siren-1'),
    ];
    const heard: string[] = [];
    for (const one of [spy, siren]) {
      one.on('message', (topic) => heard.push(`${one.options.clientId} ${topic}`));
      await one
        .subscribeAsync(['#', 'lantai/#', 'lantai/sx/th-1/telemetry', 'lantai/sx/alarm/#'], {
          qos: 1,
        })
        .catch(() => undefined);
    }
    for (const one of [sensor, spy, siren]) {
      await one.publishAsync('lantai/sx/alarm/sx.forged', '{}', { qos: 1, retain: true });
      await one.publishAsync('lantai/sx/gateway/status', 'offline', { qos: 1, retain: true });
    }
    await sensor.publishAsync('lantai/sx/th-1/telemetry', '{"temperature":21}', { qos: 1 });
    await link.publish({ topic: 'lantai/sx/alarm/sx.a1', payload: '{}', qos: 1 });
    await until('the siren hears the alarm', () => heard.length > 0);
    // Something after it has gone there and back: whatever else was on its way would have come.
    await spy.publishAsync('lantai/sx/th-2/status', 'online', { qos: 1 });
    expect([...new Set(heard)]).toEqual(['siren-1 lantai/sx/alarm/sx.a1']);
    for (const one of [sensor, spy, siren]) one.end(true);
  });
});

describe.skipIf(findServer('mosquitto') === undefined)('Mosquitto with certificates', () => {
  let mosquitto: RunningServer;
  beforeAll(async () => {
    const broker = authority.issue('broker');
    // The lines of the shipped listener for certificates, on the test's own port.
    const [, certificates = ''] = shipped('listeners.conf').split('listener 8884\n');
    const listener = certificates
      .replace(/^cafile .*$/m, `cafile ${authority.caPath}`)
      .replace(/^certfile .*$/m, `certfile ${broker.certPath}`)
      .replace(/^keyfile .*$/m, `keyfile ${broker.keyPath}`);
    mosquitto = await startMosquitto({ config: configuration(listener) });
  });
  afterAll(async () => mosquitto?.remove());

  const withCertificate = (from: Authority, name: string): IClientOptions => {
    const { certPath, keyPath } = from.issue(name);
    return {
      ca: readFileSync(authority.caPath),
      cert: readFileSync(certPath),
      key: readFileSync(keyPath),
      clientId: name,
      reconnectPeriod: 0,
    };
  };

  it('takes the name of a certificate for the account, and no other certificate', async () => {
    const url = mosquitto.url.replace('mqtt:', 'mqtts:');
    const lantai = await connectDevice(url, withCertificate(authority, 'lantai'));
    const heard: string[] = [];
    lantai.on('message', (topic) => heard.push(topic));
    await lantai.subscribeAsync('lantai/#', { qos: 1 });
    const sensor = await connectDevice(url, withCertificate(authority, 'th-1'));
    await sensor.publishAsync('lantai/sx/th-2/telemetry', '{}', { qos: 1 });
    await sensor.publishAsync('lantai/sx/th-1/telemetry', '{}', { qos: 1 });
    await until('it is heard', () => heard.length > 0);
    expect(heard).toEqual(['lantai/sx/th-1/telemetry']);
    for (const one of [lantai, sensor]) one.end(true);

    const stranger = withCertificate(makeAuthority(folder.path, 'stranger'), 'th-1');
    await expect(connectDevice(url, stranger)).rejects.toThrow();
    const bare = connect(url, { ca: readFileSync(authority.caPath), reconnectPeriod: 0 });
    bare.on('error', () => undefined);
    await new Promise<void>((resolve) => bare.once('close', () => resolve()));
    expect(bare.connected).toBe(false);
  });
});
