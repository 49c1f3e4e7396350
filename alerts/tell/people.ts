/** Whom to tell: the role's people in order; an empty role falls back to the next one. */

import { PERSON_ROLES, type Person, type PersonRole } from '../../domain/registry.ts';

export interface Choice {
  readonly people: readonly Person[];
  /** Nobody of the wanted role can be reached: somebody of this one is told instead. */
  readonly fellBackTo?: PersonRole;
}

/**
 * `first`: the first by order; `next`: the first, by order, who was not told yet, then those of the next roles;
 * `all`. `people` are in order already. Nobody at all can be reached: an empty list.
 */
export function choose(
  people: readonly Person[],
  wanted: { readonly role: PersonRole; readonly who: 'first' | 'next' | 'all' },
  told: ReadonlySet<string>,
): Choice {
  const reachable = people.filter(isReachable);
  const byRole = rolesFrom(wanted.role).map((role) => ({
    role,
    group: reachable.filter((person) => person.role === role),
  }));
  const staffed = byRole.filter(({ group }) => group.length > 0);
  const nearest = staffed[0];
  const first = nearest?.group[0];
  if (!nearest || !first) return { people: [] };
  const fellBack = nearest.role === wanted.role ? {} : { fellBackTo: nearest.role };
  if (wanted.who === 'all') return { people: nearest.group, ...fellBack };
  if (wanted.who === 'first') return { people: [first], ...fellBack };
  const next = staffed.flatMap(({ group }) => group).find((person) => !told.has(person.id));
  return { people: [next ?? first], ...fellBack };
}

/** The role itself, the ones above it, then the ones below, nearest first. */
export function rolesFrom(role: PersonRole): readonly PersonRole[] {
  const at = PERSON_ROLES.indexOf(role);
  return [...PERSON_ROLES.slice(at), ...PERSON_ROLES.slice(0, at).reverse()];
}

/** Who has no channel sees the dashboard, but can't be counted on as told. */
function isReachable(person: Person): boolean {
  return person.email !== undefined || person.webhook !== undefined;
}
