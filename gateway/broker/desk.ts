/** The broker's desk: who is connected, what each may do, and what is written down of them. */

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import {
  CONNECTIONS_PER_DEVICE_MAX,
  CONNECTIONS_UNPROVEN_MAX,
  DEVICE_MESSAGES_PER_SECOND,
} from '../../domain/bounds.ts';
import type { ClientRefusal, ClientSight } from '../../domain/device-credential.ts';
import { nextConnection } from '../connection-number.ts';
import type { GatewayLog } from '../log.ts';
import { ADMIT_ALL, type Admission, type Admitted, type Caller } from './admission.ts';
import { ClientBook, noteRefusal, sightOf, type ClientEntry } from './client-book.ts';
import { Connection } from './connection.ts';
import { Load, Paces } from './pace.ts';

/** What people should hear of once. `first`: it was let in and is nobody we made a credential for. */
export type ClientNews = { readonly kind: 'first' | 'refused'; readonly client: ClientSight };

export interface DeskOptions {
  /** Absent: everybody may connect. */
  readonly authenticate?: (who: Caller) => Admission | Promise<Admission>;
  readonly onClient?: (news: ClientNews) => void;
  readonly log: GatewayLog;
  readonly now?: () => number;
  /** Monotonic. */
  readonly steadyMs?: () => number;
}

/** A refusal is logged for the first, tenth, hundredth … time: a flood of them must not be one of log lines. */
const isLoud = (count: number): boolean => /^10*$/.test(String(count));

export class Desk {
  readonly load = new Load();
  readonly #options: DeskOptions;
  readonly #now: () => number;
  readonly #steadyMs: () => number;
  readonly #book = new ClientBook();
  readonly #paces = new Paces(this.load);
  readonly #connections = new Set<Connection>();
  readonly #byNumber = new Map<number, Connection>();
  readonly #unproven = new Set<Connection>();

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#steadyMs = options.steadyMs ?? (() => performance.now());
  }

  /** A socket that nobody is known on yet. */
  open(socket: Socket): Connection {
    const certificateName = socket instanceof TLSSocket ? commonName(socket) : undefined;
    const connection = new Connection({
      socket,
      certificateName,
      now: this.#now,
      steadyMs: this.#steadyMs,
    });
    this.#connections.add(connection);
    if (this.#unproven.size >= CONNECTIONS_UNPROVEN_MAX) {
      const [oldest] = this.#unproven;
      oldest?.socket.destroy();
    }
    this.#unproven.add(connection);
    socket.once('close', () => this.#closed(connection));
    connection.stand(() => this.refuse(connection, { why: 'packet-too-large' }));
    return connection;
  }

  /** Whether it may stay, after it said who it is. */
  async admit(
    connection: Connection,
    who: Pick<Caller, 'clientId' | 'username' | 'password'>,
  ): Promise<boolean> {
    const { address, certificateName } = connection;
    connection.clientId = who.clientId;
    connection.username = certificateName ?? who.username;
    connection.number = nextConnection();
    const ask = this.#options.authenticate;
    const answer = ask ? await ask({ ...who, address, certificateName }) : ADMIT_ALL;
    const why = answer.ok ? this.#inTheWay(connection, answer) : answer.why;
    if (why !== undefined || !answer.ok) {
      this.refuse(connection, { why: why ?? 'unknown-username' });
      return false;
    }
    // It may have gone while it was looked at.
    if (connection.socket.destroyed) return false;
    this.#seat(connection, answer);
    return true;
  }

  /** Something of this connection is not taken. `bytes` of it weigh on its pace. */
  refuse(
    connection: Connection,
    q: { readonly why: ClientRefusal; readonly detail?: string; readonly bytes?: number },
  ): void {
    connection.pace?.refused(q.bytes ?? 0, this.#steadyMs());
    const entry = connection.entry ?? this.#appear(connection).entry;
    this.#note(entry, q);
  }

  /** By the number of the connection: what the intake found is not known to the broker. */
  refuseByNumber(number: number | undefined, q: Parameters<Desk['refuse']>[1]): void {
    const connection = number === undefined ? undefined : this.#byNumber.get(number);
    if (connection) this.refuse(connection, q);
  }

  /** Somebody who never became a client, such as one without a certificate. */
  refuseStranger(address: string, q: { readonly why: ClientRefusal; readonly detail: string }) {
    this.#note(this.#book.meet({ clientId: '', username: undefined, address }, this.#now()).entry, {
      ...q,
    });
  }

  /** A message is taken; answers how many of it were refused before, to see whether this one is, too. */
  count(connection: Connection): number {
    const { entry } = connection;
    connection.pace?.message(this.#steadyMs());
    if (!entry) return 0;
    entry.messages += 1;
    entry.lastSeenAt = this.#now();
    return entry.refused;
  }

  /** Cuts off whom `which` names; they may come again and are asked anew. */
  cutOff(which: (who: Admitted) => boolean): void {
    for (const connection of this.#connections) {
      if (this.#unproven.has(connection) || !which(connection.admitted)) continue;
      const { credential } = connection.admitted;
      if (credential !== undefined) this.#paces.drop(credential);
      connection.socket.destroy();
    }
  }

  /** Called at regular intervals. */
  tend(intervalMs: number): void {
    this.load.settle(intervalMs);
    this.#paces.forget(this.#steadyMs());
    for (const connection of this.#connections) connection.readOn();
  }

  clients(): readonly ClientSight[] {
    return this.#book.list(this.#now());
  }

  destroy(): void {
    for (const connection of this.#connections) connection.socket.destroy();
  }

  #seat(connection: Connection, admitted: Admitted): void {
    const { credential, rights } = admitted;
    connection.admitted = admitted;
    this.#unproven.delete(connection);
    if (connection.number !== undefined) this.#byNumber.set(connection.number, connection);
    const key = credential ?? `client ${connection.clientId}`;
    connection.pace = this.#paces.join(key, {
      messagesPerSecond: admitted.messagesPerSecond ?? (rights && DEVICE_MESSAGES_PER_SECOND),
      nowMs: this.#steadyMs(),
    });
    const { entry, isNew } = this.#appear(connection);
    entry.connections += 1;
    entry.credential = credential;
    if (isNew && credential === undefined && admitted.isOurs !== true) {
      this.#options.onClient?.({ kind: 'first', client: sightOf(entry, this.#now()) });
    }
  }

  #appear(connection: Connection): { readonly entry: ClientEntry; readonly isNew: boolean } {
    const met = this.#book.meet(connection, this.#now());
    connection.entry = met.entry;
    return met;
  }

  #inTheWay(newcomer: Connection, { credential }: Admitted): ClientRefusal | undefined {
    let own = 0;
    for (const other of this.#connections) {
      if (other === newcomer || this.#unproven.has(other)) continue;
      const isOwn = other.admitted.credential === credential;
      // The newcomer would end the other's session: only who it belongs to may do that.
      if (!isOwn && other.clientId === newcomer.clientId) return 'client-id-taken';
      if (isOwn && credential !== undefined) own += 1;
    }
    return own >= CONNECTIONS_PER_DEVICE_MAX ? 'too-many-connections' : undefined;
  }

  #note(entry: ClientEntry, q: { readonly why: ClientRefusal; readonly detail?: string }): void {
    const at = this.#now();
    const isNews = noteRefusal(entry, { ...q, at });
    const client = sightOf(entry, at);
    if (isNews && q.why !== 'not-understood') this.#options.onClient?.({ kind: 'refused', client });
    if (!isNews && !isLoud(entry.refused)) return;
    const { clientId, address, refused } = client;
    const isPublication = q.why.startsWith('topic-');
    const fields = { clientId, address, why: q.why, refused };
    this.#options.log.warn(
      isPublication ? { ...fields, topic: q.detail } : fields,
      isPublication ? 'publication refused' : 'broker client refused',
    );
  }

  #closed(connection: Connection): void {
    connection.close();
    this.#connections.delete(connection);
    this.#unproven.delete(connection);
    if (connection.number !== undefined) this.#byNumber.delete(connection.number);
    if (!connection.pace) return;
    this.#paces.leave(connection.pace);
    if (connection.entry) connection.entry.connections -= 1;
  }
}

function commonName(socket: TLSSocket): string | undefined {
  // Without an authority for devices nobody has vouched for what a certificate says.
  if (!socket.authorized) return undefined;
  const { CN } = socket.getPeerCertificate().subject ?? {};
  return typeof CN === 'string' && CN !== '' ? CN : undefined;
}
