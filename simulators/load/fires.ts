/** Fires in the middle of a load: a detector goes into alarm and back, and both acknowledgements are recorded. */

import type { Moment } from '../../domain/time.ts';
import type { Archive } from '../archive.ts';

export interface FireAccount {
  readonly fire: number;
  readonly sensor: string;
  readonly room: string;
  readonly value: 0 | 1;
  readonly sequence: number;
  readonly time: Moment;
  readonly acknowledgedAt?: Moment;
}

/** A message that is to be sent: the `fire`-th smoke goes to 1 or back to 0. */
export interface FireStep {
  readonly fire: number;
  readonly value: 0 | 1;
}

export interface FireMessage {
  readonly sensor: string;
  readonly payload: string;
  readonly index: number;
}

export interface Fires {
  /** The steps that are due when so many climate messages have been sent; each is handed out once. */
  dueAfter(sent: number): readonly FireStep[];
  light(step: FireStep, now: Moment): FireMessage;
  acknowledge(message: FireMessage, at: Moment): void;
  areAllAcknowledged(): boolean;
  accounts(): readonly FireAccount[];
}

export interface FiresOptions {
  readonly archive: Archive;
  readonly count: number;
  readonly firstSequence: number;
  /** Climate messages of the whole run, over which fires are spread. */
  readonly messages: number;
  readonly simulated: boolean;
}

/** `count` fires, one detector after the other; throws when there is none to light. */
export function createFires(options: FiresOptions): Fires {
  const { archive, count, firstSequence, messages } = options;
  const mark = options.simulated ? { simulated: true } : {};
  const detectors = archive.sensors.filter((s) => s.metrics.includes('smoke'));
  if (count > 0 && detectors.length === 0) {
    throw new Error('The repository has no smoke detector to light fires with.');
  }
  const schedule = scheduleOf(count, messages);
  const accounts: FireAccount[] = [];
  let position = 0;
  let unacknowledged = schedule.length;
  const lastTimes = new Map<string, Moment>();
  return {
    dueAfter: (sent) => {
      const due: FireStep[] = [];
      for (let next = schedule[position]; next && next.after <= sent; next = schedule[position]) {
        due.push({ fire: next.fire, value: next.value });
        position += 1;
      }
      return due;
    },
    light: ({ fire, value }, now) => {
      const detector = detectors[fire % detectors.length];
      if (!detector) throw new RangeError(`no detector for fire ${fire}`);
      const { id: sensor, room } = detector;
      const time = Math.max(now, (lastTimes.get(sensor) ?? 0) + 1);
      lastTimes.set(sensor, time);
      const sequence = firstSequence + accounts.length;
      accounts.push({ fire, sensor, room, value, sequence, time });
      const payload = JSON.stringify({ time, sequence, ...mark, smoke: value });
      return { sensor, payload, index: accounts.length - 1 };
    },
    acknowledge: ({ index }, at) => {
      const account = accounts[index];
      if (!account || account.acknowledgedAt !== undefined) return;
      accounts[index] = { ...account, acknowledgedAt: at };
      unacknowledged -= 1;
    },
    areAllAcknowledged: () => unacknowledged === 0,
    accounts: () => accounts,
  };
}

interface Scheduled extends FireStep {
  readonly after: number;
}

/** Spread evenly by count of messages: the same run has its fires at the same places. */
function scheduleOf(count: number, messages: number): readonly Scheduled[] {
  const steps: Scheduled[] = [];
  const spacing = messages / (count + 1);
  for (let fire = 0; fire < count; fire += 1) {
    const after = Math.max(1, Math.floor(spacing * (fire + 1)));
    const clears = Math.min(messages, Math.max(after + 1, Math.floor(spacing * (fire + 1.5))));
    steps.push({ fire, value: 1, after }, { fire, value: 0, after: clears });
  }
  return steps.sort((a, b) => a.after - b.after);
}
