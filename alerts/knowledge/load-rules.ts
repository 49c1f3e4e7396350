/** Loads the rules and who is told of an alarm; each rule is checked against the schema of its own kind. */

import { fileURLToPath } from 'node:url';
import type { Static } from 'typebox';
import { PRIORITIES } from '../../domain/alarm.ts';
import { METRICS } from '../../domain/metrics.ts';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { compileExpression } from '../watch/expression.ts';
import { conditionProblem } from '../rules/conditions.ts';
import {
  RULE_SCHEMAS,
  RuleFile,
  TellingSchema,
  WordsSchema,
  type Rule,
  type RuleBook,
} from '../rules/rule-types.ts';
import { SuppressionFile, type SuppressionRule } from '../rules/suppression-types.ts';
import { KnowledgeError, checked, parseYaml, readYaml, textAt } from './read-yaml.ts';

const RULES = fileURLToPath(new URL('../rules/default.yaml', import.meta.url));
const LIFE = fileURLToPath(new URL('../rules/life.yaml', import.meta.url));
const SUPPRESSION = fileURLToPath(new URL('../rules/suppression.yaml', import.meta.url));
const WORDS = fileURLToPath(new URL('../rules/words.yaml', import.meta.url));
const TELLING = fileURLToPath(new URL('../rules/telling.yaml', import.meta.url));

/** The shipped rules. Throws `KnowledgeError` with one sentence. */
export function loadRules(
  from: {
    readonly rules?: string;
    readonly telling?: string;
    readonly suppression?: string;
    readonly before?: ReadBefore;
  } = {},
): RuleBook {
  const { rules = RULES, telling: toTell = TELLING, before = NOTHING_READ_BEFORE } = from;
  // Rules of one's own come with no others.
  const isShipped = from.rules === undefined;
  const quiet = from.suppression ?? (isShipped ? SUPPRESSION : undefined);
  const telling = readYaml(toTell, TellingSchema, before);
  const words = readYaml(WORDS, WordsSchema, before);
  const files = (isShipped ? [rules, LIFE] : [rules]).map((path) => readRules(path, before));
  const read = files.flatMap((file) => file.rules);
  refuseTwice(read, 'rules');
  const suppressions =
    quiet === undefined ? [] : readYaml(quiet, SuppressionFile, before).suppressions;
  checkSuppressions(suppressions, read);
  return { version: files[0]?.version ?? 1, rules: read, telling, words, suppressions };
}

function readRules(
  path: string,
  before: ReadBefore,
): { readonly version: number; readonly rules: readonly Rule[] } {
  const what = textAt(path, { file: RuleFile, kinds: RULE_SCHEMAS });
  const known = before.find(what) as Static<typeof RuleFile> | undefined;
  const file = known ?? parseYaml(what.text, RuleFile, what.name);
  const rules = toRules(file.rules, { file: what.name, keepSchema: known !== undefined });
  if (!known) before.keep(what, file);
  return { version: file.version, rules };
}

/** Rules from YAML text, checked in the same way. */
export function parseRules(text: string, file: string): readonly Rule[] {
  return toRules(parseYaml(text, RuleFile, file).rules, { file, keepSchema: false });
}

/** `keepSchema`: they were checked against their schemas before. */
function toRules(
  entries: readonly unknown[],
  { file, keepSchema }: { readonly file: string; readonly keepSchema: boolean },
): readonly Rule[] {
  const rules = entries.map((entry, index) => {
    const where = `${file}, rule ${index + 1}`;
    if (!keepSchema) checkSchema(entry, where);
    return checkSense(entry as Rule, where);
  });
  refuseTwice(rules, file);
  return rules;
}

function refuseTwice(rules: readonly Rule[], file: string): void {
  const twice = rules.find((rule, index) => rules.findIndex((r) => r.id === rule.id) !== index);
  if (twice) throw new KnowledgeError(`${file}: the rule ${twice.id} is there twice.`);
}

function checkSchema(entry: unknown, where: string): void {
  const kind = kindOf(entry);
  if (kind === undefined) {
    const kinds = Object.keys(RULE_SCHEMAS).join(', ');
    throw new KnowledgeError(`${where}: kind must be one of ${kinds}.`);
  }
  checked(entry, RULE_SCHEMAS[kind], where);
}

/** What no schema says. */
function checkSense(rule: Rule, where: string): Rule {
  if (rule.safety && rule.shelvable) {
    throw new KnowledgeError(`${where}: a safety rule (${rule.id}) may not be shelvable.`);
  }
  if (rule.dutyMayShelve && !rule.shelvable) {
    throw new KnowledgeError(
      `${where}: nobody shelves ${rule.id}, so the duty officer may not either (dutyMayShelve).`,
    );
  }
  if ((rule.kind === 'signal' || rule.kind === 'detector') && !isBinary(rule.metric)) {
    throw new KnowledgeError(`${where}: ${rule.metric} is not a binary metric.`);
  }
  if (rule.kind === 'band' && rule.preWarning && !isGraver(rule, rule.preWarning)) {
    throw new KnowledgeError(`${where}: a pre-warning must be less grave than ${rule.id} itself.`);
  }
  if (rule.kind === 'flood' && rule.below > rule.above) {
    throw new KnowledgeError(`${where}: a flood would end before it begins (below, above).`);
  }
  const problem = problemOf(rule);
  if (problem !== undefined) throw new KnowledgeError(`${where}, ${rule.id}: ${problem}.`);
  return rule;
}

function problemOf(rule: Rule): string | undefined {
  if (rule.kind === 'combined') return conditionProblem(rule.condition);
  if (rule.kind !== 'expression') return undefined;
  const compiled = compileExpression(rule.expression);
  return compiled.ok ? undefined : `expression, ${compiled.problem}`;
}

function isGraver(a: Pick<Rule, 'priority'>, b: Pick<Rule, 'priority'>): boolean {
  return PRIORITIES.indexOf(a.priority) < PRIORITIES.indexOf(b.priority);
}

/** Rules that are named are there, nothing quiets a safety rule, and a cause is about what both have in common. */
function checkSuppressions(suppressions: readonly SuppressionRule[], rules: readonly Rule[]): void {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  for (const { id, quiets, while: causes, same } of suppressions) {
    const unknown = [...quiets, ...causes].find((name) => !byId.has(name));
    const where = `suppression ${id}`;
    if (unknown !== undefined) throw new KnowledgeError(`${where}: there is no rule ${unknown}.`);
    const safety = quiets.find((name) => byId.get(name)?.safety);
    if (safety !== undefined) {
      throw new KnowledgeError(`${where}: the safety rule ${safety} may not be suppressed.`);
    }
    const kind = same === 'device' ? 'offline' : 'confirmed-fire';
    const other = causes.find((name) => byId.get(name)?.kind !== kind);
    if (other !== undefined) {
      throw new KnowledgeError(`${where}: ${other} is not about a ${same}.`);
    }
  }
}

function kindOf(entry: unknown): Rule['kind'] | undefined {
  if (typeof entry !== 'object' || entry === null || !('kind' in entry)) return undefined;
  const { kind } = entry;
  return typeof kind === 'string' && Object.hasOwn(RULE_SCHEMAS, kind)
    ? (kind as Rule['kind'])
    : undefined;
}

const isBinary = (metric: string): boolean => METRICS.get(metric)?.kind === 'binary';
