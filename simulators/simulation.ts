/** Worlds with sessions: what the worlds say is published, at any speed. */

import type { RepositoryDocument } from '../domain/registry.ts';
import { HOUR_MS, MINUTE_MS, type Moment } from '../domain/time.ts';
import type { Output, OutputMessage } from './outlet.ts';
import type { PlayResult } from './player.ts';
import { openSessions, type Sessions, type SessionsFigures } from './sessions.ts';
import { createWorld, type World } from './world.ts';

export interface SimulationOptions {
  readonly broker: string;
  readonly documents: readonly RepositoryDocument[];
  readonly seed: number;
  readonly startAt: Moment;
  readonly suffix: string;
  readonly onTrouble?: (sentence: string) => void;
  readonly onDone?: (scenario: string) => void;
}

interface Part {
  readonly world: World;
  readonly sessions: Sessions;
}

/** History is dense for two days; beyond that an hour has four points, so that a week stays small. */
const DENSE_HISTORY_MS = 48 * HOUR_MS;
const DENSE_EVERY_MS = 5 * MINUTE_MS;
const SPARSE_EVERY_MS = 15 * MINUTE_MS;
const HISTORY_IN_FLIGHT_MAX = 8;
const HISTORY_OBJECTS_PER_SECOND = 20_000;
/** After a longer gap (the machine slept) what was missed is not sent. */
const GAP_MS_MAX = 2 * MINUTE_MS;
/** Messages in flight when played as fast as possible. */
const IN_FLIGHT_MAX = 500;

/** Opens worlds and sessions for every document; `startAt` is where simulated time begins. */
export function createSimulation(options: SimulationOptions): Simulation {
  return new Simulation(options);
}

export class Simulation {
  readonly #parts: readonly Part[];
  readonly #onDone: (scenario: string) => void;

  constructor(options: SimulationOptions) {
    const { broker, documents, seed, startAt, suffix, onTrouble } = options;
    this.#onDone = options.onDone ?? (() => undefined);
    this.#parts = documents.map((document) => {
      const world = createWorld({ document, seed, startAt });
      const repository = document.repository.id;
      const { links } = world.archive;
      const trouble = onTrouble === undefined ? {} : { onTrouble };
      const sessions = openSessions({ broker, repository, links, suffix, ...trouble });
      return { world, sessions };
    });
  }

  worlds(): readonly World[] {
    return this.#parts.map((p) => p.world);
  }

  async connected(withinMs: number): Promise<void> {
    await Promise.all(this.#parts.map((p) => p.sessions.connected(withinMs)));
  }

  /** Publishes the time up to `until` as late data, in arrays, at a bounded rate. */
  async publishHistory(until: Moment): Promise<void> {
    for (const { world, sessions } of this.#parts) {
      const spanMs = until - world.now();
      const everyMs = spanMs > DENSE_HISTORY_MS ? SPARSE_EVERY_MS : DENSE_EVERY_MS;
      for (const output of world.recordHistory(until, everyMs)) {
        const objects =
          output.kind === 'message' && Array.isArray(output.body) ? output.body.length : 1;
        this.#publish(output, sessions);
        await sessions.drained(HISTORY_IN_FLIGHT_MAX);
        if (objects > 50) await wait((1000 * objects) / HISTORY_OBJECTS_PER_SECOND);
      }
      await sessions.drained(0);
    }
  }

  /** Publishes what happens until `until`; a longer gap than `gapMsMax` is passed over in silence. */
  advance(until: Moment, gapMsMax = GAP_MS_MAX): void {
    for (const { world, sessions } of this.#parts) {
      if (until - world.now() > gapMsMax) world.skip(until - 1000);
      for (const output of world.advance(until)) this.#publish(output, sessions);
    }
  }

  /** Plays up to `until` as fast as the broker acknowledges. */
  async rush(until: Moment, isStopped: () => boolean): Promise<void> {
    for (const { world, sessions } of this.#parts) {
      while (world.now() < until && !isStopped()) {
        const outputs = world.advance(Math.min(until, world.now() + 10_000));
        for (const output of outputs) this.#publish(output, sessions);
        await sessions.drained(IN_FLIGHT_MAX);
        if (until - world.now() < 1000) break;
      }
      await sessions.drained(0);
    }
  }

  /** Plays in the repository that the room names (`repository.room`), else in the first that can. */
  play(scenario: string, place?: string): PlayResult {
    const dot = place?.indexOf('.') ?? -1;
    const repository = dot > 0 ? place?.slice(0, dot) : undefined;
    const room = dot > 0 ? place?.slice(dot + 1) : place;
    let result: PlayResult = { ok: false, why: `There is no repository ${repository ?? ''}.` };
    for (const { world } of this.#parts) {
      if (repository !== undefined && world.archive.id !== repository) continue;
      result = world.play(scenario, room);
      if (result.ok) return result;
    }
    return result;
  }

  stop(): void {
    for (const { world, sessions } of this.#parts) {
      for (const output of world.stop()) this.#publish(output, sessions);
    }
  }

  figures(): SessionsFigures {
    const all = this.#parts.map((p) => p.sessions.figures());
    return {
      sent: sum(all.map((f) => f.sent)),
      acknowledged: sum(all.map((f) => f.acknowledged)),
      dropped: sum(all.map((f) => f.dropped)),
      waiting: sum(all.map((f) => f.waiting)),
    };
  }

  async close(withinMs: number): Promise<void> {
    await Promise.all(this.#parts.map((p) => p.sessions.close(withinMs)));
  }

  #publish(output: Output, sessions: Sessions): void {
    switch (output.kind) {
      case 'message':
        return sessions.send(output.link, output.topic, payloadOf(output));
      case 'link':
        return sessions.setLink(output.link, output.up);
      case 'done':
        return this.#onDone(output.scenario);
    }
  }
}

/** The bytes of a message. */
export function payloadOf(message: OutputMessage): string {
  return JSON.stringify(message.body);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
