/** What a flood gathered, folded for people: the first-out alarm of each group stands for the rest. */

import type { Alarm } from '../../../domain/alarm.ts';

export interface Folded {
  readonly alarm: Alarm;
  /** The others of its group; empty: it stands for itself. */
  readonly rest: readonly Alarm[];
}

/**
 * In the order given. Only alarms whose flood still goes on are folded; a safety alarm or a critical one never is,
 * whatever it says of itself.
 */
export function foldFloods(
  alarms: readonly Alarm[],
  find: (id: string) => Alarm | undefined,
): readonly Folded[] {
  const groupOf = (alarm: Alarm): string | undefined => {
    const { gathered, safety, priority } = alarm;
    if (!gathered || safety || priority === 'critical') return undefined;
    const flood = find(gathered.flood);
    const goesOn = flood && flood.closedAt === undefined && flood.verdict !== 'not-met';
    return goesOn ? `${gathered.flood}/${gathered.group}` : undefined;
  };
  const byGroup = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    const group = groupOf(alarm);
    if (group !== undefined) byGroup.set(group, [...(byGroup.get(group) ?? []), alarm]);
  }
  const shown: Folded[] = [];
  const seen = new Set<string>();
  for (const alarm of alarms) {
    const group = groupOf(alarm);
    if (group === undefined) {
      shown.push({ alarm, rest: [] });
      continue;
    }
    if (seen.has(group)) continue;
    seen.add(group);
    const members = byGroup.get(group) ?? [alarm];
    const first = members.find((one) => one.gathered?.firstOut) ?? alarm;
    shown.push({ alarm: first, rest: members.filter((one) => one.id !== first.id) });
  }
  return shown;
}
