/** What happened at a door, as a device profile tells it. */

import { qualify } from '../../domain/ids.ts';
import type { DoorEvent } from '../profiles/output.ts';
import { takeSaid } from './access.ts';
import type { Refusal } from './draft.ts';
import type { Passage } from './passage.ts';
import { bindingsOf, isChannel, mismatchOf, tellGap, type Journey } from './profiled-journey.ts';
import type { AccessRoute } from './route-types.ts';

export function takeEvent(journey: Journey, event: DoorEvent): 'taken' | 'unbound' | Refusal {
  const { raw, draft } = journey;
  for (const { source: bound, door } of bindingsOf(journey, event.device)) {
    if (!door || !isChannel(bound.channel, event.door)) continue;
    const { repository, id, room } = door;
    const simulated = journey.registry().repositories.get(repository)?.simulated === true;
    const mismatch = mismatchOf(journey, repository, simulated);
    if (mismatch) return mismatch;
    const source = journey.sources(qualify(repository, id));
    const route: AccessRoute = { kind: 'access', repository, id, simulated, room, source };
    const { sequence } = event;
    const deviceTime = event.deviceTime ?? raw.firstReceivedAt;
    takeSaid({ route, raw, draft }, { said: saidOf(event), deviceTime, sequence });
    noteEventGap(journey, event, { raw, draft, route });
    return 'taken';
  }
  return 'unbound';
}

/** The numbers are the controller's; its doors share them. They survive a restart: what was lost meanwhile is told. */
function noteEventGap(
  journey: Journey,
  event: DoorEvent,
  at: Pick<Passage, 'raw' | 'draft'> & { readonly route: AccessRoute },
): void {
  const { sequence } = event;
  if (sequence === undefined || event.historical === true) return;
  let last: number | undefined;
  for (const { door } of bindingsOf(journey, event.device)) {
    if (!door) continue;
    const known = journey.sources(qualify(door.repository, door.id)).lastSequence;
    if (known !== undefined && (last === undefined || known > last)) last = known;
  }
  at.route.source.lastSequence = sequence;
  tellGap(at, at.route.source, { last, sequence });
}

function saidOf(event: DoorEvent) {
  const { event: kind, credential, person, direction, reason } = event;
  return {
    event: kind,
    ...(credential === undefined ? {} : { credential }),
    ...(person === undefined ? {} : { person }),
    ...(direction === undefined ? {} : { direction }),
    ...(reason === undefined ? {} : { reason }),
  };
}
