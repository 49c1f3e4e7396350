/** The rules alone, and the intake alone: what one core makes of readings and of messages. No target, only figures. */

import { applyRepository, createIntake } from '../../gateway/index.ts';
import { createEngine, loadKnowledge } from '../../alerts/index.ts';
import type { EngineInput } from '../../alerts/engine-types.ts';
import type { RawMessage } from '../../domain/intake.ts';
import { EMPTY_REGISTRY, type Registry } from '../../domain/registry.ts';
import { payloadOf } from '../../simulators/load/message.ts';
import { loadSensorId, writeLoadRepository } from '../../simulators/load/repository.ts';
import { compare, type BenchResult } from './figures.ts';
import type { BenchOptions } from './throughput.ts';

const SENSORS = 1_000;
/** Messages of one step: about what comes together at full speed. */
const STEP_MESSAGES = 50;

export async function pureParts(options: BenchOptions): Promise<BenchResult> {
  const messages = options.quick ? 100_000 : 300_000;
  const document = writeLoadRepository({ sensors: SENSORS, simulated: false });
  const now = Date.now();
  const { registry } = applyRepository({ current: EMPTY_REGISTRY, documents: [document], now });
  const figures = { parse: [] as number[], decode: [] as number[], step: [] as number[] };
  // The first round warms up and does not count.
  for (let round = 0; round <= (options.quick ? 3 : 5); round += 1) {
    const raws = rawMessages(messages, now + round * messages);
    const parse = parseRate(raws);
    const { decode, step } = ownRates(registry, raws);
    if (round === 0) continue;
    figures.parse.push(parse);
    figures.decode.push(decode);
    figures.step.push(step);
  }
  const floorIs = 'JSON.parse of the same payloads';
  return {
    rows: [
      compare({
        name: 'intake alone',
        unit: 'messages/s',
        ours: figures.decode,
        floor: figures.parse,
        floorIs,
      }),
      compare({
        name: 'rules engine alone',
        unit: 'readings/s',
        ours: figures.step,
        floor: figures.parse,
        floorIs,
        note: `steps of ${STEP_MESSAGES * 2} readings, applied`,
      }),
    ],
    conditions: { sensors: SENSORS, messages, stepMessages: STEP_MESSAGES },
  };
}

function rawMessages(count: number, firstSequence: number): readonly RawMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const sensor = i % SENSORS;
    const sequence = firstSequence + Math.floor(i / SENSORS);
    const time = sequence;
    return {
      topic: `lantai/load/${loadSensorId(sensor)}/telemetry`,
      payload: Buffer.from(payloadOf({ sensor, sequence, time, simulated: false })),
      retain: false,
      receivedAt: time,
      packetId: (i % 65_535) + 1,
      connection: 1,
    };
  });
}

function parseRate(raws: readonly RawMessage[]): number {
  const startedMs = performance.now();
  let sum = 0;
  for (const { payload } of raws) {
    sum += (JSON.parse(String(payload)) as { readonly temperature: number }).temperature;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  if (!(sum > 0)) throw new Error('nothing was parsed');
  return raws.length / seconds;
}

function ownRates(registry: Registry, raws: readonly RawMessage[]) {
  const intake = createIntake({ registry: () => registry, newId: () => 'none' });
  const engine = createEngine({ ...loadKnowledge(), registry, limitChanges: [] });
  let readings = 0;
  let decodeMs = 0;
  let stepMs = 0;
  for (let i = 0; i < raws.length; i += STEP_MESSAGES) {
    const some = raws.slice(i, i + STEP_MESSAGES);
    const startedMs = performance.now();
    const decoded = some.map((raw) => intake.decode(raw));
    const decodedMs = performance.now();
    const inputs: EngineInput[] = [];
    for (const one of decoded) {
      for (const reading of one.readings) inputs.push({ kind: 'reading', reading });
    }
    const step = engine.step(inputs, some[0]?.receivedAt ?? 0, { snapshot: false });
    step.apply();
    stepMs += performance.now() - decodedMs;
    decodeMs += decodedMs - startedMs;
    readings += inputs.length;
  }
  if (readings !== raws.length * 2) throw new Error(`${readings} readings of ${raws.length}`);
  return { decode: (raws.length * 1000) / decodeMs, step: (readings * 1000) / stepMs };
}
