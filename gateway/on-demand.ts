/** Packages that most starts do without: loaded when they are first needed. */

import { createRequire } from 'node:module';
import type { Ajv } from 'ajv';
import type * as Yaml from 'yaml';

const load = createRequire(import.meta.url);

/** Reads YAML. */
export function yamlReader(): typeof Yaml {
  return load('yaml') as typeof Yaml;
}

/** Compiles schemas. */
export function schemaCompiler(): typeof Ajv {
  return (load('ajv') as { readonly Ajv: typeof Ajv }).Ajv;
}
