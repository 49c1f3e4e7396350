/** Loads the rules and who is told of an alarm; each rule is checked against the schema of its own kind. */

import { fileURLToPath } from 'node:url';
import type { Static } from 'typebox';
import { PRIORITIES } from '../../domain/alarm.ts';
import { METRICS } from '../../domain/metrics.ts';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import {
  RULE_SCHEMAS,
  RuleFile,
  TellingSchema,
  type Rule,
  type RuleBook,
} from '../rules/rule-types.ts';
import { KnowledgeError, checked, parseYaml, readYaml, textAt } from './read-yaml.ts';

const RULES = fileURLToPath(new URL('../rules/default.yaml', import.meta.url));
const TELLING = fileURLToPath(new URL('../rules/telling.yaml', import.meta.url));

/** The shipped rules. Throws `KnowledgeError` with one sentence. */
export function loadRules(
  from: { readonly rules?: string; readonly telling?: string; readonly before?: ReadBefore } = {},
): RuleBook {
  const { rules = RULES, telling: toTell = TELLING, before = NOTHING_READ_BEFORE } = from;
  const telling = readYaml(toTell, TellingSchema, before);
  const what = textAt(rules, { file: RuleFile, kinds: RULE_SCHEMAS });
  const known = before.find(what) as Static<typeof RuleFile> | undefined;
  const file = known ?? parseYaml(what.text, RuleFile, what.name);
  const book = {
    version: file.version,
    rules: toRules(file.rules, { file: 'rules', keepSchema: known !== undefined }),
    telling,
  };
  if (!known) before.keep(what, file);
  return book;
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
  const twice = rules.find((rule, index) => rules.findIndex((r) => r.id === rule.id) !== index);
  if (twice) throw new KnowledgeError(`${file}: the rule ${twice.id} is there twice.`);
  return rules;
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
  if ((rule.kind === 'signal' || rule.kind === 'detector') && !isBinary(rule.metric)) {
    throw new KnowledgeError(`${where}: ${rule.metric} is not a binary metric.`);
  }
  if (rule.kind === 'band' && rule.preWarning && !isGraver(rule, rule.preWarning)) {
    throw new KnowledgeError(`${where}: a pre-warning must be less grave than ${rule.id} itself.`);
  }
  return rule;
}

function isGraver(a: Pick<Rule, 'priority'>, b: Pick<Rule, 'priority'>): boolean {
  return PRIORITIES.indexOf(a.priority) < PRIORITIES.indexOf(b.priority);
}

function kindOf(entry: unknown): Rule['kind'] | undefined {
  if (typeof entry !== 'object' || entry === null || !('kind' in entry)) return undefined;
  const { kind } = entry;
  return typeof kind === 'string' && Object.hasOwn(RULE_SCHEMAS, kind)
    ? (kind as Rule['kind'])
    : undefined;
}

const isBinary = (metric: string): boolean => METRICS.get(metric)?.kind === 'binary';
