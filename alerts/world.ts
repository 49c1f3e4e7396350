/** What a step does not change: structure, rules and limits, compiled. */

import { EMPTY_CALENDAR, type WorkCalendar } from './calendar/calendar.ts';
import type { World } from './draft.ts';
import { DEFAULT_SETTINGS, type EngineSettings } from './engine-settings.ts';
import type { EngineConfig } from './engine-types.ts';
import { serviceBook } from './handle/quiet-lookup.ts';
import type { RuleBook } from './rules/rule-types.ts';
import { suppressionBook } from './rules/suppression-types.ts';
import type { Standards } from './standards/library.ts';
import { createLimitBook } from './standards/limits-in-force.ts';
import { compile, ofKind } from './state/compile.ts';

/** What the engine judges by, beside the structure. */
export interface EngineKnowledge {
  readonly standards: Standards;
  readonly rules: RuleBook;
  readonly settings?: Partial<EngineSettings>;
  /** Unset: no holidays are known. */
  readonly calendar?: WorkCalendar;
}

/** Compiles what the engine judges by. */
export function worldOf(knowledge: EngineKnowledge, config: EngineConfig): World {
  const { standards, rules } = knowledge;
  const settings = { ...DEFAULT_SETTINGS, ...knowledge.settings };
  const { registry, limitChanges, standardsChoices: choices = [], plans } = config;
  const book = createLimitBook({ registry, standards, changes: limitChanges, choices });
  return {
    registry,
    book,
    homes: compile({ registry, rules, book, settings }),
    rules,
    ruleById: new Map(rules.rules.map((rule) => [rule.id, rule])),
    confirmedFire: ofKind(rules, 'confirmed-fire')[0],
    trustRule: ofKind(rules, 'trust')[0],
    system: new Map(ofKind(rules, 'system').map((rule) => [rule.fault, rule])),
    plans: new Map(plans.map((plan) => [plan.id, plan])),
    serviceReview: ofKind(rules, 'service-review')[0],
    flood: ofKind(rules, 'flood')[0],
    suppressions: suppressionBook(rules.suppressions ?? []),
    outOfService: serviceBook(config.outOfService ?? []),
    settings,
    calendar: knowledge.calendar ?? EMPTY_CALENDAR,
  };
}
