/** Plays one scenario at a time: hands out what is due, and remembers what must be put back. */

import type { Moment } from '../domain/time.ts';
import type { Archive } from './archive.ts';
import { createRandom } from './random.ts';
import { findScenario } from './scenarios/index.ts';
import type { Action, TimedAction } from './scenarios/scenario.ts';

/** Whether a scenario began, in which room, and how long it takes; or why not, in a sentence. */
export type PlayResult =
  | { readonly ok: true; readonly room: string; readonly durationMs: number }
  | { readonly ok: false; readonly why: string };

export interface Touched {
  readonly scenario: string;
  readonly rooms: readonly string[];
  readonly sensors: readonly string[];
  readonly links: readonly string[];
}

export interface Player {
  play(scenario: string, where: { readonly room?: string; readonly at: Moment }): PlayResult;
  /** What is due by `at`, in order. */
  due(at: Moment): readonly Action[];
  isOver(at: Moment): boolean;
  /** Ends the play; what it has touched so far, or undefined when nothing was playing. */
  end(): Touched | undefined;
}

interface Play {
  readonly scenario: string;
  readonly startedAt: Moment;
  readonly endsAt: Moment;
  readonly timeline: readonly TimedAction[];
  position: number;
}

/** A player for one archive; the seed decides what scenarios leave to chance. */
export function createPlayer(archive: Archive, seed: number): Player {
  let current: Play | undefined;
  return {
    play: (id, { room, at }) => {
      const scenario = findScenario(id);
      if (!scenario) return { ok: false, why: `There is no scenario ${id}.` };
      const rooms = scenario.rooms(archive);
      const chosen = room ?? rooms[0];
      if (chosen === undefined) {
        return { ok: false, why: `This repository has nothing that ${id} could be shown with.` };
      }
      if (!archive.rooms.some((r) => r.id === chosen)) {
        return { ok: false, why: `There is no room ${chosen} in this repository.` };
      }
      if (!rooms.includes(chosen)) {
        return { ok: false, why: `Room ${chosen} has nothing that ${id} could be shown with.` };
      }
      const random = createRandom(seed, `scenario/${id}/${chosen}`);
      const timeline = scenario
        .timeline({ archive, room: chosen, random })
        .toSorted((a, b) => a.afterMs - b.afterMs);
      current = {
        scenario: id,
        startedAt: at,
        endsAt: at + scenario.durationMs,
        timeline,
        position: 0,
      };
      return { ok: true, room: chosen, durationMs: scenario.durationMs };
    },
    due: (at) => {
      const actions: Action[] = [];
      if (!current) return actions;
      for (;;) {
        const next = current.timeline[current.position];
        if (!next || current.startedAt + next.afterMs > at) return actions;
        actions.push(next.action);
        current.position += 1;
      }
    },
    isOver: (at) => current !== undefined && at >= current.endsAt,
    end: () => {
      if (!current) return undefined;
      const done = current.timeline.slice(0, current.position).map((t) => t.action);
      const { scenario } = current;
      current = undefined;
      return {
        scenario,
        rooms: distinct(done.flatMap((a) => (a.kind === 'room' ? [a.room] : []))),
        sensors: distinct(done.flatMap((a) => (a.kind === 'sensor' ? [a.sensor] : []))),
        links: distinct(done.flatMap((a) => (a.kind === 'link' && !a.up ? [a.link] : []))),
      };
    },
  };
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
