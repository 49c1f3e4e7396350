/** One persistent session with an external broker: QoS 1, acknowledged when committed, coming back by itself. */

import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { MqttClient, type IClientOptions } from 'mqtt';
import type { RawMessage } from '../../domain/intake.ts';
import { nextConnection } from '../connection-number.ts';
import type { GatewayLog } from '../log.ts';
import { HeldStream } from './held-stream.ts';
import type { Publication } from './publish-reader.ts';

const KEEPALIVE_SECONDS = 30;
const CONNECT_TIMEOUT_MS = 15_000;
const RECONNECT_MS_MIN = 500;
const RECONNECT_MS_MAX = 15_000;
const PUBLISH_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;
const SUBSCRIPTIONS_PER_PACKET_MAX = 100;

/** Where the broker is and who we are to it; certificates and keys are PEM texts. */
export interface BrokerAddress {
  /** `mqtt://host[:port]` or `mqtts://host[:port]`; credentials in it are used when no others are given. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
}

export interface SessionState {
  readonly connected: boolean;
  /** Whether the broker still had our session at the last connect: what queued meanwhile is coming. */
  readonly sessionPresent: boolean | undefined;
  /** How often it had lost a session that this process held before. */
  readonly forgottenCount: number;
  /** The last trouble in words; `undefined` when there is none. */
  readonly trouble: string | undefined;
}

export interface SessionOptions extends BrokerAddress {
  /** Fixed: the broker keeps the session by it. */
  readonly clientId: string;
  readonly topics: readonly string[];
  readonly will?: { readonly topic: string; readonly payload: string } | undefined;
  /** Whether this session is responsible; what it does not take is acknowledged at once. */
  readonly takes: (topic: string) => boolean;
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly onState: (state: SessionState) => void;
  /** The broker granted these; called after each connect and after `subscribe`. */
  readonly onSubscribed?: (granted: readonly string[]) => void;
  readonly log: GatewayLog;
  readonly now: () => number;
}

export interface Session {
  state(): SessionState;
  /** Subscribes what is new, unsubscribes what is gone; away from the broker, with the next connect. */
  subscribe(topics: readonly string[]): void;
  publish(message: {
    readonly topic: string;
    readonly payload: string | Buffer;
    readonly retain: boolean;
    readonly qos: 0 | 1;
  }): Promise<void>;
  /** Sends the acknowledgements that are free, says goodbye, ends. */
  close(): Promise<void>;
}

/** Starts connecting at once, and again whenever the connection is lost; never throws for an unreachable broker. */
export function openSession(options: SessionOptions): Session {
  return new PersistentSession(options);
}

class PersistentSession implements Session {
  readonly #options: SessionOptions;
  readonly #client: MqttClient;
  #stream: HeldStream | undefined;
  #topics: readonly string[];
  #everConnected = false;
  #closing = false;
  #state: SessionState = {
    connected: false,
    sessionPresent: undefined,
    forgottenCount: 0,
    trouble: 'not connected yet',
  };

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#topics = options.topics;
    const build = (): HeldStream =>
      (this.#stream = new HeldStream(openSocket(options), nextConnection(), (publication, stream) =>
        take(options, stream, publication),
      ));
    this.#client = new MqttClient(build, clientOptions(options));
    this.#listen();
  }

  state(): SessionState {
    return this.#state;
  }

  subscribe(topics: readonly string[]): void {
    const before = new Set(this.#topics);
    const wanted = new Set(topics);
    const gone = this.#topics.filter((topic) => !wanted.has(topic));
    this.#topics = topics;
    if (!this.#client.connected) return;
    if (gone.length > 0) this.#client.unsubscribe(gone);
    this.#request(topics.filter((topic) => !before.has(topic)));
  }

  publish(message: Parameters<Session['publish']>[0]): Promise<void> {
    return publish(this.#client, message);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#stream?.flush();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      this.#client.end(false, {}, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#stream?.destroy();
  }

  #listen(): void {
    const { log, clientId } = this.#options;
    const client = this.#client;
    client.on('connect', ({ sessionPresent }) => this.#connected(sessionPresent));
    client.on('reconnect', () => {
      const before = client.options.reconnectPeriod ?? RECONNECT_MS_MIN;
      client.options.reconnectPeriod = Math.min(before * 2, RECONNECT_MS_MAX);
    });
    client.on('close', () => {
      if (!this.#state.connected) return;
      if (!this.#closing) log.warn({ clientId }, 'broker connection lost');
      this.#change({ connected: false, trouble: this.#closing ? undefined : 'connection lost' });
    });
    client.on('error', ({ message }) => {
      // The same refusal comes with every attempt; it is logged once.
      if (this.#state.trouble !== message) log.warn({ clientId, error: message }, 'broker error');
      this.#change({ trouble: message });
    });
  }

  #connected(sessionPresent: boolean): void {
    this.#client.options.reconnectPeriod = RECONNECT_MS_MIN;
    const forgot = this.#everConnected && !sessionPresent;
    this.#everConnected = true;
    if (forgot) {
      const { log, clientId } = this.#options;
      log.warn({ clientId }, 'the broker forgot the session: what it queued for us may be lost');
    }
    this.#change({
      connected: true,
      sessionPresent,
      forgottenCount: this.#state.forgottenCount + (forgot ? 1 : 0),
      trouble: undefined,
    });
    this.#request(this.#topics);
  }

  #request(wanted: readonly string[]): void {
    const { log, clientId, onSubscribed } = this.#options;
    if (wanted.length === 0) return onSubscribed?.([]);
    this.#client.subscribe([...wanted], { qos: 1 }, (error, granted) => {
      const refused = granted?.find((g) => g.qos === 128)?.topic;
      // A connection that was lost meanwhile is no refusal: the next connect asks again.
      if (error && refused === undefined && !this.#client.connected) return;
      if (error || refused !== undefined) {
        log.error({ clientId, topic: refused, error: error?.message }, 'subscription refused');
        this.#change({ trouble: `the broker refused the subscription ${refused ?? wanted[0]}` });
      }
      const kept = granted?.filter((g) => g.qos !== 128).map((g) => g.topic);
      onSubscribed?.(error ? [] : (kept ?? []));
    });
  }

  #change(next: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...next };
    this.#options.onState(this.#state);
  }
}

function clientOptions(options: SessionOptions): IClientOptions {
  const inUrl = new URL(options.url);
  const username = options.username ?? (decodeURIComponent(inUrl.username) || undefined);
  const password = options.password ?? (decodeURIComponent(inUrl.password) || undefined);
  const { will } = options;
  return {
    clientId: options.clientId,
    clean: false,
    keepalive: KEEPALIVE_SECONDS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: RECONNECT_MS_MIN,
    // A broker that restarts may refuse for a moment; a wrong password may be put right there.
    reconnectOnConnackError: true,
    // We subscribe on each connect ourselves: the list may have changed meanwhile.
    resubscribe: false,
    subscribeBatchSize: SUBSCRIPTIONS_PER_PACKET_MAX,
    // Its own tracing asks the environment for each packet; ours is the session's log.
    log: () => undefined,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will
      ? { will: { ...will, payload: Buffer.from(will.payload), qos: 1 as const, retain: true } }
      : {}),
  };
}

function openSocket(options: SessionOptions) {
  const { protocol, hostname, port } = new URL(options.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'mqtts:') {
    return connectTcp({ host, port: Number(port || 1883), noDelay: true });
  }
  const { ca, cert, key } = options;
  return connectTls({
    host,
    port: Number(port || 8883),
    // An IP address can't be a server name.
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

function take(options: SessionOptions, stream: HeldStream, publication: Publication): void {
  const { topic, payload, retain, packetId } = publication;
  const ticket = packetId === undefined ? undefined : stream.hold(packetId);
  if (!options.takes(topic)) {
    if (ticket) stream.release(ticket);
    return;
  }
  const receivedAt = options.now();
  const { connection } = stream;
  // Two shapes, written out: this is the hottest object of all.
  const raw: RawMessage =
    packetId === undefined
      ? { topic, payload, retain, receivedAt, connection }
      : { topic, payload, retain, receivedAt, connection, packetId };
  options.onMessage(raw, (error) => {
    if (error) {
      // Without its acknowledgement the broker sends it again, on the next connection.
      options.log.warn({ topic, error: error.message }, 'message not committed, reconnecting');
      stream.destroy();
    } else if (ticket) stream.release(ticket);
  });
}

function publish(client: MqttClient, message: Parameters<Session['publish']>[0]): Promise<void> {
  const { topic, payload, retain, qos } = message;
  // Nothing queues in memory here: the outbox repeats what could not be told.
  if (!client.connected) return Promise.reject(new Error('the broker is not connected'));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('the broker did not confirm in time')),
      PUBLISH_TIMEOUT_MS,
    );
    client.publish(topic, payload, { retain, qos }, (error) => {
      clearTimeout(timer);
      if (error) reject(error);
      else resolve();
    });
  });
}
