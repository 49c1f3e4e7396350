import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlarmDetail, AlarmView } from '../../domain/api.ts';
import type { Incident } from '../../domain/incident.ts';
import { findServer, startMosquitto, type RunningServer } from '../support/servers.ts';
import { clientOf, type Client } from './client.ts';
import { connectDevice, say } from './devices.ts';
import { ROOT, startLantai, temporaryFolder, type Lantai } from './lantai.ts';
import { writeRepository } from './repository.ts';
import { until } from './until.ts';

/**
 * Goal: whoever is in the middle of a fire does not notice that Lantai died. Method: kill -9 with alarms in every
 * state and a running incident, over either broker; what is open, and what a siren hears, is compared.
 */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const folder = temporaryFolder();
afterAll(() => folder.remove());

const BROKERS = ['embedded', ...(findServer('mosquitto') ? (['Mosquitto'] as const) : [])] as const;

describe.each(BROKERS)('a kill -9 in a fire, %s broker', (broker) => {
  let mosquitto: RunningServer | undefined;
  let phones: Phones;
  let lantai: Lantai;
  let client: Client;
  let before: Picture;
  const dataDir = join(folder.path, broker);
  const brokerUrl = (): string => mosquitto?.url ?? lantai.mqttUrl;
  const start = async (): Promise<void> => {
    lantai = await startLantai({
      LANTAI_REPOSITORY: writeRepository(folder.path, peopleAt(phones.url)),
      LANTAI_DATA_DIR: dataDir,
      ...(mosquitto ? { LANTAI_MQTT_URL: mosquitto.url } : {}),
    });
    client = await clientOf(lantai.url);
    await until('the broker is connected', async () => {
      const { parts } = await client.get<{ parts: { ok: boolean }[] }>('/api/status');
      return parts.every((part) => part.ok);
    });
  };

  beforeAll(async () => {
    phones = await startPhones();
    const config = readFileSync(join(ROOT, 'deploy', 'mosquitto', 'lantai.conf'), 'utf8');
    mosquitto = broker === 'Mosquitto' ? await startMosquitto({ config }) : undefined;
    await start();
    await lightAFire(brokerUrl());
    before = await until('fire, incident and clock alarm are open', async () => {
      const picture = await pictureOf(client);
      return picture.incidents.length === 1 && picture.alarms.length === 4 && picture;
    });
    const [shelved] = before.alarms.filter((alarm) => alarm.rule === 'device-clock');
    const [seen] = before.alarms.filter((alarm) => alarm.rule === 'smoke-alarm');
    await client.act(`POST /api/alarms/${shelved?.id}/shelving`, {
      until: Date.now() + 30 * MINUTE_MS,
      reason: '已报修',
    });
    await client.act(`POST /api/alarms/${seen?.id}/acknowledgement`, { comment: '去看' });
    before = await pictureOf(client);
  });

  afterAll(async () => {
    await lantai?.stop();
    await mosquitto?.remove();
    await phones?.close();
  });

  it('keeps alarms and incident open under the same ids, acknowledged and shelved as they were', async () => {
    await until('the duty officer was told', () => phones.heard().includes('/duty-a'));
    expect(before.alarms.map(({ rule, state }) => `${rule}: ${state}`).sort()).toEqual([
      'device-clock: shelved',
      'fire-confirmed: unacknowledged',
      'smoke-alarm: acknowledged',
      'smoke-alarm: unacknowledged',
    ]);
    await lantai.kill9();
    await start();
    const after = await pictureOf(client);
    expect(stable(after)).toEqual(stable(before));
  });

  it('goes on escalating: who is due after the minute that it was away is told, once', async () => {
    await lantai.kill9();
    const { id } = before.incidents[0] as Incident;
    moveBack(join(dataDir, 'state.db'), id, MINUTE_MS + 5_000);
    await start();
    const incident = await until('it is on record', async () => {
      const { incident: now } = await client.get<{ incident: Incident }>(`/api/incidents/${id}`);
      return now.tellings.some(({ why }) => why === 'escalation') && now;
    });
    const escalated = incident.tellings.filter(({ why }) => why === 'escalation');
    expect(escalated.map(({ person }) => person)).toEqual(['manager-a']);
    await until('the manager was called', () => phones.heard().includes('/manager-a'));
  });

  it('holds each open alarm retained on its topic, also after a restart, and clears it when it is closed', async () => {
    const siren = await connectDevice(brokerUrl());
    const held = new Map<string, string>();
    siren.on('message', (topic, payload) => held.set(topic, payload.toString()));
    await siren.subscribeAsync('lantai/sx/alarm/+', { qos: 1 });
    const topicOf = ({ id }: { readonly id: string }): string => `lantai/sx/alarm/${id}`;
    await until('all open alarms are on their topics', () =>
      before.alarms.every((alarm) => (held.get(topicOf(alarm)) ?? '') !== ''),
    );
    for (const alarm of before.alarms) {
      const told = JSON.parse(held.get(topicOf(alarm)) ?? '') as AlarmView;
      expect(told).toMatchObject({ id: alarm.id, state: alarm.state, title: alarm.title });
    }
    const clock = before.alarms.find((alarm) => alarm.rule === 'device-clock') as AlarmView;
    await client.act(`DELETE /api/alarms/${clock.id}/shelving`);
    await client.act(`POST /api/alarms/${clock.id}/acknowledgement`, {});
    const device = await connectDevice(brokerUrl());
    await say(device, 'lantai/sx/th-1/telemetry', { time: Date.now(), temperature: 20 });
    await until('the clock alarm is closed', async () => {
      const { alarm } = await client.get<AlarmDetail>(`/api/alarms/${clock.id}`);
      return alarm.closedAt !== undefined;
    });
    await until('its topic is cleared', () => held.get(topicOf(clock)) === '');
    held.clear();
    await siren.unsubscribeAsync('lantai/sx/alarm/+');
    await siren.subscribeAsync('lantai/sx/alarm/+', { qos: 1 });
    await until('the others are still held', () => held.size === before.alarms.length - 1);
    expect([...held.keys()]).not.toContain(topicOf(clock));
    siren.end(true);
    device.end(true);
  });
});

interface Picture {
  readonly alarms: readonly AlarmView[];
  readonly incidents: readonly Incident[];
}

async function pictureOf(client: Client): Promise<Picture> {
  return { alarms: await client.openAlarms(), incidents: await client.openIncidents() };
}

/** Without what grows while time goes by: who was told meanwhile. */
function stable({ alarms, incidents }: Picture) {
  return {
    alarms: alarms
      .map(({ id, state, acknowledged, shelved, since, raisedAt, incident }) => {
        return { id, state, acknowledged, shelved, since, raisedAt, incident };
      })
      .sort((a, b) => a.id.localeCompare(b.id)),
    incidents: incidents.map(({ id, level, openedAt, alarms: of, plan }) => {
      return { id, level, openedAt, of: of.toSorted(), plan: plan.id };
    }),
  };
}

/** Two detectors of one room, and a sensor whose clock is a day ahead. */
async function lightAFire(brokerUrl: string): Promise<void> {
  const device = await connectDevice(brokerUrl);
  const time = Date.now();
  await say(device, 'lantai/sx/th-1/telemetry', { time: time + DAY_MS, temperature: 20 });
  await say(device, 'lantai/sx/sm-1/telemetry', { time, smoke: 1 });
  await say(device, 'lantai/sx/sm-2/telemetry', { time: time + 1, smoke: 1 });
  device.end(true);
}

/** The incident began earlier: the same as having been away for so long. Lantai is not running. */
function moveBack(path: string, incident: string, byMs: number): void {
  const db = new DatabaseSync(path);
  const row = db.prepare('SELECT body FROM incident WHERE id = ?').get(incident);
  const body = JSON.parse(String(row?.['body'])) as Incident;
  const from = (body.timedFrom ?? body.openedAt) - byMs;
  const moved = { ...body, openedAt: body.openedAt - byMs, timedFrom: from };
  db.prepare('UPDATE incident SET opened_at = ?, body = ? WHERE id = ?').run(
    moved.openedAt,
    JSON.stringify(moved),
    incident,
  );
  db.close();
}

interface Phones {
  readonly url: string;
  /** Paths that were called, in order. */
  heard(): readonly string[];
  close(): Promise<void>;
}

/** Everybody's telephone: a web server that writes down who was called. */
async function startPhones(): Promise<Phones> {
  const heard: string[] = [];
  const server: Server = createServer((request, answer) => {
    heard.push(request.url ?? '');
    request.resume();
    answer.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    heard: () => heard,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function peopleAt(url: string): string {
  return `people:
  - { id: duty-a, name: 值班员甲, role: duty, order: 1, webhook: "${url}/duty-a" }
  - { id: manager-a, name: 库管员甲, role: manager, order: 1, webhook: "${url}/manager-a" }
  - { id: director-a, name: 馆长, role: director, order: 1, webhook: "${url}/director-a" }
`;
}
