/** A small server with made-up but typed answers, to look at the dashboard's pages without the rest of the house. */

import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { Server } from 'socket.io';
import type { Role } from '../../domain/account.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { LiveEvents, SessionView } from '../../domain/api.ts';
import type { Incident } from '../../domain/incident.ts';
import { INDICATORS, makeAssessment, makeAssessments } from './fixture-assessments.ts';
import * as data from './fixture-data.ts';
import { makeIncident, PLAN } from './fixture-incident.ts';

export interface Fixture {
  readonly url: string;
  /** Raises one more alarm, as the feed would tell it. */
  raise(alarm: Alarm): void;
  close(): Promise<void>;
}

interface World {
  readonly now: () => number;
  readonly alarms: Map<string, Alarm>;
  readonly incidents: Map<string, Incident>;
  session: SessionView | undefined;
  tell: (change: { readonly alarm?: Alarm; readonly incident?: Incident }) => void;
}

/** Serves `dashboardDir` and the API on a free port of this machine. */
export async function startFixture(q: {
  readonly dashboardDir: string;
  readonly roles: readonly Role[];
  readonly port?: number;
  /** Whether somebody is signed in already. */
  readonly signedIn?: boolean;
}): Promise<Fixture> {
  const start = Date.now();
  const world: World = {
    now: () => Date.now(),
    alarms: new Map(data.makeAlarms(start).map((a) => [a.id, a])),
    incidents: new Map([[`${data.REPOSITORY}.i1`, makeIncident(start)]]),
    session: undefined,
    tell: () => undefined,
  };
  const person: SessionView = {
    name: 'duty-a',
    displayName: '值班员甲',
    roles: q.roles,
    repositories: ['*'],
    mustChangePassword: false,
  };
  if (q.signedIn !== false) world.session = person;
  const app = Fastify();
  await app.register(fastifyStatic, { root: q.dashboardDir });
  app.setNotFoundHandler((request, reply) =>
    request.url.startsWith('/api/')
      ? reply.code(404).send({ error: { code: 'not-found', message: '', requestId: '1' } })
      : reply.sendFile('index.html'),
  );
  addSession(app, world, person);
  addReads(app, world);
  addCommands(app, world);
  const live = new Server<Record<string, never>, LiveEvents>(app.server);
  live.on('connection', (socket) => {
    const alarms = [...world.alarms.values()];
    socket.emit('snapshot', data.makeSnapshot(world.now(), alarms, [...world.incidents.values()]));
  });
  world.tell = ({ alarm, incident }) => {
    if (alarm) live.emit('alarm', alarm);
    if (incident) live.emit('incident', incident);
  };
  const beat = setInterval(() => {
    const alarms = [...world.alarms.values()];
    const { rooms } = data.makeSnapshot(world.now(), alarms, []);
    live.emit(
      'readings',
      rooms.filter((r) => r.id !== `${data.REPOSITORY}.r306`).flatMap((r) => r.latest),
    );
  }, 1_000);
  await app.listen({ host: '127.0.0.1', port: q.port ?? 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    raise(alarm) {
      world.alarms.set(alarm.id, alarm);
      world.tell({ alarm });
    },
    async close() {
      clearInterval(beat);
      await live.close();
      await app.close();
    },
  };
}

function addSession(app: FastifyInstance, world: World, person: SessionView): void {
  app.get('/api/health', () => ({ status: 'up' }));
  app.get('/api/session', (_request, reply) => {
    if (world.session) return world.session;
    const error = { code: 'not-signed-in', message: 'Sign in.', requestId: '1' };
    return reply.code(401).send({ error });
  });
  app.post('/api/session', (request, reply) => {
    const { password } = request.body as { password: string };
    if (password !== 'right') {
      const message = 'Account or password is wrong.';
      const error = { code: 'wrong-credentials', message, requestId: 'req-1' };
      return reply.code(401).send({ error });
    }
    world.session = person;
    return person;
  });
  app.delete('/api/session', (_request, reply) => {
    world.session = undefined;
    return reply.code(204).send();
  });
}

type IdParams = { readonly id: string };

function addReads(app: FastifyInstance, world: World): void {
  const { now } = world;
  const snapshot = () =>
    data.makeSnapshot(now(), [...world.alarms.values()], [...world.incidents.values()]);
  app.get('/api/traces', () => {
    const stepMs = 1_800_000;
    const from = Math.floor((now() - 86_400_000) / stepMs) * stepMs;
    const items = snapshot().rooms.flatMap((room) =>
      (['temperature', 'humidity'] as const).map((metric) => ({
        room: room.id,
        sensor: room.latest[0]?.sensor ?? '',
        metric,
        points: Array.from({ length: room.id.endsWith('r306') ? 42 : 48 }, (_, i) => {
          const at = from + i * stepMs;
          return [at, data.courseOf({ room: room.id, metric, at, now: now() })] as const;
        }),
      })),
    );
    return { repository: data.REPOSITORY, from, until: now(), stepMs, items };
  });
  app.get('/api/readings', (request) => {
    const query = request.query as Record<string, string>;
    const [from, to] = [Number(query['from']), Number(query['to'])];
    const stepMs = Number.parseInt(query['step'] ?? '300', 10) * 1000;
    const room = snapshot().rooms.find((r) => r.latest.some((l) => l.sensor === query['sensor']));
    const rows: number[][] = [];
    for (let at = from; at < to; at += stepMs) {
      const hole = at > to - 10 * 3_600_000 && at < to - 8 * 3_600_000;
      if (hole) continue;
      const metric = query['metric'] ?? '';
      const mean = data.courseOf({ room: room?.id ?? '', metric, at, now: now() });
      rows.push([at, mean, mean - 0.3, mean + 0.3, 5, 5]);
    }
    const columns = ['at', 'mean', 'min', 'max', 'count', 'good'];
    return { ...query, unit: '', kind: 'buckets', columns, rows, truncated: false };
  });
  app.get('/api/access-events', () => ({
    items: ['granted', 'denied', 'door_opened'].map((event, i) => ({
      id: `${data.REPOSITORY}.d301.${i}`,
      repository: data.REPOSITORY,
      room: 'r301',
      door: 'd301',
      event,
      at: now() - i * 600_000,
      receivedAt: now(),
      person: i === 1 ? undefined : '值班员乙',
      credential: 'A1B2C3',
      direction: 'in',
    })),
  }));
  addKnowledge(app, world);
}

function addKnowledge(app: FastifyInstance, world: World): void {
  const { now } = world;
  const snapshot = () => data.makeSnapshot(now(), [...world.alarms.values()], []);
  app.get('/api/sensors', () => ({
    items: snapshot().rooms.flatMap((room) =>
      room.latest.map((r) => ({
        id: r.sensor,
        room: room.id,
        name: r.sensor.split('.')[1],
        metrics: [r.metric],
        intervalMs: r.intervalMs,
        lastSeenAt: r.at,
        silent: now() - r.at > 180_000,
        latest: [r],
      })),
    ),
  }));
  app.get('/api/devices', () => ({ items: [] }));
  app.get('/api/quarantine', () => ({
    items: [
      {
        id: 'q1',
        topic: 'lantai/sample/th-999/telemetry',
        at: now() - 60_000,
        code: 'unknown-sensor',
        why: 'There is no sensor "th-999".',
        payloadBase64: Buffer.from('{"temperature":"hot"}').toString('base64'),
        payloadBytes: 21,
      },
    ],
  }));
  app.get('/api/plans', () => ({ items: [PLAN] }));
  app.get('/api/rules', () => ({ version: 1, rules: [] }));
  app.get('/api/limits', (request) => {
    const { room } = request.query as { room: string };
    return { items: snapshot().rooms.find((r) => r.id === room)?.limits ?? [] };
  });
  app.get('/api/limits/changes', () => ({ items: [] }));
  app.get('/api/indicators', () => ({ items: INDICATORS }));
  app.get('/api/assessments', () => ({ items: makeAssessments(now()) }));
  app.get('/api/assessments/drafts', () => ({ items: [] }));
  app.get<{ Params: IdParams }>('/api/assessments/:id', () => makeAssessment(now(), 0));
  app.get('/api/journal', () => ({ items: [] }));
  app.get('/api/people', () => ({
    items: [
      {
        id: `${data.REPOSITORY}.duty-a`,
        repository: data.REPOSITORY,
        name: '值班员甲',
        role: 'duty',
        order: 1,
        email: 'duty-a@example.org',
        phone: '000-0000',
        origin: 'file',
      },
    ],
  }));
  app.get('/api/tokens', () => ({ items: [] }));
  app.get('/api/accounts', () => ({
    items: [
      {
        name: 'admin',
        displayName: '系统管理员',
        roles: ['administrator'],
        repositories: ['*'],
        mustChangePassword: false,
        createdAt: now(),
      },
    ],
  }));
  app.post('/api/channels/test', () => ({ ok: false, why: 'connect ECONNREFUSED 127.0.0.1:25' }));
  const name = { zh: '阴燃火灾', en: 'Smouldering fire' };
  app.get('/api/demonstration', () => ({ scenarios: [{ id: 'smouldering-fire', name }] }));
  app.post('/api/demonstration', () => ({ playing: 'smouldering-fire' }));
}

function addCommands(app: FastifyInstance, world: World): void {
  const { now } = world;
  const deliveries = ['email', 'webhook'].map((channel, i) => ({
    key: `k${i}`,
    repository: data.REPOSITORY,
    channel,
    target: i === 0 ? 'duty-a@example.org' : 'https://sms.example.org/…',
    person: '值班员甲',
    subject: { zh: '', en: '' },
    body: { zh: '', en: '' },
    safety: true,
    createdAt: now() - 40_000,
    attempts: i + 1,
    nextAttemptAt: now(),
    ...(i === 0 ? { deliveredAt: now() - 39_000 } : { lastError: 'HTTP 503' }),
  }));
  app.get('/api/alarms', () => ({ items: [...world.alarms.values()] }));
  app.get<{ Params: IdParams }>('/api/alarms/:id', (request) => {
    const alarm = world.alarms.get(request.params.id);
    const at = alarm?.raisedAt ?? now();
    const raised = {
      id: 'x/1',
      alarm: request.params.id,
      repository: 'sample',
      at,
      kind: 'raised',
    };
    return { alarm, transitions: [raised], deliveries };
  });
  app.get('/api/incidents', () => ({ items: [] }));
  app.get<{ Params: IdParams }>('/api/incidents/:id', (request) => ({
    incident: world.incidents.get(request.params.id),
    deliveries,
  }));
  app.post<{ Params: IdParams }>('/api/alarms/:id/acknowledgement', (request) => {
    const known = world.alarms.get(request.params.id);
    if (!known) return {};
    const { comment } = (request.body ?? {}) as { comment?: string };
    const acknowledged = { by: 'duty-a', at: now(), ...(comment ? { comment } : {}) };
    const alarm: Alarm = { ...known, acknowledged, revision: known.revision + 1 };
    world.alarms.set(alarm.id, alarm);
    world.tell({ alarm });
    return alarm;
  });
  app.post<{ Params: IdParams & { step: string } }>('/api/incidents/:id/steps/:step', (request) => {
    const known = world.incidents.get(request.params.id);
    if (!known) return {};
    const { outcome, note } = request.body as { outcome: 'done'; note?: string };
    const { step } = request.params;
    const others = known.steps.filter((s) => s.id !== step);
    const record = { id: step, outcome, by: 'duty-a', at: now(), ...(note ? { note } : {}) };
    const incident: Incident = {
      ...known,
      steps: [...others, record],
      revision: known.revision + 1,
    };
    world.incidents.set(incident.id, incident);
    world.tell({ incident });
    return incident;
  });
}
