/** What the benchmarks and their helper processes say to each other. Times are epoch milliseconds. */

export interface Burst {
  readonly port: number;
  readonly connections: number;
  /** Unacknowledged messages of one connection. */
  readonly window: number;
  readonly sensors: number;
  readonly messages: number;
  /** Sequences of all sensors start here. */
  readonly firstSequence: number;
}

export interface Steady {
  readonly port: number;
  readonly connections: number;
  readonly sensors: number;
  readonly perSecond: number;
}

export type Order =
  /** Connect and make all packets; answered with `prepared`. */
  | { readonly kind: 'prepare-burst'; readonly burst: Burst }
  /** Send them as fast as they are acknowledged; answered with `published`. */
  | { readonly kind: 'burst' }
  /** So many a second until `stop-steady`, which is answered with `published`. */
  | { readonly kind: 'steady'; readonly steady: Steady }
  | { readonly kind: 'stop-steady' }
  /** Garbage without end or pause, as much as the socket takes, until `stop-poison`, which is answered with `poisoned`. */
  | { readonly kind: 'poison'; readonly port: number }
  | { readonly kind: 'stop-poison' }
  /** The floor: a bare subscriber that parses and counts; answered with `listening`. */
  | { readonly kind: 'subscribe'; readonly url: string }
  /** Count from nothing; answered with `counted` when there are so many. */
  | { readonly kind: 'count'; readonly messages: number }
  /** aedes alone; `counts`: it parses and counts itself before it acknowledges. Answered with `listening`. */
  | { readonly kind: 'aedes'; readonly counts: boolean }
  /** The peer: MQTT in, Socket.IO out, nothing else; answered with `listening`. */
  | { readonly kind: 'relay'; readonly url: string }
  /** Loads these addresses one after the other until `stop-charts`, which is answered with `charts`. */
  | {
      readonly kind: 'charts';
      readonly urls: readonly string[];
      readonly token: string;
    }
  | { readonly kind: 'stop-charts' };

export type Answer =
  | { readonly kind: 'prepared' }
  | {
      readonly kind: 'published';
      readonly messages: number;
      readonly acknowledged: number;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly payloadBytes: number;
    }
  | { readonly kind: 'poisoned'; readonly messages: number }
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'counted'; readonly at: number }
  | { readonly kind: 'charts'; readonly loaded: number; readonly bytes: number };
