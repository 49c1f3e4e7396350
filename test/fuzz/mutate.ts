/** Messages as broken devices, links and people make them of good ones. Seeded: the same seed gives the same messages. */

/** Numbers in [0, 1): mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

/** Scalars that hurt. */
const ODD: readonly string[] = [
  'null', 'true', 'false', '""', '"nan"', '"NaN"', '"Infinity"', '"-1e999"', '"0x10"', '"1,5"', '" 21.5 "', '"21.5℃"',
  '1e308', '-1e308', '1e999', '9007199254740993', '1e-320', '-0', '0', '85', '-127', '655.35', '4294967296',
  '[]', '{}', '[[[[[[[[[[1]]]]]]]]]]', '{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}',
  '"\\u0000"', '"\\ud800"', '"__proto__"', '"constructor"', '"2026-02-30T25:61:61Z"', '"1970-01-01T00:00:00"',
  '99999999999999999999', '"99999999999999999999"', '-1',
]; // prettier-ignore

type Mutation = (payload: Buffer, random: Random) => Buffer;

/** A JSON scalar or key somewhere in the text becomes something else. */
const swapScalar: Mutation = (payload, random) => {
  const text = payload.toString('latin1');
  const places = [
    ...text.matchAll(
      /(?<=[:[,]\s*)(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g,
    ),
  ];
  if (places.length === 0) return Buffer.from(pick(random, ODD));
  const place = pick(random, places);
  const at = place.index;
  return Buffer.from(
    text.slice(0, at) + pick(random, ODD) + text.slice(at + place[0].length),
    'latin1',
  );
};

const renameKey: Mutation = (payload, random) => {
  const text = payload.toString('latin1');
  const keys = [...text.matchAll(/"([^"\\]{1,40})"\s*:/g)];
  if (keys.length === 0) return payload;
  const [one, other] = [pick(random, keys), pick(random, keys)];
  const name =
    random() < 0.3
      ? pick(random, ['__proto__', 'constructor', 'toString', 'length', '', '*'])
      : other[1];
  return Buffer.from(
    `${text.slice(0, one.index)}"${name}":${text.slice(one.index + one[0].length)}`,
    'latin1',
  );
};

const truncate: Mutation = (payload, random) =>
  payload.subarray(0, Math.floor(random() * payload.length));

const flipBytes: Mutation = (payload, random) => {
  const bytes = Buffer.from(payload);
  const count = 1 + Math.floor(random() * 4);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return bytes;
};

const insertBytes: Mutation = (payload, random) => {
  const at = Math.floor(random() * (payload.length + 1));
  const inserted = pick(random, [
    Buffer.from([0xff, 0xfe]),
    Buffer.from([0xc3]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0x00]),
    Buffer.from([0xb8, 0xdf, 0xce, 0xc2]), // 高温 in GBK
    Buffer.from('\ufeff'),
    Buffer.from('[[[['),
    Buffer.from('}}'),
  ]);
  return Buffer.concat([payload.subarray(0, at), inserted, payload.subarray(at)]);
};

const deep: Mutation = (payload, random) => {
  const levels = 1 + Math.floor(random() * 2_000);
  return Buffer.concat([Buffer.from('['.repeat(levels)), payload, Buffer.from(']'.repeat(levels))]);
};

const wrap: Mutation = (payload, random) =>
  Buffer.concat([
    Buffer.from(
      pick(random, ['{"data":', '[', '{"params":', '"', '{"message":{"event":{"event":']),
    ),
    payload,
    Buffer.from(pick(random, ['}', ']', '"', '}}}', ''])),
  ]);

const repeat: Mutation = (payload, random) => {
  const text = payload.toString('latin1');
  const inner = text.slice(1, -1);
  if (inner.length === 0 || inner.length > 4_000) return payload;
  const times = 2 + Math.floor(random() * 6);
  return Buffer.from(
    text.charAt(0) + Array(times).fill(inner).join(',') + text.charAt(text.length - 1),
    'latin1',
  );
};

const noise: Mutation = (_payload, next) =>
  Buffer.from(Array.from({ length: Math.floor(next() * 200) }, () => Math.floor(next() * 256)));

export const MUTATIONS: readonly (readonly [string, Mutation])[] = [
  ['a scalar', swapScalar],
  ['a scalar', swapScalar],
  ['a scalar', swapScalar],
  ['a key', renameKey],
  ['cut short', truncate],
  ['bytes', flipBytes],
  ['inserted', insertBytes],
  ['deep', deep],
  ['wrapped', wrap],
  ['said again', repeat],
  ['noise', noise],
];

/** One to three mutations of a payload, and their names. */
export function mutate(
  payload: Buffer,
  next: Random,
): { readonly payload: Buffer; readonly how: string } {
  let bytes = payload;
  const names: string[] = [];
  const rounds = next() < 0.7 ? 1 : next() < 0.7 ? 2 : 3;
  for (let i = 0; i < rounds; i++) {
    const [name, mutation] = pick(next, MUTATIONS);
    bytes = mutation(bytes, next);
    names.push(name);
  }
  return { payload: bytes, how: names.join(', ') };
}
