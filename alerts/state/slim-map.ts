/** A map that costs nothing while it is empty: a step has many, and nearly no step fills one. */

const NOTHING: ReadonlyMap<never, never> = new Map<never, never>();

export class SlimMap<K, V> {
  #map: Map<K, V> | undefined = undefined;

  get size(): number {
    return this.#map === undefined ? 0 : this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map?.get(key);
  }

  has(key: K): boolean {
    return this.#map?.has(key) ?? false;
  }

  set(key: K, value: V): void {
    (this.#map ??= new Map()).set(key, value);
  }

  delete(key: K): void {
    this.#map?.delete(key);
  }

  clear(): void {
    this.#map = undefined;
  }

  keys(): IterableIterator<K> {
    return (this.#map ?? NOTHING).keys();
  }

  values(): IterableIterator<V> {
    return (this.#map ?? NOTHING).values();
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return (this.#map ?? NOTHING)[Symbol.iterator]();
  }
}
