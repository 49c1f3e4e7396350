/** The first administrator's password: on the terminal, or in a file that only its owner may read. */

import { rmSync } from 'node:fs';
import { ensureFirstAdministrator, FirstPasswordRefused } from './accounts/first-administrator.ts';
import { StartRefused, writePrivate, type DataFolder } from './data-folder.ts';
import type { Services } from './services.ts';
import type { Settings } from './settings/settings.ts';

const PASSWORD_FILE = 'admin-password.txt';

/** Makes the account while there is none; answers the lines to print. */
export async function announceAdministrator(q: {
  readonly services: Services;
  readonly settings: Settings;
  readonly folder: DataFolder;
}): Promise<readonly string[]> {
  const { services, settings, folder } = q;
  const path = folder.file(PASSWORD_FILE);
  try {
    const { created, generatedPassword } = await ensureFirstAdministrator({
      services,
      ...(settings.adminPassword === undefined ? {} : { password: settings.adminPassword }),
    });
    if (created && generatedPassword === undefined) {
      return ['  sign in as "admin" with the password of LANTAI_ADMIN_PASSWORD'];
    }
    if (created && generatedPassword !== undefined) {
      if (process.stdout.isTTY) {
        return [`  sign in as "admin" with the password ${generatedPassword} (change it at once)`];
      }
      writePrivate(path, `${generatedPassword}\n`);
      return [`  sign in as "admin"; the first password is in ${path}`];
    }
  } catch (error) {
    if (!(error instanceof FirstPasswordRefused)) throw error;
    throw new StartRefused(`LANTAI_ADMIN_PASSWORD: ${error.message}`);
  }
  forgetPassword(services, path);
  return [];
}

/** Once it was changed, the file says nothing true any more. */
function forgetPassword(services: Services, path: string): void {
  const admin = services.queries.account('admin');
  if (admin?.mustChangePassword !== true) rmSync(path, { force: true });
}
