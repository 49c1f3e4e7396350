/** The first administrator's password: on the terminal, or in a file that only its owner may read. */

import { existsSync, rmSync } from 'node:fs';
import type { Access } from './accounts/access.ts';
import { ensureFirstAdministrator, firstPasswordProblem } from './accounts/first-administrator.ts';
import { StartRefused, writePrivate, type DataFolder } from './data-folder.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings/settings.ts';

const PASSWORD_FILE = 'admin-password.txt';

/** Before anything listens: throws `StartRefused` when the password that was given can't be used. */
export function refuseFirstPassword(queries: Services['queries'], settings: Settings): void {
  const problem = firstPasswordProblem(queries, settings.adminPassword);
  if (problem !== undefined) throw new StartRefused(`LANTAI_ADMIN_PASSWORD: ${problem}`);
}

/** Makes the account while there is none; answers the lines to print. A file with its password goes when it is changed. */
export async function announceAdministrator(q: {
  readonly services: Services;
  readonly access: Pick<Access, 'onRevoked'>;
  readonly settings: Settings;
  readonly folder: DataFolder;
}): Promise<readonly string[]> {
  const { services, settings, folder } = q;
  const path = folder.file(PASSWORD_FILE);
  // A password that was changed ends all other sessions of its account, which is told here.
  q.access.onRevoked(({ kind }) => {
    if (kind === 'account') rememberedPassword(services, path);
  });
  const { created, generatedPassword } = await ensureFirstAdministrator({
    services,
    ...(settings.adminPassword === undefined ? {} : { password: settings.adminPassword }),
  });
  if (!created) return rememberedPassword(services, path);
  if (generatedPassword === undefined) {
    return ['  sign in as "admin" with the password of LANTAI_ADMIN_PASSWORD'];
  }
  if (process.stdout.isTTY) {
    return [`  sign in as "admin" with the password ${generatedPassword} (change it at once)`];
  }
  writePrivate(path, `${generatedPassword}\n`);
  return [`  sign in as "admin"; the first password is in ${path}`];
}

/** While it was not changed, each start says where it is; once it was, the file says nothing true any more. */
function rememberedPassword(services: Services, path: string): readonly string[] {
  const admin = services.queries.account('admin');
  if (admin?.mustChangePassword === true) {
    return existsSync(path) ? [`  sign in as "admin"; the first password is in ${path}`] : [];
  }
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing leaves a disk that can only be read; the next start tries again.
  }
  return [];
}
