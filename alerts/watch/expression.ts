/**
 * Expressions in CEL (Common Expression Language) for what no other kind of rule can say. Checked with their types when
 * they are loaded; bounded in size and in work; what is missing makes "cannot tell". The package is loaded with the first.
 */

import { createRequire } from 'node:module';
import type * as Cel from '@marcbachmann/cel-js';
import type { Verdict } from '../../domain/alarm.ts';
import { METRICS, METRIC_NAMES } from '../../domain/metrics.ts';

/** Lists hold what the sensors of the room say; see `docs/rules.md`. */
export type ExpressionValue = number | bigint | boolean | readonly number[];

export type CompiledExpression =
  | {
      readonly ok: true;
      readonly judge: (values: Readonly<Record<string, ExpressionValue>>) => Verdict;
    }
  | { readonly ok: false; readonly problem: string };

/** Nodes of an expression at most; our own proposal. */
const NODES_MAX = 200;
/** A list in a list would be walked as often as it is long. */
const NESTING_MAX = 1;
const LISTS = new Set(['exists', 'all', 'exists_one', 'filter', 'map']);
/** All that may be called; a pattern for `matches` could be walked for ever. */
const CALLS = new Set([...LISTS, 'size', 'double', 'int']);

const compiled = new Map<string, CompiledExpression>();
let environment: Cel.Environment | undefined;

/** The expression, ready; or what is wrong with it, with line and column. */
export function compileExpression(text: string): CompiledExpression {
  const known = compiled.get(text);
  if (known) return known;
  const made = compile(text);
  compiled.set(text, made);
  return made;
}

function compile(text: string): CompiledExpression {
  const { Environment } = createRequire(import.meta.url)('@marcbachmann/cel-js') as typeof Cel;
  environment ??= withVariables(
    new Environment({ limits: { maxAstNodes: NODES_MAX, maxDepth: 30, maxListElements: 50 } }),
  );
  try {
    const parsed = environment.parse(text);
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, problem: placed(text, checked.error) };
    if (checked.type !== 'bool') {
      return { ok: false, problem: `it gives ${String(checked.type)}, not true or false` };
    }
    const refused = refusalOf(parsed.ast, 0);
    if (refused !== undefined) return { ok: false, problem: refused };
    return { ok: true, judge: (values) => judge(parsed, values) };
  } catch (error) {
    return { ok: false, problem: placed(text, error) };
  }
}

// An error of the evaluation is a value that is not there: nobody knows. CEL's own "or" and "and" get over it.
function judge(
  parsed: ReturnType<Cel.Environment['parse']>,
  values: Readonly<Record<string, ExpressionValue>>,
): Verdict {
  try {
    return parsed({ ...values }) === true ? 'met' : 'not-met';
  } catch {
    return 'cannot-tell';
  }
}

function withVariables(environment: Cel.Environment): Cel.Environment {
  for (const metric of METRIC_NAMES) {
    environment.registerVariable(metric, 'list<double>');
    if (METRICS.get(metric)?.kind !== 'number') continue;
    environment.registerVariable(`${metric}_min`, 'double');
    environment.registerVariable(`${metric}_max`, 'double');
  }
  for (const metric of ['temperature', 'humidity']) {
    environment.registerVariable(`${metric}_set_point`, 'double');
  }
  for (const name of ['minute_of_day', 'weekday', 'people_inside']) {
    environment.registerVariable(name, 'int');
  }
  for (const name of ['open', 'day_off', 'any_door_open'])
    environment.registerVariable(name, 'bool');
  return environment;
}

function refusalOf(node: unknown, nesting: number): string | undefined {
  if (Array.isArray(node)) {
    return node.map((one) => refusalOf(one, nesting)).find((problem) => problem !== undefined);
  }
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) {
    return undefined;
  }
  const { op, args } = node;
  const name: unknown = (op === 'call' || op === 'rcall') && Array.isArray(args) ? args[0] : '';
  if (typeof name === 'string' && name !== '') {
    if (!CALLS.has(name)) return `${name}() may not be used`;
    if (LISTS.has(name) && nesting >= NESTING_MAX) return 'a list within a list may not be walked';
    return refusalOf(args, nesting + (LISTS.has(name) ? 1 : 0));
  }
  return refusalOf(args, nesting);
}

function placed(text: string, error: unknown): string {
  const { summary, range } = error as { summary?: string; range?: { start: number } };
  const what = summary ?? (error instanceof Error ? error.message : 'it can not be read');
  if (range === undefined) return what;
  const before = text.slice(0, range.start).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what}`;
}
