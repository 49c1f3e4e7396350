/** `npm run fuzz -- [--messages 1000000] [--seed 1]`: prints figures; exit status 1 when something is not as it must be. */

import { readOptions } from '../support/command-line.ts';
import { fuzzIntake } from './intake.ts';

const values = readOptions('npm run fuzz [-- --messages 1000000] [--seed 20261126]', {
  messages: { type: 'string', default: '1000000' },
  seed: { type: 'string', default: '20261126' },
});
const [messages, seed] = [Number(values.messages), Number(values.seed)];
if (!Number.isSafeInteger(messages) || messages < 1 || !Number.isSafeInteger(seed)) {
  console.error('--messages and --seed are whole numbers.');
  process.exit(2);
}
const startedMs = performance.now();
const result = fuzzIntake({
  seed,
  messages,
  onProgress: (done) => process.stderr.write(`\r${done} of ${messages} …`),
});
process.stderr.write('\r');
const { failures, ...figures } = result;
for (const [name, figure] of Object.entries(figures)) console.log(`${name.padEnd(12)}${figure}`);
console.log(`${'seconds'.padEnd(12)}${Math.round((performance.now() - startedMs) / 1000)}`);
console.log(`${'heap, MB'.padEnd(12)}${Math.round(process.memoryUsage().heapUsed / 2 ** 20)}`);
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(failures.length === 0 ? 'Fuzz: nothing thrown, nothing unexplained.' : 'Fuzz: failed.');
process.exit(failures.length === 0 ? 0 : 1);
