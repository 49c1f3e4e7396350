/** What a credential may be given: topics of its own repository, and of no other that its giver may not enter. */

import { mayEnter, type Principal } from '../../domain/account.ts';
import type { Registry } from '../../domain/registry.ts';
import { usesOf } from '../../gateway/profiles/uses.ts';
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
  return reachesOthers(pattern, q)
    ? 'It reaches topics of a repository that is not yours.'
    : undefined;
}

/** Where a device is named and not a topic, all topics of its profile count. */
function reachesOthers(
  pattern: string,
  { by, registry }: { readonly by: Principal; readonly registry: Registry },
): boolean {
  return usesOf(registry).all.some((use) =>
    [...use.byDevice.values(), ...use.byTopic.values()].flat().some((binding) => {
      const thing = binding.sensor ?? binding.door;
      if (!thing || mayEnter(by, thing.repository)) return false;
      const { topic } = binding.source;
      const topics = topic === undefined ? use.profile.filters : [topic];
      return topics.some((one) => patternsMeet(pattern, one));
    }),
  );
}
