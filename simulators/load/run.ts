/** The load generator: real sessions, QoS 1, a bounded number in flight, and an account of every acknowledgement. */

import { connect, type MqttClient } from 'mqtt';
import type { RepositoryDocument } from '../../domain/registry.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';
import { archiveOf } from '../archive.ts';
import { withoutSecret } from '../sessions.ts';
import { createFires, type FireAccount, type Fires } from './fires.ts';
import { payloadOf } from './message.ts';
import { createLedger, type Ledger, type SensorAccount } from './ledger.ts';

export interface LoadOptions {
  readonly broker: string;
  readonly document: RepositoryDocument;
  /** How many of the repository's climate sensors take part; all by default. */
  readonly sensors?: number;
  /** Messages a second, all publishers together; undefined: as fast as acknowledged. */
  readonly ratePerSecond?: number;
  readonly messages: number;
  /** Nothing new is offered after so long, however few it were; unset: until all are sent. */
  readonly offerForMs?: number;
  /** MQTT sessions; a sensor always stays with one of them. 8 by default. */
  readonly publishers?: number;
  /** Unacknowledged messages of one publisher. 64 by default. */
  readonly inFlightMax?: number;
  /** Fires, spread evenly over the run by count of messages; each is smoke = 1 and, later, smoke = 0. */
  readonly fires?: number;
  /** Lists the device time of every acknowledged message. True by default. */
  readonly times?: boolean;
  /** Gives up (and reports what there is) when nothing was acknowledged for so long. 120 s by default. */
  readonly stalledAfterMs?: number;
  readonly onProgress?: (figures: LoadProgress) => void;
}

export interface LoadProgress {
  readonly sent: number;
  readonly acknowledged: number;
  readonly connectionsLost: number;
}

export interface LoadReport extends LoadProgress {
  readonly repository: string;
  readonly startedAt: Moment;
  readonly endedAt: Moment;
  readonly durationMs: number;
  readonly acknowledgedPerSecond: number;
  /** Whether everything that was sent has been acknowledged. */
  readonly complete: boolean;
  readonly publishers: number;
  readonly inFlightMax: number;
  readonly payloadBytes: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly sensors: readonly SensorAccount[];
  readonly fires: readonly FireAccount[];
}

interface Publisher {
  readonly client: MqttClient;
  /** Indexes of its sensors, taken in turn. */
  readonly sensors: readonly number[];
  turn: number;
  inFlight: number;
}

const CONNECT_WITHIN_MS = 15_000;
const PACE_EVERY_MS = 5;
const LATENCIES_MAX = 200_000;
/** A burst after a stall is no faster than a second's worth. */
const CATCH_UP_MS = SECOND_MS;

/** Runs the load until every message is acknowledged (or nothing moves any more) and reports. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const run = new LoadRun(options);
  try {
    await run.open();
    await run.publishAll();
    return run.report();
  } finally {
    await run.close();
  }
}

class LoadRun {
  readonly #options: LoadOptions;
  readonly #prefix: string;
  readonly #isSimulated: boolean;
  readonly #names: readonly string[];
  readonly #topics: readonly string[];
  readonly #ledger: Ledger;
  readonly #fires: Fires;
  readonly #publishers: Publisher[] = [];
  /** Which session a detector sends through. */
  readonly #sessions = new Map<string, Publisher>();
  readonly #latenciesMs: number[] = [];
  readonly #startedAt = Date.now();
  #wanted: number;
  #sent = 0;
  #credit = 0;
  #creditedMs = 0;
  #connectionsLost = 0;
  #movedAt = Date.now();
  #payloadBytes = 0;
  #finish: () => void = () => undefined;

  constructor(options: LoadOptions) {
    const archive = archiveOf(options.document);
    const climate = archive.sensors.filter(
      (s) => s.metrics.includes('temperature') && s.metrics.includes('humidity'),
    );
    this.#options = options;
    this.#wanted = options.messages;
    this.#isSimulated = options.document.repository.simulated === true;
    this.#prefix = `lantai/${archive.id}`;
    this.#names = climate.slice(0, options.sensors ?? climate.length).map((s) => s.id);
    if (this.#names.length === 0) throw new Error('The repository has no climate sensor.');
    this.#topics = this.#names.map((name) => `${this.#prefix}/${name}/telemetry`);
    // Milliseconds: a sensor may send a thousand a second and still rise over restarts.
    this.#ledger = createLedger(this.#names, this.#startedAt);
    this.#fires = createFires({
      archive,
      count: options.fires ?? 0,
      firstSequence: this.#startedAt,
      messages: options.messages,
      simulated: this.#isSimulated,
    });
  }

  async open(): Promise<void> {
    const wanted = Math.min(this.#options.publishers ?? 8, this.#names.length);
    for (let i = 0; i < wanted; i += 1) {
      const client = connect(this.#options.broker, {
        clientId: `load-${this.#startedAt.toString(36)}-${i}`,
        clean: false,
        keepalive: 30,
        reconnectPeriod: 200,
        connectTimeout: 5_000,
      });
      client.on('error', () => undefined); // It reconnects by itself; lost connections are counted.
      let isUp = false;
      client.on('connect', () => (isUp = true));
      client.on('close', () => {
        if (isUp) this.#connectionsLost += 1;
        isUp = false;
      });
      const sensors = this.#names.map((_, n) => n).filter((n) => n % wanted === i);
      this.#publishers.push({ client, sensors, turn: 0, inFlight: 0 });
    }
    const all = Promise.all(this.#publishers.map((p) => connected(p.client)));
    if (!(await isWithin(all, CONNECT_WITHIN_MS))) {
      throw new Error(`No broker answers at ${withoutSecret(this.#options.broker)}.`);
    }
  }

  /** Resolves when all is acknowledged, or nothing was for the time that is allowed. */
  publishAll(): Promise<void> {
    const stalledAfterMs = this.#options.stalledAfterMs ?? 120_000;
    const startedAt = performance.now();
    this.#movedAt = Date.now();
    return new Promise((resolve) => {
      const pace = setInterval(() => {
        this.#fill(this.#allowance(performance.now() - startedAt));
        this.#options.onProgress?.(this.#progress());
        const isStalled = Date.now() - this.#movedAt > stalledAfterMs;
        if (isStalled || this.#isAllAcknowledged()) this.#finish();
      }, PACE_EVERY_MS);
      this.#finish = () => {
        clearInterval(pace);
        resolve();
      };
      this.#fill(this.#allowance(0));
    });
  }

  /** How many messages may have been sent by now. */
  #allowance(elapsedMs: number): number {
    const { ratePerSecond, offerForMs = Number.POSITIVE_INFINITY } = this.#options;
    if (elapsedMs >= offerForMs) this.#wanted = Math.min(this.#wanted, this.#sent);
    const messages = this.#wanted;
    if (ratePerSecond === undefined) return messages;
    this.#credit += ((elapsedMs - this.#creditedMs) * ratePerSecond) / SECOND_MS;
    this.#creditedMs = elapsedMs;
    const behindMax = this.#sent + (ratePerSecond * CATCH_UP_MS) / SECOND_MS;
    this.#credit = Math.min(this.#credit, behindMax);
    return Math.min(messages, Math.floor(this.#credit));
  }

  #fill(allowed: number): void {
    const inFlightMax = this.#options.inFlightMax ?? 64;
    let anyone = true;
    while (anyone && this.#sent < allowed) {
      anyone = false;
      for (const publisher of this.#publishers) {
        if (this.#sent >= allowed || publisher.inFlight >= inFlightMax) continue;
        this.#publish(publisher);
        anyone = true;
      }
    }
  }

  #publish(publisher: Publisher): void {
    const sensor = publisher.sensors[publisher.turn % publisher.sensors.length] ?? 0;
    publisher.turn += 1;
    const { sequence, time } = this.#ledger.issue(sensor, Date.now());
    const payload = payloadOf({ sensor, sequence, time, simulated: this.#isSimulated });
    this.#sent += 1;
    this.#payloadBytes = payload.length;
    for (const fire of this.#fires.dueAfter(this.#sent)) {
      const message = this.#fires.light(fire, Date.now());
      this.#send(
        this.#sessionOf(message.sensor, publisher),
        `${this.#prefix}/${message.sensor}/telemetry`,
        {
          payload: message.payload,
          onAcknowledged: () => this.#fires.acknowledge(message, Date.now()),
        },
      );
    }
    this.#send(publisher, this.#topics[sensor] ?? '', {
      payload,
      onAcknowledged: () => this.#ledger.acknowledge(sensor, sequence),
    });
  }

  /** A detector, too, stays with one session: on two, its words could overtake each other after an outage. */
  #sessionOf(detector: string, next: Publisher): Publisher {
    const known = this.#sessions.get(detector);
    if (known) return known;
    this.#sessions.set(detector, next);
    return next;
  }

  #send(publisher: Publisher, topic: string, message: Outgoing): void {
    const sentMs = performance.now();
    publisher.inFlight += 1;
    publisher.client.publish(topic, message.payload, { qos: 1 }, (error) => {
      publisher.inFlight -= 1;
      if (!error) {
        this.#movedAt = Date.now();
        message.onAcknowledged();
        if (this.#latenciesMs.length < LATENCIES_MAX) {
          this.#latenciesMs.push(performance.now() - sentMs);
        }
      }
      if (this.#isAllAcknowledged()) this.#finish();
      else if (this.#options.ratePerSecond === undefined) this.#fill(this.#wanted);
    });
  }

  #isAllAcknowledged(): boolean {
    return this.#ledger.acknowledged() === this.#wanted && this.#fires.areAllAcknowledged();
  }

  #progress(): LoadProgress {
    return {
      sent: this.#sent,
      acknowledged: this.#ledger.acknowledged(),
      connectionsLost: this.#connectionsLost,
    };
  }

  report(): LoadReport {
    const endedAt = Date.now();
    const durationMs = endedAt - this.#startedAt;
    const { sent, acknowledged, connectionsLost } = this.#progress();
    return {
      repository: this.#options.document.repository.id,
      startedAt: this.#startedAt,
      endedAt,
      durationMs,
      sent,
      acknowledged,
      acknowledgedPerSecond: Math.round((acknowledged * SECOND_MS) / Math.max(1, durationMs)),
      complete: this.#isAllAcknowledged(),
      connectionsLost,
      publishers: this.#publishers.length,
      inFlightMax: this.#options.inFlightMax ?? 64,
      payloadBytes: this.#payloadBytes,
      latencyMs: percentiles(this.#latenciesMs),
      sensors: this.#ledger.accounts({ times: this.#options.times ?? true }),
      fires: this.#fires.accounts(),
    };
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#publishers.map((p) => p.client.endAsync(!p.client.connected).catch(() => undefined)),
    );
  }
}

function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('connect', () => resolve()));
}

async function isWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

interface Outgoing {
  readonly payload: string;
  readonly onAcknowledged: () => void;
}

function percentiles(latenciesMs: readonly number[]): LoadReport['latencyMs'] {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Number(
      (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2),
    );
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
