/** Made-up days with all that goes wrong: what is received at which moment, from a seed. */

import { ACCESS_EVENTS } from '../../../../domain/access.ts';
import type { MetricName } from '../../../../domain/metrics.ts';
import type { Reading } from '../../../../domain/reading.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../../../domain/time.ts';
import type { Engine, EngineInput } from '../../../../alerts/index.ts';
import { createRandom, type Random } from '../../../../simulators/random.ts';
import { MIDNIGHT, REPOSITORY, type Building } from '../../../acceptance/story.ts';

export const BUILDING: Building = {
  rooms: { r301: 'paper', r302: 'special' },
  sensors: {
    't-1': ['r301', 'temperature', 'humidity'],
    't-2': ['r302', 'temperature', 'humidity', 'battery'],
    's-1': ['r301', 'smoke', 'smoke_test', 'disabled'],
    's-2': ['r301', 'smoke', 'heat'],
    'w-1': ['r302', 'water_leak', 'tamper', 'online'],
    'p-1': ['r302', 'mains_lost', 'door_open'],
    'a-1': ['r301', 'co2', 'smoke_obscuration'],
  },
  doors: { 'd-1': 'r301', 'd-2': 'r302' },
  devices: { gw: ['t-1', 's-1'] },
  people: [
    { id: 'duty-a', role: 'duty', order: 1 },
    { id: 'manager', role: 'manager' },
    { id: 'fitter', role: 'contractor' },
  ],
  twoPersons: ['r302'],
  setPoint: { temperature: 20, humidity: 52 },
};

/** Received together: a list, or what people do about what is open then. */
export interface Received {
  readonly at: Moment;
  readonly inputs: readonly EngineInput[] | ((engine: Engine) => readonly EngineInput[]);
}

interface Day {
  readonly random: Random;
  readonly until: Moment;
  readonly received: Received[];
}

export const START = MIDNIGHT + 2 * HOUR_MS;

/** By time of receipt; the engine wakes at `START`. */
export function randomDays(seed: number, hours: number): readonly Received[] {
  const random = createRandom(seed, 'days');
  const day: Day = { random, until: START + hours * HOUR_MS, received: [] };
  for (const [sensor, [room, ...metrics]] of Object.entries(BUILDING.sensors ?? {})) {
    addSensor(day, { sensor, room, metrics });
  }
  for (const door of Object.keys(BUILDING.doors ?? {})) addDoor(day, door);
  addStatus(day);
  addPeople(day);
  return day.received
    .map((one, i) => ({ one, i }))
    .sort((a, b) => a.one.at - b.one.at || a.i - b.i)
    .map(({ one }) => one);
}

function addSensor(
  day: Day,
  of: { readonly sensor: string; readonly room: string; readonly metrics: readonly MetricName[] },
): void {
  const { random } = day;
  const values = new Map<MetricName, number>();
  let outageUntil = 0;
  for (let at = START + random.integer(0, 60_000); at < day.until; at += step(random)) {
    if (chance(random, 0.002)) outageUntil = at + random.integer(1, 90) * MINUTE_MS;
    if (chance(random, 0.004)) at += random.integer(120_000, 720_000);
    const isLate = at < outageUntil;
    // What was kept comes at once when the link is back, all of one moment or spread over a second.
    const receivedAt = isLate
      ? outageUntil + random.integer(0, 1) * random.integer(0, 1000)
      : at + random.integer(0, chance(random, 0.05) ? 150_000 : 900);
    const ahead = chance(random, 0.02) ? random.integer(0, 110_000) : 0;
    const inputs = of.metrics
      .filter(() => chance(random, 0.97))
      .map((metric): EngineInput => {
        const value = next(random, metric, values.get(metric));
        values.set(metric, value);
        const flags: Reading['flags'] =
          isLate && chance(random, 0.5)
            ? ['historical']
            : chance(random, 0.02)
              ? ['simulated']
              : [];
        const reading: Reading = {
          repository: REPOSITORY,
          room: of.room,
          sensor: of.sensor,
          metric,
          value,
          quality: chance(random, 0.02) ? 4 : chance(random, 0.03) ? 3 : 1,
          at: at + ahead,
          receivedAt,
          flags,
        };
        return { kind: 'reading', reading };
      });
    if (inputs.length > 0) day.received.push({ at: receivedAt, inputs });
    if (chance(random, 0.003))
      day.received.push({ at: receivedAt, inputs: [clockIssue(day, of.sensor, receivedAt)] });
  }
}

function step(random: Random): number {
  return chance(random, 0.9) ? 60_000 : random.integer(1_000, 200_000);
}

function next(random: Random, metric: MetricName, before: number | undefined): number {
  if (metric === 'temperature') return walk(random, before ?? 22, [15, 29, 1.2]);
  if (metric === 'humidity') return walk(random, before ?? 55, [38, 68, 2.5]);
  if (metric === 'battery') return walk(random, before ?? 20, [5, 60, 4]);
  if (metric === 'co2') return walk(random, before ?? 900, [400, 1600, 60]);
  if (metric === 'smoke_obscuration') return walk(random, before ?? 0.3, [0, 3, 0.4]);
  if (metric === 'online') return chance(random, 0.02) ? 0 : 1;
  const flips = before === 1 ? 0.2 : 0.01;
  return chance(random, flips) ? 1 - (before ?? 0) : (before ?? 0);
}

function walk(
  random: Random,
  from: number,
  [min, max, step]: readonly [number, number, number],
): number {
  const moved = from + random.between(-step, step);
  return Number(Math.min(max, Math.max(min, moved)).toFixed(1));
}

function clockIssue(day: Day, id: string, at: Moment): EngineInput {
  const kind = chance(day.random, 0.5) ? 'clock-wrong' : 'clock-right';
  return { kind: 'issue', issue: { kind, repository: REPOSITORY, id, at } };
}

function addDoor(day: Day, door: string): void {
  const { random } = day;
  for (let at = START; at < day.until; at += random.integer(5_000, 900_000)) {
    const receivedAt = at + (chance(random, 0.1) ? random.integer(0, 1_200_000) : 0);
    const event = ACCESS_EVENTS[random.integer(0, ACCESS_EVENTS.length - 1)] ?? 'door_closed';
    const room = BUILDING.doors?.[door] ?? 'r301';
    const id = `${REPOSITORY}.${door}.${at}.${event}`;
    const who = ['duty-a', 'manager', 'fitter', undefined][random.integer(0, 3)];
    const direction = chance(random, 0.5) ? 'in' : 'out';
    const happened = {
      id,
      repository: REPOSITORY,
      room,
      door,
      event,
      at,
      receivedAt,
      // One door tells no direction.
      ...(who === undefined ? {} : { person: who }),
      ...(door === 'd-1' ? {} : { direction: direction as 'in' | 'out' }),
    };
    day.received.push({ at: receivedAt, inputs: [{ kind: 'access', event: happened }] });
  }
}

function addStatus(day: Day): void {
  const { random } = day;
  let online = true;
  for (let at = START; at < day.until; at += random.integer(5 * SECOND_MS, 2 * HOUR_MS)) {
    online = !online;
    for (const id of chance(random, 0.7) ? ['gw'] : ['gw', 't-2', 'd-1']) {
      const status = { repository: REPOSITORY, id, online, at };
      day.received.push({ at, inputs: [{ kind: 'status', status }] });
    }
  }
}

function addPeople(day: Day): void {
  const { random } = day;
  for (let at = START; at < day.until; at += random.integer(10_000, HOUR_MS)) {
    const forMs = random.integer(1_000, HOUR_MS);
    const pick = random.between(0, 1);
    day.received.push({
      at,
      inputs: (engine) => {
        const open = engine.openAlarms().map((one) => one.id);
        const alarm = open.sort()[Math.floor(pick * open.length)];
        if (alarm === undefined) return [];
        const until = at + forMs;
        const shelve = { kind: 'shelve-alarm', alarm, by: 'p', until, reason: 'r' } as const;
        const unshelve = { kind: 'unshelve-alarm', alarm, by: 'p' } as const;
        return [{ kind: 'command', command: pick < 0.8 ? shelve : unshelve }];
      },
    });
  }
}

function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}
