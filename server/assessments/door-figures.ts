/** Figures of doors: what was forced, held, refused or used out of hours, and which doors prove nothing. */

import type { AssessmentFigure } from '../../domain/assessment.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { DOOR_VIOLATIONS, type DoorViolation, type Evidence } from './evidence.ts';
import type { AssessmentKnowledge } from './knowledge.ts';
import { ownBound } from './results.ts';

const names: Record<DoorViolation, LocalizedText> = {
  forced_open: { zh: '强行开门', en: 'Doors forced' },
  duress: { zh: '胁迫开门', en: 'Opened under duress' },
  tamper: { zh: '门禁被拆动', en: 'Door devices tampered with' },
  held_open: { zh: '门长时间未关', en: 'Doors held open' },
  denied: { zh: '刷卡被拒', en: 'Entries denied' },
  out_of_hours: { zh: '非工作时间出入', en: 'Used out of hours' },
};

const DOORS_NAMED_MAX = 5;

/** One figure for each kind of violation, and one for each door or stack room without evidence. */
export function doorFigures(
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
): readonly AssessmentFigure[] {
  const kinds = DOOR_VIOLATIONS.map((kind) => violationFigure(kind, evidence, knowledge));
  return [...kinds, ...silentDoors(evidence), ...roomsWithoutDoor(evidence)];
}

function violationFigure(
  kind: DoorViolation,
  evidence: Evidence,
  knowledge: AssessmentKnowledge,
): AssessmentFigure {
  const { dangerFrom } = knowledge.thresholds.doors[kind];
  const concerned = evidence.doors.filter((d) => d.violations[kind] > 0);
  const value = concerned.reduce((sum, d) => sum + d.violations[kind], 0);
  const unproven = evidence.doors.length === 0 || evidence.doorsTruncated;
  const listed = concerned
    .slice(0, DOORS_NAMED_MAX)
    .map((d) => `${d.name} ×${d.violations[kind]}`)
    .join(', ');
  return {
    id: `door-${kind.replaceAll('_', '-')}`,
    name: names[kind],
    value,
    unit: '',
    limits: [ownBound(`${kind} (from)`, dangerFrom, knowledge.ownCitation)],
    result: value >= dangerFrom ? 'danger' : unproven ? 'cannot-show' : 'none-found',
    why: {
      zh:
        evidence.doors.length === 0
          ? '没有接入门禁，不能证明。'
          : `期内 ${value} 次${listed === '' ? '' : `（${listed}）`}；${dangerFrom} 次起列为隐患。`,
      en:
        evidence.doors.length === 0
          ? 'No door is connected: cannot be shown.'
          : `${value} in the period${listed === '' ? '' : ` (${listed})`}; a hazard from ${dangerFrom} on.`,
    },
  };
}

/** A controller that says nothing for a whole period may be dead. */
function silentDoors(evidence: Evidence): readonly AssessmentFigure[] {
  return evidence.doors
    .filter((door) => door.events === 0)
    .map((door) => ({
      id: 'door-evidence',
      name: { zh: '门禁记录', en: 'Door records' },
      value: 0,
      unit: '',
      subject: door.door,
      subjectName: door.name,
      result: 'cannot-show' as const,
      why: {
        zh: '期内没有任何记录，不能证明门禁在工作。',
        en: 'Nothing was reported in the period, so it cannot be shown that the door is watched.',
      },
    }));
}

function roomsWithoutDoor(evidence: Evidence): readonly AssessmentFigure[] {
  const withDoor = new Set(evidence.doors.map((d) => d.room));
  return evidence.rooms
    .filter((room) => room.stack && !withDoor.has(room.id))
    .map((room) => ({
      id: 'door-coverage',
      name: { zh: '库门门禁', en: 'Access control of the room' },
      value: 0,
      unit: '',
      subject: room.id,
      result: 'cannot-show' as const,
      why: { zh: '此库房没有接入门禁。', en: 'No door of this room is connected.' },
    }));
}
