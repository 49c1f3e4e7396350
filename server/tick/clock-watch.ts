/** Compares the wall clock with the monotonic one: a jump is no passing of time. */

import { CLOCK_JUMP_MS } from '../../domain/bounds.ts';
import type { Moment } from '../../domain/time.ts';

export interface ClockReading {
  /** Wall clock, epoch ms. */
  readonly wallAt: Moment;
  /** Monotonic, ms. */
  readonly steadyMs: number;
}

/** Call it about every second; it answers by how much the wall clock jumped since the last call, or 0. */
export function createClockWatch(first: ClockReading): (next: ClockReading) => number {
  let last = first;
  return (next) => {
    const jumpMs = next.wallAt - last.wallAt - (next.steadyMs - last.steadyMs);
    last = next;
    return Math.abs(jumpMs) > CLOCK_JUMP_MS ? jumpMs : 0;
  };
}
