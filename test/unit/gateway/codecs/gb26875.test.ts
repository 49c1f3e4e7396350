import { describe, expect, it } from 'vitest';
import { gb26875 } from '../../../../gateway/profiles/codecs/gb26875.ts';
import {
  ackFrame,
  createFrameSplitter,
  FRAME_BYTES_MAX,
  readLocalTime,
} from '../../../../gateway/profiles/codecs/gb26875-frame.ts';
import { readContent } from '../../../../gateway/profiles/codecs/gb26875-objects.ts';
import { bytesOf, chance, componentData, fixtures, gbFrame, inputOf } from './support.ts';

const SMOKE = 42;
const HEAT = 31;
const PUMP = 91;
const DEVICE = '0a0000000000/1/06000100';
const TIME = Date.UTC(2026, 5, 3, 1, 21, 11);

/** A transmitter that reports the states of components, with the metrics and values that come of it. */
function panel(variables: Readonly<Record<string, string>> = {}) {
  const memory = gb26875.newMemory();
  const take = (bytes: Uint8Array) => gb26875.decode(inputOf(bytes, { variables }), memory);
  const report = (type: number, status: number) =>
    Object.fromEntries(
      take(gbFrame({ data: componentData({ type, status }) })).samples.map((sample) => [
        sample.metric,
        sample.value,
      ]),
    );
  return { memory, take, report };
}

const QUIET = { smoke: 0, fault: 0, disabled: 0, smoke_test: 0 };

describe('bytes that are no frame', () => {
  const good = gbFrame({ data: componentData({ type: SMOKE, status: 3 }) });
  const changed = (at: number, byte: number): Buffer => {
    const bytes = Buffer.from(good);
    bytes[at] = byte;
    return bytes;
  };
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a wrong checksum', changed(good.length - 3, good.readUInt8(good.length - 3) ^ 1)],
    ['a flipped bit in the data', changed(40, 0xee)],
    ['a wrong end', changed(good.length - 1, 0x24)],
    ['a length beyond the standard’s', changed(25, 0xff)],
    ['a cut frame', good.subarray(0, -1)],
    ['only starts', Buffer.alloc(3_000, 0x40)],
  ])('%s', (_, bytes) => {
    const output = panel().take(bytes);
    expect(output.refusal?.code).toBe('gb26875-no-frame');
    expect(output.samples).toEqual([]);
  });

  it.each([
    ['no objects', Buffer.from([2, 0])],
    ['fewer bytes than the objects need', Buffer.from([2, 3, 1, 1, 42])],
    [
      'a count of objects that are not there',
      Buffer.concat([Buffer.from([2, 9]), Buffer.alloc(46)]),
    ],
    ['no type', Buffer.alloc(0)],
  ])('a whole frame that holds %s is refused', (_, data) => {
    expect(panel().take(gbFrame({ data })).refusal?.code).toBe('gb26875-short');
  });

  it.each([
    [
      'an analogue value',
      gbFrame({ data: Buffer.concat([Buffer.from([3, 1]), Buffer.alloc(16)]) }),
    ],
    ['an acknowledgement', gbFrame({ data: Buffer.alloc(0), command: 3 })],
    ['a control command', gbFrame({ data: componentData({ type: SMOKE, status: 2 }), command: 1 })],
  ])('%s is no state and no trouble', (_, bytes) => {
    expect(panel().take(bytes)).toMatchObject({ samples: [], issues: [] });
  });
});

describe('a stream of frames', () => {
  const one = gbFrame({ data: componentData({ type: SMOKE, status: 3 }), serial: 1 });
  const two = gbFrame({ data: componentData({ type: HEAT, status: 1 }), serial: 0x1234 });

  it.each([1, 2, 7, 100, 10_000])('is cut right in chunks of %d bytes', (size) => {
    const garbage = Buffer.from('@@@ noise ## @');
    const stream = Buffer.concat([garbage, one, Buffer.from('##@'), two, two, garbage]);
    const splitter = createFrameSplitter();
    const serials: number[] = [];
    for (let at = 0; at < stream.length; at += size) {
      for (const { serial } of splitter.push(stream.subarray(at, at + size))) serials.push(serial);
    }
    expect(serials).toEqual([1, 0x1234, 0x1234]);
    expect(splitter.pendingBytes()).toBeLessThan(FRAME_BYTES_MAX);
  });

  it('a garbled length does not make a fire wait', () => {
    const garbled = Buffer.from(one);
    garbled.writeUInt16LE(1_000, 24);
    const frames = createFrameSplitter().push(Buffer.concat([garbled, two]));
    expect(frames.map(({ serial }) => serial)).toEqual([0x1234]);
  });

  it('keeps no more than a frame of what never ends', () => {
    const splitter = createFrameSplitter();
    const head = one.subarray(0, 24);
    for (let i = 0; i < 2_000; i += 1) {
      splitter.push(Buffer.concat([head, Buffer.from([0, 4, 2])]));
      expect(splitter.pendingBytes()).toBeLessThan(FRAME_BYTES_MAX);
    }
    expect(splitter.skippedBytes()).toBeGreaterThan(50_000);
  });

  it('finds every frame between random bytes', () => {
    const next = chance(26875);
    for (let round = 0; round < 200; round += 1) {
      const noise = Buffer.from(
        Array.from({ length: next(60) }, () => (next(3) ? 0x40 : next(256))),
      );
      const splitter = createFrameSplitter();
      const frames = splitter.push(Buffer.concat([noise, one, noise, two]));
      expect(frames.map(({ serial }) => serial)).toEqual([1, 0x1234]);
    }
  });
});

describe('a test is not a fire, and a fire is not a test', () => {
  it('a fire without bit 0 alarms while the transmitter has not shown what bit 0 is to it', () => {
    expect(panel().report(SMOKE, 0x0002)).toEqual({ smoke: 1 });
  });

  it('a transmitter that says 1 for normal and 2 for fire is never taken for one that tests', () => {
    const { report } = panel();
    expect(report(SMOKE, 0x0001)).toEqual(QUIET);
    expect(report(SMOKE, 0x0002)).toEqual({ smoke: 1 });
    expect(report(SMOKE, 0x0001)).toEqual(QUIET);
    expect(report(SMOKE, 0x0002)).toEqual({ smoke: 1 });
  });

  it('one that has sent bit 0 beside another means its tests', () => {
    const { report } = panel();
    expect(report(SMOKE, 0x0005)).toEqual({ fault: 1 });
    expect(report(SMOKE, 0x0002)).toEqual({ smoke_test: 1, fault: 0 });
  });

  it('a test says nothing of the fire before it', () => {
    const { report } = panel();
    report(SMOKE, 0x0003);
    expect(report(SMOKE, 0x0002)).toEqual({ smoke_test: 1 });
    expect(report(SMOKE, 0x0001)).toEqual(QUIET);
  });

  it.each([
    ['always', 0x0002, { smoke_test: 1 }],
    ['always', 0x0006, { smoke: 1, fault: 1 }],
    ['never', 0x0002, { smoke: 1 }],
    ['never', 0x0000, QUIET],
  ])('by hand: testState %s, status %d', (testState, status, states) => {
    expect(panel({ testState }).report(SMOKE, status)).toEqual(states);
  });

  it('nothing set at all is a test without fire', () => {
    expect(panel().report(SMOKE, 0x0000)).toEqual({ ...QUIET, smoke_test: 1 });
    expect(panel().report(PUMP, 0x0000)).toEqual({ heat: 0, fault: 0, disabled: 0 });
  });

  it.each([0x0004, 0x0008, 0x0100])('a trouble without bit 0 (%d) is no test', (status) => {
    expect(panel().report(SMOKE, status)).not.toHaveProperty('smoke_test');
  });
});

describe('component states', () => {
  it.each([
    ['fire', SMOKE, 0x0003, { smoke: 1 }],
    ['fault', SMOKE, 0x0005, { fault: 1 }],
    ['power fault', SMOKE, 0x0101, { fault: 1 }],
    ['shielded', SMOKE, 0x0009, { disabled: 1 }],
    ['fire and shielded', SMOKE, 0x000b, { smoke: 1, disabled: 1 }],
    ['supervisory, started, feedback, delayed', SMOKE, 0x00f1, QUIET],
    ['normal', SMOKE, 0x0001, QUIET],
    ['heat detector', HEAT, 0x0003, { heat: 1 }],
    ['manual call point', 23, 0x0003, { heat: 1 }],
    ['smoke and heat', 51, 0x0003, { smoke: 1 }],
    ['light and heat', 52, 0x0003, { heat: 1 }],
    ['light and smoke', 53, 0x0003, { smoke: 1 }],
    ['flame', 62, 0x0003, { heat: 1 }],
    ['no given type', 0, 0x0003, { heat: 1 }],
  ])('%s', (...[, type, status, states]) => {
    expect(panel().report(type, status)).toEqual(states);
  });

  it('a bit that goes back to 0 is told', () => {
    const { report } = panel();
    report(SMOKE, 0x0003);
    expect(report(SMOKE, 0x0009)).toEqual({ smoke: 0, disabled: 1 });
    expect(report(SMOKE, 0x0001)).toEqual(QUIET);
  });

  it('after a restart a normal report ends the fire', () => {
    panel().report(SMOKE, 0x0003);
    expect(panel().report(SMOKE, 0x0001)).toEqual(QUIET);
  });

  it('a repeated frame has the same serial', () => {
    const { take } = panel();
    const bytes = gbFrame({ data: componentData({ type: SMOKE, status: 3 }), serial: 777 });
    expect(take(bytes).samples).toEqual(take(bytes).samples);
    expect(take(bytes).samples).toEqual([
      { device: DEVICE, metric: 'smoke', value: 1, deviceTime: TIME, sequence: 777 },
    ]);
  });

  it('several objects in a frame, and several frames in a message', () => {
    const first = componentData({ type: SMOKE, status: 3 });
    const second = componentData({ type: HEAT, status: 3, address: '07000100' });
    const data = Buffer.concat([Buffer.from([2, 2]), first.subarray(2), second.subarray(2)]);
    const { samples } = panel().take(Buffer.concat([gbFrame({ data }), gbFrame({ data: second })]));
    expect(samples.map(({ device, metric }) => `${device} ${metric}`)).toEqual([
      `${DEVICE} smoke`,
      '0a0000000000/1/07000100 heat',
      '0a0000000000/1/07000100 heat',
    ]);
  });

  it('an object without its time is read', () => {
    const data = componentData({ type: SMOKE, status: 3 }).subarray(0, 42);
    expect(panel().take(gbFrame({ data })).samples).toMatchObject([
      { metric: 'smoke', value: 1, deviceTime: undefined },
    ]);
  });

  it('the frame that others give as example is a fire: bit 1 alone', () => {
    const frame =
      '404000000101180d11160a140000000000000605040302013000020201010300d90006000200' +
      'a3c1c7f8a3b1b2e3dfc8b2b8d7dfc0c800000000000000000000000000000030121301081468' +
      '2323';
    const bytes = Buffer.from(frame, 'hex');
    const [read] = createFrameSplitter().push(bytes);
    const content = read && readContent(read);
    if (content?.kind !== 'states') throw new Error('no states');
    expect(content.objects[0]).toMatchObject({
      statusWords: ['fire'],
      description: 'Ａ区１层呷哺走廊',
    });
    expect(panel().take(bytes).samples).toMatchObject([{ metric: 'heat', value: 1 }]);
  });
});

describe('system and transmitter states', () => {
  const systemData = (status: number): Buffer =>
    Buffer.from([1, 1, 1, 3, status & 255, status >> 8, 11, 21, 9, 3, 6, 26]);

  it.each([
    [0x0003, [['heat', 1]]],
    [0x0101, [['mains_lost', 1]]],
    [0x0201, [['fault', 1]]],
    [0x0401, [['fault', 1]]],
    [
      0x3801,
      [
        ['heat', 0],
        ['fault', 0],
        ['disabled', 0],
        ['mains_lost', 0],
        ['smoke_test', 0],
      ],
    ],
  ])('system status %d', (status, states) => {
    const { samples } = panel().take(gbFrame({ data: systemData(status) }));
    expect(samples.map(({ metric, value }) => [metric, value])).toEqual(states);
    expect(samples[0]?.device).toBe('0a0000000000/3');
  });

  it.each([
    [0x03, [['heat', 1]]],
    [0x09, [['mains_lost', 1]]],
    [0x41, [['fault', 1]]],
  ])('transmitter status %d', (status, states) => {
    const data = Buffer.from([21, 1, status, 11, 21, 9, 3, 6, 26]);
    const { samples } = panel().take(gbFrame({ data }));
    expect(samples.map(({ metric, value }) => [metric, value])).toEqual(states);
    expect(samples[0]?.device).toBe('0a0000000000');
  });
});

describe('times, texts and acknowledgements', () => {
  it.each([
    ['six zeros name none', [0, 0, 0, 0, 0, 0], undefined],
    ['the 31st of June', [0, 0, 0, 31, 6, 26], NaN],
    ['hour 24', [0, 0, 24, 1, 6, 26], NaN],
    ['month 0', [1, 1, 1, 1, 0, 26], NaN],
    ['too short', [1, 1], undefined],
    ['a leap day', [59, 59, 23, 29, 2, 28], Date.UTC(2028, 1, 29, 23, 59, 59)],
  ])('%s', (_, bytes, at) => {
    expect(readLocalTime(Uint8Array.from(bytes))).toEqual(at);
  });

  it('a time that is none can not be read, and the fire stays', () => {
    const data = componentData({ type: SMOKE, status: 3, time: [1, 1, 1, 1, 13, 26] });
    expect(panel().take(gbFrame({ data })).samples).toMatchObject([{ value: 1, deviceTime: NaN }]);
  });

  it('an acknowledgement is the frame’s serial with the addresses exchanged', () => {
    const [frame] = createFrameSplitter().push(
      gbFrame({ data: Buffer.from([28, 1]), serial: 0x0201 }),
    );
    if (!frame) throw new Error('no frame');
    const ack = ackFrame(frame, Date.UTC(2026, 5, 3, 9, 22, 0));
    expect(Buffer.from(ack).toString('hex')).toBe(
      [
        '4040',
        '0102',
        '0100',
        '00160903061a',
        '010000000000',
        '0a0000000000',
        '0000',
        '03',
        '54',
        '2323',
      ].join(''),
    );
    expect(createFrameSplitter().push(ack)).toMatchObject([{ serial: 0x0201, command: 3 }]);
  });
});

describe('GB/T 26875.3 fixtures', () => {
  it.each(fixtures('gb26875').map((fixture) => [fixture.id, fixture] as const))(
    '%s',
    (_, fixture) => {
      const { samples, refusal } = panel().take(bytesOf(fixture));
      expect(refusal).toBeUndefined();
      expect(
        samples.map(({ metric, value, deviceTime }) => ({ metric, value, deviceTime })),
      ).toEqual(
        fixture.expected.map(({ metric, value, time }) => ({
          metric,
          value: Number(value),
          deviceTime: Date.parse(time ?? ''),
        })),
      );
      const [frame] = createFrameSplitter().push(bytesOf(fixture));
      const content = frame && readContent(frame);
      if (content?.kind !== 'states') throw new Error('no states');
      const [object] = content.objects;
      expect({
        command: frame?.command,
        type: content.type,
        system_type: object?.systemType,
        system_addr: object?.systemAddress,
        part_type: object?.componentType,
        part_addr: object?.componentAddress,
        checksum_ok: true,
        status: object?.statusWords,
        description: object?.description,
        time_local: new Date(object?.localAsUtc ?? NaN).toISOString().slice(0, 19),
      }).toEqual(fixture.expected_frame);
    },
  );
});
