/** The newest value of every metric of every sensor, the doors' last events, who was last seen: the live state in memory. */

import type { AccessEvent } from '../../domain/access.ts';
import type { LatestReading } from '../../domain/api.ts';
import { qualify, splitQualified, type QualifiedId } from '../../domain/ids.ts';
import type { StatusChange } from '../../domain/intake.ts';
import type { MetricName } from '../../domain/metrics.ts';
import {
  failedTests,
  isSure,
  type Quality,
  type QualityFlag,
  type Reading,
} from '../../domain/reading.ts';
import { DEFAULT_INTERVAL_SECONDS, type Registry } from '../../domain/registry.ts';
import type { KeptState } from '../../domain/tick.ts';
import { SECOND_MS, type Moment } from '../../domain/time.ts';

/**
 * The newest reading of one series; what screens get is made of it when they get it. Numbers are copied into it: an
 * object that is kept until the next reading is one that the collector has to carry into the old generation.
 */
interface Slot {
  readonly metric: MetricName;
  /** Local id. */
  room: string;
  value: number;
  quality: Quality;
  at: Moment;
  receivedAt: Moment;
  simulated: boolean;
  /** Tests of quality that it did not pass. */
  failed: readonly QualityFlag[] | undefined;
  /** Taken since `takeChanged` was last called. */
  isChanged: boolean;
}

interface Place {
  readonly room: string;
  readonly roomId: string;
  readonly intervalMs: number;
}

interface SensorState {
  /** Qualified, made once: the hot path makes no strings. */
  readonly id: QualifiedId;
  /** One for each metric; few enough to look at each. */
  latest: Slot[];
  /** Room and interval, as the registry has them now; `undefined`: not asked yet. */
  place: Place | undefined;
  isDirty: boolean;
  lastSeenAt: Moment | undefined;
  online: boolean | undefined;
}

interface DoorState {
  readonly lastEvent: AccessEvent;
  /** The last event that says whether it is open; a card that was read says nothing of it. */
  readonly lastMove?: AccessEvent;
}

const MOVES = new Set(['door_opened', 'door_closed', 'forced_open', 'held_open']);

const SENSOR_PREFIX = 'view/sensor/';
const DOOR_PREFIX = 'view/door/';

export class Latest {
  readonly #sensors = new Map<QualifiedId, SensorState>();
  /** The same by repository and local id, as readings name them. */
  readonly #byRepository = new Map<string, Map<string, SensorState>>();
  readonly #doors = new Map<QualifiedId, DoorState>();
  readonly #dirty = new Set<string>();
  /** Series whose newest reading is news to the screens; each once, so it is bounded by their number. */
  #changed: { readonly state: SensorState; readonly slot: Slot }[] = [];
  #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  reconfigure(registry: Registry): void {
    this.#registry = registry;
    for (const state of this.#sensors.values()) state.place = undefined;
  }

  /** Takes committed readings; those that are the newest of their series are told by `takeChanged`. */
  readings(readings: readonly Reading[]): void {
    for (const reading of readings) this.#take(reading);
  }

  /** The newest readings of series that changed, each once, the ones that wait longest first. */
  takeChanged(readingsMax = Infinity): readonly LatestReading[] {
    const changed = this.#changed.slice(0, readingsMax);
    this.#changed = this.#changed.slice(readingsMax);
    return changed.map(({ state, slot }) => {
      slot.isChanged = false;
      return this.#shown(state, slot);
    });
  }

  access(event: AccessEvent): void {
    const id = qualify(event.repository, event.door);
    const state = this.#doors.get(id);
    if (state && state.lastEvent.at > event.at) return;
    const lastMove = MOVES.has(event.event) ? event : state?.lastMove;
    this.#doors.set(id, { lastEvent: event, ...(lastMove ? { lastMove } : {}) });
    this.#dirty.add(DOOR_PREFIX + id);
  }

  status(status: StatusChange): void {
    const state = this.#sensor(qualify(status.repository, status.id));
    state.online = status.online;
    this.#soil(state);
  }

  sensor(id: QualifiedId): {
    readonly latest: readonly LatestReading[];
    readonly lastSeenAt?: Moment;
    readonly online?: boolean;
  } {
    const state = this.#sensors.get(id);
    if (!state) return { latest: [] };
    const { lastSeenAt, online } = state;
    return {
      latest: state.latest.map((slot) => this.#shown(state, slot)),
      ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
      ...(online === undefined ? {} : { online }),
    };
  }

  door(id: QualifiedId): DoorState | undefined {
    return this.#doors.get(id);
  }

  /** What changed since the last call, for the snapshot. */
  snapshot(): readonly KeptState[] {
    const kept = [...this.#dirty].map((id): KeptState => ({
      id,
      rows: () => [{ id, body: this.#body(id) }],
    }));
    this.#dirty.clear();
    for (const state of this.#sensors.values()) state.isDirty = false;
    return kept;
  }

  /** At start: what `snapshot` wrote. */
  restore(rows: readonly { readonly id: string; readonly body: string }[]): void {
    for (const { id, body } of rows) {
      if (id.startsWith(DOOR_PREFIX)) {
        this.#doors.set(id.slice(DOOR_PREFIX.length), JSON.parse(body) as DoorState);
      } else if (id.startsWith(SENSOR_PREFIX)) {
        const saved = JSON.parse(body) as {
          latest: LatestReading[];
          lastSeenAt?: Moment;
          online?: boolean;
        };
        const state = this.#sensor(id.slice(SENSOR_PREFIX.length));
        state.latest = saved.latest.map(slotOf);
        state.lastSeenAt = saved.lastSeenAt;
        state.online = saved.online;
      }
    }
  }

  #body(id: string): string {
    if (id.startsWith(DOOR_PREFIX)) {
      return JSON.stringify(this.#doors.get(id.slice(DOOR_PREFIX.length)));
    }
    return JSON.stringify(this.sensor(id.slice(SENSOR_PREFIX.length)));
  }

  #sensor(id: QualifiedId): SensorState {
    const known = this.#sensors.get(id);
    if (known) return known;
    const state: SensorState = {
      id,
      latest: [],
      place: undefined,
      isDirty: false,
      lastSeenAt: undefined,
      online: undefined,
    };
    this.#sensors.set(id, state);
    return state;
  }

  #of(reading: Reading): SensorState {
    let ofRepository = this.#byRepository.get(reading.repository);
    if (!ofRepository) this.#byRepository.set(reading.repository, (ofRepository = new Map()));
    let state = ofRepository.get(reading.sensor);
    if (!state) {
      state = this.#sensor(qualify(reading.repository, reading.sensor));
      ofRepository.set(reading.sensor, state);
    }
    return state;
  }

  #soil(state: SensorState): void {
    if (state.isDirty) return;
    state.isDirty = true;
    this.#dirty.add(SENSOR_PREFIX + state.id);
  }

  #take(reading: Reading): void {
    const state = this.#of(reading);
    const { flags, receivedAt } = reading;
    // Late data was sent long ago: it says nothing about who is there now.
    const late = flags?.includes('historical') === true;
    if (!late && receivedAt > (state.lastSeenAt ?? 0)) state.lastSeenAt = receivedAt;
    this.#soil(state);
    const { metric, room, value, quality, at } = reading;
    let slot = slotFor(state, metric);
    if (!slot) {
      const unknown = { simulated: false, failed: undefined, isChanged: false };
      slot = { metric, room, value, quality, at, receivedAt, ...unknown };
      state.latest.push(slot);
    } else if (slot.at > at) return;
    slot.room = room;
    slot.value = value;
    slot.quality = quality;
    slot.at = at;
    slot.receivedAt = receivedAt;
    slot.simulated = flags?.includes('simulated') === true;
    slot.failed = isSure(quality) ? undefined : failedTests(flags);
    if (slot.isChanged) return;
    slot.isChanged = true;
    this.#changed.push({ state, slot });
  }

  #shown(state: SensorState, slot: Slot): LatestReading {
    const { roomId, intervalMs } = this.#place(state, slot.room);
    const { metric, value, quality, at, receivedAt, simulated, failed } = slot;
    return {
      sensor: state.id,
      room: roomId,
      metric,
      value,
      quality,
      at,
      receivedAt,
      intervalMs,
      simulated,
      ...(failed ? { failed } : {}),
    };
  }

  #place(state: SensorState, room: string): Place {
    if (state.place?.room === room) return state.place;
    const { intervalSeconds } = this.#registry.sensors.get(state.id) ?? {};
    const repository = splitQualified(state.id)?.repository ?? '';
    return (state.place = {
      room,
      roomId: qualify(repository, room),
      intervalMs: (intervalSeconds ?? DEFAULT_INTERVAL_SECONDS) * SECOND_MS,
    });
  }
}

function slotFor({ latest }: SensorState, metric: MetricName): Slot | undefined {
  for (let i = 0; i < latest.length; i += 1) {
    if (latest[i]?.metric === metric) return latest[i];
  }
  return undefined;
}

/** What a snapshot keeps of a reading is what screens get of it. */
function slotOf(shown: LatestReading): Slot {
  const { metric, value, at, receivedAt, simulated, failed } = shown;
  const room = splitQualified(shown.room)?.id ?? '';
  const quality = shown.quality as Quality;
  return { metric, room, value, quality, at, receivedAt, simulated, failed, isChanged: false };
}
