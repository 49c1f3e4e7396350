/** One room's time as its broker hears it: physics, sensors with their errors, people, and what goes wrong. */

import type { RawMessage } from '../../domain/intake.ts';
import type { RepositoryDocument } from '../../domain/registry.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import { archiveOf, type SensorEntry } from '../../simulators/archive.ts';
import { createBuilding, type Building } from '../../simulators/building.ts';
import { createLocalTime } from '../../simulators/model/local-time.ts';
import type { RoomForcing } from '../../simulators/model/room.ts';
import { createRandom, fractionOf, type Random } from '../../simulators/random.ts';
import { createProbe, followAir, measureAll, type Probe } from '../../simulators/values.ts';
import { HEARTBEAT_SECONDS, REPOSITORY, TIMEZONE } from './house.ts';
import type { Happening, Span } from './incidents.ts';

/** Fixed before anything was tuned; our own figures for a house with middling wireless sensors. */
export const NOISE = {
  /** A single wrong value, a day and sensor. */
  spikesPerDay: 1 / 30,
  /** A message that never arrives. */
  lostShare: 0.002,
  /** A value that the sensor does not know. */
  nullShare: 0.0005,
  /** Short breaks of the link, a day and room. */
  hiccupsPerDay: 1 / 30,
  hiccupMinutes: [1, 6],
  latencyMs: [40, 900],
  /** %RH a day of a sensor that drifts away. */
  driftPerDay: 6,
} as const;

/** What truly was, beside what was said of it; sampled each minute. */
export interface Truth {
  readonly at: Moment;
  readonly temperatureC: number;
  readonly humidity: number;
}

export interface RoomDay {
  readonly until: Moment;
  /** In the order in which the broker hands them on. */
  readonly messages: readonly RawMessage[];
  readonly truth: readonly Truth[];
}

interface Held {
  readonly probe: Probe;
  readonly intervalMs: number;
  readonly phaseMs: number;
}

/** Day by day from `from`, both on the minute. */
export function* roomYear(
  q: Span & {
    readonly document: RepositoryDocument;
    readonly seed: number;
    readonly happenings: readonly Happening[];
  },
): Generator<RoomDay> {
  const year = new RoomYear(q);
  for (let at = q.from; at < q.until; at += DAY_MS) {
    yield year.day(at, Math.min(q.until, at + DAY_MS));
  }
}

class RoomYear {
  readonly #room: string;
  readonly #building: Building;
  readonly #sensors: readonly Held[];
  readonly #door: string;
  readonly #happenings: readonly Happening[];
  readonly #random: Random;
  readonly #lastReceived = new Map<string, Moment>();
  /** Received after the day that made them. */
  #later: RawMessage[] = [];
  #made: RawMessage[] = [];
  #hiccup: Span = { from: 0, until: 0 };

  constructor(q: Parameters<typeof roomYear>[0]) {
    const archive = archiveOf(q.document);
    this.#room = archive.rooms[0]?.id ?? '';
    this.#door = archive.doors[0]?.id ?? '';
    this.#happenings = q.happenings;
    this.#random = createRandom(q.seed, `noise/${this.#room}`);
    const traits = { humidistat: {}, batteries: {} };
    const localTime = createLocalTime(TIMEZONE);
    this.#building = createBuilding(archive, { seed: q.seed, localTime, traits });
    for (let at = q.from - DAY_MS; at < q.from; at += MINUTE_MS) {
      this.#building.advance(at, at + MINUTE_MS);
    }
    const around = this.#building.around(this.#room, q.from);
    this.#sensors = archive.sensors.map((entry) => {
      const intervalMs = (entry.intervalSeconds ?? HEARTBEAT_SECONDS) * SECOND_MS;
      return {
        probe: createProbe(entry, { seed: q.seed, startedAt: q.from, batteryPercent: 90, around }),
        intervalMs,
        phaseMs: Math.floor((fractionOf(entry.id) * intervalMs) / SECOND_MS) * SECOND_MS,
      };
    });
  }

  day(from: Moment, until: Moment): RoomDay {
    const truth: Truth[] = [];
    this.#made = [];
    this.#drawHiccup(from);
    this.#doors(from, until);
    for (let at = from; at < until; at += MINUTE_MS) truth.push(this.#minute(at));
    const all = [...this.#later, ...this.#made].sort((a, b) => a.receivedAt - b.receivedAt);
    this.#later = all.filter((one) => one.receivedAt >= until);
    return { until, messages: all.filter((one) => one.receivedAt < until), truth };
  }

  #drawHiccup(from: Moment): void {
    if (this.#random.next() >= NOISE.hiccupsPerDay) return;
    const begins = from + Math.floor(this.#random.between(0, 23) * HOUR_MS);
    const [low, high] = NOISE.hiccupMinutes;
    this.#hiccup = {
      from: begins,
      until: begins + Math.floor(this.#random.between(low, high) * MINUTE_MS),
    };
  }

  #minute(at: Moment): Truth {
    const until = at + MINUTE_MS;
    const now = this.#happenings.find((one) => one.from < until && one.until + MINUTE_MS > at);
    this.#building.force(this.#room, now && now.until > at ? forcingOf(now) : undefined);
    this.#building.advance(at, until);
    const around = this.#building.around(this.#room, until);
    for (const held of this.#sensors) {
      followAir(held.probe, around, MINUTE_MS);
      this.#reports(held, { at, until, now, around });
    }
    return { at: until, temperatureC: around.temperatureC, humidity: around.humidity };
  }

  #reports(
    { probe, intervalMs, phaseMs }: Held,
    q: Minute & { readonly around: ReturnType<Building['around']> },
  ): void {
    const { at, until, now, around } = q;
    const { entry } = probe;
    const due = at + ((((phaseMs - at) % intervalMs) + intervalMs) % intervalMs);
    const signal = now && signalOf(entry, now);
    if (signal) {
      const begins = now.from + signal.afterMs;
      // What begins or ends is said at once, and again with each report.
      const moments = [...new Set([begins, due, now.until])].sort((a, b) => a - b);
      for (const moment of moments.filter((one) => one >= at && one < until)) {
        const value = moment >= begins && moment < now.until ? 1 : 0;
        this.#say({ id: entry.id, kind: 'telemetry' }, moment, { [signal.metric]: value });
      }
      return;
    }
    if (due >= until) return;
    const isDead = now?.kind === 'sensor-dead' && due >= now.from && due < now.until;
    if (isDead && isFirst(entry)) return;
    const values = measureAll(probe, around, due);
    if (typeof values.humidity === 'number') {
      this.#disturb(values, { entry, moment: due, now, intervalMs });
    }
    if (this.#random.next() >= NOISE.lostShare) {
      this.#say({ id: entry.id, kind: 'telemetry' }, due, values);
    }
  }

  #disturb(
    values: Partial<Record<string, number | null>>,
    q: {
      readonly entry: SensorEntry;
      readonly moment: Moment;
      readonly now: Happening | undefined;
      readonly intervalMs: number;
    },
  ): void {
    const { entry, moment, now, intervalMs } = q;
    if (
      now?.kind === 'sensor-drift' &&
      isFirst(entry) &&
      moment >= now.from &&
      moment < now.until
    ) {
      const drift = (NOISE.driftPerDay * (moment - now.from)) / DAY_MS;
      values['humidity'] = round(Math.min(100, (values['humidity'] ?? 0) + drift));
    }
    if (this.#random.next() < (NOISE.spikesPerDay * intervalMs) / DAY_MS) {
      values['humidity'] = round(this.#random.between(0, 100));
      values['temperature'] = round((values['temperature'] ?? 0) + this.#random.between(-15, 15));
    }
    if (this.#random.next() < NOISE.nullShare) values['humidity'] = null;
  }

  /** A day's visits and what goes wrong at the door, by time. */
  #doors(from: Moment, until: Moment): void {
    const visits = this.#building.happenings(from, until).map(({ at, event }) => ({ at, event }));
    const wrong = this.#happenings.flatMap(doorEventsOf);
    const all = [...visits, ...wrong.filter(({ at }) => at >= from && at < until)];
    for (const { at, event } of all.sort((a, b) => a.at - b.at)) {
      this.#say({ id: this.#door, kind: 'access' }, at, { event });
    }
  }

  /** Hands a message to the link: at once, or when the link, or Lantai, is back. One thing's messages keep their order. */
  #say(to: Address, at: Moment, body: object): void {
    const { id, kind } = to;
    const [low, high] = NOISE.latencyMs;
    const latency = this.#random.integer(low, high);
    const out = this.#happenings.find(({ out }) => out && out.from <= at && at < out.until)?.out;
    const isHiccup = this.#hiccup.from <= at && at < this.#hiccup.until;
    const sentAt = out?.until ?? (isHiccup ? this.#hiccup.until : at);
    const receivedAt = Math.max(sentAt + latency, (this.#lastReceived.get(id) ?? 0) + 1);
    this.#lastReceived.set(id, receivedAt);
    this.#made.push({
      topic: `lantai/${REPOSITORY}/${id}/${kind}`,
      payload: Buffer.from(JSON.stringify({ time: at, ...body })),
      retain: false,
      receivedAt,
    });
  }
}

interface Address {
  readonly id: string;
  readonly kind: 'telemetry' | 'access';
}

interface Minute {
  readonly at: Moment;
  readonly until: Moment;
  /** What happens in this minute. */
  readonly now: Happening | undefined;
}

function forcingOf({ kind }: Happening): RoomForcing | undefined {
  switch (kind) {
    case 'humidifier-failure':
    case 'dehumidifier-failure':
      return { moisture: 'off' };
    case 'hvac-stop-winter':
    case 'hvac-stop-summer':
      return { hvac: 'off' };
    case 'hvac-stuck':
      return { hvac: 'stuck-open' };
    case 'leak':
    case 'leak-while-off':
      return { waterGM3PerH: 3 };
    case 'fire':
    case 'fire-in-outage':
      return { heatKPerH: 20 };
    case 'door-open':
      return { doorOpen: true };
    default:
      return undefined;
  }
}

function doorEventsOf({ kind, from, until }: Happening) {
  const closed = { at: until, event: 'door_closed' };
  if (kind === 'door-open') {
    const held = { at: from + 30 * SECOND_MS, event: 'held_open' };
    return [{ at: from, event: 'door_opened' }, held, closed];
  }
  const isForced = kind === 'forced-door' || kind === 'forced-in-outage';
  return isForced ? [{ at: from, event: 'forced_open' }, closed] : [];
}

/** A detector that the happening sets off, and how long after it began. */
function signalOf(
  entry: SensorEntry,
  { kind }: Happening,
): { readonly metric: 'smoke' | 'water_leak'; readonly afterMs: number } | undefined {
  if (kind.startsWith('fire') && entry.metrics.includes('smoke')) {
    return { metric: 'smoke', afterMs: isFirst(entry) ? 0 : 2 * MINUTE_MS };
  }
  if (kind.startsWith('leak') && entry.metrics.includes('water_leak')) {
    return { metric: 'water_leak', afterMs: 0 };
  }
  return undefined;
}

function isFirst(entry: SensorEntry): boolean {
  return entry.id.endsWith('-1');
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
