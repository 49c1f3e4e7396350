/** What a credential may be given: topics of its own repository, and of no other that its giver may not enter. */

import { mayEnter, type Principal } from '../../domain/account.ts';
import type { Registry } from '../../domain/registry.ts';
import { patternProblem, patternsMeet } from '../../domain/topic-pattern.ts';

/** Why these patterns can't be given to a device of `repository`, in one sentence; `undefined` when they can. */
export function patternsProblem(q: {
  readonly patterns: readonly string[];
  readonly repository: string;
  readonly by: Principal;
  readonly registry: Registry;
}): string | undefined {
  for (const pattern of q.patterns) {
    const problem = patternProblem(pattern) ?? reachProblem(pattern, q);
    if (problem !== undefined) return `${pattern}: ${problem}`;
  }
  return undefined;
}

function reachProblem(
  pattern: string,
  q: { readonly repository: string; readonly by: Principal; readonly registry: Registry },
): string | undefined {
  const [first, second] = pattern.split('/');
  const isOpen = /^[+#]$/.test(first ?? '') || (first === 'lantai' && second !== q.repository);
  if (isOpen && !q.by.repositories.includes('*')) {
    return `Only topics below lantai/${q.repository}/ and those of other makers may be given.`;
  }
  const sensor = [...q.registry.sensors.values()].find(
    ({ repository, source, retiredAt }) =>
      source !== undefined &&
      retiredAt === undefined &&
      !mayEnter(q.by, repository) &&
      patternsMeet(pattern, source.topic),
  );
  return sensor && 'It reaches topics of a repository that is not yours.';
}
