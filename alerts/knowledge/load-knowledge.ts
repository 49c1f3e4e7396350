/** Everything the engine needs to know that is shipped as data. */

import type { Plan } from '../../domain/incident.ts';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import type { WorkCalendar } from '../calendar/calendar.ts';
import type { RuleBook } from '../rules/rule-types.ts';
import type { Standards } from '../standards/library.ts';
import { loadCalendar } from './load-calendar.ts';
import { loadPlans } from './load-plans.ts';
import { loadRules } from './load-rules.ts';
import { loadStandards } from './load-standards.ts';
import { KnowledgeError } from './read-yaml.ts';

export interface Knowledge {
  readonly standards: Standards;
  readonly rules: RuleBook;
  readonly plans: readonly Plan[];
  readonly calendar: WorkCalendar;
}

/** Loads the shipped standards, rules and plans. Throws `KnowledgeError` with one sentence. */
export function loadKnowledge(before: ReadBefore = NOTHING_READ_BEFORE): Knowledge {
  const knowledge = {
    standards: loadStandards({ before }),
    rules: loadRules({ before }),
    plans: loadPlans({ before }),
    calendar: loadCalendar(before),
  };
  for (const rule of knowledge.rules.rules) {
    const plan = rule.plan?.id;
    if (plan !== undefined && !knowledge.plans.some((p) => p.id === plan)) {
      throw new KnowledgeError(`rules: ${rule.id} names the plan ${plan}, which does not exist.`);
    }
  }
  return knowledge;
}
