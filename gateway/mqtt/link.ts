/** The link to an external broker: two persistent sessions, one for safety, one for the rest. */

import type { RawMessage } from '../../domain/intake.ts';
import type { Registry } from '../../domain/registry.ts';
import type { GatewayLog } from '../log.ts';
import { gatewayStatusTopic } from '../our-topics.ts';
import { FilterSet } from './topic-set.ts';
import { openSession, type BrokerAddress, type Session, type SessionState } from './session.ts';
import { planSubscriptions, type SubscriptionPlan } from './subscriptions.ts';

/** After a change of the plan: what the broker had queued under the old one is through by then. */
const SETTLE_MS = 5_000;
/**
 * While nothing can be stored, no safety message is acknowledged, and a fire must not wait behind what detectors say
 * meanwhile: brokers send 20 by themselves. Five hundred detectors that speak each minute fill this in 20 minutes.
 */
const SAFETY_WINDOW_MESSAGES = 10_000;
/** What comes within a few milliseconds is committed together: twenty, a broker's own number, would be too few. Four commits of full size. */
const MAIN_WINDOW_MESSAGES = 4_000;

export interface BrokerLinkOptions extends BrokerAddress {
  /** The safety session adds `-safety`. */
  readonly clientId: string;
  readonly registry: Registry;
  /** Last will of the safety session, beside that of the gateway's status on the other one. */
  readonly secondWill?: { readonly topic: string; readonly payload: string };
  /** `done()`: committed, acknowledge it; with an error: the session reconnects, so that the broker sends it again. */
  readonly onMessage: (raw: RawMessage, done: (error?: Error) => void) => void;
  readonly onState: (state: BrokerLinkState) => void;
  readonly log: GatewayLog;
  readonly now?: () => number;
}

export interface BrokerLinkState {
  /** Both sessions. */
  readonly connected: boolean;
  readonly main: SessionState;
  readonly safety: SessionState;
}

export interface BrokerLink {
  state(): BrokerLinkState;
  /** After structure changed. */
  resubscribe(registry: Registry): void;
  /** Resolves when the broker has it; rejects at once when the broker is away. */
  publish(message: {
    readonly topic: string;
    readonly payload: string | Uint8Array;
    readonly retain?: boolean;
    readonly qos?: 0 | 1;
  }): Promise<void>;
  /** Acknowledges what is committed, then leaves; the broker keeps queueing for us. */
  close(): Promise<void>;
}

/**
 * Connects and stays connected. The last will says `offline` for the first repository only: MQTT gives a connection
 * one will. The others' status is as old as the link's last word.
 */
export function connectBroker(options: BrokerLinkOptions): BrokerLink {
  return new TwoSessions(options);
}

const NOT_OPEN: SessionState = {
  connected: false,
  sessionPresent: undefined,
  forgottenCount: 0,
  trouble: 'waits for the safety session',
};

class TwoSessions implements BrokerLink {
  readonly #options: BrokerLinkOptions;
  readonly #now: () => number;
  readonly #safety: Session;
  #main: Session | undefined;
  #plan: SubscriptionPlan;
  // Both sets overlap for a while when the plan changes: a message may then come twice, and is
  // recognised, but it never falls between the sessions.
  #safetyTakes: FilterSet;
  #mainLeaves = new FilterSet([]);
  #settling: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BrokerLinkOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#plan = planSubscriptions(options.registry);
    this.#safetyTakes = this.#plan.safetyTelemetry;
    this.#safety = openSession({
      ...this.#shared(),
      clientId: `${options.clientId}-safety`,
      topics: this.#plan.safety,
      will: options.secondWill,
      windowMessages: SAFETY_WINDOW_MESSAGES,
      takes: (topic) => topic.endsWith('/access') || this.#safetyTakes.has(topic),
      onSubscribed: (granted) => this.#safetySubscribed(granted),
    });
  }

  state(): BrokerLinkState {
    const main = this.#main?.state() ?? NOT_OPEN;
    const safety = this.#safety.state();
    return { connected: main.connected && safety.connected, main, safety };
  }

  resubscribe(registry: Registry): void {
    const before = this.#plan.safetyTelemetry;
    this.#plan = planSubscriptions(registry);
    const { safetyTelemetry } = this.#plan;
    this.#safetyTakes = new FilterSet([...before.filters, ...safetyTelemetry.filters]);
    this.#mainLeaves = both(this.#mainLeaves, safetyTelemetry.filters);
    this.#safety.subscribe(this.#plan.safety);
    this.#main?.subscribe(this.#plan.main);
  }

  publish(message: Parameters<BrokerLink['publish']>[0]): Promise<void> {
    const { topic, payload, retain = false, qos = 1 } = message;
    const bytes = typeof payload === 'string' ? payload : Buffer.from(payload);
    // On the main session it would wait behind thousands of acknowledgements of climate data: a broker may read one
    // packet of a connection in a turn, and what we say may be for a siren.
    return this.#safety.publish({ topic, payload: bytes, retain, qos });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#settling);
    await Promise.all([this.#main?.close(), this.#safety.close()]);
  }

  /** The main session opens after the safety session listens, and leaves to it what was granted to it. */
  #safetySubscribed(granted: readonly string[]): void {
    if (this.#closed) return;
    const { safetyTelemetry } = this.#plan;
    const known = new Set([...this.#mainLeaves.filters, ...granted]);
    const leaves = both(safetyTelemetry, known);
    if (!this.#main) {
      this.#mainLeaves = leaves;
      this.#main = this.#openMain();
      return;
    }
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#mainLeaves = leaves;
      this.#safetyTakes = safetyTelemetry;
    }, SETTLE_MS);
    this.#settling.unref();
  }

  #openMain(): Session {
    const [first] = this.#options.registry.repositories.keys();
    return openSession({
      ...this.#shared(),
      clientId: this.#options.clientId,
      topics: this.#plan.main,
      windowMessages: MAIN_WINDOW_MESSAGES,
      will:
        first === undefined ? undefined : { topic: gatewayStatusTopic(first), payload: 'offline' },
      // Access topics come only by the safety session; it is here for stale subscriptions.
      takes: (topic) => !topic.endsWith('/access') && !this.#mainLeaves.has(topic),
    });
  }

  #shared() {
    const { url, username, password, ca, cert, key, log, onMessage } = this.#options;
    const onState = (): void => this.#options.onState(this.state());
    const broker = { url, username, password, ca, cert, key };
    return { ...broker, log, onMessage, onState, now: this.#now };
  }
}

/** The filters of `a` that `b` has, too. */
function both(a: FilterSet, b: ReadonlySet<string>): FilterSet {
  return new FilterSet([...a.filters].filter((filter) => b.has(filter)));
}
