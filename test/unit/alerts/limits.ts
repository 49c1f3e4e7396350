/** One room `sx.r1`, what it was made to keep to, and the book that says which limits hold. */

import type { LimitChange } from '../../../domain/limits.ts';
import { EMPTY_REGISTRY, type RoomClass } from '../../../domain/registry.ts';
import type { StandardsChoice } from '../../../domain/standards.ts';
import { createLimitBook, loadKnowledge } from '../../../alerts/index.ts';

export const knowledge = loadKnowledge();
export const TODAY = Date.UTC(2026, 6, 1);

/** A repository's own limit from today on: at most 55 %RH, unless `facts` say otherwise. */
export const change = (facts: Partial<LimitChange>): LimitChange => ({
  id: 'c',
  repository: 'sx',
  room: 'r1',
  metric: 'humidity',
  kind: 'range',
  max: 55,
  reason: '收紧',
  by: 'manager',
  validFrom: TODAY,
  recordedAt: TODAY,
  ...facts,
});

export function bookOf(
  choices: readonly StandardsChoice[],
  changes: readonly LimitChange[] = [],
  roomClass: RoomClass = 'paper',
) {
  const room = { repository: 'sx', id: 'r1', name: 'r1', class: roomClass };
  const registry = { ...EMPTY_REGISTRY, rooms: new Map([['sx.r1', room]]) };
  return createLimitBook({ registry, standards: knowledge.standards, changes, choices });
}
