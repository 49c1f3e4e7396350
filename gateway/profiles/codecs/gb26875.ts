/** GB/T 26875.3-2011: what fire panels report through their transmitters (用户信息传输装置), as samples. */

import { say } from '../../../domain/sentences.ts';
import type { BinaryMetric } from '../../../domain/metrics.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import {
  NOTHING,
  refused,
  type Codec,
  type CodecInput,
  type DeviceTime,
  type ProfileOutput,
  type Sample,
} from '../output.ts';
import { createFrameSplitter, type Gb26875Frame } from './gb26875-frame.ts';
import {
  fireMetricOf,
  isSet,
  isTestable,
  readContent,
  type StateObject,
} from './gb26875-objects.ts';

/** The oldest is forgotten above these; what is forgotten is cleared by the next fully normal report. */
const DEVICES_MAX = 20_000;
const SOURCES_MAX = 2_000;

/** What was last 1, by device, and which transmitters use bit 0 as the standard says. */
export interface Gb26875Memory {
  readonly active: Map<string, ReadonlySet<BinaryMetric>>;
  readonly testStateProven: Set<string>;
}

/**
 * GB/T 26875.3-2011, types 1, 2 and 21 of command 2. A message is one frame or several; the caller acknowledges. The
 * device is `<source>/<system address>/<component address>` (addresses in hex as they stand on the wire), a system's
 * without the last part, a transmitter's the source alone. `sequence` is the frame's serial: the same when the
 * transmitter repeats it.
 *
 * Bit 0 = 0 means "test state", and a test must not alarm. But transmitters in the field send a real fire as 0x0002
 * (bit 1 alone; the frame that dgiot and others give as example does): they take bit 0 for "nothing is wrong". So a
 * test is believed of a transmitter only after it has sent bit 0 = 1 beside another bit, which such a one never does.
 * Until then, after each start, a fire is a fire. The variable `testState` decides it by hand: `always` or `never`.
 *
 * What is 1 is told, and 0 where it was 1. A report with nothing abnormal says 0 of everything, so that an alarm can
 * end although a restart made us forget it. Other zeros are not told: a detector that is faulty or shielded can't
 * vouch that there is no fire.
 */
export const gb26875: Codec<Gb26875Memory> = {
  name: 'gb26875-3',
  newMemory: () => ({ active: new Map(), testStateProven: new Set() }),
  decode,
};

function decode(input: CodecInput, memory: Gb26875Memory): ProfileOutput {
  const frames = createFrameSplitter().push(input.payload);
  if (frames.length === 0) {
    return refused('gb26875-no-frame', say('gb26875-no-frame'));
  }
  const samples: Sample[] = [];
  let isBroken = false;
  for (const frame of frames) {
    const content = readContent(frame);
    if (content.kind === 'broken') isBroken = true;
    if (content.kind !== 'states') continue;
    for (const object of content.objects) samples.push(...take({ frame, object, input }, memory));
  }
  const output = { ...NOTHING, samples };
  if (!isBroken) return output;
  return { ...output, refusal: { code: 'gb26875-short', ...say('gb26875-short') } };
}

interface Report {
  readonly frame: Gb26875Frame;
  readonly object: StateObject;
  readonly input: CodecInput;
}

/** `undefined`: this report does not say. */
type States = ReadonlyMap<BinaryMetric, boolean | undefined>;

function take(report: Report, memory: Gb26875Memory): Sample[] {
  const { frame, object } = report;
  prove(memory, frame.source, object.status);
  const states = statesOf(object, isInTest(report, memory));
  const device = deviceOf(frame, object);
  const before = memory.active.get(device) ?? new Set<BinaryMetric>();
  const isQuiet = [...states].every(([metric, is]) => metric === 'smoke_test' || is === false);
  const shared = { device, deviceTime: timeOf(report), sequence: frame.serial };
  const samples: Sample[] = [];
  const after = new Set<BinaryMetric>();
  for (const [metric, is] of states) {
    const was = before.has(metric);
    if (is === true || (is === undefined && was)) after.add(metric);
    if (is === true) samples.push({ metric, value: 1, ...shared });
    else if (is === false && (was || isQuiet)) samples.push({ metric, value: 0, ...shared });
  }
  remember(memory, device, after);
  return samples;
}

function statesOf(object: StateObject, inTest: boolean): States {
  const { kind, status, componentType } = object;
  const has = (...bits: readonly number[]): boolean => bits.some((bit) => isSet(status, bit));
  const isFire = has(1);
  const fire = inTest && isFire ? undefined : isFire;
  const test: readonly [BinaryMetric, boolean] = ['smoke_test', inTest];
  if (kind === 'transmitter') {
    return new Map([['heat', fire], ['fault', has(2, 4, 5, 6)], ['mains_lost', has(3)], test]);
  }
  if (kind === 'system') {
    const power: readonly [BinaryMetric, boolean] = ['mains_lost', has(8)];
    return new Map([['heat', fire], ['fault', has(2, 9, 10)], ['disabled', has(3)], power, test]);
  }
  return new Map([
    [fireMetricOf(componentType), fire],
    ['fault', has(2, 8)],
    ['disabled', has(3)],
    ...(isTestable(componentType) ? [test] : []),
  ]);
}

/** Bits that are 1 when something is wrong or at work. */
function abnormalBits({ kind }: StateObject): number {
  if (kind === 'transmitter') return 0x7e;
  return kind === 'system' ? 0x7fe : 0x1fe;
}

/** What is faulty, shielded or at work is not in its normal state either: only a fire bit may stand beside a test. */
function isInTest({ frame, object, input }: Report, memory: Gb26875Memory): boolean {
  const { status } = object;
  const mode = input.variables['testState'];
  if (isSet(status, 0) || mode === 'never') return false;
  if ((status & abnormalBits(object) & ~2) !== 0) return false;
  if (object.kind === 'component' && !isTestable(object.componentType)) return false;
  return !isSet(status, 1) || mode === 'always' || memory.testStateProven.has(frame.source);
}

function prove(memory: Gb26875Memory, source: string, status: number): void {
  if (!isSet(status, 0) || (status & 0x7e) === 0) return;
  const { testStateProven } = memory;
  testStateProven.add(source);
  const [oldest] = testStateProven;
  if (testStateProven.size > SOURCES_MAX && oldest !== undefined) testStateProven.delete(oldest);
}

function remember(memory: Gb26875Memory, device: string, active: ReadonlySet<BinaryMetric>): void {
  memory.active.delete(device);
  if (active.size > 0) memory.active.set(device, active);
  const [oldest] = memory.active.keys();
  if (memory.active.size > DEVICES_MAX && oldest !== undefined) memory.active.delete(oldest);
}

function deviceOf({ source }: Gb26875Frame, object: StateObject): string {
  const { kind, systemAddress, componentAddress } = object;
  if (kind === 'transmitter') return source;
  const system = `${source}/${systemAddress}`;
  return kind === 'system' ? system : `${system}/${componentAddress}`;
}

function timeOf({ object, input }: Report): DeviceTime {
  const { localAsUtc } = object;
  if (localAsUtc === undefined || Number.isNaN(localAsUtc)) return localAsUtc;
  return localAsUtc - input.offsetMinutes(localAsUtc) * MINUTE_MS;
}
