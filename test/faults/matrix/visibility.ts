/** When a fault is seen: in `/api/ready`, in `/metrics`, and on the live feed. */

import type { PartState } from '../../../domain/api.ts';

const LOOK_EVERY_MS = 200;
const ANSWER_MS_MAX = 2_000;

type Headers = Readonly<Record<string, string>>;
type Face = 'ready' | 'metrics' | 'live';
const FACES: readonly Face[] = ['ready', 'metrics', 'live'];

export interface Seen {
  /** Since the fault began, ms; `undefined`: not seen. */
  readonly ready: number | undefined;
  readonly metrics: number | undefined;
  readonly live: number | undefined;
}

export interface Visibility {
  /** Parts as the live feed says them; `undefined`: the line is lost. */
  onLive(parts: readonly PartState[] | undefined): void;
  /** From now on it is looked for one of `parts` that does not work, or for no answer at all. */
  expect(parts: readonly PartState['part'][]): () => Seen;
  stop(): void;
}

/** Asks all the time, as a watcher outside does. A process that does not answer is seen, too. */
export function createVisibility(url: string, headers: Headers): Visibility {
  const watches: {
    readonly parts: readonly string[];
    readonly from: number;
    readonly seen: Partial<Record<Face, number>>;
  }[] = [];
  let lastLive: ReadonlySet<string> | undefined = new Set();
  /** `undefined`: no answer. */
  const saw = (face: Face, broken: ReadonlySet<string> | undefined): void => {
    for (const { parts, from, seen } of watches) {
      if (seen[face] !== undefined) continue;
      if (broken && !parts.some((part) => broken.has(part))) continue;
      seen[face] = performance.now() - from;
    }
  };
  const every = setInterval(() => {
    void askReady(url, headers).then((broken) => saw('ready', broken));
    void askMetrics(url, headers).then((broken) => saw('metrics', broken));
    saw('live', lastLive);
  }, LOOK_EVERY_MS);
  return {
    onLive: (parts) => {
      lastLive = parts && new Set(parts.filter(({ ok }) => !ok).map(({ part }) => part));
      saw('live', lastLive);
    },
    expect: (parts) => {
      const watch = { parts, from: performance.now(), seen: {} as Partial<Record<Face, number>> };
      watches.push(watch);
      return () => ({
        ready: watch.seen.ready,
        metrics: watch.seen.metrics,
        live: watch.seen.live,
      });
    },
    stop: () => clearInterval(every),
  };
}

/** The slowest of the three, ms; `undefined`: one of them never said it. */
export function slowest(all: readonly Seen[]): number | undefined {
  const times = all.flatMap((seen) => FACES.map((face) => seen[face]));
  return times.reduce<number | undefined>(
    (a, b) => (a === undefined || b === undefined ? undefined : Math.max(a, b)),
    0,
  );
}

/** The parts that do not work; `undefined`: no answer. */
type Answer = Promise<ReadonlySet<string> | undefined>;

async function askReady(url: string, headers: Headers): Answer {
  const body = await textOf(`${url}/api/ready`, headers);
  if (body === undefined) return undefined;
  const { parts } = JSON.parse(body) as { readonly parts: readonly PartState[] };
  return new Set(parts.filter(({ ok }) => !ok).map(({ part }) => part));
}

async function askMetrics(url: string, headers: Headers): Answer {
  const body = await textOf(`${url}/metrics`, headers);
  if (body === undefined) return undefined;
  return new Set([...body.matchAll(/^lantai_part_ok\{part="(\w+)"\} 0$/gm)].map((m) => m[1] ?? ''));
}

async function textOf(url: string, headers: Headers): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return await answer.text();
  } catch {
    return undefined;
  }
}
