import { describe, expect, it } from 'vitest';
import { CODECS } from '../../../../gateway/profiles/codecs/all.ts';
import { createCodecBench } from '../../../../gateway/profiles/codec-bench.ts';
import type { ProfileOutput } from '../../../../gateway/profiles/output.ts';
import {
  CORRECTED_ISSUES,
  FIXTURES,
  issueText,
  MORE_READINGS,
  run,
  type ExpectedReading,
  type Fixture,
} from './fixtures.ts';

/** Sessions in order, each with its own memory; single messages each alone. */
const outputs = new Map<string, ProfileOutput>();
const benches = new Map<string, ReturnType<typeof createCodecBench>>();
for (const fixture of FIXTURES) {
  const session = fixture.sequence ?? fixture.id;
  let bench = benches.get(session);
  if (!bench) benches.set(session, (bench = createCodecBench(CODECS)));
  outputs.set(fixture.id, run(fixture, undefined, bench));
}

function outputOf(fixture: Fixture): ProfileOutput {
  const output = outputs.get(fixture.id);
  if (!output) throw new Error(fixture.id);
  return output;
}

/** What came, as the fixtures write it; what a fixture leaves open is left out. */
function asExpected(output: ProfileOutput, like: readonly ExpectedReading[]): ExpectedReading[] {
  const said = [
    ...output.samples,
    ...output.availability.map((a) => ({ ...a, metric: 'online', value: Number(a.online) })),
  ];
  return said.map((sample): ExpectedReading => {
    const { metric, device, deviceTime } = sample;
    const twin = like.find(
      (one) =>
        one.metric === metric &&
        Math.abs(Number(one.value) - sample.value) < 1e-5 &&
        (one.channel === undefined || ('channel' in sample && one.channel === sample.channel)) &&
        (one.device === undefined || one.device === '' || one.device === device),
    );
    const at = deviceTime === undefined || Number.isNaN(deviceTime) ? undefined : deviceTime;
    return {
      metric,
      value: typeof twin?.value === 'boolean' ? sample.value === 1 : (twin?.value ?? sample.value),
      ...(twin?.device === undefined ? {} : { device: twin.device === '' ? '' : device }),
      ...(twin?.channel === undefined
        ? {}
        : { channel: 'channel' in sample ? (sample.channel ?? '') : '' }),
      ...(twin?.time === undefined || at === undefined ? {} : { time: new Date(at).toISOString() }),
      ...('historical' in sample && sample.historical === true ? { historical: true } : {}),
    };
  });
}

function plain({
  metric,
  value,
  device,
  channel,
  time,
  historical,
}: ExpectedReading): ExpectedReading {
  return {
    metric,
    value,
    ...(device === undefined ? {} : { device }),
    ...(channel === undefined ? {} : { channel }),
    ...(time === undefined ? {} : { time }),
    ...(historical === undefined ? {} : { historical }),
  };
}

const order = (a: ExpectedReading, b: ExpectedReading): number =>
  JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;

describe('every fixture gives exactly its readings', () => {
  it.each(FIXTURES.map((fixture) => [fixture.id, fixture] as const))('%s', (_id, fixture) => {
    const wanted = [...fixture.expected, ...(MORE_READINGS[fixture.id] ?? [])].map(plain);
    expect(asExpected(outputOf(fixture), wanted).toSorted(order)).toEqual(wanted.toSorted(order));
  });
});

describe('every fixture gives exactly its issues', () => {
  it.each(FIXTURES.map((fixture) => [fixture.id, fixture] as const))('%s', (id, fixture) => {
    const { issues, refusal } = outputOf(fixture);
    const wanted = CORRECTED_ISSUES[id] ?? fixture.expected_issues ?? [];
    const refused = refusal ? [refusal.code === 'not-json' ? 'invalid-json' : refusal.code] : [];
    expect([...issues.map(issueText), ...refused].toSorted()).toEqual([...wanted].toSorted());
  });
});

/** Fixture's word -> the contract's. A lock that opens (Hikvision 5/21) is no result, but the door may be open. */
const RESULTS: Readonly<Record<string, string>> = { granted: 'granted', denied: 'denied' };

describe('every access fixture gives exactly its events', () => {
  const withEvents = FIXTURES.filter((fixture) => fixture.expected_events !== undefined);
  it.each(withEvents.map((fixture) => [fixture.id, fixture] as const))('%s', (_id, fixture) => {
    const { events } = outputOf(fixture);
    expect(events).toHaveLength(fixture.expected_events?.length ?? 0);
    for (const [i, wanted] of (fixture.expected_events ?? []).entries()) {
      const event = events[i];
      const result = wanted['result'];
      expect(event?.event).toBe(typeof result === 'string' ? RESULTS[result] : 'door_opened');
      for (const name of ['credential', 'person', 'direction', 'door'] as const) {
        expect(event?.[name], name).toBe(wanted[name]);
      }
      if (wanted['reason'] !== undefined) expect(event?.reason).toBe(wanted['reason']);
      if (wanted['seq'] !== undefined) expect(String(event?.sequence)).toBe(wanted['seq']);
      const device = wanted['controller'] ?? wanted['device'];
      expect(event?.device).toBe(String(device));
      if (wanted['time'] !== undefined) {
        expect(new Date(event?.deviceTime ?? NaN).toISOString()).toBe(wanted['time']);
      }
    }
  });
});

describe('every discovery fixture proposes its binding', () => {
  const proposing = FIXTURES.filter((fixture) => fixture.expected_binding !== undefined);
  it.each(proposing.map((fixture) => [fixture.id, fixture] as const))('%s', (_id, fixture) => {
    const { proposals, samples } = outputOf(fixture);
    expect(samples).toEqual([]);
    const metric = proposals[0]?.metrics[0];
    const wanted = fixture.expected_binding ?? {};
    expect(metric?.topic).toBe(wanted['state_topic']);
    expect(metric?.path).toBe(wanted['path']);
    expect(metric?.metric).toBe(wanted['metric']);
    if (wanted['unit'] !== undefined) expect(metric?.unit).toBe(wanted['unit']);
    for (const [word, state] of Object.entries((wanted['map'] ?? {}) as Record<string, boolean>)) {
      expect(metric?.map?.[word]).toBe(state ? 1 : 0);
    }
  });
});
