/** A set of topics: some by name, some by an MQTT filter. Asked for each message, so answers are kept. */

const KNOWN_MAX = 20_000;

export interface TopicSet {
  has(topic: string): boolean;
}

/** All topics that one of `filters` covers; a filter without a wildcard is a topic. */
export class FilterSet implements TopicSet {
  readonly filters: ReadonlySet<string>;
  readonly #wild: readonly (readonly string[])[];
  readonly #known = new Map<string, boolean>();

  constructor(filters: Iterable<string>) {
    this.filters = new Set(filters);
    this.#wild = [...this.filters]
      .filter((filter) => /[+#]/.test(filter))
      .map((filter) => filter.split('/'));
  }

  has(topic: string): boolean {
    if (this.filters.has(topic)) return true;
    if (this.#wild.length === 0) return false;
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const levels = topic.split('/');
    const found = this.#wild.some((filter) => covers(filter, levels));
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(topic, found);
    return found;
  }
}

/** Whether an MQTT filter covers a topic, both split into levels. */
export function covers(filter: readonly string[], levels: readonly string[]): boolean {
  for (const [i, part] of filter.entries()) {
    if (part === '#') return true;
    if (i >= levels.length || (part !== '+' && part !== levels[i])) return false;
  }
  return filter.length === levels.length;
}

/** Without the filters that another one covers: a broker may send a message once for each of its subscriptions. */
export function widest(filters: Iterable<string>): readonly string[] {
  const all = [...new Set(filters)].map((filter) => ({ filter, levels: filter.split('/') }));
  return all
    .filter(({ filter, levels }) => {
      return !all.some((other) => other.filter !== filter && coversFilter(other.levels, levels));
    })
    .map(({ filter }) => filter);
}

/** Whether all that `inner` covers is covered by `outer`, too. */
function coversFilter(outer: readonly string[], inner: readonly string[]): boolean {
  for (const [i, part] of outer.entries()) {
    if (part === '#') return true;
    const level = inner[i];
    if (level === undefined || level === '#' || (level === '+' && part !== '+')) return false;
    if (part !== '+' && part !== level) return false;
  }
  return outer.length === inner.length;
}
