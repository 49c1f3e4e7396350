/** The embedded broker: a publisher gets its acknowledgement only when its message is committed. */

import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import { PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX } from '../../domain/bounds.ts';
import type { RawMessage } from '../../domain/intake.ts';
import type { GatewayLog } from '../log.ts';
import { nextConnection } from '../connection-number.ts';
import { isOurTopic } from '../our-topics.ts';
import { ListenError } from './listen-error.ts';
import { createPacketSizer } from './packet-limit.ts';

/** Connections at once; a newcomer above it is turned away. */
const CONNECTIONS_MAX = 10_000;
/** How often a session whose messages wait for their commit is read all the same. */
const READ_ON_EVERY_MS = 500;

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM. */
  readonly tls?: {
    readonly cert: string | Buffer;
    readonly key: string | Buffer;
    readonly ca?: string | Buffer;
  };
  /** Absent: everybody may connect. */
  readonly authenticate?: (who: {
    readonly clientId: string;
    readonly username: string | undefined;
    readonly password: string | undefined;
  }) => boolean | Promise<boolean>;
  /** Absent: every client may publish every topic but ours. */
  readonly mayPublish?: (who: {
    readonly clientId: string;
    readonly username: string | undefined;
    readonly topic: string;
  }) => boolean;
  /** Every publication and last will. `done()`: committed, acknowledge it; with an error: the client is cut off, so that it sends again. */
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly log: GatewayLog;
  readonly now?: () => number;
}

export interface EmbeddedBroker {
  readonly address: { readonly host: string; readonly port: number };
  publish(message: {
    readonly topic: string;
    readonly payload: string | Uint8Array;
    readonly retain?: boolean;
    readonly qos?: 0 | 1;
  }): Promise<void>;
  /** Cuts all clients off; what is not committed stays unacknowledged. */
  close(): Promise<void>;
  /** How many are connected. */
  clients(): number;
}

/** Listens, or throws a `ListenError` that says what is in the way. */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const shared: Shared = {
    options,
    users: new WeakMap(),
    numbers: new WeakMap(),
    waiting: new Map(),
    closing: false,
  };
  const aedes = await Aedes.createBroker({
    authenticate: (...[client, username, password, done]) => {
      void authenticate(shared, { client, username, password: password?.toString() }, done);
    },
    authorizePublish: (client, packet, done) => authorizePublish(shared, { client, packet }, done),
  });
  aedes.on('clientError', (client, error) => {
    options.log.info({ clientId: client.id, error: error.message }, 'broker client cut off');
  });
  aedes.on('connectionError', (_client, error) => {
    options.log.info({ error: error.message }, 'broker connection refused');
  });
  const sockets = new Set<Socket>();
  const server = listener(options, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    limitPackets(socket, options.log);
    aedes.handle(socket);
  });
  try {
    await listen(server, options);
  } catch (error) {
    await new Promise<void>((resolve) => aedes.close(resolve));
    throw error;
  }
  const { address, port } = server.address() as AddressInfo;
  const reading = setInterval(() => readOn(shared), READ_ON_EVERY_MS);
  reading.unref();
  return {
    address: { host: address, port },
    publish: (message) => publish(aedes, message),
    async close() {
      shared.closing = true;
      clearInterval(reading);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    clients: () => aedes.connectedClients,
  };
}

interface Shared {
  readonly options: EmbeddedBrokerOptions;
  readonly users: WeakMap<Client, string>;
  readonly numbers: WeakMap<Client, number>;
  /** How many messages of a client wait for their commit. */
  readonly waiting: Map<Client, number>;
  closing: boolean;
}

function listener(options: EmbeddedBrokerOptions, take: (socket: Socket) => void): Server {
  const settings = { noDelay: true };
  if (!options.tls) return limited(createServer(settings, take));
  const client = options.tls.ca ? { requestCert: true, rejectUnauthorized: true } : {};
  const server = createTlsServer({ ...settings, ...options.tls, ...client }, take);
  server.on('tlsClientError', (error) => {
    options.log.info({ error: error.message }, 'broker connection refused');
  });
  return limited(server);
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

/** The broker reads the socket with `read`; what it gets passes the sizer first. */
function limitPackets(socket: Socket, log: GatewayLog): void {
  const sizer = createPacketSizer({
    firstBytesMax: PAYLOAD_BYTES_MAX,
    packetBytesMax: PACKET_BYTES_MAX,
  });
  const read = socket.read.bind(socket);
  socket.read = (bytes?: number): unknown => {
    const chunk: unknown = read(bytes);
    if (chunk === null || !Buffer.isBuffer(chunk) || sizer.accept(chunk)) return chunk;
    log.warn({ address: socket.remoteAddress }, 'packet too large, connection closed');
    socket.destroy();
    return null;
  };
}

async function authenticate(
  shared: Shared,
  who: {
    readonly client: Client;
    readonly username: string | undefined;
    readonly password: string | undefined;
  },
  done: (error: AuthenticateError | null, success: boolean | null) => void,
): Promise<void> {
  const { client, username, password } = who;
  if (username !== undefined) shared.users.set(client, username);
  shared.numbers.set(client, nextConnection());
  const check = shared.options.authenticate;
  try {
    done(null, check ? await check({ clientId: client.id, username, password }) : true);
  } catch (error) {
    shared.options.log.error({ error: String(error) }, 'broker authentication failed');
    done(null, false);
  }
}

function authorizePublish(
  shared: Shared,
  what: { readonly client: Client | null; readonly packet: PublishPacket },
  done: (error?: Error | null) => void,
): void {
  const { client, packet } = what;
  const { options } = shared;
  // Our own end is not the devices' end: their last wills must not say so.
  if (shared.closing) return done(new Error('the broker is closing'));
  if (!mayPublish(shared, what)) {
    options.log.warn({ clientId: client?.id, topic: packet.topic }, 'publication refused');
    sinkQuietly(packet);
    return done();
  }
  const raw = rawOf(packet, {
    receivedAt: (options.now ?? Date.now)(),
    connection: client ? shared.numbers.get(client) : undefined,
  });
  const { waiting } = shared;
  if (client) waiting.set(client, (waiting.get(client) ?? 0) + 1);
  options.onMessage(raw, (error) => {
    const others = client ? (waiting.get(client) ?? 1) - 1 : 0;
    if (client && others > 0) waiting.set(client, others);
    else if (client) waiting.delete(client);
    done(error ?? null);
  });
}

/**
 * The broker reads a session's next bytes when all messages of the last ones are done, and takes each word that there
 * is something to read for one that is. While nothing can be committed no session may go deaf: a fire may be behind
 * what waits.
 */
function readOn({ waiting }: Shared): void {
  for (const [client, messages] of waiting) {
    for (let i = 0; i < messages; i += 1) client.conn.emit('readable');
  }
}

function mayPublish(
  shared: Shared,
  what: { readonly client: Client | null; readonly packet: PublishPacket },
): boolean {
  const { topic } = what.packet;
  if (topic.startsWith('$') || isOurTopic(topic)) return false;
  const { mayPublish: allowed } = shared.options;
  if (!allowed || !what.client) return true;
  const username = shared.users.get(what.client);
  return allowed({ clientId: what.client.id, username, topic });
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
