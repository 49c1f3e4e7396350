/** Two validators: bodies are taken as they are, queries are text and are coerced. */

import { Ajv, type Options } from 'ajv';
import formats from 'ajv-formats';
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';

const strict: Options = { allErrors: false, strict: false, removeAdditional: false };

/**
 * The framework's own validator would turn `{"value": null}` into 0 and drop fields that it does not know. In an
 * archive that is a dead sensor reported as 0 °C, so bodies are never coerced and unknown fields are refused.
 */
export function useStrictValidators(app: FastifyInstance): void {
  const body = withFormats(new Ajv({ ...strict, coerceTypes: false, useDefaults: false }));
  const query = withFormats(new Ajv({ ...strict, coerceTypes: true, useDefaults: true }));
  const compile: FastifySchemaCompiler<object> = ({ schema, httpPart }) =>
    (httpPart === 'body' ? body : query).compile(schema);
  app.setValidatorCompiler(compile);
  // Answers are typed by the compiler; a serializer by schema would drop what it does not know.
  app.setSerializerCompiler(() => JSON.stringify);
}

function withFormats(ajv: Ajv): Ajv {
  formats.default(ajv);
  return ajv;
}
