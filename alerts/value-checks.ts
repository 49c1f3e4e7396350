/** Typebox's checks, which most starts do without: they take longer to load than any other package. */

import { createRequire } from 'node:module';
import type { Value } from 'typebox/value';

const load = createRequire(import.meta.url);

/** Checks values against schemas. */
export function valueChecks(): typeof Value {
  return (load('typebox/value') as { readonly Value: typeof Value }).Value;
}
