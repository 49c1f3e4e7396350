/** MQTT sessions of the simulated devices: one each, QoS 1, with a last will, coming back by themselves. */

import { connect, type MqttClient } from 'mqtt';

export interface SessionsOptions {
  readonly broker: string;
  readonly repository: string;
  readonly links: readonly string[];
  /** Makes client ids unique among simulators on one broker. */
  readonly suffix: string;
  /** Told once when the broker cannot be reached, and again only after a session came back. */
  readonly onTrouble?: (sentence: string) => void;
}

export interface SessionsFigures {
  readonly sent: number;
  readonly acknowledged: number;
  /** Not sent because too much was waiting for the broker. */
  readonly dropped: number;
  readonly waiting: number;
}

export interface Sessions {
  /** Resolves when every session has connected once; rejects with a sentence after `withinMs`. */
  connected(withinMs: number): Promise<void>;
  send(link: string, topic: string, payload: string): void;
  /** Down: cut off without a farewell, so the broker publishes the last will. */
  setLink(link: string, up: boolean): void;
  /** Resolves when at most `waitingMax` messages are unacknowledged. */
  drained(waitingMax: number): Promise<void>;
  figures(): SessionsFigures;
  /** Says goodbye (status `offline`) and ends; waits for acknowledgements at most `withinMs`. */
  close(withinMs: number): Promise<void>;
}

/** All sessions together; above it new messages are dropped and counted. */
const WAITING_MAX = 50_000;
const RECONNECT_MS = 1_000;
const SESSIONS_MAX = 2_000;

interface Waiting {
  readonly topic: string;
  readonly payload: string;
}

interface Session {
  readonly link: string;
  client: MqttClient | undefined;
  hasConnected: boolean;
  /** Unacknowledged messages in the order of sending. */
  readonly waiting: Map<number, Waiting>;
}

/** Opens a session for every link; they go on reconnecting until closed. */
export function openSessions(options: SessionsOptions): Sessions {
  if (options.links.length > SESSIONS_MAX) {
    throw new Error(`At most ${SESSIONS_MAX} devices can be simulated at once; use load for more.`);
  }
  return new DeviceSessions(options);
}

class DeviceSessions implements Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();
  #nextId = 0;
  #acknowledged = 0;
  #dropped = 0;
  #waiting = 0;
  #isTroubled = false;
  #listeners = new Set<() => void>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    for (const link of options.links) {
      const session: Session = {
        link,
        client: undefined,
        hasConnected: false,
        waiting: new Map(),
      };
      this.#sessions.set(link, session);
      this.#open(session);
    }
  }

  connected(withinMs: number): Promise<void> {
    const all = (): boolean => [...this.#sessions.values()].every((s) => s.hasConnected);
    return this.#until(all, withinMs).then((ok) => {
      if (!ok) throw new Error(`No broker answers at ${withoutSecret(this.#options.broker)}.`);
    });
  }

  send(link: string, topic: string, payload: string): void {
    const session = this.#sessions.get(link);
    if (!session || this.#waiting >= WAITING_MAX) {
      this.#dropped += 1;
      return;
    }
    this.#nextId += 1;
    this.#waiting += 1;
    session.waiting.set(this.#nextId, { topic, payload });
    this.#publish(session, this.#nextId, { topic, payload });
  }

  setLink(link: string, up: boolean): void {
    const session = this.#sessions.get(link);
    if (!session || (session.client !== undefined) === up) return;
    if (up) {
      this.#open(session);
      // The old connection took its unacknowledged messages with it.
      for (const [id, message] of session.waiting) this.#publish(session, id, message);
      return;
    }
    const { client } = session;
    session.client = undefined;
    client?.end(true);
  }

  async drained(waitingMax: number): Promise<void> {
    await this.#until(() => this.#waiting <= waitingMax);
  }

  figures(): SessionsFigures {
    return {
      sent: this.#nextId,
      acknowledged: this.#acknowledged,
      dropped: this.#dropped,
      waiting: this.#waiting,
    };
  }

  async close(withinMs: number): Promise<void> {
    const sessions = [...this.#sessions.values()];
    if (sessions.some((s) => s.client?.connected)) {
      for (const session of sessions) {
        if (session.client?.connected)
          this.send(session.link, this.#status(session.link), 'offline');
      }
      await this.#until(() => this.#waiting === 0, withinMs);
    }
    await Promise.all(sessions.map((session) => this.#end(session, withinMs)));
  }

  #status(link: string): string {
    return `lantai/${this.#options.repository}/${link}/status`;
  }

  #open(session: Session): void {
    const { broker, repository, suffix } = this.#options;
    const topic = this.#status(session.link);
    const client = connect(broker, {
      clientId: `sim-${repository}-${session.link}-${suffix}`,
      clean: true,
      keepalive: 30,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: 10_000,
      will: { topic, payload: Buffer.from('offline'), qos: 1, retain: true },
    });
    session.client = client;
    client.on('connect', () => {
      session.hasConnected = true;
      this.#isTroubled = false;
      client.publish(topic, 'online', { qos: 1, retain: true });
      this.#changed();
    });
    client.on('error', (error) => this.#trouble(error));
  }

  #publish(session: Session, id: number, message: Waiting): void {
    const retain = message.topic.endsWith('/status');
    session.client?.publish(message.topic, message.payload, { qos: 1, retain }, (error) => {
      // After an error the message still waits: it is sent again when the link is back.
      if (error || !session.waiting.delete(id)) return;
      this.#waiting -= 1;
      this.#acknowledged += 1;
      this.#changed();
    });
  }

  #trouble(error: Error): void {
    if (this.#isTroubled) return;
    this.#isTroubled = true;
    const why = 'code' in error && error.code ? String(error.code) : error.message;
    this.#options.onTrouble?.(
      `The simulated devices cannot reach ${withoutSecret(this.#options.broker)} (${why}); they go on trying.`,
    );
  }

  async #end(session: Session, withinMs: number): Promise<void> {
    const { client } = session;
    session.client = undefined;
    if (!client) return;
    const force = !client.connected;
    await Promise.race([client.endAsync(force).catch(() => undefined), elapsed(withinMs)]);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Whether `condition` came true within the time; without a time it waits on. */
  #until(condition: () => boolean, withinMs?: number): Promise<boolean> {
    if (condition()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (ok: boolean): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(ok);
      };
      const listener = (): void => {
        if (condition()) finish(true);
      };
      const timer =
        withinMs === undefined ? undefined : setTimeout(() => finish(condition()), withinMs);
      this.#listeners.add(listener);
    });
  }
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

/** The address without the password in it. */
export function withoutSecret(broker: string): string {
  const url = new URL(broker);
  url.password = '';
  url.username = '';
  return url.href;
}
