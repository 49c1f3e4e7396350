/** From evidence and an inspector's entries to an assessment: pure, so that anyone can do it again. */

import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type {
  Assessment,
  AssessmentDraft,
  AssessmentFigure,
  Indicator,
  IndicatorJudgement,
  IndicatorResult,
} from '../../domain/assessment.ts';
import type { Language, LocalizedText } from '../../domain/text.ts';
import { DAY_MS, type Moment } from '../../domain/time.ts';
import { climateFigures } from './climate-figures.ts';
import { doorFigures } from './door-figures.ts';
import { equipmentFigures } from './equipment-figures.ts';
import type { Evidence } from './evidence.ts';
import type { AssessmentKnowledge } from './knowledge.ts';
import { responseFigures } from './response-figures.ts';
import { worstResult } from './results.ts';

export interface AssessmentInput {
  readonly id: string;
  readonly repository: string;
  readonly by: string;
  readonly trigger: Assessment['trigger'];
  readonly now: Moment;
  readonly from: Moment;
  readonly until: Moment;
  readonly evidence: Evidence;
  readonly drafts: readonly AssessmentDraft[];
  readonly knowledge: AssessmentKnowledge;
}

/** The assessment of the period, with its hash. Its result is the worst of its judgements; weights there are none. */
export function computeAssessment(input: AssessmentInput): Assessment {
  const judgements = input.knowledge.indicators.map((indicator) => judge(indicator, input));
  const unhashed: Omit<Assessment, 'hash'> = {
    id: input.id,
    repository: input.repository,
    madeAt: input.now,
    madeBy: input.by,
    trigger: input.trigger,
    from: input.from,
    until: input.until,
    result: worstResult(judgements.map((j) => j.result)),
    judgements,
    simulated: input.evidence.simulated,
  };
  return { ...unhashed, hash: hashOf(unhashed) };
}

/** Hex SHA-256 over the canonical JSON (RFC 8785) of everything but the hash itself. */
export function hashOf(assessment: Omit<Assessment, 'hash'> & { readonly hash?: string }): string {
  const rest = Object.entries(assessment).filter(([key]) => key !== 'hash');
  const text = canonicalize(Object.fromEntries(rest));
  if (text === undefined) throw new Error('an assessment has no canonical form');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function judge(indicator: Indicator, input: AssessmentInput): IndicatorJudgement {
  const entry = entryFor(indicator, input);
  if (indicator.kind === 'manual') return judgeManual(indicator, entry);
  const beyond = beyondFigure(indicator, entry, input.knowledge);
  const figures = [...namedByRoom(figuresOf(indicator, input), input.evidence), ...beyond];
  const result = worstResult([
    ...figures.map((figure) => figure.result),
    ...(entry.valid === undefined ? [] : [entry.valid.result]),
  ]);
  return {
    indicator: indicator.id,
    result,
    why: reason(figures, result),
    figures,
    ...(entry.valid === undefined ? {} : { manual: manualOf(entry.valid) }),
  };
}

interface Entry {
  /** Has a note, and is not too old. */
  readonly valid?: AssessmentDraft;
  readonly why: LocalizedText;
}

function entryFor(indicator: Indicator, input: AssessmentInput): Entry {
  const draft = input.drafts.find((d) => d.indicator === indicator.id);
  if (draft === undefined) {
    return { why: { zh: '检查人员尚未填写。', en: 'No inspector has entered it.' } };
  }
  if (draft.note.trim() === '') {
    return { why: { zh: '填写时没有说明依据。', en: 'It was entered without a note.' } };
  }
  const { manualValidDays } = input.knowledge.thresholds;
  if (input.now - draft.at > manualValidDays * DAY_MS) {
    return {
      why: {
        zh: `检查人员的填写已超过 ${manualValidDays} 天，不再有效（本馆自定）。`,
        en: `The inspector's entry is older than ${manualValidDays} days and no longer counts (our own bound).`,
      },
    };
  }
  return { valid: draft, why: { zh: draft.note, en: draft.note } };
}

function judgeManual(indicator: Indicator, entry: Entry): IndicatorJudgement {
  return {
    indicator: indicator.id,
    result: entry.valid?.result ?? 'cannot-show',
    why: entry.why,
    figures: [],
    ...(entry.valid === undefined ? {} : { manual: manualOf(entry.valid) }),
  };
}

function manualOf(draft: AssessmentDraft): NonNullable<IndicatorJudgement['manual']> {
  return { result: draft.result, note: draft.note, by: draft.by, at: draft.at };
}

function figuresOf(indicator: Indicator, input: AssessmentInput): readonly AssessmentFigure[] {
  const { evidence, knowledge, now } = input;
  const stack = new Set(evidence.rooms.filter((r) => r.stack).map((r) => r.id));
  const climate = (inStack: boolean): readonly AssessmentFigure[] =>
    evidence.climate
      .filter((c) => stack.has(c.room) === inStack)
      .flatMap((c) => climateFigures(c, knowledge));
  switch (indicator.id) {
    case '1.4':
      return [...equipmentFigures(evidence, knowledge), ...climate(false)];
    case '2.1':
      return climate(true);
    case '2.2':
      return doorFigures(evidence, knowledge);
    case '4.3':
      return responseFigures(evidence, knowledge, now);
    default:
      return [];
  }
}

/** A figure that names no subject itself is about a room: people know it by name. */
function namedByRoom(
  figures: readonly AssessmentFigure[],
  { rooms }: Evidence,
): readonly AssessmentFigure[] {
  return figures.map((figure) => {
    if (figure.subject === undefined || figure.subjectName !== undefined) return figure;
    const room = rooms.find((r) => r.id === figure.subject);
    return room === undefined ? figure : { ...figure, subjectName: room.name };
  });
}

/** What no data can show of a mixed indicator: only an inspector's entry answers it. */
function beyondFigure(
  indicator: Indicator,
  entry: Entry,
  knowledge: AssessmentKnowledge,
): readonly AssessmentFigure[] {
  const name = knowledge.beyondData.get(indicator.id);
  if (name === undefined) return [];
  return [
    {
      id: 'beyond-data',
      name: {
        zh: `数据不能反映的部分：${name.zh}`,
        en: `What data cannot show: ${name.en}`,
      },
      unit: '',
      result: entry.valid?.result ?? 'cannot-show',
      why: entry.why,
    },
  ];
}

const words: Record<IndicatorResult, LocalizedText> = {
  'high-danger': { zh: '高危性安全风险隐患', en: 'a highly dangerous hazard' },
  danger: { zh: '危险性安全风险隐患', en: 'a dangerous hazard' },
  'none-found': { zh: '未发现安全风险隐患', en: 'no hazard found' },
  'cannot-show': { zh: '不能证明', en: 'cannot be shown' },
};

const DECIDING_NAMED_MAX = 3;

function wordsOf(figure: AssessmentFigure, language: Language): string {
  const subject = figure.subjectName ?? figure.subject;
  const name = figure.name[language];
  return subject === undefined ? name : `${subject} ${name}`;
}

/** Which figures decide, and how many. */
function reason(figures: readonly AssessmentFigure[], result: IndicatorResult): LocalizedText {
  const deciding = figures.filter((figure) => figure.result === result);
  const of = (language: Language): string =>
    deciding
      .slice(0, DECIDING_NAMED_MAX)
      .map((f) => wordsOf(f, language))
      .join(language === 'zh' ? '、' : ', ');
  const more = Math.max(0, deciding.length - DECIDING_NAMED_MAX);
  if (deciding.length === 0) {
    return {
      zh: `${words[result].zh}：据检查人员填写。`,
      en: `By the inspector's entry: ${words[result].en}.`,
    };
  }
  return {
    zh: `${words[result].zh}：${of('zh')}${more === 0 ? '' : ` 等 ${deciding.length} 项`}。`,
    en: `${words[result].en}: ${of('en')}${more === 0 ? '' : ` and ${more} more`}.`.replace(
      /^./,
      (first) => first.toUpperCase(),
    ),
  };
}
