/** Repositories a principal may see. What is outside is answered like what does not exist. */

import { mayEnter, type Principal } from '../../domain/account.ts';
import { splitQualified } from '../../domain/ids.ts';
import type { Registry } from '../../domain/registry.ts';
import { invalid, notFound } from './errors.ts';

/** The scope as the queries take it. */
export function scopeOf(principal: Principal): readonly string[] | '*' {
  return principal.repositories.includes('*') ? '*' : principal.repositories;
}

/** The scope, narrowed to `repository` where one is asked for; 404 when that is out of sight. */
export function narrowScope(
  principal: Principal,
  repository: string | undefined,
): readonly string[] | '*' {
  if (repository === undefined) return scopeOf(principal);
  if (!mayEnter(principal, repository)) throw notFound('repository');
  return [repository];
}

/** `thing` when it is there and its repository is in sight; else 404, the same for both. */
export function inSight<T extends { readonly repository: string }>(
  principal: Principal,
  thing: T | undefined,
  what: string,
): T {
  if (!thing || !mayEnter(principal, thing.repository)) throw notFound(what);
  return thing;
}

/** 404 unless the qualified id is of a repository in sight. */
export function assertInSight(principal: Principal, id: string, what: string): void {
  const parts = splitQualified(id);
  if (!parts || !mayEnter(principal, parts.repository)) throw notFound(what);
}

/** The repository that is meant: the one named, or the only one in sight. */
export function repositoryMeant(
  registry: Registry,
  principal: Principal,
  named: string | undefined,
): string {
  if (named !== undefined) {
    if (!registry.repositories.has(named) || !mayEnter(principal, named)) {
      throw notFound('repository');
    }
    return named;
  }
  const visible = [...registry.repositories.keys()].filter((id) => mayEnter(principal, id));
  const [only] = visible;
  if (only === undefined) throw notFound('repository');
  if (visible.length > 1) throw invalid('Say which "repository": there are several.');
  return only;
}
