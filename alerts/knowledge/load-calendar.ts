/** Loads the holidays of China: each year with its source; dates that can't be, or stand twice, are errors. */

import { fileURLToPath } from 'node:url';
import { Type, type Static } from 'typebox';
import { NOTHING_READ_BEFORE, type ReadBefore } from '../../domain/read-before.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { SpecialDay, WorkCalendar } from '../calendar/calendar.ts';
import { CitationSchema, TextSchema } from '../rules/rule-parts.ts';
import { KnowledgeError, parseYaml, readYaml } from './read-yaml.ts';

const SHIPPED = fileURLToPath(new URL('../calendar/cn.yaml', import.meta.url));

const strict = { additionalProperties: false };
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const CalendarFile = Type.Object(
  {
    version: Type.Integer({ minimum: 1 }),
    years: Type.Array(
      Type.Object(
        {
          year: Type.Integer({ minimum: 2000, maximum: 2100 }),
          citation: CitationSchema,
          holidays: Type.Array(Type.Object({ name: TextSchema, from: Day, to: Day }, strict)),
          /** Weekend days that are worked instead. */
          workdays: Type.Array(Day),
        },
        strict,
      ),
    ),
  },
  strict,
);
type CalendarFile = Static<typeof CalendarFile>;

/** The shipped holidays. Throws `KnowledgeError` with one sentence. */
export function loadCalendar(before: ReadBefore = NOTHING_READ_BEFORE): WorkCalendar {
  return toCalendar(readYaml(SHIPPED, CalendarFile, before), 'cn.yaml');
}

/** The same from YAML text. */
export function parseCalendar(text: string, file: string): WorkCalendar {
  return toCalendar(parseYaml(text, CalendarFile, file), file);
}

function toCalendar({ years }: CalendarFile, file: string): WorkCalendar {
  const special = new Map<string, SpecialDay>();
  const add = (date: string, what: SpecialDay, year: number): void => {
    if (special.has(date)) throw new KnowledgeError(`${file}: ${date} is there twice.`);
    if (!date.startsWith(`${year}-`)) {
      throw new KnowledgeError(`${file}: ${date} is under ${year}, a year that it is not in.`);
    }
    special.set(date, what);
  };
  for (const { year, holidays, workdays } of years) {
    for (const { from, to } of holidays) {
      const [first, last] = [dayOf(from, file), dayOf(to, file)];
      if (last < first) throw new KnowledgeError(`${file}: ${to} is before ${from}.`);
      for (let day = first; day <= last; day += DAY_MS) {
        add(new Date(day).toISOString().slice(0, 10), 'holiday', year);
      }
    }
    for (const date of workdays) {
      const weekday = new Date(dayOf(date, file)).getUTCDay();
      if (weekday !== 0 && weekday !== 6) {
        throw new KnowledgeError(`${file}: ${date} is no weekend day, so it is worked anyway.`);
      }
      add(date, 'workday', year);
    }
  }
  return { special, years: new Set(years.map((one) => one.year)) };
}

function dayOf(date: string, file: string): number {
  const day = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) {
    throw new KnowledgeError(`${file}: there is no ${date}.`);
  }
  return day;
}
