/** The intake: bytes in, values for the tick out. It never throws, and it never waits. */

import { say } from '../../domain/sentences.ts';
import { splitQualified } from '../../domain/ids.ts';
import type { Decoded, RawMessage } from '../../domain/intake.ts';
import { SensorJudge, Undo } from '../../domain/quality/live.ts';
import type { QualityThresholds } from '../../domain/quality/tests.ts';
import type { Registry } from '../../domain/registry.ts';
import type { SpoolContent } from '../../domain/spool.ts';
import type { KeptState, RuleStateRow } from '../../domain/tick.ts';
import { unreachable } from '../../domain/unreachable.ts';
import { takeAccess } from './access.ts';
import { ROUTES_MAX } from './bounds.ts';
import { Draft, quarantine, withOne, type Refusal } from './draft.ts';
import { CODECS } from '../profiles/codecs/all.ts';
import { createCodecBench } from '../profiles/codec-bench.ts';
import { createDeviceLists, type DeviceLists } from '../profiles/device-list.ts';
import { createUnknownDevices, type UnknownDevices } from '../profiles/unknown-devices.ts';
import { usesOf } from '../profiles/uses.ts';
import { parsePayload, textOf } from './payload.ts';
import { takeProfiled } from './profiled.ts';
import { newProfiledMemory, type ProfiledParts } from './profiled-journey.ts';
import { forgetDecoded, replayInto } from './replay.ts';
import type { AccessRoute, ProfiledRoute, Route, Sources, TelemetryRoute } from './route-types.ts';
import { routeOf } from './routes.ts';
import { loadSource, newSource, saveSource, type SourceState } from './state.ts';
import { takeTelemetry } from './telemetry.ts';
import { qualityThresholds } from './thresholds.ts';

const PREFIX = 'intake/';

export interface Intake {
  /** What one message says. Remembers it at once: a message that will not be committed must be forgotten. */
  decode(raw: RawMessage): Decoded;
  /**
   * The message was dropped before its commit and will come again: its redelivery is no duplicate. What its values did to
   * the judgement of those that follow is undone only for the message decoded last, so forget at once.
   */
  forget(decoded: Decoded): void;
  /**
   * What changed since the last call, ids `intake/<qualified id>`; covers every message decoded until rows are made of it.
   * Commit these rows with, or after, those messages; when that commit fails, commit the same rows again.
   */
  snapshot(): readonly KeptState[];
  /** At start: rows of earlier snapshots; rows of other parts are left alone. */
  restore(rows: readonly RuleStateRow[]): void;
  /** At start, after `restore`: spool rows that no snapshot covers, in order. Harmless for those that one does. */
  replay(content: SpoolContent): void;
}

export interface IntakeOptions {
  /** Asked for each message, and compared by identity. */
  readonly registry: () => Registry;
  /** Names quarantine entries. */
  readonly newId: () => string;
  /** Devices that nobody is bound to; absent: they are not kept. */
  readonly unknown?: UnknownDevices;
  /** The lists that sources keep of their devices; absent: they are not kept. */
  readonly lists?: DeviceLists;
  /** What readings are judged by; unset: as shipped. */
  readonly thresholds?: QualityThresholds;
  /** What a format wants sent back. */
  readonly reply?: (topic: string, payload: Uint8Array) => void;
}

export function createIntake(options: IntakeOptions): Intake {
  const sources = new Map<string, SourceState>();
  const undo = new Undo();
  const sourceOf = createSources(options, sources, undo);
  const memory = newProfiledMemory();
  let newest: Decoded | undefined;

  const route = createRouter(options.registry, sourceOf);
  const profiled: ProfiledParts = {
    registry: options.registry,
    sources: sourceOf,
    codecs: createCodecBench(CODECS),
    unknown: options.unknown ?? createUnknownDevices(),
    lists: options.lists ?? createDeviceLists(),
    reply: options.reply ?? (() => undefined),
  };

  return {
    decode(raw) {
      const draft = new Draft();
      newest = draft;
      undo.begin();
      const to = route(raw.topic);
      const refusal =
        to.kind === 'profiled'
          ? takeGuarded(() => takeProfiled(to, { raw, draft, memory }, profiled))
          : take(to, raw, draft);
      if (to.kind === 'refused' && to.foreign === true && !raw.retain) {
        profiled.unknown.note(raw, { device: raw.topic, samples: [], events: [] });
      }
      if (refusal) {
        const repository = 'repository' in to ? to.repository : undefined;
        quarantine(draft, raw, { ...refusal, repository, id: options.newId() });
      }
      return draft;
    },
    forget(decoded) {
      forgetDecoded(sources, decoded);
      if (decoded === newest) undo.takeBack();
    },
    snapshot() {
      const kept: KeptState[] = [];
      for (const source of sources.values()) {
        if (!source.changed) continue;
        source.changed = false;
        const id = PREFIX + source.id;
        kept.push({ id, rows: () => [{ id, body: saveSource(source) }] });
      }
      return kept;
    },
    restore(rows) {
      for (const row of rows) {
        if (!row.id.startsWith(PREFIX)) continue;
        const id = row.id.slice(PREFIX.length);
        if (splitQualified(id)) loadSource(sourceOf(id), row.body);
      }
    },
    replay: (content) => replayInto(sourceOf, content),
  };
}

/** Where the memory of a source is found, or made. */
function createSources(
  { registry, thresholds = qualityThresholds() }: IntakeOptions,
  sources: Map<string, SourceState>,
  undo: Undo,
): Sources {
  return (qualified) => {
    let source = sources.get(qualified);
    if (!source) {
      const judge = new SensorJudge(thresholds, undo);
      const every = registry().sensors.get(qualified)?.intervalSeconds;
      if (every !== undefined) judge.reports(every);
      sources.set(qualified, (source = newSource(qualified, judge)));
    }
    return source;
  };
}

/** One bad message never stops the next, not even where the mistake is ours. */
function takeGuarded(run: () => Refusal | undefined): Refusal | undefined {
  try {
    return run();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return { code: 'failed', ...say('failed', { what }) };
  }
}

/** What each topic means, kept at hand until the structure changes. */
function createRouter(registryOf: () => Registry, sources: Sources): (topic: string) => Route {
  const routes = new Map<string, Route>();
  let routedBy: Registry | undefined;
  return (topic) => {
    const registry = registryOf();
    if (registry !== routedBy) {
      routes.clear();
      routedBy = registry;
    }
    const known = routes.get(topic);
    if (known) return known;
    const made = routeOf(topic, registry, { sources, uses: usesOf(registry) });
    // Made-up topics must not fill the cache.
    if (made.kind !== 'refused' && made.kind !== 'ignored') {
      if (routes.size >= ROUTES_MAX) routes.clear();
      routes.set(topic, made);
    }
    return made;
  };
}

function take(
  route: Exclude<Route, ProfiledRoute>,
  raw: RawMessage,
  draft: Draft,
): Refusal | undefined {
  switch (route.kind) {
    case 'ignored':
      return undefined;
    case 'refused':
      return raw.retain ? undefined : route.refusal;
    case 'status':
      return takeStatus(route, raw, draft);
    case 'telemetry':
    case 'access':
      // A retained replay is a last-known value of unknown age, never a reading.
      return raw.retain ? undefined : takeJson(route, raw, draft);
    default:
      return unreachable(route);
  }
}

function takeJson(
  route: TelemetryRoute | AccessRoute,
  raw: RawMessage,
  draft: Draft,
): Refusal | undefined {
  const parsed = parsePayload(raw.payload);
  if (!parsed.ok) return parsed.refusal;
  return route.kind === 'telemetry'
    ? takeTelemetry(route, raw, { draft, value: parsed.value })
    : takeAccess({ route, raw, draft }, parsed.value);
}

function takeStatus(
  route: { readonly repository: string; readonly id: string },
  raw: RawMessage,
  draft: Draft,
): Refusal | undefined {
  // An empty payload clears the broker's retained copy and says nothing of the device.
  if (raw.payload.byteLength === 0) return undefined;
  const text = raw.payload.byteLength <= 16 ? textOf(raw.payload)?.trim() : undefined;
  if (text !== 'online' && text !== 'offline') {
    return { code: 'unknown-status', ...say('unknown-status') };
  }
  const { repository, id } = route;
  draft.statuses = withOne(draft.statuses, {
    repository,
    id,
    online: text === 'online',
    at: raw.receivedAt,
  });
  return undefined;
}
