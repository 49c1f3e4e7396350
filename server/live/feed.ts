/** The live feed: a snapshot on joining, then what changes. Readings may be lost by a slow client, alarms never. */

import type { FastifyInstance } from 'fastify';
import { Server, type Socket } from 'socket.io';
import { mayEnter, type Principal } from '../../domain/account.ts';
import type { AccessEvent } from '../../domain/access.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { LatestReading, LiveEvents, PartState } from '../../domain/api.ts';
import { splitQualified } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { Access, Credentials } from '../accounts/access.ts';
import type { Revocation } from '../accounts/context.ts';
import { bearerOf, SESSION_COOKIE } from '../http/authentication.ts';
import { isOwnOrigin, type OriginRule } from '../http/origin.ts';
import { holds, LIVE_PERMISSIONS, type LiveTopic } from '../http/permissions.ts';
import type { Services } from '../services.ts';
import { ReadingGatherer } from './gatherer.ts';
import { snapshotFor } from './snapshot.ts';

/** Readings are gathered for so long: the eye sees no difference, the network does. */
export const GATHER_MS = 250;
/** So many readings are made into text at a time, with a pause after them: an alarm waits for no more. */
const SLICE_READINGS = 250;
const SLICE_PAUSE_MS = 10;
/** Packets waiting for one client; above it the client is cut off, comes back and gets a fresh snapshot. */
export const WAITING_PACKETS_MAX = 256;
/** Sockets at once; more are turned away. */
const SOCKETS_MAX = 2_000;
const CLIENT_BYTES_MAX = 4 * 1024;

/** What is published after each commit. */
export interface LiveFeed {
  access(event: AccessEvent): void;
  alarm(alarm: Alarm): void;
  incident(incident: Incident): void;
  parts(parts: readonly PartState[]): void;
  /** Sends readings that changed, a slice of them; `true`: more are waiting. */
  flush(): boolean;
  /** Everybody gets a fresh snapshot: structure or limits changed. */
  refresh(): void;
  clients(): number;
  close(): Promise<void>;
}

interface SocketData {
  principal: Principal;
  credentials: Credentials;
}
type NoEvents = Record<string, never>;
export type FeedSocket = Socket<NoEvents, LiveEvents, NoEvents, SocketData>;

export interface LiveFeedParts {
  readonly app: FastifyInstance;
  readonly services: Services;
  readonly access: Access;
  readonly origin: OriginRule;
  readonly trustProxy: boolean;
  readonly gatherMs?: number;
  /** The newest readings of what changed since they were last asked for, at most so many; the rest the next time. */
  readonly changed: (readingsMax: number) => readonly LatestReading[];
}

/** Puts the feed on the server of `app`, under `/socket.io`. */
export function attachLiveFeed(parts: LiveFeedParts): LiveFeed {
  const { app, services, access } = parts;
  const io = new Server<NoEvents, LiveEvents, NoEvents, SocketData>(app.server, {
    serveClient: false,
    maxHttpBufferSize: CLIENT_BYTES_MAX,
    allowRequest: (request, decide) => {
      const own = isOwnOrigin(request.headers, reachedAt(request, parts.trustProxy), parts.origin);
      decide(own ? null : 'foreign origin', own);
    },
  });
  io.use((socket, next) => {
    const credentials = credentialsOfHandshake(socket.handshake, app);
    const principal = access.authenticate(credentials);
    const why = refusal(principal, io.sockets.sockets.size);
    if (!principal || why !== undefined) return next(new Error(why ?? 'not-signed-in'));
    socket.data.principal = principal;
    socket.data.credentials = credentials;
    next();
  });
  // Joining and snapshot are one turn of the event loop: no change falls between them.
  io.on('connection', (socket) => {
    socket.emit('snapshot', snapshotFor(socket.data.principal, services));
  });
  const stopListening = access.onRevoked((revocation) => cut(io.sockets.sockets, revocation));
  const feed = publisher(io, services, parts.changed);
  let again: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(again);
    if (feed.flush()) again = setTimeout(flush, SLICE_PAUSE_MS).unref();
  };
  const gather = setInterval(flush, parts.gatherMs ?? GATHER_MS);
  // Sessions that ran out, and accounts that expired, are noticed by asking.
  const recheck = setInterval(() => recheckSockets(io.sockets.sockets, access), MINUTE_MS);
  gather.unref();
  recheck.unref();
  return {
    ...feed,
    async close() {
      clearInterval(gather);
      clearTimeout(again);
      clearInterval(recheck);
      stopListening();
      // The server itself is the app's to close.
      io.disconnectSockets(true);
      io.engine.close();
      await io.of('/').adapter.close();
    },
  };
}

type FeedServer = Server<NoEvents, LiveEvents, NoEvents, SocketData>;

function publisher(
  io: FeedServer,
  services: Services,
  changed: LiveFeedParts['changed'],
): Omit<LiveFeed, 'close'> {
  const gatherer = new ReadingGatherer();
  const sockets = () => [...io.sockets.sockets.values()];
  /** To those whose role and repositories allow it, in order, never dropped. */
  const surely = (
    topic: LiveTopic,
    repository: string | undefined,
    send: (s: FeedSocket) => void,
  ) => {
    for (const socket of sockets()) {
      const { principal } = socket.data;
      if (!holds(principal, LIVE_PERMISSIONS[topic])) continue;
      if (repository !== undefined && !mayEnter(principal, repository)) continue;
      if (isFull(socket)) reconnect(socket);
      else send(socket);
    }
  };
  return {
    access: (event) => surely('access', event.repository, (s) => s.emit('access', event)),
    alarm: (alarm) => surely('alarm', alarm.repository, (s) => s.emit('alarm', alarm)),
    incident: (one) => surely('incident', one.repository, (s) => s.emit('incident', one)),
    parts: (parts) => surely('parts', undefined, (s) => s.emit('parts', parts)),
    flush: () => {
      const readers = sockets().filter((one) =>
        holds(one.data.principal, LIVE_PERMISSIONS.readings),
      );
      const some = changed(SLICE_READINGS);
      gatherer.flush(
        readers.map((socket) => clientOf(io, socket)),
        some,
      );
      return some.length === SLICE_READINGS;
    },
    refresh: () =>
      surely('parts', undefined, (s) =>
        s.emit('snapshot', snapshotFor(s.data.principal, services)),
      ),
    clients: () => io.sockets.sockets.size,
  };
}

function clientOf(io: FeedServer, socket: FeedSocket) {
  const { principal } = socket.data;
  return {
    id: socket.id,
    scope: principal.repositories.includes('*') ? '*' : principal.repositories.toSorted().join(' '),
    sees: (reading: LatestReading) => {
      const parts = splitQualified(reading.sensor);
      return parts !== undefined && mayEnter(principal, parts.repository);
    },
    ready: () => socket.conn.transport.writable && waitingPackets(socket) === 0,
    send: (ids: readonly string[], readings: readonly LatestReading[]) => {
      // Encoded once for all clients of one scope.
      io.to([...ids]).emit('readings', readings);
    },
  };
}

/** Packets that the client's connection has not taken yet. */
function waitingPackets(socket: FeedSocket): number {
  const waiting: unknown = Reflect.get(socket.conn, 'writeBuffer');
  return Array.isArray(waiting) ? waiting.length : 0;
}

function isFull(socket: FeedSocket): boolean {
  return waitingPackets(socket) > WAITING_PACKETS_MAX;
}

// Closing the connection, not the namespace: the client takes it for a lost line and comes back by itself.
function reconnect(socket: FeedSocket): void {
  socket.conn.close(true);
}

function cut(sockets: ReadonlyMap<string, FeedSocket>, revocation: Revocation): void {
  for (const socket of sockets.values()) {
    if (isHit(socket.data.principal, revocation)) socket.disconnect(true);
  }
}

function isHit(principal: Principal, revocation: Revocation): boolean {
  switch (revocation.kind) {
    case 'session':
      return principal.sessionId === revocation.id;
    case 'token':
      return principal.kind === 'token' && principal.name === `token:${revocation.id}`;
    case 'account':
      return (
        principal.kind === 'session' &&
        principal.name === revocation.name &&
        principal.sessionId !== revocation.exceptSession
      );
  }
}

function recheckSockets(sockets: ReadonlyMap<string, FeedSocket>, access: Access): void {
  for (const socket of sockets.values()) {
    if (!access.authenticate(socket.data.credentials)) socket.disconnect(true);
  }
}

function refusal(principal: Principal | undefined, sockets: number): string | undefined {
  if (!principal) return 'not-signed-in';
  if (principal.mustChangePassword) return 'must-change-password';
  const sent = Object.values(LIVE_PERMISSIONS).some((roles) => holds(principal, roles));
  if (!sent) return 'forbidden';
  return sockets >= SOCKETS_MAX ? 'too-many' : undefined;
}

function credentialsOfHandshake(
  handshake: FeedSocket['handshake'],
  app: FastifyInstance,
): Credentials {
  const { token } = handshake.auth as { readonly token?: unknown };
  if (typeof token === 'string') return { bearer: token };
  const bearer = bearerOf(handshake.headers.authorization);
  if (bearer !== undefined) return { bearer };
  const sessionSecret = app.parseCookie(handshake.headers.cookie ?? '')[SESSION_COOKIE];
  return sessionSecret === undefined ? {} : { sessionSecret };
}

function reachedAt(
  request: { readonly headers: NodeJS.Dict<string | string[]>; readonly socket: object },
  trustProxy: boolean,
): { readonly protocol: string; readonly host: string } {
  const forwarded = (name: string) => {
    const value = trustProxy ? request.headers[`x-forwarded-${name}`] : undefined;
    return [value].flat().at(-1)?.split(',').at(-1)?.trim();
  };
  const encrypted = Reflect.get(request.socket, 'encrypted') === true;
  return {
    protocol: forwarded('proto') ?? (encrypted ? 'https' : 'http'),
    host: forwarded('host') ?? [request.headers['host']].flat()[0] ?? '',
  };
}
