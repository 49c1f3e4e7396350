/** Counters, gauges and histograms, written out as Prometheus text. Names carry their unit last. */

type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly lines: () => readonly string[];
}

export interface Counter {
  add(by?: number, labels?: Labels): void;
}

export interface Histogram {
  observe(value: number, labels?: Labels): void;
}

export interface Metrics {
  counter(name: string, help: string): Counter;
  /** `read` is asked when the text is written. */
  gauge(name: string, help: string, read: () => number): void;
  histogram(name: string, help: string, upperBounds: readonly number[]): Histogram;
  /** Prometheus text format 0.0.4. */
  text(): string;
}

/** Label sets of one family; more are counted together, so that no caller can fill the memory. */
const SERIES_MAX = 500;

export function createMetrics(): Metrics {
  const families = new Map<string, Family>();
  const add = (family: Family) => {
    if (families.has(family.name)) throw new Error(`metric ${family.name} is there already`);
    families.set(family.name, family);
  };
  return {
    counter(name, help) {
      const values = new Map<string, number>();
      const lines = () => [...values].map(([labels, value]) => `${name}${labels} ${value}`);
      add({ name, help, type: 'counter', lines });
      return {
        add(by = 1, labels = {}) {
          const key = bounded(values, braces(labels));
          values.set(key, (values.get(key) ?? 0) + by);
        },
      };
    },
    gauge(name, help, read) {
      add({ name, help, type: 'gauge', lines: () => [`${name} ${read()}`] });
    },
    histogram(name, help, upperBounds) {
      const series = new Map<string, Buckets>();
      const lines = () => [...series.values()].flatMap((buckets) => bucketLines(name, buckets));
      add({ name, help, type: 'histogram', lines });
      return {
        observe(value, labels = {}) {
          const key = bounded(series, braces(labels));
          const buckets = series.get(key) ?? emptyBuckets(key, labels, upperBounds);
          series.set(key, buckets);
          buckets.counts.forEach((bucket) => {
            if (value <= bucket.upper) bucket.count += 1;
          });
          buckets.sum += value;
          buckets.total += 1;
        },
      };
    },
    text: () => [...families.values()].map(familyText).join(''),
  };
}

interface Buckets {
  readonly labels: Labels;
  readonly counts: { readonly upper: number; count: number }[];
  sum: number;
  total: number;
}

const OTHER = '{other="true"}';

function bounded(map: ReadonlyMap<string, unknown>, key: string): string {
  return map.has(key) || map.size < SERIES_MAX ? key : OTHER;
}

function emptyBuckets(key: string, labels: Labels, upperBounds: readonly number[]): Buckets {
  return {
    labels: key === OTHER ? { other: 'true' } : labels,
    counts: upperBounds.map((upper) => ({ upper, count: 0 })),
    sum: 0,
    total: 0,
  };
}

function bucketLines(name: string, buckets: Buckets): readonly string[] {
  const { labels, counts, sum, total } = buckets;
  const line = (le: string, count: number) => `${name}_bucket${braces({ ...labels, le })} ${count}`;
  return [
    ...counts.map(({ upper, count }) => line(String(upper), count)),
    line('+Inf', total),
    `${name}_sum${braces(labels)} ${sum}`,
    `${name}_count${braces(labels)} ${total}`,
  ];
}

function familyText(family: Family): string {
  const { name, help, type } = family;
  const head = [`# HELP ${name} ${help.replaceAll('\n', ' ')}`, `# TYPE ${name} ${type}`];
  return [...head, ...family.lines(), ''].join('\n');
}

function braces(labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escape(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
