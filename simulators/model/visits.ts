/** People come and go in working hours: what they do at a door, as a function of the day. */

import { HOUR_MS, MINUTE_MS, SECOND_MS, type Moment } from '../../domain/time.ts';
import type { AccessEventKind } from '../../domain/access.ts';
import { createRandom } from '../random.ts';
import { weekday, type LocalTime } from './local-time.ts';

export interface Visit {
  readonly enterAt: Moment;
  readonly leaveAt: Moment;
  readonly person: string;
  readonly credential: string;
}

/** Something a door reports. */
export interface DoorHappening {
  readonly at: Moment;
  readonly event: AccessEventKind;
  readonly person?: string;
  readonly credential?: string;
  readonly direction?: 'in' | 'out';
  readonly reason?: string;
}

/** Role names with their cards. */
export const STAFF = [
  { person: '库房管理员甲', credential: '04A1C2D301' },
  { person: '库房管理员乙', credential: '04A1C2D302' },
  { person: '整理人员甲', credential: '04A1C2D311' },
  { person: '整理人员乙', credential: '04A1C2D312' },
  { person: '保管部主任', credential: '04A1C2D320' },
  { person: '设备维护员', credential: '04A1C2D330' },
] as const;

/** Morning and afternoon, in hours of local time; nobody stays over noon or beyond the afternoon. */
const SHIFTS = [
  { from: 8.6, until: 11.8 },
  { from: 13.7, until: 17.3 },
] as const;

export interface VisitPlan {
  readonly door: string;
  readonly visitsPerDay: number;
  readonly seed: number;
  readonly localTime: LocalTime;
}

/** The visits of the local day that began at `dayStart`, by time; none at the week-end. */
export function visitsOfDay(plan: VisitPlan, dayStart: Moment): readonly Visit[] {
  const day = plan.localTime.dayNumber(dayStart);
  if (weekday(day) > 5 || plan.visitsPerDay <= 0) return [];
  const random = createRandom(plan.seed, `visits/${plan.door}/${day}`);
  const low = Math.max(0, Math.floor(plan.visitsPerDay * 0.6));
  const count = random.integer(low, Math.ceil(plan.visitsPerDay * 1.3));
  const visits: Visit[] = [];
  for (let i = 0; i < count; i += 1) {
    const shift = SHIFTS[random.integer(0, 1)] ?? SHIFTS[0];
    const enterAt = dayStart + random.between(shift.from, shift.until - 0.2) * HOUR_MS;
    const stayMs = random.between(4, 35) * MINUTE_MS;
    const leaveAt = Math.min(enterAt + stayMs, dayStart + shift.until * HOUR_MS);
    const who = STAFF[random.integer(0, STAFF.length - 1)] ?? STAFF[0];
    visits.push({ enterAt: wholeSecond(enterAt), leaveAt: wholeSecond(leaveAt), ...who });
  }
  return onceInside(visits.sort((a, b) => a.enterAt - b.enterAt));
}

/** Nobody comes in who is inside already: somebody else does, and when all of them are, nobody. */
function onceInside(visits: readonly Visit[]): readonly Visit[] {
  const taken: Visit[] = [];
  const isInside = (person: string, at: Moment): boolean =>
    taken.some((visit) => visit.person === person && visit.leaveAt >= at);
  for (const visit of visits) {
    const { enterAt, person } = visit;
    const who = isInside(person, enterAt)
      ? STAFF.find((other) => !isInside(other.person, enterAt))
      : {};
    if (who) taken.push({ ...visit, ...who });
  }
  return taken;
}

/** What the door reports of one visit. */
export function happeningsOf(visit: Visit): readonly DoorHappening[] {
  const { person, credential } = visit;
  return [
    { at: visit.enterAt, event: 'granted', person, credential, direction: 'in' },
    { at: visit.enterAt + 2 * SECOND_MS, event: 'door_opened' },
    { at: visit.enterAt + 7 * SECOND_MS, event: 'door_closed' },
    { at: visit.leaveAt, event: 'granted', person, credential, direction: 'out' },
    { at: visit.leaveAt + 2 * SECOND_MS, event: 'door_opened' },
    { at: visit.leaveAt + 8 * SECOND_MS, event: 'door_closed' },
  ];
}

/** How many of these visitors are inside at `at`. */
export function insideAt(visits: readonly Visit[], at: Moment): number {
  return visits.filter((v) => v.enterAt <= at && at < v.leaveAt).length;
}

function wholeSecond(at: Moment): Moment {
  return Math.floor(at / SECOND_MS) * SECOND_MS;
}
