/** Things for tests of assessments: the period, an assessment of a small archive, alarms, incidents, entries. */

import type { Alarm } from '../../../domain/alarm.ts';
import type { Assessment, AssessmentDraft } from '../../../domain/assessment.ts';
import type { Incident } from '../../../domain/incident.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Moment } from '../../../domain/time.ts';
import { prepareAssessment } from '../../../server/assessments/make.ts';
import { REPOSITORY, smallArchive, type Archive } from './small-archive.ts';

// 01:30 in Shanghai on 22 November; the period is 23 October to 21 November, 720 hours.
export const now = Date.UTC(2026, 10, 21, 17, 30);
export const until = Date.UTC(2026, 10, 21, 16);
export const from = until - 30 * DAY_MS;

export const climate = { id: 'th-1', metrics: ['temperature', 'humidity'] as const };
export const detectors = [
  { id: 'sm-1', metrics: ['smoke'] as const },
  { id: 'sm-2', metrics: ['smoke'] as const },
];

export function assess(archive: Omit<Archive, 'now'>): Promise<Assessment> {
  const services = smallArchive({ now, sensors: sensors(climate), ...archive });
  return prepareAssessment({
    services,
    repository: REPOSITORY,
    by: 'system',
    trigger: 'nightly',
  }).then((prepared) => prepared.assessment);
}

export function sensors(...list: readonly { id: string; metrics: readonly string[] }[]) {
  return list.map((s) => ({ ...s, metrics: [...s.metrics] as never }));
}

export function judgement(assessment: Assessment, indicator: string) {
  const found = assessment.judgements.find((j) => j.indicator === indicator);
  if (!found) throw new Error(`no judgement ${indicator}`);
  return found;
}

export function figure(assessment: Assessment, id: string, subject?: string) {
  const all = assessment.judgements.flatMap((j) => j.figures);
  const found = all.find((f) => f.id === id && (subject === undefined || f.subject === subject));
  if (!found) throw new Error(`no figure ${id}`);
  return found;
}

export function drafts(...entries: readonly (Partial<AssessmentDraft> & { indicator: string })[]) {
  return entries.map((e): AssessmentDraft => ({
    repository: REPOSITORY,
    result: 'none-found',
    note: '现场检查，记录见检查表。',
    by: 'inspector',
    at: now - DAY_MS,
    ...e,
  }));
}

export function latest(metric: 'fault' | 'disabled') {
  return {
    sensor: `${REPOSITORY}.sm-2`,
    room: `${REPOSITORY}.r301`,
    metric,
    value: 1,
    quality: 1,
    at: now,
    receivedAt: now,
    intervalMs: 60_000,
    simulated: false,
  };
}

export function alarm(facts: Partial<Alarm>): Alarm {
  return {
    id: `${REPOSITORY}.a1`,
    repository: REPOSITORY,
    room: 'r301',
    subject: { kind: 'sensor', id: 'th-1' },
    rule: 'temperature-high',
    priority: 'medium',
    safety: false,
    verdict: 'met',
    since: from,
    raisedAt: from + HOUR_MS,
    latching: false,
    citation: { standard: 'JGJ 25-2010', verification: 'copies' },
    title: { zh: '温度高', en: 'Too warm' },
    evidence: [],
    comments: [],
    simulated: false,
    revision: 1,
    ...facts,
  };
}

export function incident(openedAt: Moment): Incident {
  const text = { zh: '步骤', en: 'Step' };
  const within = { text, role: 'duty' as const, afterMs: 0, withinMs: 10 * MINUTE_MS };
  return {
    id: `${REPOSITORY}.i1`,
    repository: REPOSITORY,
    plan: {
      id: 'fire',
      version: 1,
      name: text,
      level: 1,
      steps: [
        { id: 'go', ...within },
        { id: 'call', ...within },
        { id: 'auto', ...within, automatic: true },
      ],
      escalation: [],
      citation: { standard: '本馆自定', verification: 'proposal' },
    },
    level: 1,
    title: text,
    openedAt,
    openedBy: 'system',
    alarms: [],
    acknowledged: { by: '值班员甲', at: openedAt + 2 * MINUTE_MS },
    steps: [
      { id: 'go', outcome: 'done', at: openedAt + 5 * MINUTE_MS },
      { id: 'call', outcome: 'done', at: openedAt + 11 * MINUTE_MS },
    ],
    rungsTold: 0,
    tellings: [],
    levels: [],
    simulated: false,
    revision: 1,
  };
}
