/** From a profile's data to what runs: paths, templates, tables and units are looked at once. */

import { say } from '../../domain/sentences.ts';
import { METRICS } from '../../domain/metrics.ts';
import { listOfDevices, type ListRule } from './compile-list.ts';
import {
  conditionsOf,
  pathOf,
  pathsOf,
  ProfileProblem,
  textsOf,
  topicsOf,
  type At,
  type Condition,
} from './compile-parts.ts';
import type { Path } from './path.ts';
import type {
  CodecName,
  EventField,
  HandlerEntry,
  ProfileDocument,
  ReadingEntry,
} from './schema.ts';
import { offsetOf, type OffsetMinutes } from './times.ts';
import type { TopicTemplate } from './topic.ts';
import { converter } from './values.ts';

export interface ReadingRule {
  readonly metric: string;
  readonly binary: boolean;
  readonly paths: readonly Path[];
  readonly names: readonly {
    readonly before: string;
    readonly after: string;
    readonly whole: boolean;
  }[];
  readonly channel: string | undefined;
  readonly convert: (value: number) => number;
  readonly unitFrom: Path | undefined;
  readonly map: Readonly<Record<string, number>> | undefined;
  readonly bit: number | undefined;
  readonly ignore: readonly number[];
  readonly range: readonly [number, number] | undefined;
  readonly when: readonly Condition[];
  readonly default: number | undefined;
}

export interface FieldRule {
  readonly paths: readonly Path[];
  readonly map: Readonly<Record<string, string>> | undefined;
}

export interface EventRule {
  readonly when: readonly Condition[];
  readonly kinds: readonly FieldRule[];
  readonly fields: Readonly<
    Partial<Record<'door' | 'credential' | 'person' | 'direction' | 'reason', FieldRule>>
  >;
}

export interface AvailabilityRule {
  readonly paths: readonly Path[];
  readonly online: ReadonlySet<string>;
  readonly offline: ReadonlySet<string>;
  readonly scope: 'device' | 'bridge';
}

export interface PivotRule {
  readonly list: Path | undefined;
  readonly entries: Path | undefined;
  readonly key: Path | undefined;
  readonly value: readonly Path[];
  readonly time: Path | undefined;
  readonly error: Path | undefined;
}

export interface Handler {
  readonly kind: 'data';
  readonly name: string;
  readonly topics: readonly TopicTemplate[];
  readonly exclude: readonly TopicTemplate[];
  readonly entry: HandlerEntry;
  readonly where: readonly (readonly [string, ReadonlySet<string>])[];
  readonly require: readonly Path[];
  readonly requireEquals: readonly Condition[];
  readonly each: Path | undefined;
  readonly pivot: PivotRule | undefined;
  readonly variables: readonly (readonly [string, readonly Path[]])[];
  readonly time: readonly Path[];
  readonly historicalWhen: readonly Condition[];
  readonly sequence: Path | undefined;
  readonly readings: readonly ReadingRule[];
  readonly event: EventRule | undefined;
  readonly availability: AvailabilityRule | undefined;
  readonly deviceList: ListRule | undefined;
}

export interface CodecHandler {
  readonly kind: 'codec';
  readonly codec: CodecName;
  readonly topics: readonly TopicTemplate[];
  readonly exclude: readonly TopicTemplate[];
}

/** A profile that can be run, for one place: with its parameters and its time zone. */
export interface CompiledProfile {
  readonly document: ProfileDocument;
  readonly handlers: readonly (Handler | CodecHandler)[];
  readonly offset: OffsetMinutes;
  /** What to subscribe to so that its devices are found. */
  readonly filters: readonly string[];
}

/** A handler that a topic leads to, with the topic's variables. */
export interface Way {
  readonly handler: Handler | CodecHandler;
  readonly variables: Readonly<Record<string, string>>;
}

/** What a place may set: parameters of topics, and the zone of local times. */
export interface ProfileOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly timezone?: string;
}

/** Throws a `ProfileProblem` that names the place in the profile. */
export function compileProfile(
  document: ProfileDocument,
  options: ProfileOptions,
): CompiledProfile {
  const params = { ...document.params, ...options.params };
  const zone = document.timezone ?? options.timezone ?? 'Z';
  const handlers = document.handlers.map((entry, i) =>
    'codec' in entry
      ? {
          kind: 'codec' as const,
          codec: entry.codec,
          topics: topicsOf(entry.topic, params, ['handlers', i, 'topic']),
          exclude: [],
        }
      : compileHandler(entry, { params, of: document, at: ['handlers', i] }),
  );
  const filters = new Set(handlers.flatMap((h) => h.topics.map((topic) => topic.filter)));
  return { document, handlers, offset: zoneOf(zone), filters: [...filters] };
}

function zoneOf(zone: string): OffsetMinutes {
  try {
    return offsetOf(zone);
  } catch {
    throw new ProfileProblem(['timezone'], say('no-timezone', { zone: JSON.stringify(zone) }));
  }
}

function compileHandler(
  entry: HandlerEntry,
  q: {
    readonly params: Readonly<Record<string, string>>;
    readonly of: ProfileDocument;
    readonly at: At;
  },
): Handler {
  const { params, at } = q;
  const optional = (key: 'each' | 'sequence') =>
    entry[key] === undefined ? undefined : pathOf(entry[key], [...at, key]);
  if (entry.payload === 'lines' && entry.columns === undefined) {
    throw new ProfileProblem([...at, 'payload'], say('lines-without-columns'));
  }
  const topics = topicsOf(entry.topic, params, [...at, 'topic']);
  return {
    kind: 'data',
    name: entry.name,
    topics,
    exclude: topicsOf(entry.exclude ?? [], params, [...at, 'exclude']),
    entry,
    where: Object.entries(entry.where ?? {}).map(([name, values]) => [name, new Set(values)]),
    require: pathsOf(entry.require, [...at, 'require']),
    requireEquals: conditionsOf(entry.requireEquals, [...at, 'requireEquals']),
    each: optional('each'),
    pivot: entry.pivot && pivotOf(entry.pivot, [...at, 'pivot']),
    variables: Object.entries(entry.vars ?? {}).map(([name, paths]) => [
      name,
      pathsOf(paths, [...at, 'vars', name]),
    ]),
    time: pathsOf(entry.time, [...at, 'time']),
    historicalWhen: conditionsOf(entry.historicalWhen, [...at, 'historicalWhen']),
    sequence: optional('sequence'),
    readings: (entry.readings ?? []).map((r, i) =>
      compileReading(r, { pivoted: entry.pivot !== undefined, at: [...at, 'readings', i] }),
    ),
    event: entry.event && eventOf(entry.event, [...at, 'event']),
    availability: entry.availability && {
      paths: pathsOf(entry.availability.path ?? '.', [...at, 'availability', 'path']),
      online: new Set(entry.availability.online.map(String)),
      offline: new Set(entry.availability.offline.map(String)),
      scope: entry.availability.scope ?? 'device',
    },
    deviceList: listOfDevices(entry, q.of, { isOneTopic: isOneTopic(topics), at }),
  };
}

function isOneTopic(topics: readonly TopicTemplate[]): boolean {
  return topics.length === 1 && topics[0]?.parts.every((part) => part.kind === 'text') === true;
}

function pivotOf(pivot: NonNullable<HandlerEntry['pivot']>, at: At): PivotRule {
  const path = (key: 'list' | 'entries' | 'key' | 'time' | 'error') =>
    pivot[key] === undefined ? undefined : pathOf(pivot[key], [...at, key]);
  if ((pivot.list === undefined) === (pivot.entries === undefined)) {
    throw new ProfileProblem(at, say('pivot-list-or-entries'));
  }
  if (pivot.list !== undefined && pivot.key === undefined) {
    throw new ProfileProblem(at, say('pivot-without-key'));
  }
  return {
    list: path('list'),
    entries: path('entries'),
    key: path('key'),
    value: pathsOf(pivot.value, [...at, 'value']),
    time: path('time'),
    error: path('error'),
  };
}

function compileReading(
  entry: ReadingEntry,
  where: { readonly pivoted: boolean; readonly at: At },
): ReadingRule {
  const { at } = where;
  const definition = METRICS.get(entry.metric);
  if (!definition && !entry.metric.startsWith('x.')) {
    const gaps = { metric: JSON.stringify(entry.metric) };
    throw new ProfileProblem([...at, 'metric'], say('metric-unknown', gaps));
  }
  if (!where.pivoted && entry.path === undefined) {
    throw new ProfileProblem(at, say('reading-without-path'));
  }
  if (where.pivoted && entry.name === undefined) {
    throw new ProfileProblem(at, say('reading-without-name'));
  }
  return {
    metric: entry.metric,
    binary: definition?.kind === 'binary',
    paths: pathsOf(entry.path, [...at, 'path']),
    names: namesOf(entry.name, [...at, 'name']),
    channel: entry.channel,
    convert: convertOf(entry, at),
    unitFrom:
      entry.unitFrom === undefined ? undefined : pathOf(entry.unitFrom, [...at, 'unitFrom']),
    map: entry.map && numbersOf(entry.map),
    bit: entry.bit,
    ignore: entry.ignore ?? [],
    range: entry.range,
    when: conditionsOf(entry.when, [...at, 'when']),
    default: entry.default,
  };
}

function numbersOf(
  map: Readonly<Record<string, number | boolean>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, Number(value)]));
}

function convertOf(entry: ReadingEntry, at: At): (value: number) => number {
  const { scale = 1, offset = 0, unit } = entry;
  const scaled = (value: number): number => value * scale + offset;
  if (unit === undefined) return scale === 1 && offset === 0 ? (value) => value : scaled;
  const convert = converter(entry.metric, unit);
  if (!convert) {
    const wanted = METRICS.get(entry.metric)?.unit ?? '';
    const gaps = { unit: JSON.stringify(unit), metric: entry.metric };
    const said =
      wanted === '' ? say('unit-no-state', gaps) : say('unit-not-convertible', { ...gaps, wanted });
    throw new ProfileProblem([...at, 'unit'], said);
  }
  return (value) => convert(scaled(value));
}

function namesOf(names: string | readonly string[] | undefined, at: At): ReadingRule['names'] {
  return textsOf(names).map((name) => {
    const star = name.indexOf('*');
    if (star < 0) return { before: name, after: '', whole: true };
    if (name.includes('*', star + 1)) throw new ProfileProblem(at, say('name-two-stars'));
    return { before: name.slice(0, star), after: name.slice(star + 1), whole: false };
  });
}

function eventOf(entry: NonNullable<HandlerEntry['event']>, at: At): EventRule {
  const field = (name: 'door' | 'credential' | 'person' | 'direction' | 'reason') => {
    const given: EventField | undefined = entry[name];
    if (given === undefined) return {};
    const { path, map } = typeof given === 'string' ? { path: given, map: undefined } : given;
    return { [name]: { paths: pathsOf(path, [...at, name]), map } };
  };
  return {
    when: conditionsOf(entry.when, [...at, 'when']),
    kinds: entry.event.map(({ path, map }, i) => ({
      paths: pathsOf(path, [...at, 'event', i]),
      map,
    })),
    fields: {
      ...field('door'),
      ...field('credential'),
      ...field('person'),
      ...field('direction'),
      ...field('reason'),
    },
  };
}
