/** Devices at the door: their credentials, whether a secret is right, and who has been at the broker. */

import type { Principal } from '../../domain/account.ts';
import type { ClientSight } from '../../domain/device-credential.ts';
import type { Registry } from '../../domain/registry.ts';
import type { AccountContext } from '../accounts/context.ts';
import { createClientJournal } from './client-journal.ts';
import {
  createCredential,
  disableCredential,
  listCredentials,
  renewCredential,
  type CredentialContext,
  type NewCredential,
} from './credentials.ts';
import { CredentialShelf } from './shelf.ts';
import { createVerifier } from './verify.ts';

/** What the embedded broker, once it listens, tells of its clients. */
export interface ClientWatch {
  readonly seen: () => readonly ClientSight[];
  /** Shared by all devices, where there is one. */
  readonly sharedUsername: string | undefined;
}

export type Devices = ReturnType<typeof createDevices>;

export function createDevices(accounts: AccountContext) {
  const { services } = accounts;
  const shelf = new CredentialShelf(services);
  let watch: ClientWatch | undefined;
  const context: CredentialContext = {
    accounts,
    shelf,
    sharedUsername: () => watch?.sharedUsername,
  };
  return {
    list: (by: Principal) => listCredentials(context, by),
    create: (by: Principal, wanted: NewCredential) => createCredential(context, by, wanted),
    renew: (by: Principal, id: string) => renewCredential(context, by, id),
    disable: (by: Principal, id: string) => disableCredential(context, by, id),
    shelf,
    /** Whether a user name and secret open this door; also for the HTTP intake. */
    verify: createVerifier({
      find: (username, purpose) => shelf.find(username, purpose),
      now: services.now,
    }),
    /** For the journal: somebody who was not here before, or was turned away. */
    notice: createClientJournal(services),
    useBroker: (broker: ClientWatch) => {
      watch = broker;
    },
    /** Clients of the embedded broker that `by` may see; `undefined`: the broker is an external one, which knows its own. */
    clients: (by: Principal): readonly ClientSight[] | undefined => {
      const all = watch?.seen();
      if (!all || seesAll(by, services.registry())) return all;
      const own = new Set(listCredentials(context, by).map((one) => one.id));
      return all.filter(({ credential }) => credential !== undefined && own.has(credential));
    },
  };
}

/** Who is known to nobody is shown to those who may enter every repository. */
export function seesAll(by: Principal, registry: Registry): boolean {
  if (by.repositories.includes('*')) return true;
  return [...registry.repositories.keys()].every((id) => by.repositories.includes(id));
}
