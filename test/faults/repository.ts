/** The archive of these runs: many climate sensors, smoke detectors in every room, a person behind a webhook. */

import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { RepositoryDocument } from '../../domain/registry.ts';
import { writeLoadRepository } from '../../simulators/load/repository.ts';

/** Writes the repository file and returns what is in it. */
export function writeFaultsRepository(q: {
  readonly sensors: number;
  readonly detectors: number;
  readonly webhook: string;
  readonly file: string;
}): RepositoryDocument {
  const { sensors, detectors, webhook, file } = q;
  const made = writeLoadRepository({ sensors, detectors, simulated: false });
  const document: RepositoryDocument = {
    ...made,
    people: [{ id: 'duty-a', name: '值班员甲', role: 'duty', order: 1, webhook }],
  };
  writeFileSync(file, stringify(document));
  return document;
}

/** Which room each smoke detector hangs in. */
export function roomsOfDetectors(document: RepositoryDocument): ReadonlyMap<string, string> {
  const detectors = (document.sensors ?? []).filter((s) => s.metrics.includes('smoke'));
  return new Map(detectors.map((sensor) => [sensor.id, sensor.room]));
}
