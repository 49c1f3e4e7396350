/** Messages that no device should send: random, but the same ones in every run. */

import type { MqttClient } from 'mqtt';
import { say } from './devices.ts';

/** Numbers in [0, 1) that are the same for the same seed (xorshift, 32 bit). */
function chanceOf(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export interface Garbage {
  readonly topic: string;
  readonly payload: Buffer;
}

const JSON_SIGNS = '{}[]":,.-+0123456789eE\\ntruefalsnl ';
const KNOWN = ['th-1/telemetry', 'sm-3/telemetry', 'd301/access', 'th-1/status', 'gw-3/status'];
const LENGTH_MAX = 300;

/** `count` random byte strings on topics below `lantai/sx/`: of sensors that there are, and of made-up ones. */
export function garbageOf(seed: number, count: number): readonly Garbage[] {
  const chance = chanceOf(seed);
  const upTo = (max: number): number => Math.floor(chance() * max);
  const bytes = (length: number): Buffer => {
    // Half of it is made of the signs of JSON, which gets further into the parser.
    const isText = chance() < 0.5;
    return Buffer.from(
      Array.from({ length }, () =>
        isText ? JSON_SIGNS.charCodeAt(upTo(JSON_SIGNS.length)) : upTo(256),
      ),
    );
  };
  return Array.from({ length: count }, () => {
    const known = KNOWN[upTo(KNOWN.length * 2)];
    const topic = known ?? `x${upTo(5_000)}/${['telemetry', 'access', 'status'][upTo(3)]}`;
    return { topic: `lantai/sx/${topic}`, payload: bytes(1 + upTo(LENGTH_MAX)) };
  });
}

/** Publishes all of it with QoS 1, each device with so many under way; resolves when all is acknowledged. */
export async function pour(
  devices: readonly MqttClient[],
  garbage: readonly Garbage[],
  underWayMax = 50,
): Promise<void> {
  let next = 0;
  const lane = async (device: MqttClient): Promise<void> => {
    for (let one = garbage[next++]; one; one = garbage[next++]) {
      await say(device, one.topic, one.payload);
    }
  };
  const lanes = devices.flatMap((device) => Array<MqttClient>(underWayMax).fill(device));
  await Promise.all(lanes.map(lane));
}
