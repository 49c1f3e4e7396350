/** Which doors of a room stand open, since when: from what their controllers say, or from a contact among the sensors. Pure. */

import type { AccessEventKind } from '../../domain/access.ts';
import type { Verdict } from '../../domain/alarm.ts';
import type { Moment } from '../../domain/time.ts';

/** By door or contact: open since then; `0`: closed. One that never said anything is not there. */
export type OpenDoors = Readonly<Record<string, Moment>>;

const SAYS: Partial<Readonly<Record<AccessEventKind, 'open' | 'closed'>>> = {
  door_opened: 'open',
  forced_open: 'open',
  held_open: 'open',
  door_closed: 'closed',
};

/** The same object when the event says nothing new. */
export function doorSaid(
  doors: OpenDoors,
  {
    door,
    event,
    at,
  }: { readonly door: string; readonly event: AccessEventKind; readonly at: Moment },
): OpenDoors {
  const said = SAYS[event];
  if (said === undefined) return doors;
  return setDoor(doors, { door, isOpen: said === 'open', at });
}

/** A door, or a contact, is open or closed now. */
export function setDoor(
  doors: OpenDoors,
  { door, isOpen, at }: { readonly door: string; readonly isOpen: boolean; readonly at: Moment },
): OpenDoors {
  const before = doors[door];
  if (isOpen ? before !== undefined && before > 0 : before === 0) return doors;
  return { ...doors, [door]: isOpen ? at : 0 };
}

/** Whether any door has been open for so long, and which. */
export function openFor(
  doors: OpenDoors,
  now: Moment,
  leastMs: number,
): { readonly verdict: Verdict; readonly doors: readonly string[] } {
  const known = Object.entries(doors);
  if (known.length === 0) return { verdict: 'cannot-tell', doors: [] };
  const open = known.filter(([, since]) => since > 0 && now - since >= leastMs);
  return { verdict: open.length > 0 ? 'met' : 'not-met', doors: open.map(([door]) => door).sort() };
}

export function shiftDoors(doors: OpenDoors, deltaMs: number): OpenDoors {
  const moved = Object.entries(doors).map(
    ([door, since]) => [door, since === 0 ? 0 : since + deltaMs] as const,
  );
  return Object.fromEntries(moved);
}
