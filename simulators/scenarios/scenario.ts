/** What a scenario is: a timeline of things that are done to sensors, rooms, doors and links. */

import type { MetricName } from '../../domain/metrics.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Archive } from '../archive.ts';
import type { RoomForcing } from '../model/room.ts';
import type { DoorHappening } from '../model/visits.ts';
import type { Random } from '../random.ts';

/** How one sensor departs from the truth while a scenario holds it. */
export interface SensorOverride {
  /** Reported instead of the measured values; null goes out as null. */
  readonly values?: Readonly<Partial<Record<MetricName, number | null>>>;
  readonly silent?: boolean;
  /** Reports its last values again and again. */
  readonly stuck?: boolean;
  /** Every so many reports, a jump of `spikeBy` in temperature and humidity. */
  readonly spikeEvery?: number;
  readonly spikeBy?: number;
  readonly humidityDriftPerMinute?: number;
  readonly clockAheadMs?: number;
}

export type Action =
  /** Takes effect and reports at once; no override: back to the truth. */
  | { readonly kind: 'sensor'; readonly sensor: string; readonly override?: SensorOverride }
  | { readonly kind: 'room'; readonly room: string; readonly forcing?: RoomForcing }
  | { readonly kind: 'door'; readonly door: string; readonly happening: Omit<DoorHappening, 'at'> }
  /** A link that is down keeps its messages and sends them late, all at once. */
  | { readonly kind: 'link'; readonly link: string; readonly up: boolean };

export interface TimedAction {
  readonly afterMs: number;
  readonly action: Action;
}

export interface Stage {
  readonly archive: Archive;
  /** The room it plays in. */
  readonly room: string;
  readonly random: Random;
}

export interface Scenario {
  readonly id: string;
  readonly name: LocalizedText;
  /** What will be seen, and when. */
  readonly description: LocalizedText;
  readonly durationMs: number;
  /** The rooms it can play in, best first; empty: this archive cannot show it. */
  readonly rooms: (archive: Archive) => readonly string[];
  readonly timeline: (stage: Stage) => readonly TimedAction[];
}

/** Rooms that have something of what `count` counts, most first; among equals the room with the most sensors. */
export function roomsByCount(archive: Archive, count: (room: string) => number): readonly string[] {
  const sensors = (room: string): number => archive.sensors.filter((s) => s.room === room).length;
  return archive.rooms
    .filter((r) => r.class !== 'outdoor')
    .map((r) => ({ id: r.id, count: count(r.id), sensors: sensors(r.id) }))
    .filter((r) => r.count > 0)
    .sort((a, b) => b.count - a.count || b.sensors - a.sensors)
    .map((r) => r.id);
}

/** An action so many seconds after the start. */
export function atSecond(second: number, action: Action): TimedAction {
  return { afterMs: second * 1000, action };
}
