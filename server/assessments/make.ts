/** Makes an assessment: gathers, computes, and commits it together with its journal line. */

import type { Assessment } from '../../domain/assessment.ts';
import { qualify } from '../../domain/ids.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { Put } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import { addDays, localDate, localMoment } from '../jobs/timezone.ts';
import type { Services } from '../services.ts';
import { computeAssessment } from './compute.ts';
import type { EvidenceServices } from './gather-question.ts';
import { gatherEvidence } from './gather.ts';
import { loadAssessmentKnowledge, type AssessmentKnowledge } from './knowledge.ts';

export interface MakeQuestion {
  readonly services: EvidenceServices & Pick<Services, 'newId'>;
  readonly repository: string;
  readonly by: string;
  readonly trigger: Assessment['trigger'];
  /** Unset: `assessmentPeriod`. */
  readonly period?: Period;
  /** Unset: the shipped files. */
  readonly knowledge?: AssessmentKnowledge;
}

export interface Period {
  readonly from: Moment;
  readonly until: Moment;
}

export interface PreparedAssessment {
  readonly assessment: Assessment;
  readonly puts: readonly Put[];
  readonly journal: readonly JournalDraft[];
}

let shipped: AssessmentKnowledge | undefined;

/** The indicators and bounds that are shipped, read once. */
export function shippedKnowledge(): AssessmentKnowledge {
  shipped ??= loadAssessmentKnowledge();
  return shipped;
}

/**
 * The period of an assessment made at `at`: thirty days. The nightly one covers the thirty whole local days
 * before the day of `at`; one on demand ends now and begins thirty local days before.
 */
export function assessmentPeriod(q: {
  readonly at: Moment;
  readonly trigger: Assessment['trigger'];
  readonly timezone: string;
  readonly days: number;
}): Period {
  const today = localDate(q.at, q.timezone);
  const midnight = { hour: 0, minute: 0 };
  const from = localMoment(addDays(today, -q.days), midnight, q.timezone);
  const until = q.trigger === 'on-demand' ? q.at : localMoment(today, midnight, q.timezone);
  return { from, until };
}

/** Gathers and computes, and stores nothing: what is to be committed comes back. */
export async function prepareAssessment(q: MakeQuestion): Promise<PreparedAssessment> {
  const { services, repository } = q;
  const knowledge = q.knowledge ?? shippedKnowledge();
  const timezone = services.registry().repositories.get(repository)?.timezone;
  if (timezone === undefined) throw new Error(`there is no repository "${repository}"`);
  const days = knowledge.thresholds.periodDays;
  const now = services.now();
  const period = q.period ?? assessmentPeriod({ at: now, trigger: q.trigger, timezone, days });
  const evidence = await gatherEvidence({ services, repository, ...period, knowledge });
  const assessment = computeAssessment({
    id: qualify(repository, services.newId()),
    repository,
    by: q.by,
    trigger: q.trigger,
    now,
    ...period,
    evidence,
    drafts: services.queries.assessmentDrafts(repository),
    knowledge,
  });
  return {
    assessment,
    puts: [{ table: 'assessment', mode: 'insert', row: assessment }],
    journal: [journalLine(assessment)],
  };
}

/** Makes one and commits it; resolves after the commit. */
export async function makeAssessment(
  q: Omit<MakeQuestion, 'services'> & {
    readonly services: MakeQuestion['services'] & Pick<Services, 'writer'>;
  },
): Promise<Assessment> {
  const { assessment, puts, journal } = await prepareAssessment(q);
  await q.services.writer.commit({ puts, journal });
  return assessment;
}

function journalLine(assessment: Assessment): JournalDraft {
  return {
    repository: assessment.repository,
    at: assessment.madeAt,
    by: assessment.madeBy,
    action: 'assessment.made',
    subject: assessment.id,
    detail: {
      hash: assessment.hash,
      result: assessment.result,
      trigger: assessment.trigger,
      from: assessment.from,
      until: assessment.until,
    },
  };
}
