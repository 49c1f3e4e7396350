/** Starts Lantai. What was compiled once is kept beside the packages: later starts cost less. */

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', 'lantai');
// A folder that can't be written is no reason not to start: then everything is compiled again.
enableCompileCache(folder);
// The workers and the simulators read it from here.
process.env['NODE_COMPILE_CACHE'] ??= folder;
await import('./start.ts');
