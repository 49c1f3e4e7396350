/** Figures of the tick and of the stores for Prometheus; HTTP adds its own to the same registry. */

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { PartState } from '../domain/api.ts';
import type { OutboxState } from './outbox.ts';
import type { TickFigures } from './tick/news.ts';

export interface MetricsSources {
  readonly tick: () => TickFigures;
  readonly outbox: () => OutboxState;
  readonly parts: () => readonly PartState[];
  readonly openAlarms: () => number;
  readonly liveClients: () => number;
}

type Figure = readonly [name: string, help: string, value: (sources: MetricsSources) => number];

const FIGURES: readonly Figure[] = [
  ['lantai_commits_total', 'Ticks that were committed.', (s) => s.tick().commits],
  ['lantai_commit_failures_total', 'Ticks that could not be.', (s) => s.tick().commitFailures],
  ['lantai_messages_total', 'Messages taken.', (s) => s.tick().messages],
  ['lantai_readings_total', 'Readings taken.', (s) => s.tick().readings],
  ['lantai_duplicates_total', 'Readings that were known.', (s) => s.tick().duplicates],
  ['lantai_nulls_total', 'Values that were null.', (s) => s.tick().nulls],
  ['lantai_quarantined_total', 'Messages put aside.', (s) => s.tick().quarantined],
  ['lantai_thinned_readings_total', 'Readings thinned, ever.', (s) => s.tick().thinned],
  ['lantai_spool_bytes', 'Waiting for the reading store.', (s) => s.tick().spoolBytes],
  ['lantai_spool_rows', 'Waiting for the reading store.', (s) => s.tick().spoolRows],
  ['lantai_outbox_pending', 'Messages to people that wait.', (s) => s.outbox().pending],
  ['lantai_outbox_failed_total', 'Messages given up.', (s) => s.outbox().failed],
  ['lantai_alarms_open', 'Open alarms.', (s) => s.openAlarms()],
  ['lantai_live_clients', 'Browsers on the live feed.', (s) => s.liveClients()],
];

/** A registry that reads the figures when it is asked. */
export function createMetricsRegistry(sources: MetricsSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const figure of FIGURES) addFigure(registry, sources, figure);
  new Gauge({
    name: 'lantai_part_ok',
    help: 'Whether a part works: 1 or 0.',
    labelNames: ['part'],
    registers: [registry],
    collect() {
      for (const { part, ok } of sources.parts()) this.set({ part }, ok ? 1 : 0);
    },
  });
  return registry;
}

/** What ends in `_total` only rises and is a counter; the rest is a gauge. */
function addFigure(registry: Registry, sources: MetricsSources, figure: Figure): void {
  const [name, help, value] = figure;
  const shared = { name, help, registers: [registry] };
  if (name.endsWith('_total')) {
    new Counter({
      ...shared,
      collect() {
        this.reset();
        this.inc(value(sources));
      },
    });
    return;
  }
  new Gauge({
    ...shared,
    collect() {
      this.set(value(sources));
    },
  });
}
