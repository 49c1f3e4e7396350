// npm run check: format, lint, types, import rules; each is run, the first failure is the exit status.
import { spawnSync } from 'node:child_process';

const steps = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['types of the browser tests', 'tsc', ['-p', 'test/browser/tsconfig.json']],
  ['types of the dashboard', 'vue-tsc', ['-p', 'dashboard/tsconfig.json']],
  [
    'arrows',
    'depcruise',
    [
      '--config',
      '.dependency-cruiser.cjs',
      'domain',
      'gateway',
      'alerts',
      'server',
      'dashboard',
      'simulators',
    ],
  ],
];

let failed = 0;
for (const [name, command, args] of steps) {
  process.stdout.write(`check: ${name}\n`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
  if (error || status !== 0) {
    process.stdout.write(`check: ${name} failed${error ? `: ${error.message}` : ''}\n`);
    failed += 1;
  }
}
process.stdout.write(
  failed === 0 ? 'check: all clean\n' : `check: ${failed} of ${steps.length} failed\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
