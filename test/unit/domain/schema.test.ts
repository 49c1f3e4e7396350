import { Type as Typebox } from 'typebox';
import { expect, it } from 'vitest';
import { Type } from '../../../domain/schema.ts';

/** One of each kind, as they are used here, with options and nested. */
function examples(T: typeof Type) {
  const strict = { additionalProperties: false };
  const word = T.String({ pattern: '^[a-z]+$' });
  const entry = T.Object(
    {
      id: word,
      note: T.Optional(T.String({ minLength: 1, maxLength: 9 })),
      count: T.Integer({ minimum: 1 }),
      on: T.Optional(T.Boolean({ description: 'whether' })),
    },
    strict,
  );
  return {
    entry,
    empty: T.Object({}, { $id: 'Empty' }),
    allOptional: T.Object({ a: T.Optional(T.Number({ exclusiveMinimum: 0 })) }),
    list: T.Array(T.Union([entry, T.Null()], { description: 'either' }), { maxItems: 3 }),
    words: T.Enum(['a', 'b'], { description: 'one of both' }),
    literals: [T.Literal('x', { description: 'd' }), T.Literal(1), T.Literal(true)],
    record: T.Record(T.String(), T.Number(), { maxProperties: 3 }),
    recordOfWords: T.Record(word, T.Array(T.String())),
    recordOfShort: T.Record(T.String({ maxLength: 4 }), T.Boolean()),
    pair: T.Tuple([T.Number(), T.Number()], { title: 'both' }),
    anything: T.Object({ body: T.Unknown(), more: T.Optional(T.Unknown({ title: 'more' })) }),
    without: T.Omit(entry, ['id']),
    withoutStrict: T.Omit(entry, ['id', 'count'], strict),
  };
}

it('writes the JSON that typebox writes, in the same order', () => {
  const ours: Readonly<Record<string, unknown>> = examples(Type);
  const theirs: Readonly<Record<string, unknown>> = examples(Typebox);
  for (const name of Object.keys(theirs)) {
    expect(JSON.stringify(ours[name]), name).toBe(JSON.stringify(theirs[name]));
  }
});

it('leaves a schema that becomes optional as it was', () => {
  const name = Type.String();
  const object = Type.Object({ given: name, maybe: Type.Optional(name) });
  expect(object.required).toEqual(['given']);
});
