/** Safety alarms that could not be stored: screens and people are told all the same, marked, each once. */

import type { Alarm } from '../domain/alarm.ts';
import type { LiveFeed } from './live/feed.ts';
import type { Outbox } from './outbox.ts';
import type { TickNews } from './tick/news.ts';

export interface Unstored {
  /** Tells what was not told before. */
  tell(news: Pick<TickNews, 'alarms' | 'outbox'>): void;
  /** All is stored now. */
  stored(): void;
  /** Open alarms as people were told of them: those that are stored, and those that are not yet. */
  among(open: readonly Alarm[]): readonly Alarm[];
}

export function createUnstored(to: {
  readonly outbox: Pick<Outbox, 'deliverNow'>;
  /** `undefined` before there is one. */
  readonly feed: () => Pick<LiveFeed, 'alarm'> | undefined;
}): Unstored {
  const told = new Set<string>();
  const alarms = new Map<string, Alarm>();
  return {
    tell: (news) => {
      for (const alarm of news.alarms) {
        const key = `${alarm.id}/${alarm.revision}`;
        if (!alarm.safety || told.has(key)) continue;
        told.add(key);
        const marked = { ...alarm, toldUnstored: true };
        alarms.set(alarm.id, marked);
        to.feed()?.alarm(marked);
      }
      for (const message of news.outbox) {
        if (!message.safety || told.has(message.key)) continue;
        told.add(message.key);
        const { zh, en } = message.subject;
        const subject = { zh: `【未入库】${zh}`, en: `[not stored] ${en}` };
        void to.outbox.deliverNow({ ...message, subject });
      }
    },
    stored: () => {
      told.clear();
      alarms.clear();
    },
    among: (open) => {
      if (alarms.size === 0) return open;
      const others = open.filter(({ id }) => !alarms.has(id));
      return [...others, ...[...alarms.values()].filter(({ closedAt }) => closedAt === undefined)];
    },
  };
}
