/** Messages that were kept because nobody understood or claimed them: to try profiles on. */

import { computed } from 'vue';
import type { Page } from '../../../domain/api.ts';
import type { QuarantineEntry } from '../../../domain/quarantine.ts';
import type { Moment } from '../../../domain/time.ts';
import { api } from '../api/client.ts';
import type { UnknownDeviceView } from '../api/devices.ts';
import { useAsked } from './request.ts';

export interface KeptMessage {
  readonly key: string;
  readonly at: Moment;
  readonly topic: string;
  readonly payloadBase64: string;
}
const OF_THE_QUARANTINE_MAX = 50;

/** Newest first; none when they are not `wanted`. */
export function useKeptMessages(wanted: boolean) {
  const { data } = useAsked(async () => {
    if (!wanted) return [];
    const [unknown, quarantine] = await Promise.all([
      api.get<Page<UnknownDeviceView>>('/unknown-devices'),
      api.get<Page<QuarantineEntry>>('/quarantine', { limit: OF_THE_QUARANTINE_MAX }),
    ]);
    const captured = unknown.items.flatMap((device) =>
      device.captured.map((m) => ({ ...m, key: `${device.id} ${m.at} ${m.topic}` })),
    );
    const refused = quarantine.items.map((entry) => ({ ...entry, key: entry.id }));
    return [...captured, ...refused].sort((a, b) => b.at - a.at);
  });
  return { messages: computed<readonly KeptMessage[]>(() => data.value ?? []) };
}
