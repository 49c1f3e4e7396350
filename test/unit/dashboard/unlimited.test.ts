import { describe, expect, it } from 'vitest';
import type { Limit } from '../../../domain/limits.ts';
import type { RoomClass } from '../../../domain/registry.ts';
import { DEFAULT_STANDARDS } from '../../../domain/standards.ts';
import { isUnlimited, wouldBeUnlimited } from '../../../dashboard/src/logic/unlimited.ts';
import { standardsView } from '../../../server/view/standards-view.ts';
import { bookOf, knowledge, TODAY } from '../alerts/limits.ts';
import { limitsInForce } from '../../../alerts/index.ts';
import { room } from './things.ts';

/** Goal: what the dialog says before is what holds after. The truth is the book of limits. */

const { items } = standardsView(knowledge);
const inForce = (roomClass: RoomClass, standards: readonly string[]): readonly Limit[] => {
  const choice = {
    id: 's',
    repository: 'sx',
    room: 'r1',
    standards,
    reason: '试行',
    by: 'manager',
    validFrom: TODAY,
    recordedAt: TODAY,
    origin: 'screen',
  } as const;
  const book = bookOf([choice], [], roomClass);
  return limitsInForce(book, { room: 'sx.r1', at: TODAY, knownAt: TODAY });
};

describe('a room', () => {
  it.each([
    ['paper', DEFAULT_STANDARDS, false],
    ['paper', ['fire-linkage'], true],
    ['paper', ['air-quality:gb-t-18883-2022', 'en-16893-2018'], true],
    ['paper', ['fire-linkage', 'ashrae-2019:a1'], false],
    ['optical', ['jgj-25-2010-dat-87-2021'], false],
    ['object', DEFAULT_STANDARDS, true],
    ['outdoor', DEFAULT_STANDARDS, false],
  ] as const)('of class %s that keeps to %j: unlimited %s', (roomClass, standards, unlimited) => {
    const limits = inForce(roomClass, standards);
    expect(isUnlimited(room({ class: roomClass, limits }))).toBe(unlimited);
    const before = room({ class: roomClass, limits: inForce(roomClass, DEFAULT_STANDARDS) });
    expect(wouldBeUnlimited(before, standards, items)).toBe(unlimited);
  });

  it('that the repository limited itself stays limited', () => {
    const [own] = inForce('paper', DEFAULT_STANDARDS).filter((one) => one.kind === 'range');
    const limits: readonly Limit[] = own ? [{ ...own, origin: 'own' }] : [];
    expect(wouldBeUnlimited(room({ limits }), ['fire-linkage'], items)).toBe(false);
    expect(wouldBeUnlimited(room(), ['fire-linkage'], items)).toBe(true);
  });
});
