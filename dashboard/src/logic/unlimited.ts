/** Rooms whose climate nothing limits: they can't be in range, so they must not look as if they were. */

import type { RoomView } from '../../../domain/api.ts';
import { limitsClimate } from '../../../domain/limits.ts';
import { partsOfStandard, type StandardsPackView } from '../../../domain/standards.ts';

/** Whether neither temperature nor humidity has a limit here; the weather needs none. */
export function isUnlimited(room: Pick<RoomView, 'class' | 'limits'>): boolean {
  return room.class !== 'outdoor' && !limitsClimate(room.limits);
}

/** Whether the room would be unlimited with these standards; what the repository itself limited stays. */
export function wouldBeUnlimited(
  room: Pick<RoomView, 'class' | 'limits'>,
  names: readonly string[],
  packs: readonly StandardsPackView[],
): boolean {
  const own = room.limits.filter((limit) => limit.origin === 'own');
  return (
    room.class !== 'outdoor' && !limitsClimate([...own, ...judgedBy(room.class, names, packs)])
  );
}

function judgedBy(
  roomClass: string,
  names: readonly string[],
  packs: readonly StandardsPackView[],
) {
  return names.flatMap((name) => {
    const { pack, class: own = roomClass } = partsOfStandard(name);
    const entries = packs.find((one) => one.id === pack)?.entries ?? [];
    return entries
      .filter((entry) => entry.judging === 'rule')
      .filter((entry) => entry.for === undefined || entry.for.includes(own));
  });
}
