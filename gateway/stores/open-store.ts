/** Which reading store a configuration means. Plain data, so that it can be handed to a worker. */

import type { ReadingStore } from '../../domain/ports.ts';
import { unreachable } from '../../domain/unreachable.ts';
import { createInfluxReadingStore, type InfluxConfig } from './influx-reading-store.ts';
import { createSqliteReadingStore } from './sqlite-reading-store.ts';

/** The embedded store in a file, or an InfluxDB. */
export type StoreConfig =
  | {
      readonly kind: 'sqlite';
      readonly path: string;
      /** Nothing is made nor changed; the file must be there. */
      readonly readOnly?: boolean;
    }
  | ({ readonly kind: 'influx' } & InfluxConfig);

/** The store, not opened yet. */
export function createReadingStore(config: StoreConfig): ReadingStore {
  switch (config.kind) {
    case 'sqlite':
      return createSqliteReadingStore(config);
    case 'influx':
      return createInfluxReadingStore(config);
    default:
      return unreachable(config);
  }
}
