/** Sensors, doors and carriers of the repository, and their calibrations where they may be seen. */

import { computed } from 'vue';
import type { Page } from '../../../domain/api.ts';
import type { Calibration } from '../../../domain/devices.ts';
import { api } from '../api/client.ts';
import type { RegisteredDoor, RegisteredSensor } from '../api/devices.ts';
import type { DeviceView } from '../api/views.ts';
import { calibrationRows, dueOfSensor } from '../logic/calibrations.ts';
import { localPart, qualified } from '../logic/ids.ts';
import { useLive } from './live.ts';
import { useAsked } from './request.ts';
import { useSession } from './session.ts';

export function useRegistered() {
  const { repository, rooms, now } = useLive();
  const { can } = useSession();
  const of = () => ({ repository: repository.value?.id });
  const asked = useAsked(async () => {
    const [sensors, doors, devices, calibrations] = await Promise.all([
      api.get<Page<RegisteredSensor>>('/sensors', of()),
      api.get<Page<RegisteredDoor>>('/doors', of()),
      api.get<Page<DeviceView>>('/devices', of()),
      can('seeDevices') ? api.get<Page<Calibration>>('/calibrations') : undefined,
    ]);
    return {
      sensors: sensors.items,
      doors: doors.items,
      devices: devices.items,
      calibrations: calibrations?.items,
    };
  }, [() => repository.value?.id]);
  /** Unusable and silent ones first: they are why somebody comes here. */
  const sensors = computed(() =>
    [...(asked.data.value?.sensors ?? [])].sort(
      (a, b) => trouble(b) - trouble(a) || a.id.localeCompare(b.id, 'en', { numeric: true }),
    ),
  );
  const doors = computed(() =>
    [...(asked.data.value?.doors ?? [])].sort((a, b) => Number(unusable(b)) - Number(unusable(a))),
  );
  const devices = computed(() => asked.data.value?.devices ?? []);
  const due = computed(() => calibrationRows(asked.data.value?.calibrations ?? [], now.value));
  return {
    ...asked,
    sensors,
    doors,
    devices,
    /** Local ids that are in use. */
    taken: computed(
      () =>
        new Set([...sensors.value, ...doors.value, ...devices.value].map((x) => localPart(x.id))),
    ),
    calibrationOf: computed(() =>
      asked.data.value?.calibrations === undefined
        ? undefined
        : (sensor: string) => dueOfSensor(due.value, sensor),
    ),
    roomName: (room: string) =>
      rooms.get(qualified(repository.value?.id ?? '', room))?.name ?? localPart(room),
  };
}

function trouble(sensor: RegisteredSensor): number {
  if (unusable(sensor)) return 2;
  return sensor.silent ? 1 : 0;
}

/** Nothing can come from where it is bound to. */
function unusable({ problem, listing }: RegisteredSensor | RegisteredDoor): boolean {
  return problem !== undefined || (listing !== undefined && listing.state !== 'listed');
}
