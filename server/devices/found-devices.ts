/** Devices that were found but not adopted, written down now and then: a restart forgets none of them. */

import type { Logger } from 'pino';
import type { Delete, Put } from '../../domain/tick.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { DeviceLists } from '../../gateway/profiles/device-list.ts';
import type { UnknownDevices } from '../../gateway/profiles/unknown-devices.ts';
import type { Tick } from '../tick/tick.ts';

const LOOK_EVERY_MS = 5 * SECOND_MS;
/** A device that only spoke again is written so seldom: nothing of it is evidence. */
const SPOKE_EVERY_MS = 5 * MINUTE_MS;
/** Of one commit: an alarm may share it, and must not wait for it. */
const COMMIT_CHARS_MAX = 64 * 1024;
/** A list has up to a megabyte, and whoever may publish may change it as often as they like. */
const LIST_EVERY_MS = MINUTE_MS;

interface Pace {
  readonly everyMs: number;
  readonly charsMax: number;
  readonly listEveryMs: number;
}
const SLOWLY: Pace = {
  everyMs: SPOKE_EVERY_MS,
  charsMax: COMMIT_CHARS_MAX,
  listEveryMs: LIST_EVERY_MS,
};
const AT_ONCE: Pace = {
  everyMs: 0,
  charsMax: Number.POSITIVE_INFINITY,
  listEveryMs: Number.NEGATIVE_INFINITY,
};

interface Parts {
  readonly core: { readonly unknown: UnknownDevices; readonly lists: DeviceLists };
  readonly motion: { readonly tick: Pick<Tick, 'commit' | 'figures'> };
  readonly log: Logger;
  readonly now?: () => number;
}

/** Writes what changed every few seconds, a little at a time; `stop` writes the rest. */
export function keepFoundDevices(parts: Parts): {
  readonly write: () => Promise<void>;
  readonly stop: () => Promise<void>;
} {
  const { core, motion, log, now = Date.now } = parts;
  let writing: Promise<void> | undefined;
  const commit = async (q: Pace) => {
    const { listEveryMs, ...pace } = q;
    const changes = core.unknown.changes({ now: now(), ...pace });
    const lists = core.lists.changed({ now: now(), everyMs: listEveryMs });
    const puts: Put[] = [
      ...changes.puts.map((row) => ({ table: 'unknown_device', mode: 'upsert', row }) as const),
      ...lists.map((row) => ({ table: 'device_list', mode: 'upsert', row }) as const),
    ];
    const deletes = changes.deletes.map((key): Delete => ({ table: 'unknown_device', key }));
    if (puts.length + deletes.length === 0) return;
    try {
      await motion.tick.commit({ puts, deletes });
    } catch (error) {
      core.unknown.again(changes);
      core.lists.again(lists);
      log.warn({ err: error }, 'found devices could not be written down');
    }
  };
  const write = async (): Promise<void> => {
    // One at a time, and none while nothing can be stored: what waits then is for evidence.
    if (writing || motion.tick.figures().failingSince !== undefined) return;
    writing = commit(SLOWLY);
    await writing;
    writing = undefined;
  };
  const timer = setInterval(() => void write(), LOOK_EVERY_MS).unref();
  return {
    write,
    stop: async () => {
      clearInterval(timer);
      await writing;
      await commit(AT_ONCE);
    },
  };
}
