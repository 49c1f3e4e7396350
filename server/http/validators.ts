/** Two validators: bodies are taken as they are, queries are text and are coerced. */

import { Ajv, type AnySchema, type Options, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';

const strict: Options = { allErrors: false, strict: false, removeAdditional: false };

/**
 * The framework's own validator would turn `{"value": null}` into 0 and drop fields that it does not know. In an
 * archive that is a dead sensor reported as 0 °C, so bodies are never coerced and unknown fields are refused.
 */
export function useStrictValidators(app: FastifyInstance): void {
  app.setValidatorCompiler(strictValidator());
  // Answers are typed by the compiler; a serializer by schema would drop what it does not know.
  app.setSerializerCompiler(() => JSON.stringify);
}

function strictValidator(): FastifySchemaCompiler<object> {
  const body = once(() => withFormats({ ...strict, coerceTypes: false, useDefaults: false }));
  const query = once(() => withFormats({ ...strict, coerceTypes: true, useDefaults: true }));
  return ({ schema, httpPart }) => compiledWhenAsked(httpPart === 'body' ? body : query, schema);
}

/**
 * A route's first request compiles its schema: to compile all of them takes a third of a second, which is the
 * start's. One that can't be compiled answers 500 and lets nothing through.
 */
function compiledWhenAsked(ajv: () => Ajv, schema: AnySchema) {
  const compiled = once((): ValidateFunction => ajv().compile(schema));
  const validate = (value: unknown): boolean => {
    const fits = compiled();
    const isGood = fits(value) as boolean;
    validate.errors = fits.errors ?? null;
    return isGood;
  };
  validate.errors = null as NonNullable<ValidateFunction['errors']> | null;
  return validate;
}

function withFormats(options: Options): Ajv {
  const ajv = new Ajv(options);
  formats.default(ajv);
  return ajv;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
