import { describe, expect, it } from 'vitest';
import { senml } from '../../../../gateway/profiles/codecs/senml.ts';
import type { ProfileOutput } from '../../../../gateway/profiles/output.ts';
import { bytesOf, fixtures, inputOf, NOW } from './support.ts';

function decode(payload: unknown): ProfileOutput {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return senml.decode(inputOf(text), senml.newMemory());
}

const rh = { n: 'vault/humidity', u: '%RH', v: 50 };

describe('SenML packs that are refused whole', () => {
  it.each([
    ['no JSON', '[{"n":', 'not-json'],
    ['no array', { n: 'a', v: 1 }, 'senml-not-a-pack'],
    ['a record that is no object', [rh, 7], 'senml-not-a-record'],
    ['a null among the records', [rh, null], 'senml-not-a-record'],
    ['a label that must be understood', [{ ...rh, mystery_: 1 }], 'senml-must-understand'],
    ['such a label in a later record', [rh, { ...rh, x_: null }], 'senml-must-understand'],
    ['a higher version', [{ ...rh, bver: 11 }], 'senml-version'],
    ['a version that is no number', [{ ...rh, bver: '10' }], 'senml-base-field'],
    ['a base time that is text', [{ ...rh, bt: '1320067464' }], 'senml-base-field'],
    ['a base name that is no text', [{ ...rh, bn: 5 }], 'senml-base-field'],
    ['a base value of null', [{ ...rh, bv: null }], 'senml-base-field'],
    ['more records than a message may have', Array(1001).fill(rh), 'senml-too-many'],
  ])('%s', (_, pack, code) => {
    const output = decode(pack);
    expect(output.refusal?.code).toBe(code);
    expect(output.samples).toEqual([]);
  });
});

describe('SenML records that are no reading, without harm to the others', () => {
  it.each([
    ['null', { v: null }, 'missing'],
    ['no value at all', {}, 'missing'],
    ['text where a number belongs', { v: '50' }, 'not-a-number'],
    ['text for a metric of ours', { vs: 'dry' }, 'not-a-number'],
    ['two values', { v: 1, vb: true }, 'not-a-number'],
    ['an object', { v: { a: 1 } }, 'not-a-number'],
    ['a name with a sign that no name has', { n: 'vault 3/humidity', v: 1 }, 'not-a-number'],
    ['a name that begins with a slash', { n: '/humidity', v: 1 }, 'not-a-number'],
    ['a smoke of 0.5', { n: 'smoke', v: 0.5, u: '/' }, 'sentinel'],
  ])('%s', (_, record, kind) => {
    const { samples, issues } = decode([{ n: 'vault/humidity', u: '%RH', ...record }, rh]);
    expect(issues).toMatchObject([{ kind }]);
    expect(samples).toMatchObject([{ value: 50 }]);
  });

  it('a number beyond all numbers is no value', () => {
    expect(decode('[{"n":"a/temperature","v":1e999}]').samples).toEqual([]);
    expect(decode('[{"bn":"a/","bv":1.7e308,"n":"temperature","v":1.7e308}]').samples).toEqual([]);
  });

  it('a time that is no number can not be read, and the value stays', () => {
    const [sample] = decode([{ ...rh, t: 'noon' }]).samples;
    expect(sample).toMatchObject({ value: 50, deviceTime: NaN });
  });

  it('texts and bytes that stand for no metric are left alone', () => {
    const pack = [
      { n: 'urn:dev:ow:1:label', vs: 'Machine Room' },
      { n: 'urn:dev:ow:1:nfc', vd: 'aGkgCg' },
    ];
    expect(decode(pack)).toMatchObject({ samples: [], issues: [] });
  });
});

describe('SenML times', () => {
  it.each([
    ['none: the message names no time', {}, undefined],
    ['0 is now', { t: 0 }, NOW],
    ['below 2^28 seconds, relative', { t: -5 }, NOW - 5000],
    ['base and own are added', { bt: -10, t: 4 }, NOW - 6000],
    ['2^28 is absolute', { bt: 2 ** 28 }, 2 ** 28 * 1000],
    ['an absolute base with a relative own', { bt: 1_320_067_464, t: 1 }, 1_320_067_465_000],
    ['fractions of a second', { bt: 1.276020076001e9 }, 1_276_020_076_001],
  ])('%s', (_, times, expected) => {
    expect(decode([{ ...rh, ...times }]).samples[0]?.deviceTime).toBe(expected);
  });
});

describe('SenML names and units', () => {
  it.each([
    ['the unit names the metric', 'urn:dev:ow:10e2', 'Cel', 21, 'temperature', 21],
    ['the last part of the name does', 'v2/dew_point', 'Cel', 9, 'dew_point', 9],
    ['case and separators do not matter', 'v2/DewPoint', 'Cel', 9, 'dew_point', 9],
    ['kelvin', 'v2/temperature', 'K', 293.15, 'temperature', 20],
    ['pascals', 'v2/pressure', 'Pa', 101325, 'pressure', 1013.25],
    ['charge', 'v2/x', '%EL', 80, 'battery', 80],
    ['volts of a battery', 'v2/battery', 'V', 3.1, 'battery_voltage', 3.1],
    ['a ratio', 'v2/humidity', '/', 0.5, 'humidity', 50],
    ['part of a device URN', 'urn:dev:mac:00_temperature', undefined, 5, 'temperature', 5],
    ['volts of anything', 'v2/mains', 'V', 230, 'x.mains', 230],
    ['a battery without a unit', 'v2/battery', undefined, 3, 'x.battery', 3],
    ['a unit that is not the name’s', 'v2/humidity', 'Cel', 20, 'x.humidity', 20],
    ['nothing of ours', 'v2/flow', 'l/s', 1, 'x.flow', 1],
  ])('%s', (...[, n, u, v, metric, value]) => {
    const { samples } = decode([{ n, u, v }]);
    expect(samples).toEqual([{ device: n, metric, value, deviceTime: undefined }]);
  });

  it('base fields stay in force until they change', () => {
    const { samples } = decode([
      { bn: 'a/', bu: 'Cel', bt: 1_600_000_000, bv: 20 },
      { n: '1/temperature', v: 0.5 },
      { n: '2/temperature', v: -0.5, bv: 10 },
      { bn: 'b/', n: '1/humidity', u: '%RH', v: 40 },
    ]);
    expect(samples.map(({ device, value }) => [device, value])).toEqual([
      ['a/1/temperature', 20.5],
      ['a/2/temperature', 9.5],
      ['b/1/humidity', 50],
    ]);
  });

  it('sums are offered beside the value, base added', () => {
    const { samples } = decode([{ n: 'w/flow', bs: 100, s: 5, v: 2 }]);
    expect(samples.map(({ metric, value }) => [metric, value])).toEqual([
      ['x.flow', 2],
      ['x.flow.sum', 105],
    ]);
  });

  it.each([
    [true, 1],
    [false, 0],
  ])('the boolean %s of a water leak is %d', (vb, value) => {
    expect(decode([{ n: 'p/water_leak', vb }]).samples).toMatchObject([
      { metric: 'water_leak', value },
    ]);
  });
});

describe('the examples of RFC 8428, section 5', () => {
  it('5.1.1: one datapoint', () => {
    const pack = [{ n: 'urn:dev:ow:10e2073a01080063', u: 'Cel', v: 23.1 }];
    expect(decode(pack).samples).toMatchObject([{ metric: 'temperature', value: 23.1 }]);
  });

  it('5.1.2: a base name with a colon at its end', () => {
    const { samples } = decode([
      { bn: 'urn:dev:ow:10e2073a01080063:', n: 'voltage', u: 'V', v: 120.1 },
      { n: 'current', u: 'A', v: 1.2 },
    ]);
    expect(samples.map(({ device, metric }) => [device, metric])).toEqual([
      ['urn:dev:ow:10e2073a01080063:voltage', 'x.voltage'],
      ['urn:dev:ow:10e2073a01080063:current', 'x.current'],
    ]);
  });

  it('5.1.2: base time, version and relative times', () => {
    const { samples } = decode([
      {
        bn: 'urn:dev:ow:10e2073a0108006:',
        bt: 1.276020076001e9,
        bu: 'A',
        bver: 5,
        n: 'current',
        v: 1.7,
      },
      { n: 'voltage', u: 'V', v: 120.1 },
      { n: 'current', t: -5, v: 1.2 },
    ]);
    expect(samples.map(({ deviceTime }) => deviceTime)).toEqual([
      1_276_020_076_001, 1_276_020_076_001, 1_276_020_071_001,
    ]);
  });

  it('5.1.3: multiple measurements of one name over time', () => {
    const { samples } = decode([
      { bn: 'urn:dev:ow:10e2073a01080063', bt: 1.320067464e9, bu: '%RH', v: 20 },
      { u: 'lon', v: 24.30621 },
      { t: 60, v: 20.3 },
      { u: '%EL', t: 150, v: 98 },
    ]);
    expect(samples.map(({ metric, value }) => [metric, value])).toEqual([
      ['humidity', 20],
      ['x.10e2073a01080063', 24.30621],
      ['humidity', 20.3],
      ['battery', 98],
    ]);
    expect(samples[2]?.deviceTime).toBe(1_320_067_524_000);
  });
});

describe('SenML fixtures', () => {
  it.each(fixtures('senml').map((fixture) => [fixture.id, fixture] as const))(
    '%s',
    (_, fixture) => {
      const output = senml.decode(inputOf(bytesOf(fixture)), senml.newMemory());
      expect(output.samples).toEqual(
        fixture.expected.map(({ metric, value, device, time }) => ({
          metric,
          value,
          device,
          deviceTime: time === undefined ? undefined : Date.parse(time),
        })),
      );
      expect(output.issues).toEqual([]);
    },
  );
});
