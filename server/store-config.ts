/** Which reading store the settings mean, and where the sample archive's file is. */

import { join } from 'node:path';
import type { StoreConfig } from '../gateway/forwarder/reading-workers.ts';
import type { DataFolder } from './data-folder.ts';
import type { Settings } from './settings/settings.ts';

/** A year's query of a busy server may take that long; a write never should. */
const INFLUX_TIMEOUT_MS = 30_000;

/** Read as a file: the simulators' code is not the server's to import. */
export const SAMPLE_REPOSITORY_PATH = join(
  import.meta.dirname,
  '..',
  'simulators',
  'sample',
  'archive.yaml',
);

export function readingStoreConfig(settings: Settings, folder: DataFolder): StoreConfig {
  return influxConfig(settings) ?? { kind: 'sqlite', path: folder.file('readings.db') };
}

/** `undefined`: the embedded store. */
export function influxConfig({ influx }: Settings): StoreConfig | undefined {
  return influx && { kind: 'influx', ...influx, timeoutMs: INFLUX_TIMEOUT_MS };
}
