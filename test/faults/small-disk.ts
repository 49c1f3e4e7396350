/** A small file system of its own for a data folder, which can be filled to the last byte. */

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  /** Takes all the space that is left, now. Call it again when something has given some back. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  freeBytes(): number;
  remove(): void;
}

/** Mounts a tmpfs of `sizeMiB`; `undefined` where that is not allowed (it needs root). */
export function mountSmallDisk(sizeMiB: number): SmallDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'lantai-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', path]);
  if (mounted.status !== 0) {
    rmdirSync(path);
    return undefined;
  }
  const fillers: string[] = [];
  const disk: SmallDisk = {
    path,
    fill: () => {
      const filler = join(path, `filler-${fillers.length}`);
      fillers.push(filler);
      fillUp(filler);
    },
    free: () => {
      for (const filler of fillers.splice(0)) rmSync(filler, { force: true });
    },
    freeBytes: () => {
      const { bavail, bsize } = statfsSync(path);
      return bavail * bsize;
    },
    remove: () => {
      process.off('exit', disk.remove);
      // A process that was just killed may hold it for a moment: then it goes when that one is gone.
      if (spawnSync('umount', [path]).status !== 0) spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
  process.once('exit', disk.remove);
  return disk;
}

/** Writes until the disk says no, in ever smaller pieces. */
function fillUp(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const bytes of [1024 * 1024, 4096, 1]) {
      const piece = Buffer.alloc(bytes, 0x5a);
      while (takes(file, piece));
    }
  } finally {
    closeSync(file);
  }
}

function takes(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length;
  } catch {
    return false;
  }
}
