/** Repositories with as many sensors as a benchmark wants. */

import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { RepositoryDocument } from '../../domain/registry.ts';

export interface LoadRepositoryOptions {
  readonly sensors: number;
  /** Smoke detectors beside the climate sensors. */
  readonly detectors?: number;
  readonly simulated: boolean;
  /** Repository id; `load` by default. */
  readonly id?: string;
  /** Where to write it; absent: not written. */
  readonly file?: string;
}

const SENSORS_A_ROOM = 20;
const ROOMS_A_FLOOR = 20;

/** Makes (and writes) a repository with `l00001` … for climate and `f0001` … for smoke; returns its document. */
export function writeLoadRepository(options: LoadRepositoryOptions): RepositoryDocument {
  const { sensors, detectors = 0, simulated, id = 'load', file } = options;
  const rooms = Math.max(1, Math.ceil(sensors / SENSORS_A_ROOM));
  const document: RepositoryDocument = {
    repository: {
      id,
      name: '压力测试档案馆',
      timezone: 'Asia/Shanghai',
      ...(simulated ? { simulated } : {}),
    },
    rooms: Array.from({ length: rooms }, (_, i) => ({
      id: roomId(i),
      name: `${i + 1} 号库`,
      class: 'paper',
      floor: 1 + Math.floor(i / ROOMS_A_FLOOR),
      setPoint: { temperature: 20, humidity: 52 },
    })),
    sensors: [
      ...Array.from({ length: sensors }, (_, i) => ({
        id: loadSensorId(i),
        room: roomId(Math.floor(i / SENSORS_A_ROOM)),
        metrics: ['temperature' as const, 'humidity' as const],
        intervalSeconds: 3600,
      })),
      ...Array.from({ length: detectors }, (_, i) => ({
        id: detectorId(i),
        room: roomId(i % rooms),
        metrics: ['smoke' as const],
        intervalSeconds: 3600,
      })),
    ],
    people: [{ id: 'duty-a', name: '值班员甲', role: 'duty', order: 1 }],
  };
  if (file !== undefined) writeFileSync(file, stringify(document));
  return document;
}

/** The id of the n-th climate sensor, from 0. */
export function loadSensorId(index: number): string {
  return `l${String(index + 1).padStart(5, '0')}`;
}

/** The id of the n-th smoke detector, from 0. */
export function detectorId(index: number): string {
  return `f${String(index + 1).padStart(4, '0')}`;
}

function roomId(index: number): string {
  return `lr${String(index + 1).padStart(3, '0')}`;
}
