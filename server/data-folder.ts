/** The data folder: made when missing, held by one process at a time. */

import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface DataFolder {
  readonly path: string;
  /** Path of a file in it. */
  file(name: string): string;
  /**
   * Takes it for this process; does nothing when it is taken already. Throws `FolderInUse` when another Lantai has it,
   * `StartRefused` when it can't be written.
   */
  hold(): void;
  /** Does nothing when it is not held. */
  release(): void;
}

/** Something outside must be put right before Lantai can start; the message is one sentence that says what. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}

/** Another Lantai holds the folder. */
export class FolderInUse extends StartRefused {}

/** Makes and holds the folder; throws `StartRefused` when it can't be written, or another Lantai holds it. */
export function openDataFolder(path: string): DataFolder {
  const folder = findDataFolder(path);
  folder.hold();
  return folder;
}

/** Makes the folder where it is missing, without holding it; throws `StartRefused` when it can't be made. */
export function findDataFolder(path: string): DataFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartRefused(
      `The data folder ${path} can't be made (${messageOf(error)}); change LANTAI_DATA_DIR or its permissions.`,
    );
  }
  const lockPath = join(path, 'lantai.lock');
  let held = false;
  return {
    path,
    file: (name) => join(path, name),
    hold: () => {
      if (!held) takeLock(lockPath, path);
      held = true;
    },
    release: () => {
      if (held) rmSync(lockPath, { force: true });
      held = false;
    },
  };
}

function takeLock(lockPath: string, folder: string): void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeLock(lockPath);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw unwritable(folder, error);
    }
    const holder = holderOf(lockPath, folder);
    if (isLantai(holder)) {
      throw new FolderInUse(
        `The data folder ${folder} is in use by process ${holder}; stop that Lantai or set LANTAI_DATA_DIR to another folder.`,
      );
    }
    try {
      // Left by a process that was killed.
      rmSync(lockPath, { force: true });
    } catch (error) {
      throw unwritable(folder, error);
    }
  }
  throw new FolderInUse(`The data folder ${folder} is in use; try again.`);
}

function holderOf(lockPath: string, folder: string): number {
  try {
    return Number(readFileSync(lockPath, 'utf8'));
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** An empty lock says nothing: where the number can't be written, none is left. */
function writeLock(lockPath: string): void {
  const file = openSync(lockPath, 'wx', 0o600);
  try {
    writeSync(file, String(process.pid));
  } catch (error) {
    rmSync(lockPath, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function unwritable(folder: string, error: unknown): StartRefused {
  return new StartRefused(
    `The data folder ${folder} can't be written (${messageOf(error)}); change LANTAI_DATA_DIR or its permissions.`,
    { cause: error },
  );
}

/** Whether `pid` lives and is one of us: after a crash the number may belong to something else. */
function isLantai(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/');
  } catch {
    // No /proc on this system: it lives, and that must do.
    return true;
  }
}

/** Writes a file that only its owner may read. */
export function writePrivate(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o600 });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}
