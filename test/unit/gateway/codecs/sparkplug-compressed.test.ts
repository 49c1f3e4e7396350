import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  bytesField,
  joined,
  varintField,
} from '../../../../gateway/profiles/codecs/protobuf-wire.ts';
import { readPayload } from '../../../../gateway/profiles/codecs/sparkplug-payload.ts';
import { bdSeq, born, host, smoke, T, temperature } from './sparkplug-host.ts';
import { sparkplug } from './support.ts';

const inner = sparkplug({ timestamp: T, seq: 1, metrics: [temperature, smoke] });
const around = (body: Uint8Array, ...more: readonly Uint8Array[]): Uint8Array =>
  joined([...more, bytesField(4, 'SPBV1.0_COMPRESSED'), bytesField(5, body)]);
const algorithm = (word: string): Uint8Array =>
  bytesField(2, joined([bytesField(1, 'algorithm'), varintField(4, 12), bytesField(15, word)]));

describe('a compressed payload', () => {
  it.each([
    ['DEFLATE, unnamed as sparkplug-client sends it', around(deflateSync(inner))],
    ['DEFLATE, named', around(deflateSync(inner), algorithm('DEFLATE'))],
    ['GZIP', around(gzipSync(inner), algorithm('GZIP'))],
  ])('says what is in it: %s', (...[, bytes]) => {
    expect(readPayload(bytes)).toEqual(readPayload(inner));
  });

  it('has the number and the time of the message around it where it has none of its own', () => {
    const bare = deflateSync(sparkplug({ metrics: [smoke] }));
    const outside = [varintField(1, T), varintField(3, 9)];
    expect(readPayload(around(bare, ...outside))).toMatchObject({ timestamp: T, seq: 9 });
    expect(readPayload(around(deflateSync(inner), ...outside))?.seq).toBe(1);
  });

  it('is a birth like another', () => {
    const heard = host();
    heard.nbirth({ seq: 0, metrics: [bdSeq(7)] });
    const output = heard.hear('spBv1.0/A/DBIRTH/gw1/s3', around(deflateSync(inner)));
    expect(output.samples.map(({ metric, value }) => [metric, value])).toEqual([
      ['temperature', 18.6],
      ['smoke', 0],
    ]);
    const data = heard.ddata({ seq: 2, metrics: [{ alias: 12, bool: true }] });
    expect(data.samples).toMatchObject([{ metric: 'smoke', value: 1 }]);
  });

  it.each([
    ['nothing', joined([bytesField(4, 'SPBV1.0_COMPRESSED')])],
    ['what is not compressed', around(inner)],
    ['a part', around(deflateSync(inner).subarray(0, 30))],
    ['something else', around(deflateSync('hello'))],
    ['another compressed one', around(deflateSync(around(deflateSync(inner))))],
    ['more than a birth can have', around(deflateSync(Buffer.alloc(2_000_000)))],
  ])('is refused when it holds %s', (...[, bytes]) => {
    expect(born().hear('spBv1.0/A/DDATA/gw1/s3', bytes).refusal?.code).toBe('sparkplug-broken');
  });

  it('is none when it has another name', () => {
    const bytes = joined([inner, bytesField(4, 'v1'), bytesField(5, Buffer.from('any'))]);
    expect(readPayload(bytes)).toEqual(readPayload(inner));
  });
});
