/** A repository as scenarios and the world look at it: who hangs where. */

import type { MetricName } from '../domain/metrics.ts';
import type { RepositoryDocument } from '../domain/registry.ts';

export type RoomEntry = RepositoryDocument['rooms'][number];
export type SensorEntry = NonNullable<RepositoryDocument['sensors']>[number];
export type DoorEntry = NonNullable<RepositoryDocument['doors']>[number];

export interface Archive {
  readonly id: string;
  readonly timezone: string;
  readonly rooms: readonly RoomEntry[];
  readonly sensors: readonly SensorEntry[];
  readonly doors: readonly DoorEntry[];
  /** Every device that has a link of its own: declared ones in use, and sensors and doors that hang on none. */
  readonly links: readonly string[];
}

/** The archive behind a repository document. Sensors with a foreign profile are left out: they do not speak native messages. */
export function archiveOf(document: RepositoryDocument): Archive {
  const sensors = (document.sensors ?? []).filter(
    (s) => s.source === undefined || s.source.profile === 'native',
  );
  const doors = document.doors ?? [];
  return {
    id: document.repository.id,
    timezone: document.repository.timezone,
    rooms: document.rooms,
    sensors,
    doors,
    links: [...new Set([...sensors, ...doors].map(linkOf))],
  };
}

/** What a sensor or door sends through: its device, or itself. */
export function linkOf(thing: { readonly id: string; readonly device?: string }): string {
  return thing.device ?? thing.id;
}

/** The sensors of a room that carry all these metrics. */
export function sensorsWith(
  archive: Archive,
  room: string,
  metrics: readonly MetricName[],
): readonly SensorEntry[] {
  return archive.sensors.filter(
    (s) => s.room === room && metrics.every((m) => s.metrics.includes(m)),
  );
}

/** The doors of a room. */
export function doorsOf(archive: Archive, room: string): readonly DoorEntry[] {
  return archive.doors.filter((d) => d.room === room);
}
