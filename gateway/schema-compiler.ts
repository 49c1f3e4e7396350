/** Ajv, which most starts do without before HTTP is there. */

import { createRequire } from 'node:module';
import type { Ajv } from 'ajv';

const load = createRequire(import.meta.url);

/** Compiles schemas. */
export function schemaCompiler(): typeof Ajv {
  return (load('ajv') as { readonly Ajv: typeof Ajv }).Ajv;
}
