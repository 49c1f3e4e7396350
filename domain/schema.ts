/**
 * Makes the schemas: the few builders of typebox that are used here, with its types and, letter for letter, its JSON.
 * The package itself is 370 modules of which nothing else is needed at run time, and each start would load them all.
 */

import type { Type as Typebox } from 'typebox';

type Builders = Pick<
  typeof Typebox,
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Omit'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Tuple'
  | 'Union'
  | 'Unknown'
>;

type Json = Record<string, unknown>;
type Options = Json | undefined;
type Properties = Readonly<Record<string, Json>>;

/** Marks what an object may lack; never part of the JSON. */
const OPTIONAL = '~optional';

const builders = {
  Array: (items: Json, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly string[], options?: Options) => ({ enum: [...values], ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  Literal: (value: string | number | boolean, options?: Options) => ({
    type: typeof value,
    const: value,
    ...options,
  }),
  Null: (options?: Options) => ({ type: 'null', ...options }),
  Number: (options?: Options) => ({ type: 'number', ...options }),
  Object: objectOf,
  /** As with typebox, what was said of the object beside its properties is not taken over. */
  Omit: (object: { readonly properties: Properties }, names: readonly string[], o?: Options) => {
    const left = Object.entries(object.properties).filter(([name]) => !names.includes(name));
    return objectOf(Object.fromEntries(left), o);
  },
  Optional: (schema: Json) =>
    Object.defineProperty({ ...schema }, OPTIONAL, { value: true, enumerable: false }),
  /** Of a key only its pattern counts, as with typebox. */
  Record: (key: { readonly pattern?: string }, value: Json, options?: Options) => ({
    type: 'object',
    patternProperties: { [key.pattern ?? '^.*$']: value },
    ...options,
  }),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Tuple: (items: readonly Json[], options?: Options) => ({
    type: 'array',
    additionalItems: false,
    items,
    minItems: items.length,
    ...options,
  }),
  Union: (anyOf: readonly Json[], options?: Options) => ({ anyOf, ...options }),
  Unknown: (options?: Options) => ({ ...options }),
};

function objectOf(properties: Properties, options?: Options): Json {
  const required = Object.keys(properties).filter((name) => !isOptional(properties[name]));
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties,
    ...options,
  };
}

function isOptional(schema: Json | undefined): boolean {
  return schema !== undefined && Object.hasOwn(schema, OPTIONAL);
}

/** Their types are typebox's own, which no plain function could declare; a test holds their JSON against it. */
const untyped: unknown = builders;

/** Builders by typebox's names: `Type.Object({ id: Type.String() })`. */
export const Type = untyped as Builders;

export type { Static, TProperties, TSchema } from 'typebox';
