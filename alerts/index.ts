/** What other folders may use of alerts/: the engine, its knowledge, limits, and the pure decisions behind them. */

export { createEngine, type EngineKnowledge } from './engine.ts';
export { DEFAULT_SETTINGS, type EngineSettings, type OpeningHours } from './engine-settings.ts';
export type * from './engine-types.ts';
export {
  SHELVE_MS_MAX,
  raiseAlarm,
  step,
  type AlarmEvent,
  type AlarmStep,
} from './alarm-machine.ts';
export { loadKnowledge, type Knowledge } from './knowledge/load-knowledge.ts';
export { loadPlans } from './knowledge/load-plans.ts';
export { loadRules } from './knowledge/load-rules.ts';
export { loadStandards } from './knowledge/load-standards.ts';
export { KnowledgeError, readYaml } from './knowledge/read-yaml.ts';
export { describeRule } from './rules/describe.ts';
export type { Rule, RuleBook, TellingRungs } from './rules/rule-types.ts';
export {
  choiceInForce,
  createLimitBook,
  limitOf,
  limitsInForce,
  type LimitBook,
  type LimitQuestion,
} from './standards/limits-in-force.ts';
export { judgingOf } from './standards/judging.ts';
export {
  catalogueOf,
  entriesFor,
  limitsFor,
  type PackEntry,
  type Standards,
  type StandardsPack,
} from './standards/library.ts';
export { deadlineOf, dueRungs, dueSteps, type DueStep } from './plans/due.ts';
export { lookAtCalendar, type LocalLook } from './calendar/opening.ts';
export { loadCalendar } from './knowledge/load-calendar.ts';
export type { WorkCalendar } from './calendar/calendar.ts';
