/** What was caught, how late, and what was raised for nothing. */

import type { BacktestAlarm, IncidentOutcome } from '../../domain/backtest.ts';
import type { Limit } from '../../domain/limits.ts';
import { DAY_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { Rule } from '../../alerts/index.ts';
import { outcomesOf } from '../../alerts/backtest/known-incidents.ts';
import {
  aftermathOf,
  asKnown,
  type Happening,
  type HappeningKind,
  type Span,
} from './incidents.ts';
import type { Truth } from './room-year.ts';

export interface RoomScore {
  readonly room: string;
  readonly caught: readonly (IncidentOutcome & { readonly kind: HappeningKind })[];
  /** Nothing that anybody could have been told: the room stayed within its limits all the same. */
  readonly withoutEffect: readonly Happening[];
  /** Raised with nothing known that explains it. */
  readonly falseAlarms: readonly BacktestAlarm[];
  /** Time outside of all happenings and their aftermath, in months of 30 days. */
  readonly quietMonths: number;
}

/** Climate that was beyond its limits for so long had to be told of. */
const BEYOND_MS = 30 * MINUTE_MS;

export function scoreRoom(q: {
  readonly room: string;
  readonly span: Span;
  readonly happenings: readonly Happening[];
  readonly occurrences: readonly BacktestAlarm[];
  readonly rules: readonly Rule[];
  readonly beyond: ReadonlyMap<Happening, number>;
}): RoomScore {
  const { room, span, happenings, occurrences, rules, beyond } = q;
  const withoutEffect = happenings.filter((one) => !hadEffect(one, beyond));
  const counted = happenings.filter((one) => hadEffect(one, beyond) && one.kind !== 'lantai-off');
  const known = counted.map((one) => asKnown(one, room));
  const caught = outcomesOf(known, occurrences, rules).map((outcome, i) => ({
    ...outcome,
    kind: counted[i]?.kind ?? 'leak',
  }));
  const aftermaths = happenings.map(aftermathOf);
  const falseAlarms = occurrences.filter(
    (one) => !aftermaths.some(({ from, until }) => one.raisedAt >= from && one.raisedAt < until),
  );
  const busyMs = aftermaths.reduce(
    (sum, one) => sum + Math.max(0, Math.min(one.until, span.until) - one.from),
    0,
  );
  const quietMonths = (span.until - span.from - busyMs) / (30 * DAY_MS);
  return { room, caught, withoutEffect, falseAlarms, quietMonths };
}

function hadEffect(happening: Happening, beyond: ReadonlyMap<Happening, number>): boolean {
  const isClimate = /^(de)?humidifier|^hvac/.test(happening.kind);
  return !isClimate || (beyond.get(happening) ?? 0) > BEYOND_MS;
}

/** How long the room's true air was beyond a limit while each lasted, ms. */
export class Beyond {
  readonly #happenings: readonly Happening[];
  readonly #limits: readonly Limit[];
  readonly times = new Map<Happening, number>();

  constructor(happenings: readonly Happening[], limits: readonly Limit[]) {
    this.#happenings = happenings;
    this.#limits = limits;
  }

  take({ at, temperatureC, humidity }: Truth): void {
    const now = this.#happenings.find((one) => one.from <= at && at < one.until);
    if (!now) return;
    const isBeyond = this.#limits.some(({ kind, metric, min = -Infinity, max = Infinity }) => {
      const value = metric === 'temperature' ? temperatureC : humidity;
      const isClimate = metric === 'temperature' || metric === 'humidity';
      return kind === 'range' && isClimate && (value < min - MARGIN || value > max + MARGIN);
    });
    if (isBeyond) this.times.set(now, (this.times.get(now) ?? 0) + MINUTE_MS);
  }
}

/** A sensor within its accuracy may not see less; temperature in K, humidity in %RH. */
const MARGIN = 1;

/** The scores of all rooms as lines for people. */
export function linesOf(scores: readonly RoomScore[]): readonly string[] {
  const outcomes = scores.flatMap((score) => score.caught);
  const byKind = Map.groupBy(outcomes, (one) => one.kind);
  const lines = [...byKind].sort().map(([kind, all]) => {
    const late = all.flatMap((one) => (one.lateMs === undefined ? [] : [one.lateMs]));
    late.sort((a, b) => a - b);
    const middle = minutes(late[Math.floor(late.length / 2)]);
    return `${kind.padEnd(22)} caught ${late.length} of ${all.length}, after ${middle} min (at most ${minutes(late.at(-1))})`;
  });
  const falses = scores.flatMap((score) => score.falseAlarms);
  const months = scores.reduce((sum, score) => sum + score.quietMonths, 0);
  const worst = Math.max(...scores.map((one) => one.falseAlarms.length / one.quietMonths));
  const byRule = Map.groupBy(falses, (one) => one.rule);
  const counted = [...byRule].map(([rule, all]) => `${rule} ${all.length}`).join(', ');
  return [
    ...lines,
    `caught in all: ${outcomes.filter((one) => one.caughtBy).length} of ${outcomes.length}; without effect: ${scores.flatMap((s) => s.withoutEffect).length}`,
    `false alarms: ${falses.length} in ${months.toFixed(1)} quiet room-months: ${(falses.length / months).toFixed(2)} a room and month, worst room ${worst.toFixed(2)}${counted === '' ? '' : ` (${counted})`}`,
  ];
}

function minutes(ms: Moment | undefined): string {
  return ms === undefined ? '-' : (ms / MINUTE_MS).toFixed(1);
}
