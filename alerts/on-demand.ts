/** Packages that most starts do without: loaded when they are first needed. */

import { createRequire } from 'node:module';
import type { Value } from 'typebox/value';
import type * as Yaml from 'yaml';

const load = createRequire(import.meta.url);

/** Reads YAML. */
export function yamlReader(): typeof Yaml {
  return load('yaml') as typeof Yaml;
}

/** Checks values against schemas. */
export function valueChecks(): typeof Value {
  return (load('typebox/value') as { readonly Value: typeof Value }).Value;
}
