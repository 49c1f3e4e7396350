import { describe, expect, it } from 'vitest';
import { createAckFilter } from '../../../gateway/mqtt/held-stream.ts';

const ack = (id: number): Buffer => Buffer.from([0x40, 2, id >> 8, id & 255]);
const ping = Buffer.from([0xc0, 0]);
const publish = Buffer.concat([Buffer.from([0x32, 0xc8, 0x01]), Buffer.alloc(200, 0x40)]);
const disconnect = Buffer.from([0xe0, 0]);

describe('acknowledgement filter', () => {
  it.each([
    ['only acknowledgements', [ack(1), ack(2), ack(0x4040)], []],
    ['nothing to hold', [ping, publish, disconnect], [ping, publish, disconnect]],
    ['one between others', [publish, ack(7), ping], [publish, ping]],
    ['one first, one last', [ack(1), ping, publish, ack(2)], [ping, publish]],
    ['several runs', [ping, ack(1), ack(2), publish, ack(3), ping], [ping, publish, ping]],
  ])('takes out acknowledgements and nothing else: %s', (_, packets, kept) => {
    const all = Buffer.concat(packets);
    for (const cut of [1, 2, 3, 5, 64, all.length]) {
      const filter = createAckFilter();
      const out: Buffer[] = [];
      for (let i = 0; i < all.length; i += cut) out.push(filter(all.subarray(i, i + cut)));
      expect(Buffer.concat(out)).toEqual(Buffer.concat(kept));
    }
  });
});
