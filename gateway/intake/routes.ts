/** Topics: which sensor, door or status a topic names, or why it names none. */

import { say } from '../../domain/sentences.ts';
import { qualify } from '../../domain/ids.ts';
import {
  DEFAULT_INTERVAL_SECONDS,
  type Door,
  type Registry,
  type Sensor,
} from '../../domain/registry.ts';
import { PUSHED_PREFIX } from '../our-topics.ts';
import { waysOf } from '../profiles/run.ts';
import { usesForTopic, type Uses } from '../profiles/uses.ts';
import { fieldName, type Refusal } from './draft.ts';
import type { RefusedRoute, Route, Sources, TelemetryRoute } from './route-types.ts';
import { metricOf, type SourceState } from './state.ts';

const IGNORED: Route = { kind: 'ignored' };

/** What `topic` means in `registry`. */
export function routeOf(
  topic: string,
  registry: Registry,
  q: { readonly sources: Sources; readonly uses: Uses },
): Route {
  if (topic.startsWith('$SYS/')) return IGNORED;
  const { sources } = q;
  const first = topic.indexOf('/');
  const second = topic.indexOf('/', first + 1);
  const third = topic.indexOf('/', second + 1);
  if (first !== 6 || second < 0 || third < 0 || !topic.startsWith('lantai')) {
    return foreignRoute(topic, q.uses);
  }
  const repository = topic.slice(first + 1, second);
  const id = topic.slice(second + 1, third);
  const kind = topic.slice(third + 1);
  if (id === 'gateway' || id === 'alarm') return IGNORED;
  const found = registry.repositories.get(repository);
  if (!found) {
    const gaps = { repository: fieldName(repository) };
    return refused({ code: 'unknown-repository', ...say('unknown-repository', gaps) });
  }
  const at = { repository, id, simulated: found.simulated === true };
  if (kind === 'telemetry') return telemetryRoute(at, registry, sources);
  if (kind === 'access') return accessRoute(at, registry, sources);
  if (kind === 'status') return statusRoute(at, registry);
  const gaps = { ending: fieldName(kind) };
  return refused({ code: 'unknown-topic', ...say('topic-ending', gaps) }, repository);
}

/** A topic that is none of ours: a device profile's, or nobody's. */
function foreignRoute(topic: string, uses: Uses): Route {
  if (topic.startsWith(PUSHED_PREFIX)) {
    const slash = topic.indexOf('/', PUSHED_PREFIX.length);
    const [profile, device] = [topic.slice(PUSHED_PREFIX.length, slash), topic.slice(slash + 1)];
    const pushed = uses.all
      .filter((use) => use.profile.document.id === profile)
      .map((use) => ({ use, ways: waysOf(use.profile, device) }));
    if (pushed.length > 0) return { kind: 'profiled', topic: device, uses: pushed };
  }
  const found = usesForTopic(uses, topic);
  if (found.length > 0) return { kind: 'profiled', topic, uses: found };
  return FOREIGN;
}

/** Made once: made-up topics come by the thousand. */
const FOREIGN: RefusedRoute = {
  kind: 'refused',
  refusal: {
    code: 'unknown-topic',
    ...say('foreign-topic', { ours: 'lantai/<repository>/<id>/telemetry' }),
  },
  foreign: true,
};

type At = { readonly repository: string; readonly id: string; readonly simulated: boolean };

function refused(refusal: Refusal, repository?: string): RefusedRoute {
  return repository === undefined
    ? { kind: 'refused', refusal }
    : { kind: 'refused', refusal, repository };
}

function missing(at: At, thing: 'sensor' | 'door', isOther: boolean): RefusedRoute {
  const names = { sensor: 'no-sensor-but-door', door: 'no-door-but-sensor' } as const;
  const name = isOther ? names[thing] : (`no-${thing}` as const);
  const gaps = { repository: at.repository, id: fieldName(at.id) };
  return refused({ code: `unknown-${thing}`, ...say(name, gaps) }, at.repository);
}

function retired(at: At): RefusedRoute {
  const gaps = { id: fieldName(at.id) };
  return refused({ code: 'retired', ...say('retired-id', gaps) }, at.repository);
}

function telemetryRoute(at: At, registry: Registry, sources: Sources): Route {
  const qualified = qualify(at.repository, at.id);
  const sensor: Sensor | undefined = registry.sensors.get(qualified);
  if (!sensor) {
    return missing(at, 'sensor', registry.doors.has(qualified));
  }
  if (sensor.retiredAt !== undefined) return retired(at);
  const source = sources(qualified);
  return telemetryOf(sensor, { simulated: at.simulated, source, registry });
}

/** The way into a sensor, whatever topic led to it. */
export function telemetryOf(
  sensor: Sensor,
  q: { readonly simulated: boolean; readonly source: SourceState; readonly registry: Registry },
): TelemetryRoute {
  const { repository, id, room } = sensor;
  const { simulated, source } = q;
  source.judge.reports(sensor.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS);
  const fields = new Map(sensor.metrics.map((name) => [name, metricOf(source, name)]));
  const route = { kind: 'telemetry' as const, repository, id, simulated, room, source, fields };
  const calibrations = q.registry.calibrations.get(qualify(repository, id));
  return calibrations ? { ...route, calibrations } : route;
}

function accessRoute(at: At, registry: Registry, sources: Sources): Route {
  const qualified = qualify(at.repository, at.id);
  const door: Door | undefined = registry.doors.get(qualified);
  if (!door) {
    return missing(at, 'door', registry.sensors.has(qualified));
  }
  if (door.retiredAt !== undefined) return retired(at);
  return { kind: 'access', ...at, room: door.room, source: sources(qualified) };
}

function statusRoute(at: At, registry: Registry): Route {
  const qualified = qualify(at.repository, at.id);
  const thing =
    registry.sensors.get(qualified) ??
    registry.doors.get(qualified) ??
    registry.devices.get(qualified);
  if (!thing) {
    const gaps = { repository: at.repository, id: fieldName(at.id) };
    return refused({ code: 'unknown-thing', ...say('no-thing', gaps) }, at.repository);
  }
  if (thing.retiredAt !== undefined) return retired(at);
  return { kind: 'status', repository: at.repository, id: at.id };
}
