/** Compiles registry, rules and limits into units, so that a reading finds its rules without searching. */

import { qualify } from '../../domain/ids.ts';
import { METRICS, isSafetyMetric, type MetricName } from '../../domain/metrics.ts';
import {
  DEFAULT_INTERVAL_SECONDS,
  activeOf,
  idOf,
  type Door,
  type Person,
  type Registry,
  type Sensor,
} from '../../domain/registry.ts';
import { SECOND_MS } from '../../domain/time.ts';
import type { EngineSettings } from '../engine-settings.ts';
import { NOWHERE_QUIET } from '../judge/quiet.ts';
import { addClimates } from '../preservation/compile.ts';
import { isSeriesRule, type Rule, type RuleBook, type SeriesRule } from '../rules/rule-types.ts';
import type { LimitBook } from '../standards/limits-in-force.ts';
import { compileWatches } from '../watch/compile-watches.ts';
import { held } from './held.ts';
import { seriesOf } from './series-of.ts';
import { DeviceState, DoorState, SensorState, SeriesState } from './states.ts';
import type {
  ComparedRoom,
  CompiledRule,
  DeviceUnit,
  DoorUnit,
  RepositoryUnit,
  RoomUnit,
  SensorUnit,
  SeriesUnit,
  Unit,
} from './units.ts';

export interface CompileParts {
  readonly registry: Registry;
  readonly rules: RuleBook;
  readonly book: LimitBook;
  readonly settings: EngineSettings;
}

type OfKind<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

/** Units of every repository; what is retired has none. */
export function compile(parts: CompileParts): ReadonlyMap<string, RepositoryUnit> {
  const homes = new Map<string, RepositoryUnit>();
  for (const repository of parts.registry.repositories.values()) {
    const { id } = repository;
    const people = [...activeOf(parts.registry.people, id)].sort(
      (a, b) => (a.order ?? Infinity) - (b.order ?? Infinity) || (a.id < b.id ? -1 : 1),
    );
    const home: RepositoryUnit = {
      repository,
      people,
      sensors: new Map(),
      doors: new Map(),
      devices: new Map(),
      watches: new Map(),
      known: knownPeople(people),
      climates: new Map(),
      compared: [],
    };
    homes.set(id, home);
    const rooms = new Map(
      activeOf(parts.registry.rooms, id).map((room): [string, RoomUnit] => [
        room.id,
        { key: idOf(room), room, book: parts.book, limits: new Map(), limitsUntil: -Infinity },
      ]),
    );
    const offline = ofKind(parts.rules, 'offline')[0];
    for (const device of activeOf(parts.registry.devices, id)) {
      const unit: DeviceUnit = {
        ...held(idOf(device), new DeviceState()),
        kind: 'device',
        device,
        home,
        offline,
      };
      home.devices.set(device.id, unit);
    }
    for (const sensor of activeOf(parts.registry.sensors, id)) {
      home.sensors.set(sensor.id, compileSensor(parts, sensor, { home, rooms }));
    }
    home.compared.push(...comparedIn(home, rooms.values()));
    addClimates(home, rooms.values(), ofKind(parts.rules, 'preservation'));
    for (const door of activeOf(parts.registry.doors, id)) {
      home.doors.set(door.id, compileDoor(parts, door, { home, rooms }));
    }
    for (const unit of compileWatches(parts.rules, home, rooms)) {
      home.watches.set(unit.key, unit);
      for (const sensor of unit.sensors) sensor.watches.push(unit);
      for (const { rule } of unit.rules) {
        const series =
          rule.kind === 'smoke-level' && unit.sensor && seriesOf(unit.sensor, rule.metric);
        if (series) series.eachReading = unit;
      }
    }
  }
  return homes;
}

function* comparedIn(home: RepositoryUnit, rooms: Iterable<RoomUnit>): Iterable<ComparedRoom> {
  const byRoom = Map.groupBy(home.sensors.values(), (unit) => unit.room);
  for (const room of rooms) {
    const inRoom = byRoom.get(room) ?? [];
    const metrics = [...new Set(inRoom.flatMap(({ sensor }) => sensor.metrics))]
      .map((metric) => ({
        metric,
        units: inRoom.filter((unit) => seriesOf(unit, metric) !== undefined),
      }))
      .filter(({ units }) => units.length > 1);
    if (metrics.length > 0) yield { room, metrics };
  }
}

// What controllers say of a person is an id, a name or a card.
function knownPeople(people: readonly Person[]): ReadonlyMap<string, Person> {
  return new Map(
    people.flatMap((person) =>
      [...(person.credentials ?? []), person.name, person.id].map(
        (said) => [said, person] as const,
      ),
    ),
  );
}

interface Place {
  readonly home: RepositoryUnit;
  readonly rooms: ReadonlyMap<string, RoomUnit>;
}

function compileSensor(parts: CompileParts, sensor: Sensor, place: Place): SensorUnit {
  const series = sensor.metrics.map((metric, index) => compileSeries(parts, metric, index));
  const silence = ofKind(parts.rules, 'silence')[0];
  const intervalMs = (sensor.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * SECOND_MS;
  const silenceMs = silence
    ? Math.max(silence.intervals * intervalMs, silence.minimumSeconds * SECOND_MS)
    : Infinity;
  const state = new SensorState();
  state.series = series.map(() => new SeriesState());
  return {
    ...held(qualify(sensor.repository, sensor.id), state),
    kind: 'sensor',
    sensor,
    home: place.home,
    room: place.rooms.get(sensor.room),
    device: sensor.device === undefined ? undefined : place.home.devices.get(sensor.device),
    series,
    watches: [],
    silenceMs,
    silence,
    badData: ofKind(parts.rules, 'bad-data').find((rule) => rule.quality === 'fail'),
    suspectData: ofKind(parts.rules, 'bad-data').find((rule) => rule.quality === 'suspect'),
    clock: ofKind(parts.rules, 'clock')[0],
  };
}

function compileSeries(parts: CompileParts, metric: MetricName, index: number): SeriesUnit {
  const rules = parts.rules.rules
    .filter(isSeriesRule)
    .filter((rule) => rule.metric === metric && isWanted(rule, parts.settings))
    .flatMap(compileStages);
  return {
    index,
    metric,
    safety: isSafetyMetric(metric) || rules.some(({ rule }) => rule.safety),
    rules,
    windowed: rules.some(({ rule }) => rule.kind === 'swing' && rule.reading === 'peak-to-peak'),
    eachReading: undefined,
    detectorFlag:
      metric === 'smoke_test' ? 'testing' : metric === 'disabled' ? 'disabled' : undefined,
    quiet: NOWHERE_QUIET,
    quietBy: undefined,
    climates: [],
  };
}

function isWanted(rule: SeriesRule, settings: EngineSettings): boolean {
  if (rule.kind !== 'swing' || settings.swingReading === 'both') return true;
  return rule.reading === settings.swingReading;
}

/**
 * A band with a pre-warning is two: the wide one, with the priority and the words of the pre-warning, and after it the
 * band itself. Both are one alarm. The second costs nothing while the first is quiet.
 */
function compileStages(rule: SeriesRule): readonly CompiledRule[] {
  if (rule.kind !== 'band' || !rule.preWarning) return [compileRule(rule)];
  const { preWarning, ...atLimit } = rule;
  const { rises: _, ...early } = rule;
  const { priority, title } = preWarning;
  return [
    { ...compileRule({ ...early, priority, title }), stage: 'pre-warning' },
    { ...compileRule(atLimit), key: `${rule.id}/limit`, stage: 'at-limit' },
  ];
}

function compileRule(rule: SeriesRule): CompiledRule {
  const timed = 'onDelaySeconds' in rule;
  const rises = 'rises' in rule ? rule.rises : undefined;
  return {
    rule,
    key: rule.id,
    delays: {
      onMs: timed ? rule.onDelaySeconds * SECOND_MS : 0,
      offMs: timed ? rule.offDelaySeconds * SECOND_MS : 0,
      ...(rises ? { riseMs: rises.afterSeconds * SECOND_MS } : {}),
    },
    needsFresh: METRICS.get(rule.metric)?.kind === 'number',
  };
}

function compileDoor(parts: CompileParts, door: Door, place: Place): DoorUnit {
  return {
    ...held(qualify(door.repository, door.id), new DoorState()),
    kind: 'door',
    door,
    home: place.home,
    room: place.rooms.get(door.room),
    rules: ofKind(parts.rules, 'door'),
    offline: ofKind(parts.rules, 'offline')[0],
    clock: ofKind(parts.rules, 'clock')[0],
  };
}

/** Everything of a repository that is watched. */
export function* unitsOf(home: RepositoryUnit): Iterable<Unit> {
  yield* home.sensors.values();
  yield* home.doors.values();
  yield* home.devices.values();
  yield* home.watches.values();
  yield* home.climates.values();
}

/** The rules of one kind, in the order of the book. */
export function ofKind<K extends Rule['kind']>(book: RuleBook, kind: K): readonly OfKind<K>[] {
  return book.rules.filter((rule): rule is OfKind<K> => rule.kind === kind);
}
