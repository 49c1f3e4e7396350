import { expect, it } from 'vitest';
import { fuzzIntake } from '../../../fuzz/intake.ts';

it('no mutated message is thrown out of the intake, or gives a value that is no number', () => {
  const result = fuzzIntake({ seed: 7, messages: 40_000 });
  expect(result.failures).toEqual([]);
  expect(result.readings).toBeGreaterThan(10_000);
  expect(result.refused).toBeGreaterThan(1_000);
}, 60_000);
