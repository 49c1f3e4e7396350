/** A record with what all its values share, and what its conditions and times say. */

import type { Collector } from './collect.ts';
import type { CompiledProfile, Condition, Handler, Way } from './compile.ts';
import { findFirst, type Path, type Scope } from './path.ts';
import { readDeviceTime } from './times.ts';
import { textOfScalar } from './values.ts';

export interface Frame {
  readonly profile: CompiledProfile;
  readonly way: Way;
  readonly collector: Collector;
}

/** One record, with what all its values share. */
export interface RecordFrame extends Frame {
  readonly handler: Handler;
  readonly scope: Scope;
  readonly variables: Readonly<Record<string, string>>;
  readonly device: string;
  readonly deviceTime: number | undefined;
  readonly historical: boolean;
  readonly sequence: number | undefined;
}

export function timeOf(
  paths: readonly Path[],
  scope: Scope,
  profile: CompiledProfile,
): number | undefined {
  for (const path of paths) {
    const time = readDeviceTime(findFirst(path, scope), profile.offset);
    if (time !== undefined) return time;
  }
  return undefined;
}

/** Whether all of these stand there. */
export function holds(conditions: readonly Condition[], scope: Scope): boolean {
  return conditions.every(({ path, values, mayBeAbsent }) => {
    const found = findFirst(path, scope);
    if (found === undefined || found === null) return mayBeAbsent;
    const text = textOfScalar(found);
    return text !== undefined && values.has(text);
  });
}
