/** Figures of response: how soon alarms and incidents were seen, steps on time, what stands open. */

import type { AssessmentFigure, IndicatorResult } from '../../domain/assessment.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { HOUR_MS, MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { AlarmEvidence, Evidence } from './evidence.ts';
import type { AssessmentKnowledge, ShareBounds } from './knowledge.ts';
import { judgeShares, ownBound, percent, plain, sharesOf, worstResult } from './results.ts';

/** Alarms, incidents and steps of the period, and the alarms that are open at `now`. */
export function responseFigures(
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
  now: Moment,
): readonly AssessmentFigure[] {
  return [
    ...alarmFigures(evidence, knowledge, now),
    ...incidentFigures(evidence, knowledge, now),
    openFigure(evidence.openAlarms, knowledge, now),
  ];
}

interface Delay {
  readonly startedAt: Moment;
  readonly doneAt?: Moment;
  readonly dueAt: Moment;
}

function alarmFigures(
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
  now: Moment,
): readonly AssessmentFigure[] {
  const names = {
    critical: { zh: '紧急报警响应', en: 'Response to critical alarms' },
    high: { zh: '高级报警响应', en: 'Response to high alarms' },
  } as const;
  const figures = (['critical', 'high'] as const).flatMap((priority) => {
    const bounds = knowledge.thresholds.response[priority];
    const delays = evidence.alarms
      .filter((a) => a.priority === priority)
      .map((a) => delayOf(a.raisedAt, a.seenAt, bounds.acknowledgeWithinMinutes));
    if (delays.length === 0) return [];
    const frame = { id: `alarm-response-${priority}`, name: names[priority], delays };
    return [delayFigure(frame, { bounds, knowledge, now, truncated: evidence.alarmsTruncated })];
  });
  if (figures.length > 0) return figures;
  return [
    nothingHappened('alarm-response', {
      zh: '报警响应',
      en: 'Response to alarms',
    }),
  ];
}

function incidentFigures(
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
  now: Moment,
): readonly AssessmentFigure[] {
  const name: LocalizedText = { zh: '突发事件响应', en: 'Response to incidents' };
  if (evidence.incidents.length === 0) return [nothingHappened('incident-response', name)];
  const { incident, steps } = knowledge.thresholds.response;
  const delays = evidence.incidents.map((i) =>
    delayOf(i.openedAt, i.acknowledgedAt, incident.acknowledgeWithinMinutes),
  );
  const figures = [
    delayFigure(
      { id: 'incident-response', name, delays },
      { bounds: incident, knowledge, now, truncated: false },
    ),
  ];
  const stepDelays = evidence.incidents.flatMap((i) =>
    i.steps.map(({ dueAt, recordedAt }) => ({
      startedAt: i.openedAt,
      dueAt,
      ...(recordedAt === undefined ? {} : { doneAt: recordedAt }),
    })),
  );
  if (stepDelays.length === 0) return figures;
  const stepName: LocalizedText = { zh: '预案步骤按时完成', en: 'Steps of plans on time' };
  const frame = { id: 'steps-on-time', name: stepName, delays: stepDelays };
  return [...figures, delayFigure(frame, { bounds: steps, knowledge, now, truncated: false })];
}

function delayOf(startedAt: Moment, doneAt: Moment | undefined, withinMinutes: number): Delay {
  const dueAt = startedAt + withinMinutes * MINUTE_MS;
  return doneAt === undefined ? { startedAt, dueAt } : { startedAt, dueAt, doneAt };
}

/** Late is what was done after its time or was not done although its time is over; what still has time is left out. */
function delayFigure(
  frame: { readonly id: string; readonly name: LocalizedText; readonly delays: readonly Delay[] },
  by: {
    readonly bounds: ShareBounds;
    readonly knowledge: AssessmentKnowledge;
    readonly now: Moment;
    readonly truncated: boolean;
  },
): AssessmentFigure {
  const decided = frame.delays.filter((d) => d.doneAt !== undefined || d.dueAt < by.now);
  const inTime = decided.filter((d) => d.doneAt !== undefined && d.doneAt <= d.dueAt).length;
  const late = decided.length - inTime;
  const never = decided.filter((d) => d.doneAt === undefined).length;
  const shares = sharesOf({ inRange: inTime, outOfRange: late, cannotShow: 0 });
  const judged = judgeShares(shares, by.bounds);
  const median = medianOf(
    decided.flatMap((d) => (d.doneAt === undefined ? [] : [d.doneAt - d.startedAt])),
  );
  const seconds = median === undefined ? undefined : median / 1000;
  return {
    id: frame.id,
    name: frame.name,
    ...(seconds === undefined ? {} : { value: seconds }),
    unit: 's',
    shares,
    limits: [ownBound('late-share', by.bounds.dangerAbove, by.knowledge.ownCitation)],
    result: by.truncated ? worstResult([judged, 'cannot-show']) : judged,
    why: {
      zh: `${decided.length} 次中按时 ${inTime}，逾期 ${late}（其中 ${never} 次至今未处理），逾期 ${percent(shares.outOfRange)}${seconds === undefined ? '' : `；中位用时 ${plain(seconds)} 秒`}。`,
      en: `Of ${decided.length}: ${inTime} in time, ${late} late (${never} still not done), late ${percent(shares.outOfRange)}${seconds === undefined ? '' : `; median ${plain(seconds)} s`}.`,
    },
  };
}

function nothingHappened(id: string, name: LocalizedText): AssessmentFigure {
  return {
    id,
    name,
    value: 0,
    unit: '',
    result: 'cannot-show',
    why: {
      zh: '期内没有发生，响应能力无从证明。',
      en: 'There was none in the period, so no response could be shown.',
    },
  };
}

function openFigure(
  open: readonly AlarmEvidence[],
  knowledge: AssessmentKnowledge,
  now: Moment,
): AssessmentFigure {
  const bounds = knowledge.thresholds.openAlarms;
  const criticalMs = bounds.highDangerWhenCriticalUnacknowledgedHours * HOUR_MS;
  const highMs = bounds.dangerWhenHighOpenHours * HOUR_MS;
  const unattended = open.filter(
    (a) => a.priority === 'critical' && !a.acknowledged && now - a.raisedAt > criticalMs,
  );
  const pressing = open.filter(
    (a) => a.priority === 'critical' || (a.priority === 'high' && now - a.raisedAt > highMs),
  );
  const result: IndicatorResult =
    unattended.length > 0 ? 'high-danger' : pressing.length > 0 ? 'danger' : 'none-found';
  const oldest = open.reduce((age, a) => Math.max(age, now - a.raisedAt), 0) / HOUR_MS;
  return {
    id: 'open-alarms',
    name: { zh: '未关闭的报警', en: 'Open alarms' },
    value: open.length,
    unit: '',
    limits: [
      ownBound(
        'critical-unacknowledged-hours',
        bounds.highDangerWhenCriticalUnacknowledgedHours,
        knowledge.ownCitation,
      ),
      ownBound('high-open-hours', bounds.dangerWhenHighOpenHours, knowledge.ownCitation),
    ],
    result,
    why: {
      zh: `${open.length} 条未关闭，最久 ${plain(oldest)} 小时；紧急且久未确认 ${unattended.length} 条，须尽快处理 ${pressing.length} 条。`,
      en: `${open.length} open, the oldest for ${plain(oldest)} h; ${unattended.length} critical and long unacknowledged, ${pressing.length} pressing.`,
    },
  };
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}
