import { describe, expect, it } from 'vitest';
import { sparkplugB } from '../../../../gateway/profiles/codecs/sparkplug-b.ts';
import { hostState, readHostState } from '../../../../gateway/profiles/codecs/sparkplug-state.ts';
import { asksRebirth, bdSeq, born, branch, host, smoke, T } from './sparkplug-host.ts';
import { bytesOf, fixtures, inputOf, sparkplug } from './support.ts';

describe('the numbers of messages', () => {
  const data = { metrics: [{ alias: 12, bool: true }] };

  it('a gap is told, the node asked for its birth, and the values are read', () => {
    const output = born().ddata({ seq: 4, ...data });
    expect(output.issues).toEqual([
      { device: 'A/gw1', kind: 'sequence-gap', field: 'seq', detail: '4 instead of 2' },
    ]);
    expect(output.samples).toHaveLength(1);
    expect(asksRebirth(output)).toBe(true);
  });

  it('after 255 comes 0', () => {
    const { ddata } = born();
    for (let n = 2; n < 600; n += 1) expect(ddata({ seq: n % 256, ...data }).issues).toEqual([]);
  });

  it('one that comes late is taken and is no second gap', () => {
    const { ddata } = born();
    ddata({ seq: 3, ...data });
    expect(ddata({ seq: 2, ...data })).toMatchObject({ issues: [], samples: [{ value: 1 }] });
    expect(ddata({ seq: 4, ...data }).issues).toEqual([]);
  });

  it('a repeat is no gap', () => {
    const { ddata } = born();
    ddata({ seq: 2, ...data });
    expect(ddata({ seq: 2, ...data }).issues).toEqual([]);
    expect(ddata({ seq: 3, ...data }).issues).toEqual([]);
  });

  it('a number above 255 is an issue', () => {
    expect(born().ddata({ seq: 300, ...data }).issues).toMatchObject([{ kind: 'sequence-gap' }]);
  });

  it('a message of before the birth is not read with its aliases', () => {
    const { nbirth, dbirth, ddata } = born();
    nbirth({ timestamp: T + 100, seq: 0, metrics: [bdSeq(8)] });
    dbirth({ timestamp: T + 100, seq: 1, metrics: [{ ...smoke, alias: 10 }] });
    const late = ddata({ timestamp: T + 50, seq: 77, metrics: [{ alias: 10, int: 1 }] });
    expect(late).toMatchObject({ samples: [], refusal: { code: 'sparkplug-earlier-session' } });
    expect(
      ddata({ timestamp: T + 101, seq: 2, ...{ metrics: [{ alias: 10, bool: true }] } }),
    ).toMatchObject({
      samples: [{ metric: 'smoke', value: 1 }],
      issues: [],
    });
  });

  it('a node whose clock went back is still heard', () => {
    expect(born().ddata({ timestamp: T - 9_999, seq: 2, ...data }).samples).toHaveLength(1);
    expect(
      born({ rebirth: 'off' }).ddata({ timestamp: T - 9, seq: 9, ...data }).samples,
    ).toHaveLength(1);
  });
});

describe('births and deaths', () => {
  it('a death of an earlier session is no death', () => {
    const { nbirth, ndeath } = born();
    nbirth({ seq: 0, metrics: [bdSeq(8)] });
    expect(ndeath({ metrics: [bdSeq(7)] }).availability).toEqual([]);
    expect(ndeath({}).availability).toEqual([]);
    expect(ndeath({ metrics: [bdSeq(8)] }).availability).toEqual([
      { device: 'gw1', online: false, scope: 'bridge', branch, deviceTime: undefined },
    ]);
  });

  it('a dead node has to be born before it is heard, with all its devices', () => {
    const { ndeath, ddata, ndata } = born();
    ndeath({ metrics: [bdSeq(7)] });
    expect(asksRebirth(ddata({ seq: 2, metrics: [{ alias: 12, bool: true }] }))).toBe(true);
    expect(ndata({ seq: 3, metrics: [{ name: 'x', int: 1 }] }).refusal).toBeDefined();
  });

  it('after a restart of ours a death is believed', () => {
    expect(host().ndeath({ metrics: [bdSeq(3)] }).availability).toMatchObject([{ online: false }]);
  });

  it('a birth is availability, of the node as of a bridge', () => {
    const { nbirth, dbirth } = host();
    expect(nbirth({ seq: 0, metrics: [bdSeq(0)] }).availability).toEqual([
      { device: 'gw1', online: true, scope: 'bridge', branch, deviceTime: T },
    ]);
    expect(dbirth({ seq: 1, metrics: [] }).availability).toEqual([
      { device: 'A/gw1/s3', online: true, scope: 'device', branch, deviceTime: T },
    ]);
  });

  it('a device dies alone, by its own time', () => {
    const { ddeath, ddata } = born();
    expect(ddeath({ seq: 2, timestamp: T + 3 }).availability).toEqual([
      { device: 'A/gw1/s3', online: false, scope: 'device', branch, deviceTime: T + 3 },
    ]);
    expect(ddata({ seq: 3, metrics: [{ alias: 12, bool: true }] }).samples).toEqual([]);
  });

  it('forgets the oldest nodes rather than grow', () => {
    const { hear, memory } = host();
    const metrics = Array.from({ length: 500 }, (_, i) => ({ name: `m${i}`, alias: i }));
    for (let i = 0; i < 2_500; i += 1) {
      const some = i % 50 === 0 ? metrics : [];
      hear(`spBv1.0/A/NBIRTH/n${i}`, sparkplug({ timestamp: T, seq: 0, metrics: some }));
    }
    expect(memory.nodes.size).toBe(2_000);
    const kept = [...memory.nodes.values()].reduce(
      (sum, { table }) => sum + (table?.byName.size ?? 0),
      0,
    );
    expect(memory.metrics).toBe(kept);
  });
});

describe('the host’s own state', () => {
  it('birth and death have the same time', () => {
    expect(hostState('lantai', 1_792_000_000_000)).toEqual({
      topic: 'spBv1.0/STATE/lantai',
      death: '{"online":false,"timestamp":1792000000000}',
      birth: '{"online":true,"timestamp":1792000000000}',
    });
  });

  it.each([
    ['OFFLINE', undefined],
    ['{"online":"no","timestamp":1}', undefined],
    ['{"online":false}', undefined],
    ['null', undefined],
    ['{"online":false,"timestamp":1}', { online: false, timestamp: 1 }],
  ])('%s', (text, state) => {
    expect(readHostState(Buffer.from(text))).toEqual(state);
  });
});

describe('Sparkplug fixtures', () => {
  const all = fixtures('sparkplug_b');

  it('the session, message by message', () => {
    const memory = sparkplugB.newMemory();
    for (const fixture of all.filter(({ sequence }) => sequence === 'spb-session-1')) {
      const { topic, expected } = fixture;
      const output = sparkplugB.decode(inputOf(bytesOf(fixture), { topic }), memory);
      const nodes = output.availability.filter(({ scope }) => scope === 'bridge');
      expect(output.refusal, fixture.id).toBeUndefined();
      expect(
        [
          ...nodes.map(({ device, online }) => ({
            metric: 'online',
            value: Number(online),
            device,
          })),
          ...output.samples.map(({ metric, value, historical, deviceTime }) => ({
            metric,
            value,
            ...(historical ? { historical } : {}),
            deviceTime,
          })),
        ],
        fixture.id,
      ).toMatchObject(
        expected.map(({ metric, value, device, time, historical }) => ({
          metric,
          value: Number(value),
          ...(device === undefined ? {} : { device }),
          ...(historical ? { historical } : {}),
          ...(time === undefined ? {} : { deviceTime: Date.parse(time) }),
        })),
      );
      expect(output.samples.every(({ device }) => device === 'Archive/gw1/stack-3')).toBe(true);
    }
  });

  it('the message that is left out between 2 and 4 is a gap', () => {
    const memory = sparkplugB.newMemory();
    const gaps = all
      .filter(({ sequence }) => sequence !== undefined)
      .flatMap((fixture) => {
        const { topic } = fixture;
        return sparkplugB.decode(inputOf(bytesOf(fixture), { topic }), memory).issues;
      });
    expect(gaps).toMatchObject([{ kind: 'sequence-gap', detail: '4 instead of 3' }]);
  });

  it('another host’s state is nothing', () => {
    const state = all.find(({ sequence }) => sequence === undefined);
    if (!state) throw new Error('no such fixture');
    const output = sparkplugB.decode(
      inputOf(bytesOf(state), { topic: state.topic }),
      sparkplugB.newMemory(),
    );
    expect(output).toMatchObject({ samples: [], availability: [], issues: [] });
  });
});
