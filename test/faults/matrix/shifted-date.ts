/** Preloaded into a process under test where there is no libfaketime: `Date` is off by what a file says. */

import { readFileSync } from 'node:fs';

const RealDate = Date;
const file = process.env['LANTAI_FAULTS_CLOCK'] ?? '';
const READ_EVERY_MS = 50;
let readMs = Number.NEGATIVE_INFINITY;
let offsetMs = 0;

class ShiftedDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(shiftedNow());
    else super(...(given as [number]));
  }

  static override now(): number {
    return shiftedNow();
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

function shiftedNow(): number {
  const nowMs = performance.now();
  if (nowMs - readMs > READ_EVERY_MS) {
    readMs = nowMs;
    try {
      offsetMs = Number(readFileSync(file, 'utf8')) * 1000 || 0;
    } catch {
      // Half written or not there yet: the last offset holds.
    }
  }
  return RealDate.now() + offsetMs;
}
