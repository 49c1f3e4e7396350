/** What GB/T 26875.3-2011 frames of command 2 carry (8.2.1, 8.3.1): states of components, systems and transmitters. */

import type { BinaryMetric } from '../../../domain/metrics.ts';
import type { Moment } from '../../../domain/time.ts';
import { COMMAND, hex, readLocalTime, uint16, type Gb26875Frame } from './gb26875-frame.ts';

const SYSTEM_STATE = 1;
const COMPONENT_STATE = 2;
const TRANSMITTER_STATE = 21;
const TIME_BYTES = 6;
const TEXT_BYTES = 31;

/** Bytes of one object without its time (8.3.1). */
const BODY_BYTES: Readonly<Record<number, number>> = {
  [SYSTEM_STATE]: 4,
  [COMPONENT_STATE]: 40,
  [TRANSMITTER_STATE]: 1,
};

/** Names of the state bits from bit 0 up (8.2.1.1, 8.2.1.2, 8.2.1.8). */
const SYSTEM_WORDS = [
  'normal',
  'fire',
  'fault',
  'shielded',
  'supervisory',
  'started',
  'feedback',
  'delayed',
  'mains-fault',
  'battery-fault',
  'bus-fault',
  'manual',
  'config-changed',
  'reset',
] as const;
const COMPONENT_WORDS = [...SYSTEM_WORDS.slice(0, 8), 'power-fault'];
const TRANSMITTER_WORDS = [
  'normal',
  'fire',
  'fault',
  'mains-fault',
  'battery-fault',
  'channel-fault',
  'line-fault',
];

/** One state as it was reported. */
export interface StateObject {
  readonly kind: 'component' | 'system' | 'transmitter';
  readonly systemType?: number;
  readonly systemAddress?: number;
  /** 8.2.1.2, table 5. */
  readonly componentType?: number;
  /** Four bytes as they stand on the wire, in hex. */
  readonly componentAddress?: string;
  readonly status: number;
  /** The bits that are set, by name; without `normal` the thing is in its test state, if it means what it says. */
  readonly statusWords: readonly string[];
  /** The panel's text for people, GB 18030, up to the first NUL. */
  readonly description?: string;
  /** Local time as if it were UTC. */
  readonly localAsUtc: Moment | undefined;
}

/** `unread`: a kind of data that holds no state of ours. `broken`: its length does not fit what it says it holds. */
export type FrameContent =
  | { readonly kind: 'states'; readonly type: number; readonly objects: readonly StateObject[] }
  | { readonly kind: 'unread' | 'broken' };

/** The states in a frame. Never throws. */
export function readContent({ command, data }: Gb26875Frame): FrameContent {
  const [type, count] = data;
  if (command !== COMMAND.send) return { kind: 'unread' };
  if (type === undefined || count === undefined) return { kind: 'broken' };
  const bodyBytes = BODY_BYTES[type];
  if (bodyBytes === undefined) return { kind: 'unread' };
  const all = data.subarray(2);
  // Each object has its time behind it; transmitters that leave it out have been seen.
  const isBare = all.length === count * bodyBytes;
  const size = isBare ? bodyBytes : bodyBytes + TIME_BYTES;
  if (count === 0 || all.length < count * size) return { kind: 'broken' };
  const objects: StateObject[] = [];
  for (let i = 0; i < count; i += 1) {
    const bytes = all.subarray(i * size, (i + 1) * size);
    objects.push(readObject(type, bytes, readLocalTime(bytes.subarray(bodyBytes))));
  }
  return { kind: 'states', type, objects };
}

function readObject(type: number, bytes: Uint8Array, localAsUtc: Moment | undefined): StateObject {
  if (type === TRANSMITTER_STATE) {
    const status = bytes[0] ?? 0;
    const statusWords = wordsOf(status, TRANSMITTER_WORDS);
    return { kind: 'transmitter', status, statusWords, localAsUtc };
  }
  const system = { systemType: bytes[0] ?? 0, systemAddress: bytes[1] ?? 0 };
  if (type === SYSTEM_STATE) {
    const status = uint16(bytes, 2);
    const statusWords = wordsOf(status, SYSTEM_WORDS);
    return { kind: 'system', ...system, status, statusWords, localAsUtc };
  }
  const status = uint16(bytes, 7);
  return {
    kind: 'component',
    ...system,
    componentType: bytes[2] ?? 0,
    componentAddress: hex(bytes.subarray(3, 7)),
    status,
    statusWords: wordsOf(status, COMPONENT_WORDS),
    description: textOf(bytes.subarray(9, 9 + TEXT_BYTES)),
    localAsUtc,
  };
}

function wordsOf(status: number, words: readonly string[]): string[] {
  return words.filter((_, bit) => isSet(status, bit));
}

/** Whether a state bit is 1. */
export function isSet(status: number, bit: number): boolean {
  return ((status >>> bit) & 1) === 1;
}

const gb18030 = new TextDecoder('gb18030');

/** Behind the NUL may stand bytes of an earlier, longer text; blanks fill it up elsewhere. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return gb18030.decode(end < 0 ? bytes : bytes.subarray(0, end)).trim();
}

/** `smoke_test` only of what detects: a pump that is not in its normal state tests no smoke. */
const DETECTOR_TYPES_BELOW = 80;

/**
 * By which metric a component's fire bit is told (8.2.1.2, table 5).
 *
 * Smoke detectors (40 to 44) and combined detectors with a smoke part (50, 51, 53) say `smoke`. All others say `heat`:
 * heat detectors (30 to 37) and light-and-heat ones (52) because they do, manual call points, flame and gas detectors,
 * panels and components of no given type because theirs is a fire that no smoke was measured of. It has to be a safety
 * metric, or it would not alarm; of the two, `heat` claims no smoke that nobody saw.
 */
export function fireMetricOf(componentType: number | undefined): BinaryMetric {
  const type = componentType ?? 0;
  const isSmoke = (type >= 40 && type <= 44) || type === 50 || type === 51 || type === 53;
  return isSmoke ? 'smoke' : 'heat';
}

/** Whether a component of this type can be tested by smoke or heat. Systems and transmitters are, as a whole. */
export function isTestable(componentType: number | undefined): boolean {
  return (componentType ?? 0) < DETECTOR_TYPES_BELOW;
}
