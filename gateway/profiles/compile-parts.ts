/** Paths, conditions and topics of a profile, compiled; and what is wrong with one of them. */

import type { Said } from '../../domain/sentences.ts';
import { compilePath, type Path } from './path.ts';
import type { HandlerEntry } from './schema.ts';
import { compileTopic, type TopicTemplate } from './topic.ts';
import { textOfScalar } from './values.ts';

export interface Condition {
  readonly path: Path;
  /** Texts of what may stand there. */
  readonly values: ReadonlySet<string>;
  /** Nothing, or null, will do. */
  readonly mayBeAbsent: boolean;
}

/** What is wrong with a profile, and where: keys and indices from its top. */
export class ProfileProblem extends Error {
  readonly path: readonly (string | number)[];
  readonly said: Said;
  constructor(path: readonly (string | number)[], said: Said) {
    super(said.why);
    this.said = said;
    this.name = 'ProfileProblem';
    this.path = path;
  }
}

/** Keys and indices from the top of a profile. */
export type At = readonly (string | number)[];

export function topicsOf(
  texts: readonly string[],
  params: Readonly<Record<string, string>>,
  at: At,
): readonly TopicTemplate[] {
  return texts.map((text, i) => {
    const compiled = compileTopic(text, params);
    if ('why' in compiled) throw new ProfileProblem([...at, i], compiled);
    return compiled;
  });
}

export function conditionsOf(
  conditions: HandlerEntry['requireEquals'],
  at: At,
): readonly Condition[] {
  return Object.entries(conditions ?? {}).map(([path, allowed]) => {
    const values = Array.isArray(allowed) ? allowed : [allowed];
    return {
      path: pathOf(path, [...at, path]),
      values: new Set(values.filter((v) => v !== null).map((v) => textOfScalar(v) ?? '')),
      mayBeAbsent: values.includes(null),
    };
  });
}

export function textsOf(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}

export function pathsOf(given: string | readonly string[] | undefined, at: At): readonly Path[] {
  return textsOf(given).map((text) => pathOf(text, at));
}

export function pathOf(text: string, at: At): Path {
  const path = compilePath(text);
  if ('why' in path) throw new ProfileProblem(at, path);
  return path;
}
