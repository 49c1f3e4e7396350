/** The traces of the overview: one small series a room, asked for together and kept for a minute. */

import type { TracesView } from '../../domain/api.ts';
import { qualify } from '../../domain/ids.ts';
import type { MetricName } from '../../domain/metrics.ts';
import type { BucketRow } from '../../domain/ports.ts';
import { activeOf, idOf, type Sensor } from '../../domain/registry.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { createGate } from '../accounts/gate.ts';
import type { Services } from '../services.ts';

const STEP_MS = 30 * MINUTE_MS;
const KEPT_MS = MINUTE_MS;
/** Kept at once; the oldest goes. */
const KEPT_MAX = 64;
const QUERIES_AT_ONCE_MAX = 4;
const QUERIES_WAITING_MAX = 100_000;
const TRACED: readonly MetricName[] = ['temperature', 'humidity'];

type Sources = Pick<Services, 'now' | 'registry' | 'readings'>;

/** Answers of one minute are shared, also by those who ask while the first is under way. */
export function createTraces(services: Sources) {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<TracesView> }>();
  return (repository: string, hours: number): Promise<TracesView> => {
    const key = `${repository} ${hours}`;
    const at = services.now();
    const known = kept.get(key);
    if (known && at - known.at < KEPT_MS) return known.answer;
    const answer = makeTraces(services, repository, hours);
    kept.delete(key);
    kept.set(key, { at, answer });
    // A failure is told to those who asked, and not kept for those who come.
    answer.catch(() => kept.get(key)?.answer === answer && kept.delete(key));
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(oldest);
    }
    return answer;
  };
}

async function makeTraces(
  services: Sources,
  repository: string,
  hours: number,
): Promise<TracesView> {
  const until = services.now();
  const from = Math.floor((until - hours * HOUR_MS) / STEP_MS) * STEP_MS;
  const registry = services.registry();
  const sensors = activeOf(registry.sensors, repository);
  const gate = createGate(QUERIES_AT_ONCE_MAX, QUERIES_WAITING_MAX);
  const traces = activeOf(registry.rooms, repository).flatMap((room) =>
    TRACED.flatMap((metric) => {
      const sensor = sensors.find((one) => one.room === room.id && one.metrics.includes(metric));
      return sensor ? [{ room: idOf(room), metric, sensor }] : [];
    }),
  );
  const one = (sensor: Sensor, metric: MetricName) =>
    services.readings.query({
      repository,
      sensor: sensor.id,
      metric,
      from,
      until,
      stepMs: STEP_MS,
    });
  const items = await Promise.all(
    traces.map(async ({ room, metric, sensor }) => {
      const series = await gate.run(() => one(sensor, metric));
      const rows = (series?.value.rows ?? []) as readonly BucketRow[];
      const points = rows.map(([at, mean]) => [at, mean] as const);
      return { room, sensor: qualify(repository, sensor.id), metric, points };
    }),
  );
  return { repository, from, until, stepMs: STEP_MS, items };
}
