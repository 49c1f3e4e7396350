/** Loads the emergency plans. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../../domain/incident.ts';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { PlanFile } from '../plans/plan-types.ts';
import { KnowledgeError, parseYaml, readYaml } from './read-yaml.ts';

const FOLDER = fileURLToPath(new URL('../plans', import.meta.url));

/** The shipped plans, or those of another folder, by file name. Throws `KnowledgeError` with one sentence. */
export function loadPlans(
  from: { readonly folder?: string; readonly before?: ReadBefore } = {},
): readonly Plan[] {
  const { folder = FOLDER, before = NOTHING_READ_BEFORE } = from;
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const plans = files
    .sort()
    .map((name) => toPlan(readYaml(join(folder, name), PlanFile, before), name));
  const twice = plans.find((plan, i) => plans.findIndex((p) => p.id === plan.id) !== i);
  if (twice) throw new KnowledgeError(`${folder}: the plan ${twice.id} is there twice.`);
  return plans;
}

/** A plan from YAML text, checked in the same way. */
export function parsePlan(text: string, file: string): Plan {
  return toPlan(parseYaml(text, PlanFile, file), file);
}

function toPlan(file: PlanFile, name: string): Plan {
  const ids = new Set(file.steps.map((step) => step.id));
  if (ids.size !== file.steps.length)
    throw new KnowledgeError(`${name}: a step id is there twice.`);
  const waits = file.escalation.map((rung) => rung.afterMinutes);
  if (waits.some((wait, i) => i > 0 && wait < (waits[i - 1] ?? 0))) {
    throw new KnowledgeError(`${name}: the escalation is not in the order of its waits.`);
  }
  const { id, version, level, citation } = file;
  return {
    id,
    version,
    name: file.name,
    level,
    citation,
    steps: file.steps.map(({ afterMinutes, withinMinutes, ...step }) => ({
      ...step,
      afterMs: afterMinutes * MINUTE_MS,
      ...(withinMinutes === undefined ? {} : { withinMs: withinMinutes * MINUTE_MS }),
    })),
    escalation: file.escalation.map(({ afterMinutes, ...rung }) => ({
      ...rung,
      afterMs: afterMinutes * MINUTE_MS,
    })),
  };
}
