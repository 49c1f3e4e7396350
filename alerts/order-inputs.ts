/** Puts what a detector says of itself before what it signals, within one message. */

import type { Reading } from '../domain/reading.ts';
import type { EngineInput } from './engine-types.ts';

/**
 * A message may say `{"smoke":1,"smoke_test":1}` in either order. "In test" must be known before the smoke is judged,
 * or a test is a fire; "out of test" must come after it, or the last test's smoke is one. The same list when there is
 * nothing to move.
 */
export function orderInputs(inputs: readonly EngineInput[]): readonly EngineInput[] {
  if (!inputs.some((input) => flagOf(input) !== undefined)) return inputs;
  const ordered: EngineInput[] = [];
  for (let i = 0; i < inputs.length;) {
    const group = messageAt(inputs, i);
    i += group.length;
    ordered.push(
      ...group.filter((input) => flagOf(input) === 1),
      ...group.filter((input) => flagOf(input) === undefined),
      ...group.filter((input) => flagOf(input) === 0),
    );
  }
  return ordered;
}

// The readings of one message stand together: one sensor, one moment.
function messageAt(inputs: readonly EngineInput[], from: number): readonly EngineInput[] {
  const first = readingOf(inputs[from]);
  let until = from + 1;
  if (first) {
    while (isSameMessage(first, readingOf(inputs[until]))) until += 1;
  }
  return inputs.slice(from, until);
}

function isSameMessage(a: Reading, b: Reading | undefined): boolean {
  return (
    b !== undefined &&
    a.sensor === b.sensor &&
    a.repository === b.repository &&
    a.at === b.at &&
    a.receivedAt === b.receivedAt
  );
}

function readingOf(input: EngineInput | undefined): Reading | undefined {
  return input?.kind === 'reading' ? input.reading : undefined;
}

function flagOf(input: EngineInput): 0 | 1 | undefined {
  if (input.kind !== 'reading') return undefined;
  const { metric, value } = input.reading;
  if (metric !== 'smoke_test' && metric !== 'disabled') return undefined;
  return value === 1 ? 1 : 0;
}
