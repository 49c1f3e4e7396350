/** Hands readings to clients; a slow client gets only the newest of each series that it has not seen. */

import type { LatestReading } from '../../domain/api.ts';

/** A client as the gatherer sees it. */
export interface ReadingClient {
  readonly id: string;
  /** Clients of the same scope see the same readings. */
  readonly scope: string;
  readonly sees: (reading: LatestReading) => boolean;
  /** Whether its connection has taken all it was sent. */
  readonly ready: () => boolean;
  readonly send: (ids: readonly string[], readings: readonly LatestReading[]) => void;
}

/** By sensor, then metric: no string is made for a reading. */
type Newest = Map<string, Map<string, LatestReading>>;

/** Memory is bounded by the number of series, once for each slow client. */
export class ReadingGatherer {
  readonly #missed = new Map<string, Newest>();

  /** Sends `changed`, the newest of each series that changed, to `clients`, which are all that are there now. */
  flush(clients: readonly ReadingClient[], changed: readonly LatestReading[]): void {
    const here = new Set(clients.map((client) => client.id));
    for (const id of this.#missed.keys()) if (!here.has(id)) this.#missed.delete(id);
    const together = new Map<string, ReadingClient[]>();
    for (const client of clients) {
      const missed = this.#missed.get(client.id);
      if (changed.length === 0 && !missed) continue;
      if (!client.ready()) this.#keep(client, changed);
      else if (missed) this.#catchUp(client, missed, changed);
      else together.set(client.scope, [...(together.get(client.scope) ?? []), client]);
    }
    for (const group of together.values()) sendTogether(group, changed);
  }

  /** Clients that are behind now. */
  get slow(): number {
    return this.#missed.size;
  }

  #keep(client: ReadingClient, changed: readonly LatestReading[]): void {
    const missed = this.#missed.get(client.id) ?? new Map<string, Map<string, LatestReading>>();
    take(missed, changed.filter(client.sees));
    this.#missed.set(client.id, missed);
  }

  #catchUp(client: ReadingClient, missed: Newest, changed: readonly LatestReading[]): void {
    take(missed, changed.filter(client.sees));
    this.#missed.delete(client.id);
    if (missed.size > 0) client.send([client.id], listed(missed));
  }
}

function take(newest: Newest, changed: readonly LatestReading[]): void {
  for (const reading of changed) {
    let ofSensor = newest.get(reading.sensor);
    if (!ofSensor) newest.set(reading.sensor, (ofSensor = new Map()));
    const known = ofSensor.get(reading.metric);
    if (!known || reading.at >= known.at) ofSensor.set(reading.metric, reading);
  }
}

function listed(newest: Newest): readonly LatestReading[] {
  return [...newest.values()].flatMap((ofSensor) => [...ofSensor.values()]);
}

function sendTogether(group: readonly ReadingClient[], changed: readonly LatestReading[]): void {
  const [first] = group;
  const seen = first ? changed.filter(first.sees) : [];
  if (!first || seen.length === 0) return;
  first.send(
    group.map((client) => client.id),
    seen,
  );
}
