/** A set of topics: some by name, some by an MQTT filter. Asked for each message, so answers are kept. */

import { coversPattern, matchesPattern } from '../../domain/topic-pattern.ts';

const KNOWN_MAX = 20_000;

/** All topics that one of `filters` covers; a filter without a wildcard is a topic. */
export class FilterSet {
  readonly filters: ReadonlySet<string>;
  readonly #wild: readonly string[];
  readonly #known = new Map<string, boolean>();

  constructor(filters: Iterable<string>) {
    this.filters = new Set(filters);
    this.#wild = [...this.filters].filter((filter) => /[+#]/.test(filter));
  }

  has(topic: string): boolean {
    if (this.filters.has(topic)) return true;
    if (this.#wild.length === 0) return false;
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const found = this.#wild.some((filter) => matchesPattern(filter, topic));
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(topic, found);
    return found;
  }
}

/** Without the filters that another one covers: a broker may send a message once for each of its subscriptions. */
export function widest(filters: Iterable<string>): readonly string[] {
  const all = [...new Set(filters)];
  return all.filter((one) => !all.some((other) => other !== one && coversPattern(other, one)));
}
