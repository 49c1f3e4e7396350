/** InfluxDB 1.x as anybody asks it: InfluxQL over HTTP. */

export interface Series {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** The series that answer a question; none while the database is not there. */
export async function influxQuery(
  url: string,
  q: { readonly database: string; readonly query: string; readonly epoch?: 'ms' | 'ns' },
): Promise<readonly Series[]> {
  const search = new URLSearchParams({ db: q.database, q: q.query, epoch: q.epoch ?? 'ms' });
  const answer = await fetch(`${url}/query?${search}`, { signal: AbortSignal.timeout(10_000) });
  // Nanoseconds are beyond what a double holds: they stay text.
  const text = (await answer.text()).replace(/\b(\d{17,})\b/g, '"$1"');
  const { results } = JSON.parse(text) as {
    readonly results?: readonly { readonly series?: readonly Series[] }[];
  };
  return results?.[0]?.series ?? [];
}

/** Name and type of each field of a measurement. */
export async function fieldTypes(
  url: string,
  q: { readonly database: string; readonly measurement: string },
): Promise<Readonly<Record<string, unknown>>> {
  const [series] = await influxQuery(url, {
    database: q.database,
    query: `SHOW FIELD KEYS FROM "${q.measurement}"`,
  });
  return Object.fromEntries((series?.values ?? []).map(([name, type]) => [String(name), type]));
}

/** A row by column name, without what is null. */
export function rowsOf(series: Series | undefined): readonly Readonly<Record<string, unknown>>[] {
  return (series?.values ?? []).map((row) =>
    Object.fromEntries(
      row.flatMap((value, i) => (value === null ? [] : [[series?.columns[i] ?? '', value]])),
    ),
  );
}
