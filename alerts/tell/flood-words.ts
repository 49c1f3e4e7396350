/** What a flood gathers, for people: each group with its number and its first-out alarm. */

import type { Alarm } from '../../domain/alarm.ts';
import { qualify } from '../../domain/ids.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { Draft } from '../draft.ts';
import { localStamp } from '../local-time.ts';

/** A message stays short: groups beyond these are counted. */
const GROUPS_MAX = 12;

/** Lines for the message of a flood; empty for any other alarm. */
export function floodLines(draft: Draft, flood: Alarm, timezone: string): readonly LocalizedText[] {
  if (flood.rule !== draft.world.flood?.id) return [];
  const gathered = [...draft.openAlarms()].filter((alarm) => alarm.gathered?.flood === flood.id);
  const groups = [...Map.groupBy(gathered, (alarm) => alarm.gathered?.group ?? '')];
  const lines = groups.slice(0, GROUPS_MAX).map(([group, alarms]): LocalizedText => {
    const first = alarms.find((alarm) => alarm.gathered?.firstOut) ?? alarms[0];
    const name = groupName(draft, flood.repository, group);
    const since = first ? localStamp(first.since, timezone) : '';
    return {
      zh: `${name}：${alarms.length} 条；首出：${first?.title.zh ?? ''}（${since}）`,
      en: `${name}: ${alarms.length}; first out: ${first?.title.en ?? ''} (${since})`,
    };
  });
  const more = groups.length - lines.length;
  if (more > 0) lines.push({ zh: `另有 ${more} 组`, en: `and ${more} more groups` });
  return lines;
}

function groupName(draft: Draft, repository: string, group: string): string {
  const at = group.indexOf(':');
  const id = group.slice(at + 1);
  const { rooms, devices } = draft.world.registry;
  const things = group.startsWith('room:') ? rooms : devices;
  return things.get(qualify(repository, id))?.name ?? id;
}
