/** Credentials of devices: made, renewed and disabled by people; the secret is shown once and kept as a hash. */

import { randomBytes } from 'node:crypto';
import { mayEnter, type Principal } from '../../domain/account.ts';
import { DEVICE_CREDENTIALS_MAX } from '../../domain/bounds.ts';
import type {
  CredentialPurpose,
  DeviceCredential,
  DeviceCredentialView,
} from '../../domain/device-credential.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { Delete } from '../../domain/tick.ts';
import { inTurn, type AccountContext } from '../accounts/context.ts';
import { failure, success, type Failure, type Outcome } from '../accounts/outcome.ts';
import { hashPassword } from '../accounts/passwords.ts';
import { patternsProblem } from './grants.ts';
import type { CredentialShelf } from './shelf.ts';
import { DEVICE_SECRET_COST } from './verify.ts';

/** Disabled ones are kept for people to see; above it the one that was disabled first goes. */
const DISABLED_KEPT_MAX = 500;
const SECRET_BYTES = 20;
/** User names of our own programs begin so. */
export const OWN_PREFIX = 'lantai-';

export interface NewCredential {
  readonly repository: string;
  readonly name: string;
  readonly username: string;
  readonly topics: readonly string[];
  readonly mayRead: readonly string[];
  readonly purpose: CredentialPurpose;
  readonly messagesPerSecond?: number;
}

/** A credential and its secret, which is nowhere else. */
export interface WithSecret {
  readonly credential: DeviceCredentialView;
  readonly secret: string;
}

export interface CredentialContext {
  readonly accounts: AccountContext;
  readonly shelf: CredentialShelf;
  /** User name that all devices may share, where there is one: nobody gets it for themselves. */
  readonly sharedUsername: () => string | undefined;
}

/** Everything but the hash. */
function credentialView(credential: DeviceCredential): DeviceCredentialView {
  const { secretHash: _, ...view } = credential;
  return view;
}

/** 160 random bits, base64url. */
function newDeviceSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** Those of repositories that `by` may enter, by repository and name; disabled ones last. */
export function listCredentials(
  context: CredentialContext,
  by: Principal,
): readonly DeviceCredentialView[] {
  const rank = (one: DeviceCredential): string =>
    `${one.disabledAt === undefined ? 0 : 1}/${one.repository}/${one.name}/${one.id}`;
  return context.shelf
    .all()
    .filter((one) => mayEnter(by, one.repository))
    .toSorted((a, b) => rank(a).localeCompare(rank(b)))
    .map(credentialView);
}

export function createCredential(context: CredentialContext, by: Principal, wanted: NewCredential) {
  return inTurn(context.accounts, async (): Promise<Outcome<WithSecret>> => {
    const { now, newId } = context.accounts.services;
    const problem = problemOf(context, by, wanted);
    if (problem) return problem;
    const secret = newDeviceSecret();
    const credential: DeviceCredential = {
      id: newId(),
      ...wanted,
      secretHash: await hashPassword(secret, DEVICE_SECRET_COST),
      createdBy: by.name,
      createdAt: now(),
    };
    await context.shelf.put(credential, [line(context, credential, { by, what: 'created' })]);
    return success({ credential: credentialView(credential), secret });
  });
}

/** A new secret; the old one opens nothing from now on, and who is connected with it is cut off. */
export function renewCredential(context: CredentialContext, by: Principal, id: string) {
  return inTurn(context.accounts, async (): Promise<Outcome<WithSecret>> => {
    const found = findLive(context, by, id);
    if (!found.ok) return found;
    const secret = newDeviceSecret();
    const credential: DeviceCredential = {
      ...found.value,
      secretHash: await hashPassword(secret, DEVICE_SECRET_COST),
      renewedAt: context.accounts.services.now(),
    };
    await context.shelf.put(credential, [line(context, credential, { by, what: 'renewed' })]);
    return success({ credential: credentialView(credential), secret });
  });
}

/** It opens nothing from now on; whoever is connected with it is cut off. */
export function disableCredential(context: CredentialContext, by: Principal, id: string) {
  return inTurn(context.accounts, async (): Promise<Outcome<DeviceCredentialView>> => {
    const found = findLive(context, by, id);
    if (!found.ok) return found;
    const credential = { ...found.value, disabledAt: context.accounts.services.now() };
    await context.shelf.put(
      credential,
      [line(context, credential, { by, what: 'disabled' })],
      surplus(context),
    );
    return success(credentialView(credential));
  });
}

function findLive(
  context: CredentialContext,
  by: Principal,
  id: string,
): Outcome<DeviceCredential> {
  const credential = context.shelf.all().find((one) => one.id === id);
  if (!credential || !mayEnter(by, credential.repository)) {
    return failure('not-found', 'There is no such device credential.');
  }
  if (credential.disabledAt !== undefined) {
    return failure('already', 'The device credential is disabled; make a new one.');
  }
  return success(credential);
}

function problemOf(
  context: CredentialContext,
  by: Principal,
  wanted: NewCredential,
): Failure | undefined {
  const { shelf, accounts } = context;
  const { repository, username } = wanted;
  const registry = accounts.services.registry();
  if (!registry.repositories.has(repository) || !mayEnter(by, repository)) {
    return failure('not-found', 'There is no such repository.');
  }
  if (username.startsWith(OWN_PREFIX) || username === context.sharedUsername()) {
    return failure('invalid', 'This user name is in use by Lantai itself; choose another one.');
  }
  const live = shelf.all().filter((one) => one.disabledAt === undefined);
  if (live.some((one) => one.username === username)) {
    return failure('already', 'There is a device credential of this user name already.');
  }
  if (live.length >= DEVICE_CREDENTIALS_MAX) {
    const why = `There are ${DEVICE_CREDENTIALS_MAX} device credentials; no more are made.`;
    return failure('not-allowed', why);
  }
  const patterns = [...wanted.topics, ...wanted.mayRead];
  const problem = patternsProblem({ patterns, repository, by, registry });
  return problem === undefined ? undefined : failure('invalid', problem);
}

function surplus(context: CredentialContext): readonly Delete[] {
  const at = (one: DeviceCredential): number => one.disabledAt ?? Infinity;
  const disabled = context.shelf
    .all()
    .filter((one) => one.disabledAt !== undefined)
    .toSorted((a, b) => at(a) - at(b));
  return disabled
    .slice(0, Math.max(0, disabled.length + 1 - DISABLED_KEPT_MAX))
    .map(({ id }) => ({ table: 'device_credential', key: id }));
}

function line(
  context: CredentialContext,
  credential: DeviceCredential,
  act: { readonly by: Principal; readonly what: 'created' | 'renewed' | 'disabled' },
): JournalDraft {
  const { repository, id, name, username, topics, mayRead, purpose } = credential;
  return {
    repository,
    at: context.accounts.services.now(),
    by: act.by.name,
    action: `device-credential.${act.what}`,
    subject: id,
    detail: { name, username, topics, mayRead, purpose },
  };
}
