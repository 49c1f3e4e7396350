/** Waits for the end of storing, and what there is to be found then. */

import { setTimeout as wait } from 'node:timers/promises';
import type { FireAccount } from '../../../simulators/load/fires.ts';
import type { MatrixStage } from './matrix-stage.ts';

const SETTLE_MS_MAX = 60_000;
/** The count stood still for so long: nothing comes any more. */
const LOOKS_UNCHANGED_MAX = 25;
const LOOK_EVERY_MS = 500;

/** All that detectors said and the broker took, as the load keeps its own fires. */
export function accepted({ detectors }: Pick<MatrixStage, 'detectors'>): readonly FireAccount[] {
  return detectors.all().flatMap(({ sensor, value, at, acknowledgedAt }, i) => {
    if (acknowledgedAt === undefined) return [];
    return [{ fire: i, sensor, room: '', value, sequence: i, time: at, acknowledgedAt }];
  });
}

/** Waits until InfluxDB holds `wanted` readings (less those that `thinned` says), or nothing comes any more. */
export async function awaitStored(
  { influx }: Pick<MatrixStage, 'influx'>,
  wanted: number,
  thinned: () => Promise<number> = () => Promise.resolve(0),
): Promise<void> {
  const until = performance.now() + SETTLE_MS_MAX;
  let unchanged = 0;
  let before = -1;
  while (performance.now() < until && unchanged < LOOKS_UNCHANGED_MAX) {
    const count = await countInflux(influx.url);
    if (count + (await thinned()) >= wanted) return;
    unchanged = count === before ? unchanged + 1 : 0;
    before = count;
    await wait(LOOK_EVERY_MS);
  }
}

async function countInflux(url: string): Promise<number> {
  const form = new URLSearchParams({ db: 'lantai', q: 'SELECT count("value") FROM "reading"' });
  const answer = await fetch(`${url}/query?${form.toString()}`);
  const { results } = (await answer.json()) as {
    readonly results: readonly {
      readonly series?: readonly { readonly values: readonly (readonly [unknown, number])[] }[];
    }[];
  };
  return results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}
