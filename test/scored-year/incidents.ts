/** What happens in a room in a year, and when: drawn from the seed, known to whoever keeps the score. */

import type { IncidentKind, KnownIncident } from '../../domain/backtest.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { createRandom, type Random } from '../../simulators/random.ts';

export const HAPPENINGS = [
  'humidifier-failure',
  'dehumidifier-failure',
  'hvac-stop-winter',
  'hvac-stop-summer',
  'hvac-stuck',
  'leak',
  'leak-while-off', // Lantai itself is off when it begins, and comes back while it lasts
  'fire',
  'fire-in-outage', // the network is out
  'door-open',
  'forced-door',
  'forced-in-outage',
  'sensor-drift',
  'sensor-dead',
  'network-out',
  'lantai-off',
] as const;
export type HappeningKind = (typeof HAPPENINGS)[number];

export interface Span {
  readonly from: Moment;
  readonly until: Moment;
}

export interface Happening extends Span {
  readonly kind: HappeningKind;
  /** Nothing comes in: network or Lantai out. */
  readonly out?: Span & { readonly what: 'network' | 'lantai' };
}

/** Which months each may fall in, 0 January; unset: any. */
const SEASONS: Partial<Record<HappeningKind, readonly number[]>> = {
  'humidifier-failure': [0, 1, 11],
  'dehumidifier-failure': [6, 7],
  'hvac-stop-winter': [0, 1, 11],
  'hvac-stop-summer': [5, 6, 7],
};

/** One happening each so long at most, so that none explains another's alarms. */
const SLOT_MS = 15 * DAY_MS;
/** The first days of the run belong to nobody: windows fill. */
const QUIET_START_MS = 2 * DAY_MS;

/** Of one room, by time. */
export function happeningsOf(q: Span & { readonly seed: number; readonly room: string }) {
  const random = createRandom(q.seed, `happenings/${q.room}`);
  const slots: Moment[] = [];
  for (let at = q.from + QUIET_START_MS; at + SLOT_MS <= q.until; at += SLOT_MS) slots.push(at);
  const free = new Set(slots);
  const kinds = [...HAPPENINGS].sort((a, b) => (SEASONS[a] ? 0 : 1) - (SEASONS[b] ? 0 : 1));
  const drawn: Happening[] = [];
  for (const kind of kinds) {
    const months = SEASONS[kind];
    const fitting = [...free].filter(
      (at) => !months || months.includes(new Date(at + 7 * DAY_MS).getUTCMonth()),
    );
    const slot = fitting[random.integer(0, Math.max(0, fitting.length - 1))];
    if (slot === undefined) continue;
    free.delete(slot);
    drawn.push(draw(random, kind, whole(slot + random.between(0, 8) * DAY_MS)));
  }
  return drawn.sort((a, b) => a.from - b.from);
}

function draw(random: Random, kind: HappeningKind, from: Moment): Happening {
  const hours = (low: number, high: number): Moment =>
    whole(from + random.between(low, high) * HOUR_MS);
  switch (kind) {
    case 'humidifier-failure':
    case 'dehumidifier-failure':
      return { kind, from, until: hours(24, 60) };
    case 'hvac-stop-winter':
    case 'hvac-stop-summer':
      return { kind, from, until: hours(24, 60) };
    case 'hvac-stuck':
      return { kind, from, until: hours(4, 12) };
    case 'leak':
      return { kind, from, until: hours(1, 6) };
    case 'leak-while-off':
    case 'fire-in-outage':
    case 'forced-in-outage': {
      const begins = whole(from - random.between(10, 60) * MINUTE_MS);
      const ends = whole(from + random.between(10, 90) * MINUTE_MS);
      const what = kind === 'leak-while-off' ? 'lantai' : 'network';
      return { kind, from, until: hours(2, 4), out: { from: begins, until: ends, what } };
    }
    case 'fire':
      return { kind, from, until: hours(0.5, 2) };
    case 'door-open':
      return { kind, from, until: hours(0.2, 1) };
    case 'forced-door':
      return { kind, from, until: hours(0.1, 0.5) };
    case 'sensor-drift':
      return { kind, from, until: hours(72, 120) };
    case 'sensor-dead':
      return { kind, from, until: hours(6, 48) };
    case 'network-out': {
      const until = hours(1, 8);
      return { kind, from, until, out: { from, until, what: 'network' } };
    }
    case 'lantai-off': {
      const until = hours(0.5, 3);
      return { kind, from, until, out: { from, until, what: 'lantai' } };
    }
  }
}

const KINDS: Readonly<Record<HappeningKind, IncidentKind>> = {
  'humidifier-failure': 'climate',
  'dehumidifier-failure': 'climate',
  'hvac-stop-winter': 'climate',
  'hvac-stop-summer': 'climate',
  'hvac-stuck': 'climate',
  leak: 'water',
  'leak-while-off': 'water',
  fire: 'fire',
  'fire-in-outage': 'fire',
  'door-open': 'door',
  'forced-door': 'intrusion',
  'forced-in-outage': 'intrusion',
  'sensor-drift': 'any',
  'sensor-dead': 'sensor',
  'network-out': 'sensor',
  'lantai-off': 'any',
};

/** As the back-test is told of it. */
export function asKnown(happening: Happening, room: string): KnownIncident {
  const { kind, from, until } = happening;
  return { id: `${kind}/${room}/${from}`, room, kind: KINDS[kind], from, until };
}

/** So long after it began to be over its alarms may still come: a room comes back slowly, windows hold a day. */
export function aftermathOf(happening: Happening): Span {
  const slow = KINDS[happening.kind] === 'climate' || happening.kind === 'sensor-drift';
  const wide = slow || happening.kind === 'fire' || happening.kind.includes('leak');
  const from = Math.min(happening.from, happening.out?.from ?? Infinity);
  const until = Math.max(happening.until, happening.out?.until ?? 0);
  return { from, until: until + (wide || happening.kind.includes('fire') ? 48 : 3) * HOUR_MS };
}

function whole(at: Moment): Moment {
  return Math.round(at / SECOND_MS) * SECOND_MS;
}
