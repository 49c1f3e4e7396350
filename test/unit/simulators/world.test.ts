import { beforeAll, describe, expect, it } from 'vitest';
import { PAYLOAD_BYTES_MAX } from '../../../domain/bounds.ts';
import { isMetric } from '../../../domain/metrics.ts';
import type { RepositoryDocument } from '../../../domain/registry.ts';
import { HOUR_MS, SECOND_MS } from '../../../domain/time.ts';
import { SAMPLE_FILE } from '../../../simulators/options.ts';
import type { MessageBody, Output, OutputMessage } from '../../../simulators/outlet.ts';
import { readSimulatedRepositories } from '../../../simulators/repository-file.ts';
import { SCENARIOS } from '../../../simulators/scenarios/index.ts';
import { createWorld, type World } from '../../../simulators/world.ts';

const MORNING = Date.parse('2026-11-20T10:00:00+08:00');
let document: RepositoryDocument;

beforeAll(() => {
  const [sample] = readSimulatedRepositories(SAMPLE_FILE);
  if (!sample) throw new Error('the sample is missing');
  document = sample;
});

function world(seed = 1): World {
  return createWorld({ document, seed, startAt: MORNING });
}

function messages(outputs: readonly Output[]): readonly OutputMessage[] {
  return outputs.filter((o) => o.kind === 'message');
}

function bodies(message: OutputMessage): readonly MessageBody[] {
  return Array.isArray(message.body) ? message.body : [message.body as MessageBody];
}

/** Seconds after the start at which this sensor or door first says so. */
function firstSecond(outputs: readonly Output[], id: string, says: MessageBody): number {
  const found = messages(outputs).find(
    (m) =>
      m.topic.split('/')[2] === id &&
      bodies(m).some((b) => Object.entries(says).every(([k, v]) => b[k] === v)),
  );
  return found ? (found.at - MORNING) / SECOND_MS : Number.NaN;
}

function played(scenario: string, seconds: number): readonly Output[] {
  const w = world();
  expect(w.play(scenario, 'r301')).toMatchObject({ ok: true, room: 'r301' });
  return w.advance(MORNING + seconds * SECOND_MS);
}

describe('a simulated archive', () => {
  it('says the same with the same seed, and something else with another', () => {
    const run = (seed: number): string => {
      const w = world(seed);
      w.play('smouldering-fire');
      return JSON.stringify(w.advance(MORNING + 120 * SECOND_MS));
    };
    expect(run(7)).toBe(run(7));
    expect(run(7)).not.toBe(run(8));
  });

  it('says the same whether time is asked for at once or second by second', () => {
    const slow = world();
    const parts: Output[] = [];
    for (let s = 1; s <= 60; s += 1) parts.push(...slow.advance(MORNING + s * SECOND_MS));
    expect(parts).toEqual(world().advance(MORNING + 60 * SECOND_MS));
  });

  it('marks every message as simulated, with known metrics and rising sequences', () => {
    const last = new Map<string, number>();
    for (const message of messages(world().advance(MORNING + 600 * SECOND_MS))) {
      for (const { time, sequence, simulated, ...rest } of bodies(message)) {
        expect(simulated).toBe(true);
        expect(time).toBeTypeOf('number');
        expect(Number(sequence)).toBeGreaterThan(last.get(message.topic) ?? 0);
        last.set(message.topic, Number(sequence));
        if (message.topic.endsWith('/telemetry')) {
          expect(Object.keys(rest).filter((name) => !isMetric(name))).toEqual([]);
        }
      }
    }
    expect(last.size).toBeGreaterThan(document.sensors?.length ?? 0);
  });

  it('goes on with higher sequences after a restart', () => {
    const highest = (outputs: readonly Output[]): number =>
      Math.max(...messages(outputs).flatMap((m) => bodies(m).map((b) => Number(b['sequence']))));
    const first = highest(world().advance(MORNING + 60 * SECOND_MS));
    const later = createWorld({ document, seed: 1, startAt: MORNING + 90 * SECOND_MS });
    const outputs = messages(later.advance(MORNING + 150 * SECOND_MS));
    const lowest = Math.min(...outputs.flatMap((m) => bodies(m).map((b) => Number(b['sequence']))));
    expect(lowest).toBeGreaterThan(first);
  });

  it('never reports the same time of a sensor twice, even in a fire that is broken off', () => {
    const w = world();
    w.play('smouldering-fire', 'r301');
    const outputs = [...w.advance(MORNING + 60 * SECOND_MS), ...w.stop()];
    const times = messages([...outputs, ...w.advance(MORNING + 90 * SECOND_MS)])
      .filter((m) => m.topic.endsWith('/telemetry'))
      .flatMap((m) => bodies(m).map((b) => `${m.topic} ${b['time']}`));
    expect(times).toHaveLength(new Set(times).size);
  });

  it('hears of every sensor within its interval', () => {
    const heard = new Set(
      messages(world().advance(MORNING + 30 * SECOND_MS)).map((m) => m.topic.split('/')[2]),
    );
    expect((document.sensors ?? []).filter((s) => !heard.has(s.id))).toEqual([]);
  });

  it('hands over a day of the past in arrays that a gateway takes, oldest first', () => {
    const w = world();
    const outputs = messages(w.recordHistory(MORNING + 24 * HOUR_MS, 300_000));
    const climate = outputs.filter((m) => m.topic === 'lantai/sample/th-301-1/telemetry');
    const times = climate.flatMap((m) => bodies(m).map((b) => Number(b['time'])));
    expect(times.length).toBeGreaterThanOrEqual(287);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(outputs.some((m) => m.topic.endsWith('/access'))).toBe(true);
    for (const message of outputs) {
      expect(bodies(message).length).toBeLessThanOrEqual(500);
      expect(JSON.stringify(message.body).length).toBeLessThan(PAYLOAD_BYTES_MAX);
    }
    expect(w.now()).toBe(MORNING + 24 * HOUR_MS);
  });
});

describe('scenarios', () => {
  it.each(SCENARIOS.map((s) => s.id))(
    '%s can be played in the sample and leaves no trace',
    (id) => {
      const w = world();
      const result = w.play(id);
      expect(result).toMatchObject({ ok: true });
      const outputs = [...w.advance(w.now() + 40 * SECOND_MS), ...w.stop()];
      expect(outputs.filter((o) => o.kind === 'done')).toMatchObject([{ scenario: id }]);
      const links = new Map(outputs.flatMap((o) => (o.kind === 'link' ? [[o.link, o.up]] : [])));
      expect([...links.values()]).not.toContain(false);
      const after = messages(w.advance(w.now() + 60 * SECOND_MS));
      const abnormal = ['smoke', 'heat', 'water_leak'].filter((metric) =>
        after.some((m) => bodies(m).some((b) => b[metric] === 1)),
      );
      expect(abnormal).toEqual([]);
      expect(w.stop()).toEqual([]);
    },
  );

  it('lets a fire reach one detector, then a second, then heat, and clears them', () => {
    const outputs = played('smouldering-fire', 131);
    expect(firstSecond(outputs, 'sm-301-1', { smoke: 1 })).toBe(3);
    expect(firstSecond(outputs, 'sm-301-2', { smoke: 1 })).toBe(15);
    expect(firstSecond(outputs, 'ht-301-1', { heat: 1 })).toBe(30);
    const last = messages(outputs).findLast((m) => m.topic.includes('/sm-301-2/'));
    expect(last && bodies(last)[0]).toMatchObject({ smoke: 0 });
    expect(outputs.some((o) => o.kind === 'done')).toBe(true);
  });

  it('lets obscuration rise before the first detector alarms', () => {
    const rising = messages(played('smouldering-fire', 10))
      .filter((m) => m.topic.includes('/sm-301-2/'))
      .flatMap((m) => bodies(m).map((b) => Number(b['smoke_obscuration'])));
    expect(rising.length).toBeGreaterThan(5);
    expect(rising.slice(1)).toEqual(rising.slice(1).toSorted((a, b) => a - b));
  });

  it('plays a fire where there is most to see when nobody names a room', () => {
    expect(world().play('smouldering-fire')).toMatchObject({ room: 'r301' });
  });

  it('alarms one dusty detector only', () => {
    const outputs = played('dusty-detector', 80);
    expect(firstSecond(outputs, 'sm-301-1', { smoke: 1 })).toBe(5);
    expect(firstSecond(outputs, 'sm-301-2', { smoke: 1 })).toBeNaN();
  });

  it('drives a room out of its range within two minutes when the HVAC fails, and back', () => {
    const outputs = messages(played('hvac-failure', 17 * 60));
    const readings = outputs
      .filter((m) => m.topic.includes('/th-301-1/'))
      .map((m) => ({ second: (m.at - MORNING) / SECOND_MS, body: bodies(m)[0] }));
    const out = readings.find((r) => Number(r.body?.['temperature']) > 24);
    expect(out?.second).toBeLessThan(120);
    expect(Number(readings.at(-1)?.body?.['temperature'])).toBeLessThan(22);
  });

  it.each([
    { scenario: 'pipe-burst', id: 'wl-301-1', says: { water_leak: 1 }, second: 3 },
    { scenario: 'forced-door', id: 'd301', says: { event: 'forced_open' }, second: 2 },
    { scenario: 'door-left-open', id: 'd301', says: { event: 'held_open' }, second: 31 },
    { scenario: 'denied-card', id: 'd301', says: { event: 'denied' }, second: 1 },
    { scenario: 'null-sensor', id: 'th-301-1', says: { temperature: null }, second: 1 },
  ])('shows $scenario at second $second by $id', ({ scenario, id, says, second }) => {
    expect(firstSecond(played(scenario, 40), id, says)).toBe(second);
  });

  it('tries a card five times', () => {
    const denied = messages(played('denied-card', 31)).filter((m) =>
      bodies(m).some((b) => b['event'] === 'denied'),
    );
    expect(denied).toHaveLength(5);
  });

  it('keeps one sensor silent while its neighbour goes on', () => {
    const said = (id: string): number =>
      messages(played('silent-sensor', 200)).filter((m) => m.topic.includes(`/${id}/`)).length;
    expect(said('th-301-1')).toBe(0);
    expect(said('th-301-2')).toBe(20);
  });

  it('sends a time a day ahead, yet sequences that rise as ever', () => {
    const outputs = messages(played('clock-ahead', 60)).filter((m) =>
      m.topic.includes('/th-301-1/'),
    );
    expect(outputs.length).toBeGreaterThan(3);
    for (const m of outputs) expect(Number(bodies(m)[0]?.['time']) - m.at).toBe(24 * HOUR_MS);
  });

  it('floods with every sensor of the archive within ten seconds', () => {
    const flood = messages(played('alarm-flood', 11)).filter((m) =>
      bodies(m).some((b) => b['smoke'] === 1 || b['water_leak'] === 1 || b['temperature'] === 38),
    );
    const who = new Set(flood.map((m) => m.topic));
    expect(who.size).toBeGreaterThan(60);
  });

  it('keeps the data of a broken link and sends all of it late, nothing twice', () => {
    const outputs = played('network-outage', 190);
    const down = outputs.findIndex((o) => o.kind === 'link' && !o.up);
    const up = outputs.findIndex((o) => o.kind === 'link' && o.up);
    const between = messages(outputs.slice(down, up)).filter((m) => m.link === 'gw-3');
    expect(between).toEqual([]);
    const sequences = messages(outputs)
      .filter((m) => m.topic.includes('/th-301-1/'))
      .flatMap((m) => bodies(m).map((b) => b['sequence']));
    expect(sequences).toHaveLength(19);
    expect(new Set(sequences).size).toBe(19);
  });

  it.each([
    ['nonsense', undefined, /no scenario/],
    ['smouldering-fire', 'r999', /no room/],
    ['pipe-burst', 'r101', /nothing that/],
  ])('refuses %s in %s with a sentence', (scenario, room, why) => {
    const result = world().play(scenario, room);
    expect(result.ok ? '' : result.why).toMatch(why);
  });
});
