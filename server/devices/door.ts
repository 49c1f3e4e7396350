/** Who is let in at the embedded broker, and until when. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Admission, Admitted, Caller } from '../../gateway/index.ts';
import type { DeviceCredential } from '../../domain/device-credential.ts';
import { OWN_PREFIX } from './credentials.ts';
import type { Devices } from './devices.ts';

interface NameAndSecret {
  readonly username: string;
  readonly password: string;
}

export interface Door {
  authenticate(who: Caller): Promise<Admission>;
  /** False: who was let in while the door stood open, and it is closed now. */
  stands(admitted: Admitted): boolean;
  /** For the simulators, made up for this run. */
  readonly own: NameAndSecret;
}

export interface DoorOptions {
  readonly devices: Pick<Devices, 'shelf' | 'verify'>;
  /** Name and password that all devices may share. */
  readonly shared: NameAndSecret | undefined;
  /** The broker listens on this machine only. */
  readonly loopback: boolean;
  /** Who connects shows a certificate; its name counts, and no password. */
  readonly certificates: boolean;
}

/** Everybody is let in only on this machine, and only while nobody was given a credential. */
export function createDoor(options: DoorOptions): Door {
  const { devices, shared, loopback, certificates } = options;
  const own = {
    username: `${OWN_PREFIX}simulators`,
    password: randomBytes(32).toString('base64url'),
  };
  const isOpen = (): boolean =>
    loopback && !shared && !certificates && !devices.shelf.hasAny('mqtt');
  const byPassword = async (who: Caller): Promise<Admission> => {
    const { username, password = '', address } = who;
    if (username === own.username && isSame(password, own.password)) return OURS;
    if (shared && username === shared.username) {
      return isSame(password, shared.password) ? SHARED : { ok: false, why: 'wrong-password' };
    }
    if (isOpen()) return OPEN;
    if (username === undefined) return { ok: false, why: 'anonymous' };
    const verified = await devices.verify({ username, secret: password, purpose: 'mqtt', address });
    return verified.ok ? admitted(devices, verified.credential) : verified;
  };
  return {
    own,
    authenticate: async (who) =>
      certificates ? byCertificate(options, who.certificateName) : await byPassword(who),
    stands: (one) => one !== OPEN || isOpen(),
  };
}

const OURS: Admitted = { ok: true, isOurs: true };
const SHARED: Admitted = { ok: true };
const OPEN: Admitted = { ok: true };

function byCertificate({ devices, shared }: DoorOptions, name: string | undefined): Admission {
  if (name === undefined) return { ok: false, why: 'no-certificate' };
  if (name === shared?.username) return SHARED;
  const credential = devices.shelf.find(name, 'mqtt');
  if (!credential) return { ok: false, why: 'unknown-username' };
  if (credential.disabledAt !== undefined) return { ok: false, why: 'disabled' };
  return admitted(devices, credential);
}

function admitted(devices: DoorOptions['devices'], credential: DeviceCredential): Admitted {
  const { topics, mayRead, messagesPerSecond } = credential;
  devices.shelf.touch(credential);
  return {
    ok: true,
    credential: credential.id,
    rights: { mayPublish: topics, mayRead },
    ...(messagesPerSecond === undefined ? {} : { messagesPerSecond }),
  };
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
