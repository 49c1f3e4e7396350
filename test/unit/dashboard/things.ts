/** Rooms, readings and alarms to try the dashboard's functions with. */

import type { Alarm, Priority } from '../../../domain/alarm.ts';
import type { LatestReading, RoomView } from '../../../domain/api.ts';
import type { MetricName } from '../../../domain/metrics.ts';

export const NOW = 1_795_000_000_000;

export function reading(
  metric: MetricName,
  value: number,
  more: Partial<LatestReading> = {},
): LatestReading {
  return {
    sensor: 'x.s1',
    room: 'x.r1',
    metric,
    value,
    quality: 1,
    at: NOW - 1_000,
    receivedAt: NOW - 1_000,
    intervalMs: 60_000,
    simulated: false,
    ...more,
  };
}

export function room(more: Partial<RoomView> = {}): RoomView {
  return {
    id: 'x.r1',
    repository: 'x',
    name: '1',
    class: 'paper',
    className: { zh: '', en: '' },
    condition: 'normal',
    latest: [],
    limits: [],
    openAlarms: [],
    doors: [],
    holdings: [],
    watched: { climate: 1, fire: 1, water: 1 },
    ...more,
  };
}

export function alarm(priority: Priority, more: Partial<Alarm> = {}): Alarm {
  return {
    id: `x.${priority}`,
    repository: 'x',
    room: 'r1',
    subject: { kind: 'sensor', id: 's1' },
    rule: 'r',
    priority,
    safety: false,
    verdict: 'met',
    since: NOW,
    raisedAt: NOW,
    latching: false,
    citation: { standard: 's', verification: 'proposal' },
    title: { zh: '', en: '' },
    evidence: [],
    comments: [],
    simulated: false,
    revision: 1,
    ...more,
  };
}
