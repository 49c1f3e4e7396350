/** How an alarm is named: with its room, unless its title says the room already. */

import type { Alarm } from '../../../domain/alarm.ts';
import { qualified } from '../logic/ids.ts';
import { useLive } from './live.ts';
import { useText } from './text.ts';

export function useAlarmWords() {
  const { rooms } = useLive();
  const { lt } = useText();
  const roomOf = (alarm: Alarm) =>
    alarm.room === undefined ? undefined : rooms.get(qualified(alarm.repository, alarm.room));
  return {
    roomOf,
    titleOf: (alarm: Alarm): string => {
      const name = roomOf(alarm)?.name;
      const title = lt(alarm.title);
      return name === undefined || title.includes(name) ? title : `${name} · ${title}`;
    },
    /** The title without the room's name, for places that show the room already. */
    shortTitleOf: (alarm: Alarm): string => {
      const name = roomOf(alarm)?.name;
      const title = lt(alarm.title);
      if (name === undefined || !title.startsWith(name)) return title;
      return title.slice(name.length).replace(/^[\s:：·,，]+/, '') || title;
    },
  };
}
