/** Room kept on the disk: a file that is given up when the disk is full, so that alarms can still be stored. */

import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { RESERVE_BYTES } from '../../domain/bounds.ts';

export interface Reserve {
  /** The disk is full: give the room up. Does nothing when it is given up already. */
  release(): void;
  /** Takes the room again once there is three times as much; true when it is held. */
  restore(): boolean;
  readonly held: boolean;
  /** Whether the disk has no room left, whatever a failed commit called it. */
  isDiskFull(): boolean;
}

/** Less than this is no room: SQLite's index of its log grows by half of it. */
const ROOM_BYTES_MIN = 64 * 1024;

/** Holds `bytes` in the file at `path`. A disk that is full already leaves it not held. */
export function createReserve(path: string, bytes: number = RESERVE_BYTES): Reserve {
  let held = existsSync(path) || tryHold(path, bytes);
  return {
    get held() {
      return held;
    },
    release: () => {
      held = !remove(path);
    },
    restore: () => {
      if (held) return true;
      if (freeBytes(path) < 3 * bytes) return false;
      held = tryHold(path, bytes);
      return held;
    },
    isDiskFull: () => freeBytes(path) < ROOM_BYTES_MIN,
  };
}

function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    // A folder that can't be asked is in other trouble than a lack of room.
    return Number.POSITIVE_INFINITY;
  }
}

/** Writes real blocks: a sparse file would keep no room. */
function tryHold(path: string, bytes: number): boolean {
  const chunk = Buffer.alloc(1024 * 1024, 0xa5);
  try {
    const file = openSync(path, 'w', 0o600);
    try {
      for (let written = 0; written < bytes; written += chunk.length) writeSync(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  } catch {
    // A small or full disk: without a reserve, and `held` says so.
    remove(path);
    return false;
  }
}

/** Whether it is gone: nothing leaves a disk that can only be read. */
function remove(path: string): boolean {
  try {
    rmSync(path, { force: true });
    return true;
  } catch {
    return false;
  }
}
