/** All device credentials in memory, as last committed: they are asked for at each connection. */

import type { CredentialPurpose, DeviceCredential } from '../../domain/device-credential.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { Delete } from '../../domain/tick.ts';
import type { AccountServices } from '../accounts/context.ts';

const TOUCH_MS = 5 * MINUTE_MS;

/** `id`: who came in with it before is to be asked anew. */
export type ShelfListener = (id: string) => void;

export class CredentialShelf {
  readonly #services: AccountServices;
  readonly #listeners = new Set<ShelfListener>();
  /** Being committed: a note of its use must not bring back what it was before. */
  readonly #changing = new Set<string>();
  #credentials: Map<string, DeviceCredential> | undefined;

  constructor(services: AccountServices) {
    this.#services = services;
  }

  all(): readonly DeviceCredential[] {
    return [...this.#load().values()];
  }

  get(id: string): DeviceCredential | undefined {
    return this.#load().get(id);
  }

  /** Whether there ever was one: then nobody comes in without, not even when the last one is disabled. */
  hasAny(purpose: CredentialPurpose): boolean {
    return this.all().some((one) => one.purpose === purpose);
  }

  /** The one in use; else the one that was disabled last, so that its device is told apart from a stranger. */
  find(username: string, purpose: CredentialPurpose): DeviceCredential | undefined {
    let found: DeviceCredential | undefined;
    for (const one of this.#load().values()) {
      if (one.username !== username || one.purpose !== purpose) continue;
      if (one.disabledAt === undefined) return one;
      if (one.disabledAt > (found?.disabledAt ?? 0)) found = one;
    }
    return found;
  }

  /** Commits, follows, and tells who listens. */
  async put(
    credential: DeviceCredential,
    journal: readonly JournalDraft[],
    deletes: readonly Delete[] = [],
  ): Promise<void> {
    const { id } = credential;
    this.#changing.add(id);
    try {
      const puts = [{ table: 'device_credential', mode: 'upsert', row: credential }] as const;
      await this.#services.writer.commit({ puts, deletes, journal });
    } finally {
      this.#changing.delete(id);
    }
    this.#load().set(id, credential);
    for (const gone of deletes) {
      if (gone.table === 'device_credential') this.#load().delete(gone.key);
    }
    for (const listener of this.#listeners) listener(id);
  }

  /** Writes down that it was used, every few minutes at most. */
  touch(credential: DeviceCredential): void {
    const at = this.#services.now();
    const last = credential.lastConnectedAt;
    if (last !== undefined && at - last < TOUCH_MS) return;
    if (this.#changing.has(credential.id)) return;
    const row = { ...credential, lastConnectedAt: at };
    // First in memory: a device that comes and goes writes no more than one that stays.
    this.#load().set(row.id, row);
    const puts = [{ table: 'device_credential', mode: 'upsert', row }] as const;
    this.#services.writer.commit({ puts }).catch((error: unknown) => {
      this.#services.log.warn({ err: error }, 'use of a device credential could not be written');
    });
  }

  /** Calls `listener` after each change; returns how to stop. */
  onChanged(listener: ShelfListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #load(): Map<string, DeviceCredential> {
    this.#credentials ??= new Map(
      this.#services.queries.deviceCredentials().map((one) => [one.id, one]),
    );
    return this.#credentials;
  }
}
