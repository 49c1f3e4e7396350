import { describe, expect, it } from 'vitest';
import {
  readFields,
  signedOf,
  unsignedOf,
} from '../../../../gateway/profiles/codecs/protobuf-wire.ts';
import {
  asksRebirth,
  bdSeq,
  BOOLEAN,
  born,
  FLOAT,
  host,
  INT32,
  smoke,
  T,
  temperature,
} from './sparkplug-host.ts';
import { sparkplug } from './support.ts';

describe('what is no Sparkplug message', () => {
  const payload = sparkplug({ timestamp: T, seq: 0 });
  it.each([
    ['another namespace', 'spAv1.0/A/NDATA/gw1', payload, 'sparkplug-topic'],
    ['a type that does not exist', 'spBv1.0/A/NGONE/gw1', payload, 'sparkplug-topic'],
    ['a node type with a device', 'spBv1.0/A/NDATA/gw1/s3', payload, 'sparkplug-topic'],
    ['a device type without one', 'spBv1.0/A/DDATA/gw1', payload, 'sparkplug-topic'],
    ['too many levels', 'spBv1.0/A/DDATA/gw1/s3/x', payload, 'sparkplug-topic'],
    ['an empty node', 'spBv1.0/A/NDATA/', payload, 'sparkplug-topic'],
    ['text', 'spBv1.0/A/NDATA/gw1', Buffer.from('hello'), 'sparkplug-broken'],
    ['a cut metric', 'spBv1.0/A/NDATA/gw1', Buffer.from([0x12, 9, 8]), 'sparkplug-broken'],
    ['an endless number', 'spBv1.0/A/NDATA/gw1', Buffer.alloc(20, 0xff), 'sparkplug-broken'],
    ['a group', 'spBv1.0/A/NDATA/gw1', Buffer.from([0x0b]), 'sparkplug-broken'],
    ['field number 0', 'spBv1.0/A/NDATA/gw1', Buffer.from([0x00, 0x00]), 'sparkplug-broken'],
    [
      'too many metrics',
      'spBv1.0/A/NDATA/gw1',
      Buffer.alloc(20_000, Buffer.from([0x12, 0])),
      'sparkplug-broken',
    ],
  ])('%s', (...[, topic, bytes, code]) => {
    expect(host().hear(topic, bytes).refusal?.code).toBe(code);
  });

  it.each(['spBv1.0/STATE/other', 'spBv1.0/A/NCMD/gw1', 'spBv1.0/A/DCMD/gw1/s3'])(
    '%s is not for us',
    (topic) => {
      expect(host().hear(topic, Buffer.from('{"online":true}'))).toMatchObject({
        samples: [],
        availability: [],
      });
    },
  );
});

describe('data without a birth', () => {
  it('has no meaning: the node is asked for its birth', () => {
    const output = host().ddata({ seq: 5, metrics: [{ alias: 10, float: 20 }] });
    expect(output.refusal?.code).toBe('sparkplug-before-birth');
    expect(output.samples).toEqual([]);
    expect(asksRebirth(output)).toBe(true);
  });

  it('asks no more often than every ten seconds', () => {
    const { ddata, wait } = host();
    expect(asksRebirth(ddata({ seq: 5 }))).toBe(true);
    expect(asksRebirth(ddata({ seq: 6 }))).toBe(false);
    wait(10_000);
    expect(asksRebirth(ddata({ seq: 7 }))).toBe(true);
  });

  it('a host that may not command asks nobody', () => {
    expect(host({ rebirth: 'off' }).ddata({ seq: 5 }).replies).toBeUndefined();
  });

  it('the birth of a device without that of its node is read, and the node asked', () => {
    const output = host().dbirth({ seq: 1, metrics: [temperature] });
    expect(output.samples).toMatchObject([{ metric: 'temperature', value: 18.6 }]);
    expect(asksRebirth(output)).toBe(true);
  });

  it('an alias that no birth names is an issue, and the others are read', () => {
    const output = born().ddata({
      seq: 2,
      metrics: [
        { alias: 99, float: 1 },
        { alias: 12, bool: true },
      ],
    });
    expect(output.samples).toMatchObject([{ metric: 'smoke', value: 1 }]);
    expect(output.issues).toMatchObject([{ kind: 'missing', field: 'alias 99' }]);
    expect(asksRebirth(output)).toBe(true);
  });

  it('a new NBIRTH ends what its devices said before', () => {
    const { nbirth, ddata } = born();
    nbirth({ seq: 0, metrics: [bdSeq(8)] });
    expect(ddata({ seq: 1, metrics: [{ alias: 12, bool: true }] }).refusal?.code).toBe(
      'sparkplug-before-birth',
    );
  });
});

describe('values that are no readings', () => {
  it.each([
    ['null', { isNull: true }, 'missing'],
    ['null with a quality', { isNull: true, quality: 0 }, 'missing'],
    ['no value', {}, 'missing'],
    ['BAD', { float: 19, quality: 0 }, 'source-fault'],
    ['STALE', { float: 19, quality: 500 }, 'stale'],
    ['a quality that does not exist', { float: 19, quality: 7 }, 'source-fault'],
    ['NaN', { float: NaN }, 'missing'],
    ['infinite', { double: Infinity }, 'missing'],
    ['text', { text: 'warm' }, 'not-a-number'],
  ])('%s', (_, value, kind) => {
    const output = born().ddata({ seq: 2, metrics: [{ alias: 10, ...value }] });
    expect(output.samples).toEqual([]);
    expect(output.issues).toMatchObject([{ device: 'A/gw1/s3', kind, field: 'temperature' }]);
  });

  it('a smoke of 2 is no state', () => {
    const output = born().ddata({ seq: 2, metrics: [{ alias: 12, int: 2 }] });
    expect(output).toMatchObject({ samples: [], issues: [{ kind: 'sentinel', field: 'smoke' }] });
  });

  it('what is transient is not kept', () => {
    const output = born().ddata({ seq: 2, metrics: [{ alias: 12, bool: true, transient: true }] });
    expect(output).toMatchObject({ samples: [], issues: [] });
  });

  it('commands and counters of the protocol are not measured', () => {
    const { samples } = host().nbirth({
      seq: 0,
      metrics: [bdSeq(1), { name: 'Node Control/Rebirth', datatype: BOOLEAN, bool: false }],
    });
    expect(samples).toEqual([]);
  });
});

describe('values', () => {
  it.each([
    ['GOOD', { alias: 10, float: 19, quality: 192 }, 'temperature', 19],
    ['a single has seven digits', { alias: 10, float: 18.7 }, 'temperature', 18.7],
    ['a double has all', { alias: 10, double: 18.7000001 }, 'temperature', 18.7000001],
    ['a boolean', { alias: 12, bool: true }, 'smoke', 1],
    ['by name', { name: 'Fire/Smoke', bool: true }, 'smoke', 1],
  ])('%s', (...[, metric, name, value]) => {
    const { samples } = born().ddata({ seq: 2, metrics: [metric] });
    expect(samples).toMatchObject([{ metric: name, value }]);
  });

  it.each([
    [1, 0xfd, -3],
    [1, 0xfffffffd, -3],
    [2, 0xfffd, -3],
    [INT32, 0xfffffffd, -3],
    [7, 0xfffffffd, 0xfffffffd],
    [5, 200, 200],
    [8, 2 ** 40, 2 ** 40],
  ])('datatype %d: %d means %d', (datatype, int, value) => {
    const { dbirth, ddata } = born();
    dbirth({ seq: 2, metrics: [{ name: 'Door/Count', alias: 1, datatype, int: 0 }] });
    expect(ddata({ seq: 3, metrics: [{ alias: 1, int }] }).samples).toMatchObject([
      { metric: 'x.Door/Count', value },
    ]);
  });

  it('64 bits are signed, too', () => {
    const [field] = readFields(Buffer.from([0x08, ...Array(9).fill(0xff), 0x01]), 9) ?? [];
    if (field?.type !== 'varint') throw new Error('no number');
    expect(signedOf(field.wide, 64)).toBe(-1);
    expect(unsignedOf(field.wide)).toBe(2 ** 64);
  });

  it('the time is the metric’s own, else the message’s', () => {
    const metrics = [
      { alias: 10, float: 1, timestamp: T + 5 },
      { alias: 12, bool: true },
    ];
    const { samples } = born().ddata({ timestamp: T + 9, seq: 2, metrics });
    expect(samples.map(({ deviceTime }) => deviceTime)).toEqual([T + 5, T + 9]);
  });

  it('a time beyond all dates can not be read', () => {
    const metrics = [{ alias: 10, float: 1, timestamp: 2 ** 53 }];
    expect(born().ddata({ seq: 2, metrics }).samples[0]?.deviceTime).toBeNaN();
  });

  it('history says that it is', () => {
    const metrics = [{ alias: 12, bool: true, historical: true, timestamp: T - 9 }];
    expect(born().ddata({ seq: 2, metrics }).samples).toMatchObject([
      { metric: 'smoke', value: 1, historical: true, deviceTime: T - 9 },
    ]);
  });

  it('the unit of the birth counts: Fahrenheit becomes ours, volts are no temperature', () => {
    const { dbirth, ddata } = born();
    const metrics = [
      { ...temperature, unit: '°F', float: 64.4 },
      { name: 'Battery', alias: 2, datatype: FLOAT, float: 3.6, unit: 'V' },
      { name: 'Humidity', alias: 3, datatype: FLOAT, float: 1, unit: 'V' },
    ];
    expect(dbirth({ seq: 2, metrics }).samples).toMatchObject([
      { metric: 'temperature', value: 18 },
      { metric: 'battery_voltage', value: 3.6 },
      { metric: 'x.Humidity', value: 1 },
    ]);
    expect(ddata({ seq: 3, metrics: [{ alias: 10, float: 50 }] }).samples[0]?.value).toBe(10);
  });

  it('two of one kind are told apart by their paths', () => {
    const metrics = [
      { ...temperature, name: 'Rack 1/Temperature', alias: 1 },
      { ...temperature, name: 'Rack 2/Temperature', alias: 2 },
    ];
    const { samples } = born().dbirth({ seq: 2, metrics });
    expect(samples.map(({ channel }) => channel)).toEqual(['Rack 1', 'Rack 2']);
  });

  it('a rebirth may give an alias another meaning', () => {
    const { dbirth, ddata } = born();
    dbirth({ seq: 2, metrics: [{ ...smoke, alias: 10 }] });
    expect(ddata({ seq: 3, metrics: [{ alias: 10, bool: true }] }).samples).toMatchObject([
      { metric: 'smoke', value: 1 },
    ]);
    expect(ddata({ seq: 4, metrics: [{ alias: 12, bool: true }] }).samples).toEqual([]);
  });
});
