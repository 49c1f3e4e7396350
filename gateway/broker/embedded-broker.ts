/** The embedded broker: a publisher gets its acknowledgement only when its message is committed. */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import {
  Aedes,
  type AuthenticateError,
  type Client,
  type PublishPacket,
  type Subscription,
} from 'aedes';
import type { ClientRefusal, ClientSight } from '../../domain/device-credential.ts';
import type { RawMessage } from '../../domain/intake.ts';
import type { Admitted } from './admission.ts';
import type { Connection } from './connection.ts';
import { Desk, type DeskOptions } from './desk.ts';
import { ListenError } from './listen-error.ts';
import { mayHear, publishRefusal, subscribeRefusal } from './rights.ts';

/** Connections at once; a newcomer above it is turned away. */
const CONNECTIONS_MAX = 10_000;
/** How often a session whose messages wait for their commit is read all the same. */
const READ_ON_EVERY_MS = 500;
/** So long may a newcomer take to shake hands and to say who it is. */
const CONNECT_WITHIN_MS = 10_000;

export interface EmbeddedBrokerOptions extends DeskOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM. With `ca`, who signed the devices' certificates, only who has one is let in. */
  readonly tls?: {
    readonly cert: string | Buffer;
    readonly key: string | Buffer;
    readonly ca?: string | Buffer;
  };
  /** Every publication and last will. `done()`: committed, acknowledge it; with an error: the client is cut off, so that it sends again. */
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
}

export interface EmbeddedBroker {
  readonly address: { readonly host: string; readonly port: number };
  publish(message: {
    readonly topic: string;
    readonly payload: string | Uint8Array;
    readonly retain?: boolean;
    readonly qos?: 0 | 1;
  }): Promise<void>;
  /** The intake could not understand this message: who sends many of them is read more slowly. */
  onRefused(raw: RawMessage, why: string): void;
  /** Cuts off whom `which` names; they may come again and are asked anew. */
  cutOff(which: (who: Admitted) => boolean): void;
  /** Who has been here since the start, the latest first; bounded. */
  seen(): readonly ClientSight[];
  /** Cuts all clients off; what is not committed stays unacknowledged. */
  close(): Promise<void>;
  /** How many are connected. */
  clients(): number;
}

/** Listens, or throws a `ListenError` that says what is in the way. */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const desk = new Desk(options);
  const shared: Shared = { options, desk, connections: new WeakMap(), closing: false };
  const aedes = await createAedes(shared);
  const server = listener(shared, (socket) => {
    const connection = desk.open(socket);
    shared.connections.set(aedes.handle(socket), connection);
  });
  try {
    await listen(server, options);
  } catch (error) {
    await new Promise<void>((resolve) => aedes.close(resolve));
    throw error;
  }
  const { address, port } = server.address() as AddressInfo;
  const tending = setInterval(() => desk.tend(READ_ON_EVERY_MS), READ_ON_EVERY_MS);
  tending.unref();
  return {
    address: { host: address, port },
    publish: (message) => publish(aedes, message),
    onRefused: ({ connection, payload }, why) => {
      const bytes = payload.byteLength;
      desk.refuseByNumber(connection, { why: 'not-understood', detail: why, bytes });
    },
    cutOff: (which) => desk.cutOff(which),
    seen: () => desk.clients(),
    async close() {
      shared.closing = true;
      clearInterval(tending);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(resolve));
      desk.destroy();
      await closed;
    },
    clients: () => aedes.connectedClients,
  };
}

interface Shared {
  readonly options: EmbeddedBrokerOptions;
  readonly desk: Desk;
  readonly connections: WeakMap<Client, Connection>;
  closing: boolean;
}

async function createAedes(shared: Shared): Promise<Aedes> {
  const { options, desk, connections } = shared;
  const of = (client: Client | null) => (client ? connections.get(client) : undefined);
  const aedes = await Aedes.createBroker({
    connectTimeout: CONNECT_WITHIN_MS,
    authenticate: (...[client, username, password, done]) => {
      const who = { clientId: client.id, username, password: password?.toString() };
      void authenticate(shared, { connection: of(client), who }, done);
    },
    authorizePublish: (client, packet, done) =>
      authorizePublish(shared, { connection: of(client), packet }, done),
    authorizeSubscribe: (client, subscription, done) =>
      authorizeSubscribe(shared, { connection: of(client), subscription }, done),
    authorizeForward: (client, packet) =>
      authorizeForward(shared, of(client), packet.topic) ? packet : null,
  });
  aedes.on('clientError', (client, error) => {
    options.log.info({ clientId: client.id, error: error.message }, 'broker client cut off');
  });
  aedes.on('connectionError', (client, error) => {
    options.log.info({ error: error.message }, 'broker connection refused');
    const connection = of(client);
    if (connection && !connection.entry) {
      desk.refuse(connection, { why: 'protocol', detail: error.message });
    }
  });
  return aedes;
}

function listener(shared: Shared, take: (socket: Socket) => void): Server {
  const { options, desk } = shared;
  const settings = { noDelay: true };
  if (!options.tls) return limited(createServer(settings, take));
  const asks = { requestCert: true, rejectUnauthorized: true };
  const server = createTlsServer(
    {
      ...settings,
      ...options.tls,
      minVersion: 'TLSv1.2',
      handshakeTimeout: CONNECT_WITHIN_MS,
      ...(options.tls.ca ? asks : {}),
    },
    take,
  );
  server.on('tlsClientError', (error, socket) => {
    options.log.info({ error: error.message }, 'broker connection refused');
    desk.refuseStranger(addressOf(socket), { why: whyNoHandshake(error), detail: error.message });
  });
  return limited(server);
}

/** A socket that was closed already has no address. */
function addressOf(socket: TLSSocket): string {
  return socket.remoteAddress ?? 'unknown address';
}

function whyNoHandshake(error: Error): ClientRefusal {
  return /certificate/i.test(error.message) ? 'no-certificate' : 'protocol';
}

function limited<T extends Server>(server: T): T {
  server.maxConnections = CONNECTIONS_MAX;
  return server;
}

function listen(server: Server, at: { readonly host: string; readonly port: number }) {
  return new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(new ListenError(at, error));
    server.once('error', refuse);
    server.listen({ host: at.host, port: at.port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

async function authenticate(
  shared: Shared,
  what: {
    readonly connection: Connection | undefined;
    readonly who: Parameters<Desk['admit']>[1];
  },
  done: (error: AuthenticateError | null, success: boolean | null) => void,
): Promise<void> {
  const { connection, who } = what;
  try {
    done(null, connection ? await shared.desk.admit(connection, who) : false);
  } catch (error) {
    shared.options.log.error({ error: String(error) }, 'broker authentication failed');
    done(null, false);
  }
}

function authorizePublish(
  shared: Shared,
  what: { readonly connection: Connection | undefined; readonly packet: PublishPacket },
  done: (error?: Error | null) => void,
): void {
  const { connection, packet } = what;
  const { options, desk } = shared;
  // Our own end is not the devices' end: their last wills must not say so.
  if (shared.closing) return done(new Error('the broker is closing'));
  const why = publishRefusal(connection, packet.topic);
  if (why !== undefined) {
    const bytes = packet.payload.length;
    if (connection) desk.refuse(connection, { why, detail: packet.topic, bytes });
    sinkQuietly(packet);
    return done();
  }
  const raw = rawOf(packet, {
    receivedAt: (options.now ?? Date.now)(),
    connection: connection?.number,
  });
  if (!connection) return options.onMessage(raw, (error) => done(error ?? null));
  connection.waiting += 1;
  const refusedBefore = desk.count(connection);
  options.onMessage(raw, (error) => {
    connection.waiting -= 1;
    done(error ?? null);
  });
  // The intake has looked at it by now; only what is stored later is told later.
  if (connection.entry?.refused !== refusedBefore) return;
  connection.pace?.understood();
  desk.load.count();
}

function authorizeSubscribe(
  shared: Shared,
  what: { readonly connection: Connection | undefined; readonly subscription: Subscription },
  done: (error: Error | null, subscription?: Subscription | null) => void,
): void {
  const { connection, subscription } = what;
  const why = subscribeRefusal(connection, subscription.topic);
  if (why === undefined) return done(null, subscription);
  if (connection) shared.desk.refuse(connection, { why, detail: subscription.topic });
  // Refused in the acknowledgement; the client stays.
  done(null, null);
}

function authorizeForward(
  shared: Shared,
  connection: Connection | undefined,
  topic: string,
): boolean {
  if (!connection) return true;
  if (!mayHear(connection, topic)) return false;
  if (!connection.isUnread()) return true;
  shared.desk.refuse(connection, { why: 'reads-too-slowly' });
  connection.socket.destroy();
  return false;
}

/** The publisher is acknowledged and goes on, but nobody hears it: the packet goes where no subscription reaches. */
function sinkQuietly(packet: PublishPacket): void {
  packet.topic = '$SYS/refused';
  packet.payload = '';
  packet.retain = false;
}

/** The retain flag of a live publication asks the broker to keep it; it is no replay. */
function rawOf(
  packet: PublishPacket,
  context: { readonly receivedAt: number; readonly connection: number | undefined },
): RawMessage {
  const { topic, payload, messageId } = packet;
  return {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
    retain: false,
    receivedAt: context.receivedAt,
    ...(messageId === undefined || packet.qos === 0 ? {} : { packetId: messageId }),
    ...(context.connection === undefined ? {} : { connection: context.connection }),
  };
}

function publish(aedes: Aedes, message: Parameters<EmbeddedBroker['publish']>[0]): Promise<void> {
  const { topic, payload, retain = false, qos = 1 } = message;
  const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
  return new Promise((resolve, reject) => {
    aedes.publish({ cmd: 'publish', topic, payload: bytes, retain, qos, dup: false }, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
