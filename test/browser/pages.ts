/** Every page of the dashboard by its address, with what is open at the moment. */

import type { Page as Paged } from '../../domain/api.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Client } from '../system/client.ts';

/** The tabs of the Devices page. */
export const DEVICE_PATHS: readonly string[] = [
  'registered',
  'unknown',
  'profiles',
  'calibration',
  'quarantine',
  'credentials',
].map((tab) => `/devices?tab=${tab}`);

/** Needs an alarm, an incident and an assessment; `room` is qualified. */
export async function pagePaths(client: Client, room: string): Promise<readonly string[]> {
  const [alarm] = await client.openAlarms();
  const [incident] = await client.openIncidents();
  const assessments = await client.get<Paged<Assessment>>('/api/assessments');
  const [assessment] = assessments.items;
  if (!alarm || !incident || !assessment) throw new Error('a page has nothing to show');
  return [
    '/',
    `/rooms/${room}`,
    '/alarms',
    `/alarms/${alarm.id}`,
    '/incidents',
    `/incidents/${incident.id}`,
    '/performance',
    '/assessments',
    `/assessments/${assessment.id}`,
    '/rules',
    ...DEVICE_PATHS,
    '/journal',
    '/admin',
    '/password',
    '/no-such-page',
  ];
}
