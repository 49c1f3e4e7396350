/** Reads the settings, starts everything, stops on a signal. */

import { pino } from 'pino';
import { createApp } from './create-app.ts';
import { StartRefused } from './data-folder.ts';
import { settingsFile } from './settings/settings-file.ts';
import { readSettings } from './settings/settings.ts';

const STOP_WITHIN_MS = 9_500;

// What is written holds password hashes and evidence: only its owner may read it.
process.umask(0o077);
const read = readSettings(process.env, settingsFile());
if (read.ok) await run(read.settings);
else refuse(read.why);

async function run(settings: Extract<typeof read, { ok: true }>['settings']): Promise<void> {
  // The log goes to standard error: standard output is for people who start it.
  const log = pino(
    { level: settings.logLevel, base: {} },
    pino.destination({ fd: 2, sync: false }),
  );
  let stopping = false;
  let stop: (() => Promise<void>) | undefined;
  const end = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    // Whatever hangs: what was acknowledged is on disk.
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void (stop?.() ?? Promise.resolve()).then(() => {
      console.log('Lantai 兰台 has stopped.');
      process.exit(0);
    });
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'unhandled rejection'));
  try {
    const app = await createApp(settings, log);
    stop = () => app.close();
    console.log(app.announcement.join('\n'));
    if (stopping) await stop();
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    refuse(error.message);
  }
}

function refuse(why: string): void {
  console.error(`lantai: ${why}`);
  process.exitCode = 2;
  // Nothing is running yet that should keep the process.
  setImmediate(() => process.exit(2));
}
