#!/usr/bin/env node
// The `lantai` command: finds the pinned runtime, whatever Node started this file, and hands over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runtime = join(root, 'node_modules', 'node', 'bin', 'node');
if (!existsSync(runtime)) {
  process.stderr.write(
    'lantai: the packages are not installed; run "npm ci" in the project folder first.\n',
  );
  process.exit(2);
}
const child = spawn(runtime, [join(root, 'server', 'cli', 'main.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
