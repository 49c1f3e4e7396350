/** A whole simulated archive: the same repository, seed and commands give the same messages. No clock, no network. */

import { MINUTE_MS, SECOND_MS, type Moment } from '../domain/time.ts';
import { DEFAULT_INTERVAL_SECONDS, type RepositoryDocument } from '../domain/registry.ts';
import { archiveOf, linkOf, type Archive } from './archive.ts';
import { createBuilding, type Building } from './building.ts';
import { createLocalTime } from './model/local-time.ts';
import { createOutlet, type Outlet, type Output } from './outlet.ts';
import { createPlayer, type Player, type PlayResult } from './player.ts';
import { fractionOf } from './random.ts';
import { traitsOf } from './sample/traits.ts';
import type { Action, SensorOverride } from './scenarios/scenario.ts';
import { unreachable } from '../domain/unreachable.ts';
import { createProbe, followAir, measureAll, type Probe, type Values } from './values.ts';

export interface WorldOptions {
  readonly document: RepositoryDocument;
  readonly seed: number;
  readonly startAt: Moment;
}

export interface World {
  readonly archive: Archive;
  /** Everything that is sent until `until`, in order of time. */
  advance(until: Moment): readonly Output[];
  /** The past as late data: arrays of objects a sensor, oldest first, and the doors' events. */
  recordHistory(until: Moment, everyMs: number): readonly Output[];
  /** Lets time pass without sending anything. */
  skip(until: Moment): void;
  play(scenario: string, room?: string): PlayResult;
  /** Ends the scenario now and puts everything back. */
  stop(): readonly Output[];
  now(): Moment;
}

const TICK_MS = SECOND_MS;
const PHYSICS_MS = 10 * SECOND_MS;
/** So long the building lives before its first message, to forget its even start. */
const WARM_UP_MS = 24 * 60 * MINUTE_MS;
const DEFAULT_INTERVAL_MS = DEFAULT_INTERVAL_SECONDS * SECOND_MS;

interface Held {
  readonly probe: Probe;
  readonly link: string;
  readonly intervalMs: number;
  readonly phaseMs: number;
  override: SensorOverride | undefined;
  overriddenAt: Moment;
  reports: number;
  last: Values;
}

/** A world that begins at `startAt` (rounded down to a second), settled and warmed up. */
export function createWorld({ document, seed, startAt }: WorldOptions): World {
  const archive = archiveOf(document);
  const localTime = createLocalTime(archive.timezone);
  const traits = traitsOf(archive.id);
  const building = createBuilding(archive, { seed, localTime, traits });
  const begin = Math.floor(startAt / TICK_MS) * TICK_MS;
  warmUp(building, begin);
  const sensors = new Map<string, Held>();
  for (const entry of archive.sensors) {
    const around = building.around(entry.room, begin);
    const battery = traits.batteries[entry.id];
    const probe = createProbe(entry, { seed, startedAt: begin, batteryPercent: battery, around });
    const intervalMs = (entry.intervalSeconds ?? 0) * SECOND_MS || DEFAULT_INTERVAL_MS;
    sensors.set(entry.id, {
      probe,
      link: linkOf(entry),
      intervalMs,
      // Sensors do not all speak in the same second.
      phaseMs: Math.floor((fractionOf(entry.id) * intervalMs) / TICK_MS) * TICK_MS,
      override: undefined,
      overriddenAt: 0,
      reports: 0,
      last: {},
    });
  }
  return new SimulatedWorld({ archive, building, sensors, begin, seed });
}

function warmUp(building: Building, begin: Moment): void {
  for (let at = begin - WARM_UP_MS; at < begin; at += MINUTE_MS)
    building.advance(at, at + MINUTE_MS);
}

interface Parts {
  readonly archive: Archive;
  readonly building: Building;
  readonly sensors: ReadonlyMap<string, Held>;
  readonly begin: Moment;
  readonly seed: number;
}

class SimulatedWorld implements World {
  readonly archive: Archive;
  readonly #building: Building;
  readonly #sensors: ReadonlyMap<string, Held>;
  readonly #outlet: Outlet;
  readonly #player: Player;
  #now: Moment;

  constructor({ archive, building, sensors, begin, seed }: Parts) {
    this.archive = archive;
    this.#building = building;
    this.#sensors = sensors;
    this.#outlet = createOutlet(archive);
    this.#player = createPlayer(archive, seed);
    this.#now = begin;
    // A door controller says how its doors stand when it is switched on.
    for (const { id } of archive.doors)
      this.#outlet.access(id, { event: 'door_closed', at: begin });
  }

  now(): Moment {
    return this.#now;
  }

  advance(until: Moment): readonly Output[] {
    for (let at = this.#now + TICK_MS; at <= until; at += TICK_MS) {
      this.#tick(this.#now, at);
      this.#now = at;
    }
    return this.#outlet.take();
  }

  recordHistory(until: Moment, everyMs: number): readonly Output[] {
    for (let at = this.#now + MINUTE_MS; at <= until; at += MINUTE_MS) {
      this.#physics(this.#now, at);
      this.#doors(this.#now, at);
      for (const held of this.#sensors.values()) {
        if (isDue(held, at, everyMs)) this.#report(held, at);
      }
      this.#now = at;
    }
    return this.#outlet.takeBatched();
  }

  skip(until: Moment): void {
    const target = Math.floor(until / TICK_MS) * TICK_MS;
    while (this.#now < target) {
      const next = Math.min(target, this.#now + MINUTE_MS);
      this.#physics(this.#now, next);
      this.#now = next;
    }
  }

  play(scenario: string, room?: string): PlayResult {
    this.#restore(this.#now);
    return this.#player.play(scenario, { ...(room === undefined ? {} : { room }), at: this.#now });
  }

  stop(): readonly Output[] {
    this.#restore(this.#now);
    return this.#outlet.take();
  }

  #tick(from: Moment, at: Moment): void {
    if (at % PHYSICS_MS === 0) this.#physics(at - PHYSICS_MS, at);
    this.#doors(from, at);
    for (const action of this.#player.due(at)) this.#perform(action, at);
    if (this.#player.isOver(at)) this.#restore(at);
    for (const held of this.#sensors.values()) {
      if ((at + held.phaseMs) % held.intervalMs === 0) this.#report(held, at);
    }
  }

  #physics(from: Moment, until: Moment): void {
    this.#building.advance(from, until);
    for (const { probe } of this.#sensors.values()) {
      const { room } = probe.entry;
      const elapsedMs = (until - from) * this.#building.timeScale(room);
      followAir(probe, this.#building.around(room, until), elapsedMs);
    }
  }

  #doors(from: Moment, until: Moment): void {
    for (const { door, ...happening } of this.#building.happenings(from, until)) {
      this.#outlet.access(door, happening);
    }
  }

  #report(held: Held, at: Moment): void {
    const values = reportOf(held, this.#building, at);
    if (!values) return;
    const clockAheadMs = held.override?.clockAheadMs ?? 0;
    this.#outlet.telemetry(held.probe.entry.id, { link: held.link, at, values, clockAheadMs });
  }

  #perform(action: Action, at: Moment): void {
    switch (action.kind) {
      case 'room':
        return this.#building.force(action.room, action.forcing);
      case 'door':
        return this.#outlet.access(action.door, { ...action.happening, at });
      case 'link':
        return this.#outlet.link({ link: action.link, up: action.up, at });
      case 'sensor': {
        const held = this.#sensors.get(action.sensor);
        if (!held) return;
        held.override = action.override;
        held.overriddenAt = at;
        return this.#report(held, at);
      }
      default:
        return unreachable(action);
    }
  }

  /** Puts back whatever the scenario has touched, and says that it is done. */
  #restore(at: Moment): void {
    const touched = this.#player.end();
    if (!touched) return;
    for (const room of touched.rooms) this.#building.release(room, at);
    for (const sensor of touched.sensors) this.#perform({ kind: 'sensor', sensor }, at);
    for (const link of touched.links) this.#outlet.link({ link, up: true, at });
    this.#outlet.done(touched.scenario, at);
  }
}

function isDue(held: Held, at: Moment, everyMs: number): boolean {
  const minutePhase = Math.floor(held.phaseMs / MINUTE_MS) * MINUTE_MS;
  return (at + minutePhase) % everyMs < MINUTE_MS;
}

/** What a sensor sends at `at`; undefined when it keeps silent. */
function reportOf(held: Held, building: Building, at: Moment): Values | undefined {
  const { probe, override } = held;
  held.reports += 1;
  if (override?.silent) return undefined;
  const measured = measureAll(probe, building.around(probe.entry.room, at), at);
  if (!override) return (held.last = measured);
  if (override.stuck) return held.last;
  const values: Values = { ...measured };
  for (const metric of probe.entry.metrics) {
    const forced = override.values?.[metric];
    if (forced !== undefined) values[metric] = forced;
  }
  const drift = ((override.humidityDriftPerMinute ?? 0) * (at - held.overriddenAt)) / MINUTE_MS;
  const spikes = override.spikeEvery !== undefined && held.reports % override.spikeEvery === 0;
  const jump = spikes ? (override.spikeBy ?? 0) : 0;
  if (drift !== 0 || jump !== 0) {
    values.humidity = shifted(values.humidity, drift + jump, 100);
    values.temperature = shifted(values.temperature, jump, 85);
  }
  return values;
}

function shifted(value: number | null | undefined, by: number, max: number): number | null {
  return typeof value === 'number' ? Number(Math.min(max, value + by).toFixed(1)) : null;
}
