/**
 * Paths into a message: `a.b`, `a[0]`, `a[*]`, one `*` in a key (`temperature:*`, `*.Temperature`), `["a.b"]` for a key
 * with dots. `.` is the record itself; `^.a` begins at the whole message, `<.a` at the object around the record.
 * No regular expressions, no recursion: the time is linear in what is looked at, and what is found is bounded.
 */

import { say, type Said, type SentenceName } from '../../domain/sentences.ts';
import { MATCHES_MAX } from './bounds.ts';

type PathTrouble = Extract<SentenceName, `path-${string}`>;

type Step =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'glob'; readonly before: string; readonly after: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'all' };

export interface Path {
  readonly text: string;
  /** `root`: the whole message; a number: so many objects above the record, 0 the record itself. */
  readonly from: 'root' | number;
  readonly steps: readonly Step[];
}

export interface Match {
  readonly value: unknown;
  /** The key that a `*` matched last. */
  readonly key: string | undefined;
}

/** Where paths begin: a record, what is around it (nearest first), and the whole message. */
export interface Scope {
  readonly record: unknown;
  readonly around: readonly unknown[];
  readonly root: unknown;
}

export interface Expanded extends Scope {
  readonly key: string | undefined;
}

/** The path; or a sentence that says what is wrong with it. */
export function compilePath(text: string): Path | Said {
  let from: Path['from'] = 0;
  let rest = text.trim();
  if (rest.startsWith('^')) {
    from = 'root';
    rest = rest.slice(1);
  } else {
    while (rest.startsWith('<')) {
      from = (from as number) + 1;
      rest = rest.slice(1);
    }
  }
  const steps: Step[] = [];
  if (rest === '.') rest = '';
  while (rest.length > 0) {
    const step = stepAt(rest);
    if (typeof step === 'string') return say(step, { path: JSON.stringify(text) });
    steps.push(step.step);
    rest = rest.slice(step.length);
  }
  return { text, from, steps };
}

function stepAt(rest: string): { readonly step: Step; readonly length: number } | PathTrouble {
  if (rest.startsWith('[')) return bracketAt(rest);
  const dot = rest.startsWith('.') ? 1 : 0;
  let end = dot;
  while (end < rest.length && rest[end] !== '.' && rest[end] !== '[') end++;
  const name = rest.slice(dot, end);
  if (name.length === 0) return dot && rest[1] === '[' ? stepAt(rest.slice(1)) : 'path-empty-part';
  const star = name.indexOf('*');
  if (star < 0) return { step: { kind: 'key', key: name }, length: end };
  if (name.includes('*', star + 1)) return 'path-two-stars';
  const step = { kind: 'glob' as const, before: name.slice(0, star), after: name.slice(star + 1) };
  return { step, length: end };
}

function bracketAt(rest: string): { readonly step: Step; readonly length: number } | PathTrouble {
  if (rest.startsWith('["')) {
    const end = rest.indexOf('"]', 2);
    if (end < 0) return 'path-open-bracket';
    return { step: { kind: 'key', key: rest.slice(2, end) }, length: end + 2 };
  }
  const end = rest.indexOf(']');
  const inside = rest.slice(1, end);
  if (end < 0 || !/^(\*|\d{1,4})$/.test(inside)) return 'path-bracket';
  const step: Step = inside === '*' ? { kind: 'all' } : { kind: 'index', index: Number(inside) };
  return { step, length: end + 1 };
}

/** All that the path finds, in order. */
export function findAll(path: Path, scope: Scope): readonly Match[] {
  const start = startOf(path, scope);
  if (path.steps.length === 0) return start === undefined ? [] : [{ value: start, key: undefined }];
  let matches: Match[] = [{ value: start, key: undefined }];
  for (const step of path.steps) {
    const next: Match[] = [];
    for (const match of matches) {
      take(step, match, { into: next, max: MATCHES_MAX });
      if (next.length >= MATCHES_MAX) break;
    }
    matches = next;
    if (matches.length === 0) break;
  }
  return matches;
}

/** The first that the path finds; `undefined`: nothing stands there. */
export function findFirst(path: Path, scope: Scope): unknown {
  let value = startOf(path, scope);
  for (const step of path.steps) {
    if (step.kind === 'key') value = own(value, step.key);
    else if (step.kind === 'index') value = Array.isArray(value) ? value[step.index] : undefined;
    else return findAll(path, scope)[0]?.value;
    if (value === undefined) return undefined;
  }
  return value;
}

/** The records of `each`, with what is around them; `undefined` where there are more than `max`. */
export function expand(path: Path, root: unknown, max: number): readonly Expanded[] | undefined {
  let found: Expanded[] = [{ record: root, around: [], root, key: undefined }];
  for (const step of path.steps) {
    const next: Expanded[] = [];
    for (const one of found) {
      const matches: Match[] = [];
      take(step, { value: one.record, key: one.key }, { into: matches, max: max + 1 });
      // A list is no object around a record: `<` climbs from object to object.
      const around = Array.isArray(one.record) ? one.around : [one.record, ...one.around];
      for (const { value, key } of matches) next.push({ record: value, around, root, key });
      if (next.length > max) return undefined;
    }
    found = next;
  }
  return found.filter((one) => one.record !== undefined);
}

function startOf(path: Path, scope: Scope): unknown {
  if (path.from === 'root') return scope.root;
  return path.from === 0 ? scope.record : scope.around[path.from - 1];
}

interface Found {
  readonly into: Match[];
  readonly max: number;
}

function take(step: Step, match: Match, found: Found): void {
  const { into, max } = found;
  const { value, key } = match;
  if (step.kind === 'key') {
    const there = own(value, step.key);
    if (there !== undefined) into.push({ value: there, key });
  } else if (step.kind === 'index') {
    if (Array.isArray(value) && value.length > step.index)
      into.push({ value: value[step.index], key });
  } else if (step.kind === 'all') {
    if (!Array.isArray(value)) return;
    for (const item of value as unknown[]) {
      if (into.length >= max) return;
      into.push({ value: item, key });
    }
  } else takeGlob(step, value, found);
}

function takeGlob(
  step: { readonly before: string; readonly after: string },
  value: unknown,
  { into, max }: Found,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const name of Object.keys(value)) {
    if (into.length >= max) return;
    if (!globMatches(step, name)) continue;
    into.push({ value: (value as Record<string, unknown>)[name], key: name });
  }
}

/** Whether `name` is `before`, anything, `after`. */
export function globMatches(
  glob: { readonly before: string; readonly after: string },
  name: string,
): boolean {
  return (
    name.length >= glob.before.length + glob.after.length &&
    name.startsWith(glob.before) &&
    name.endsWith(glob.after)
  );
}

function own(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}
