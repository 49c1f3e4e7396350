/** Figures of what watches the rooms: fire detectors, water sensors, climate instruments, now and in the period. */

import type { AssessmentFigure, IndicatorResult } from '../../domain/assessment.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Evidence, InstrumentEvidence, WatchEvidence, WatcherEvidence } from './evidence.ts';
import type { AssessmentKnowledge, WatchBounds } from './knowledge.ts';
import { judgeShares, ownBound, percent, rounded, sharesOf } from './results.ts';

interface Kind {
  readonly id: 'fire-detectors' | 'water-sensors';
  readonly name: LocalizedText;
  readonly bounds: WatchBounds;
  readonly knowledge: AssessmentKnowledge;
}

/** All figures of equipment; the list is by room. */
export function equipmentFigures(
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
): readonly AssessmentFigure[] {
  const { fireDetectors, waterSensors } = knowledge.thresholds;
  const fire: Kind = {
    id: 'fire-detectors',
    name: { zh: '火灾探测器', en: 'Fire detectors' },
    bounds: fireDetectors,
    knowledge,
  };
  const water: Kind = {
    id: 'water-sensors',
    name: { zh: '漏水传感器', en: 'Water sensors' },
    bounds: waterSensors,
    knowledge,
  };
  return [
    ...evidence.fire.flatMap((watch) => watchFigures(watch, fire)),
    ...evidence.water.flatMap((watch) => watchFigures(watch, water)),
    ...evidence.instruments.map((i) => instrumentFigure(i, knowledge)),
    ...outsideFigure(evidence, knowledge),
  ];
}

function watchFigures(watch: WatchEvidence, kind: Kind): readonly AssessmentFigure[] {
  const now = coverageFigure(watch, kind);
  return watch.watchers.length === 0 ? [now] : [now, periodFigure(watch, kind)];
}

function coverageFigure(watch: WatchEvidence, kind: Kind): AssessmentFigure {
  const { required } = kind.bounds;
  const tally = tallyOf(watch.watchers);
  return {
    id: kind.id,
    name: { zh: `${kind.name.zh}（现状）`, en: `${kind.name.en}, now` },
    value: tally.working,
    unit: '',
    subject: watch.room,
    limits: [
      {
        metric: kind.id,
        min: required,
        citation: kind.bounds.citation ?? kind.knowledge.ownCitation,
      },
    ],
    result: coverageResult(watch.watchers, kind.bounds),
    why: {
      zh: `已接入 ${watch.watchers.length} 个，正常 ${tally.working}，故障 ${tally.faulty}，停用 ${tally.disabled}，无信号 ${tally.silent}；要求至少 ${required} 个。`,
      en: `${watch.watchers.length} connected: ${tally.working} working, ${tally.faulty} faulty, ${tally.disabled} disabled, ${tally.silent} silent; at least ${required} required.`,
    },
  };
}

/** A faulty or disabled one is a hazard by itself; a silent one leaves open whether it would raise its alarm. */
function coverageResult(
  watchers: readonly WatcherEvidence[],
  bounds: WatchBounds,
): IndicatorResult {
  if (watchers.length < bounds.required) return bounds.without;
  const tally = tallyOf(watchers);
  if (tally.faulty + tally.disabled > 0) return 'danger';
  return tally.silent > 0 ? 'cannot-show' : 'none-found';
}

function periodFigure(watch: WatchEvidence, kind: Kind): AssessmentFigure {
  const { shown, notShown } = watch.hours;
  const shares = sharesOf({ inRange: shown, outOfRange: 0, cannotShow: notShown });
  const bound = kind.bounds.watchDangerAbove;
  return {
    id: `${kind.id}-watch`,
    name: { zh: `${kind.name.zh}（期内在线）`, en: `${kind.name.en}, in the period` },
    value: rounded(shares.inRange * 100),
    unit: '%',
    subject: watch.room,
    shares,
    limits: [ownBound('not-shown-share', bound, kind.knowledge.ownCitation)],
    result: judgeShares(shares, { dangerAbove: bound }),
    why: {
      zh: `期内 ${percent(shares.inRange)} 的时间有至少 ${kind.bounds.required} 个上报，其余不能证明。`,
      en: `At least ${kind.bounds.required} reported in ${percent(shares.inRange)} of the period; the rest cannot be shown.`,
    },
  };
}

function instrumentFigure(i: InstrumentEvidence, knowledge: AssessmentKnowledge): AssessmentFigure {
  const { citation, without } = knowledge.thresholds.climateInstruments;
  const present = i.temperature.length > 0 && i.humidity.length > 0;
  const working =
    i.temperature.some((w) => w.state === 'working') &&
    i.humidity.some((w) => w.state === 'working');
  const silent = [...i.temperature, ...i.humidity].some((w) => w.state !== 'working');
  const result = !present ? without : working && !silent ? 'none-found' : 'cannot-show';
  const place: LocalizedText = i.outdoor
    ? { zh: '库外', en: 'outside' }
    : { zh: '库房', en: 'room' };
  return {
    id: 'climate-instruments',
    name: { zh: '温湿度记录仪表', en: 'Temperature and humidity instruments' },
    value: new Set([...i.temperature, ...i.humidity].map((w) => w.sensor)).size,
    unit: '',
    subject: i.room,
    limits: [{ metric: 'climate-instruments', min: 1, citation }],
    result,
    why: !present
      ? {
          zh: `${place.zh}缺温度或湿度仪表。`,
          en: `No instrument for temperature, or none for humidity (${place.en}).`,
        }
      : result === 'none-found'
        ? { zh: '仪表均在上报。', en: 'All instruments report.' }
        : { zh: '有仪表无信号或故障。', en: 'An instrument is silent or faulty.' },
  };
}

/** The rules ask for an instrument outside; a repository that declares no outside has none. */
function outsideFigure(
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
): readonly AssessmentFigure[] {
  if (evidence.instruments.some((i) => i.outdoor)) return [];
  const { citation, without } = knowledge.thresholds.climateInstruments;
  return [
    {
      id: 'climate-instruments-outside',
      name: { zh: '库外温湿度记录仪表', en: 'Instruments outside' },
      value: 0,
      unit: '',
      limits: [{ metric: 'climate-instruments', min: 1, citation }],
      result: without,
      why: { zh: '没有登记库外测点。', en: 'No measuring point outside is registered.' },
    },
  ];
}

function tallyOf(watchers: readonly WatcherEvidence[]) {
  const of = (state: WatcherEvidence['state']): number =>
    watchers.filter((w) => w.state === state).length;
  return {
    working: of('working'),
    faulty: of('faulty'),
    disabled: of('disabled'),
    silent: of('silent'),
  };
}
