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
export { countsOf } from './kpi/load.ts';
export { recordsOf, sourceOf, type AlarmRecord, type Period } from './kpi/records.ts';
export {
  kpiValues,
  outsideShifts,
  ruleReport,
  rulesIn,
  shiftReport,
  wholeReport,
  type Figures as KpiFigures,
  type KpiQuestion,
  type RuleFigures,
  type ShiftFigures,
  type WholeReport,
} from './kpi/report.ts';
export { DAYS_MIN, judgeKpi, KPI_TARGETS, PRIORITY_CITATION } from './kpi/targets.ts';
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
export { guardOf, type ServiceGuard } from './service-guard.ts';
export { judgingOf } from './standards/judging.ts';
export {
  catalogueOf,
  entriesFor,
  limitsFor,
  type PackEntry,
  type Standards,
  type StandardsPack,
} from './standards/library.ts';
export { lookAtCalendar, type LocalLook } from './calendar/opening.ts';
export { loadCalendar } from './knowledge/load-calendar.ts';
export type { WorkCalendar } from './calendar/calendar.ts';
export {
  deadlineOf,
  dueRungs,
  dueSteps,
  startOf as planStartOf,
  type DueStep,
} from './plans/due.ts';
export { marginOf } from './judge/verdicts.ts';
export { playTrial, type TrialOutcome, type TrialQuestion } from './trial.ts';
