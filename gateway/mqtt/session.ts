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
/**
 * A broker that hangs without closing the connection: nothing was heard at so many looks, one a second, although it
 * was asked. Looks are counted, not seconds: when we were busy ourselves, its answer may lie there unread.
 */
const SILENT_LOOKS_MAX = 8;
const SILENT_LOOKS_BEFORE_ASKING = 4;
const LOOK_EVERY_MS = 1_000;
/** The broker must hear of us as well, whatever we hear of it: half of what was agreed. */
const LOOKS_PER_PING = 15;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_MS_MIN = 500;
/** Sensors are back at once after an outage of the broker: a fire must not wait for us there. */
const RECONNECT_MS_MAX = 2_000;
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
  /**
   * So many unacknowledged messages may be on their way to us (MQTT 5; an older broker keeps its own number). Unset:
   * the broker's own, in MQTT 3.1.1.
   */
  readonly windowMessages?: number;
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
  /** The broker was reached with this attempt, and has not taken us yet. */
  #reached = false;
  #silentLooks = 0;
  #looks = 0;
  readonly #looking: NodeJS.Timeout;
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
    const build = (): HeldStream => {
      const socket = openSocket(options);
      socket.once('connect', () => (this.#reached = true));
      socket.on('data', () => (this.#silentLooks = 0));
      return (this.#stream = new HeldStream(socket, {
        connection: nextConnection(),
        // A broker that does not know MQTT 5 is spoken to in 3.1.1, from one attempt to the next.
        version: this.#speaksFive() ? 5 : 4,
        onPublication: (publication, stream) => take(options, stream, publication),
      }));
    };
    this.#client = new MqttClient(build, clientOptions(options));
    this.#listen();
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** As the attempt that begins now; the first one begins before there is a client. */
  #speaksFive(): boolean {
    const { windowMessages } = this.#options;
    const client = this.#client as MqttClient | undefined;
    return client ? client.options.protocolVersion === 5 : windowMessages !== undefined;
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
    clearInterval(this.#looking);
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
      // An old broker closes the connection on a version that it does not know, or says so.
      if (this.#reached) this.#tryOtherVersion();
      this.#reached = false;
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

  #look(): void {
    if (!this.#state.connected) return;
    // Mosquitto reads one packet of a connection in a turn: its answer to a ping may wait behind our own
    // acknowledgements for longer than mqtt.js does. Whatever is heard shows that the broker is there.
    if (this.#silentLooks === 0) this.#client.reschedulePing(true);
    this.#looks += 1;
    if (this.#looks % LOOKS_PER_PING === 0) this.#client.sendPing();
    this.#silentLooks += 1;
    if (this.#silentLooks === SILENT_LOOKS_BEFORE_ASKING) this.#client.sendPing();
    if (this.#silentLooks < SILENT_LOOKS_MAX) return;
    const { log, clientId } = this.#options;
    log.warn({ clientId, looks: this.#silentLooks }, 'the broker does not answer, reconnecting');
    this.#stream?.destroy();
  }

  /** Only of a session that wants MQTT 5; a broker that was away for another reason is asked for it again. */
  #tryOtherVersion(): void {
    const { windowMessages } = this.#options;
    if (windowMessages === undefined) return;
    const isFive = this.#client.options.protocolVersion === 5;
    Object.assign(this.#client.options, isFive ? PLAIN : wideWindow(windowMessages));
  }

  #connected(sessionPresent: boolean): void {
    this.#reached = false;
    this.#silentLooks = 0;
    this.#client.options.reconnectPeriod = RECONNECT_MS_MIN;
    const forgot = this.#everConnected && !sessionPresent;
    this.#everConnected = true;
    if (forgot) {
      const { log, clientId } = this.#options;
      log.warn({ clientId }, 'the broker forgot the session: what it queued for us may be lost');
    }
    if (this.#options.windowMessages !== undefined && this.#client.options.protocolVersion !== 5) {
      const { log, clientId } = this.#options;
      log.warn({ clientId }, 'the broker does not know MQTT 5: its own window bounds the session');
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
      const refused = granted?.find((g) => g.qos >= 128)?.topic;
      // A connection that was lost meanwhile is no refusal: the next connect asks again.
      if (error && refused === undefined && !this.#client.connected) return;
      if (error || refused !== undefined) {
        log.error({ clientId, topic: refused, error: error?.message }, 'subscription refused');
        this.#change({ trouble: `the broker refused the subscription ${refused ?? wanted[0]}` });
      }
      const kept = granted?.filter((g) => g.qos < 128).map((g) => g.topic);
      onSubscribed?.(error ? [] : (kept ?? []));
    });
  }

  #change(next: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...next };
    this.#options.onState(this.#state);
  }
}

/** The broker's own window, in MQTT 3.1.1. */
const PLAIN = { protocolVersion: 4, properties: undefined } as const;

/** A session that is kept for ever, as 3.1.1 keeps it, with a window of our own. */
function wideWindow(windowMessages: number) {
  return {
    protocolVersion: 5,
    properties: { sessionExpiryInterval: 0xffffffff, receiveMaximum: windowMessages },
  } as const;
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
    ...(options.windowMessages === undefined ? {} : wideWindow(options.windowMessages)),
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
