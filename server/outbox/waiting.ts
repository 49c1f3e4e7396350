/** The messages that wait or are under way: by key, and by target in order of arrival. */

import type { Channel, OutboxMessage } from '../../domain/outbox.ts';
import { laneOf, type Entry, type Lane } from './pick.ts';

export class Waiting {
  readonly #byKey = new Map<string, Entry>();
  readonly #lanes: Readonly<Record<Channel, Map<string, Entry[]>>> = {
    email: new Map(),
    webhook: new Map(),
    mqtt: new Map(),
  };
  #arrivals = 0;

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Entry | undefined {
    return this.#byKey.get(key);
  }

  all(): Iterable<Entry> {
    return this.#byKey.values();
  }

  add(message: OutboxMessage, q: { readonly stored: boolean }): Entry {
    this.#arrivals += 1;
    const entry: Entry = { message, stored: q.stored, arrival: this.#arrivals };
    this.#byKey.set(message.key, entry);
    const lanes = this.#lanes[message.channel];
    const lane = lanes.get(laneOf(message));
    if (lane) lane.push(entry);
    else lanes.set(laneOf(message), [entry]);
    return entry;
  }

  remove(entry: Entry): void {
    const { message } = entry;
    this.#byKey.delete(message.key);
    const lanes = this.#lanes[message.channel];
    const lane = lanes.get(laneOf(message));
    const index = lane?.indexOf(entry) ?? -1;
    if (lane && index >= 0) lane.splice(index, 1);
    if (lane?.length === 0) lanes.delete(laneOf(message));
  }

  lanesOf(channel: Channel): Iterable<Lane> {
    return this.#lanes[channel].values();
  }

  /** What waits for, or is under way to, an MQTT topic. */
  toTopic(topic: string): Lane {
    return this.#lanes.mqtt.get(topic) ?? [];
  }
}
