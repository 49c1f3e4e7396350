/** The live state, narrowed to the repository that is looked at. One for the whole dashboard. */

import { computed, ref, type ComputedRef } from 'vue';
import type { Alarm } from '../../../domain/alarm.ts';
import type { RepositoryView } from '../../../domain/api.ts';
import type { Incident } from '../../../domain/incident.ts';
import { startFeed } from '../live/feed.ts';
import * as state from '../live/state.ts';
import { waitsForPerson, worstFirst } from '../logic/alarms.ts';
import { remembered } from './preferences.ts';

const chosen = remembered<string>('lantai.repository', '');
const now = ref(Date.now());
let ticking: number | undefined;
let stop: (() => void) | undefined;

const repository: ComputedRef<RepositoryView | undefined> = computed(
  () => state.repositories.value.find((r) => r.id === chosen.value) ?? state.repositories.value[0],
);
const here = (thing: { readonly repository: string }) =>
  thing.repository === repository.value?.id || thing.repository === 'system';

const openAlarms = computed<readonly Alarm[]>(() =>
  [...state.alarms.values()].filter(here).sort(worstFirst),
);
const waitingAlarms = computed(() => openAlarms.value.filter((a) => waitsForPerson(a, now.value)));
/** What stands out of service here. */
const outOfService = computed(() => state.outOfService.value.filter(here));
const openIncidents = computed<readonly Incident[]>(() =>
  [...state.incidents.values()]
    .filter(here)
    .sort((a, b) => a.level - b.level || a.openedAt - b.openedAt),
);
/** Ids of the repository's rooms; changes only when rooms come or go. */
const roomIds = computed(() => {
  const prefix = `${repository.value?.id ?? ''}.`;
  return [...state.rooms.keys()].filter((id) => id.startsWith(prefix));
});

export function useLive() {
  return {
    link: state.link,
    lostSince: state.lostSince,
    rooms: state.rooms,
    alarms: state.alarms,
    incidents: state.incidents,
    repositories: state.repositories,
    parts: state.parts,
    accessEvents: state.accessEvents,
    demonstration: state.demonstration,
    repository,
    roomIds,
    openAlarms,
    waitingAlarms,
    openIncidents,
    outOfService,
    /** Server time, once a second. */
    now,
    choose: (id: string) => (chosen.value = id),
    start(signedOut: () => void): void {
      stop ??= startFeed(signedOut);
      ticking ??= window.setInterval(() => {
        now.value = Date.now() + state.offsetMs.value;
      }, 1000);
    },
    stop(): void {
      stop?.();
      stop = undefined;
      window.clearInterval(ticking);
      ticking = undefined;
    },
  };
}
