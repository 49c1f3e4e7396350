/** A record with what all its values share, and what its conditions and times say. */

import { NAME_CHARS_MAX } from './bounds.ts';
import type { Collector } from './collect.ts';
import type { CompiledProfile, Handler, Way } from './compile.ts';
import type { Condition } from './compile-parts.ts';
import { findFirst, type Expanded, type Path, type Scope } from './path.ts';
import { readDeviceTime } from './times.ts';
import { fillTemplate } from './topic.ts';
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

/** The first of the paths that finds a text. */
export function firstText(paths: readonly Path[], scope: Scope): string | undefined {
  for (const path of paths) {
    const text = textOfScalar(findFirst(path, scope));
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The record's variables, and which device they make it of. */
export function identityOf(
  record: Expanded,
  { way, handler }: Frame & { readonly handler: Handler },
): {
  readonly variables: Readonly<Record<string, string>>;
  readonly device: string | undefined;
} {
  const variables: Record<string, string> = { ...way.variables };
  if (record.key !== undefined) variables['key'] = record.key;
  for (const [name, paths] of handler.variables) {
    const text = firstText(paths, record);
    if (text !== undefined && text !== '') variables[name] = text;
  }
  const device = fillTemplate(handler.entry.device, variables)?.slice(0, NAME_CHARS_MAX);
  return { variables, device };
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
