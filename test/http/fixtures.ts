/** Two repositories and what is in them. */

import type { Alarm } from '../../domain/alarm.ts';
import type { RoomView, SensorView } from '../../domain/api.ts';
import type { Incident, Plan } from '../../domain/incident.ts';
import type { Registry } from '../../domain/registry.ts';
import type { Moment } from '../../domain/time.ts';

/** 11:00 in Shanghai. */
export const START: Moment = Date.UTC(2026, 10, 22, 3, 0, 0);

export const PLAN: Plan = {
  id: 'fire',
  version: 1,
  name: { zh: '火灾', en: 'Fire' },
  level: 1,
  steps: [],
  escalation: [],
  citation: { standard: '本馆自定', verification: 'proposal' },
};

/** Repository `sx` with room r301, and repository `other` with room r1. */
export const REGISTRY: Registry = {
  repositories: new Map([
    ['sx', { id: 'sx', name: '甲馆', timezone: 'Asia/Shanghai', simulated: true }],
    ['other', { id: 'other', name: '乙馆', timezone: 'Asia/Shanghai' }],
  ]),
  rooms: new Map([
    ['sx.r301', { repository: 'sx', id: 'r301', name: '301', class: 'paper' }],
    ['other.r1', { repository: 'other', id: 'r1', name: '1', class: 'paper' }],
  ]),
  devices: new Map([['sx.gw', { repository: 'sx', id: 'gw', name: '网关' }]]),
  sensors: new Map([
    [
      'sx.th-1',
      {
        repository: 'sx',
        id: 'th-1',
        room: 'r301',
        device: 'gw',
        metrics: ['temperature', 'humidity'],
      },
    ],
    ['other.th-9', { repository: 'other', id: 'th-9', room: 'r1', metrics: ['temperature'] }],
  ]),
  doors: new Map([['sx.d301', { repository: 'sx', id: 'd301', room: 'r301' }]]),
  holdings: new Map([
    [
      'sx.r301-paper',
      {
        repository: 'sx',
        id: 'r301-paper',
        room: 'r301',
        medium: 'paper',
        quantity: 10,
        unit: '卷',
      },
    ],
  ]),
  profileUses: new Map(),
  calibrations: new Map(),
  ownProfiles: new Map(),
  people: new Map([
    [
      'sx.file-a',
      { repository: 'sx', id: 'file-a', name: '值班员甲', role: 'duty', origin: 'file' },
    ],
    [
      'sx.db-a',
      { repository: 'sx', id: 'db-a', name: '值班员乙', role: 'duty', origin: 'database' },
    ],
  ]),
};

/** An open alarm of `repository`; `change` says what is different. */
export function alarm(id: string, change: Partial<Alarm> = {}): Alarm {
  return {
    id,
    repository: id.split('.')[0] ?? 'sx',
    room: 'r301',
    subject: { kind: 'sensor', id: 'th-1' },
    rule: 'band',
    priority: 'medium',
    safety: false,
    verdict: 'met',
    since: START,
    raisedAt: START,
    latching: false,
    citation: PLAN.citation,
    title: { zh: '湿度过高', en: 'Too humid' },
    evidence: ['th-1'],
    comments: [],
    simulated: true,
    revision: 1,
    ...change,
  };
}

/** An open incident; `change` says what is different. */
export function incident(id: string, change: Partial<Incident> = {}): Incident {
  return {
    id,
    repository: id.split('.')[0] ?? 'sx',
    plan: PLAN,
    level: 1,
    title: PLAN.name,
    openedAt: START,
    openedBy: 'system',
    alarms: [],
    steps: [],
    rungsTold: 0,
    tellings: [],
    levels: [],
    simulated: true,
    revision: 1,
    ...change,
  };
}

export function roomView(id: string): RoomView {
  const [repository = ''] = id.split('.');
  return {
    id,
    repository,
    name: id,
    class: 'paper',
    className: { zh: '纸质', en: 'Paper' },
    condition: 'normal',
    latest: [],
    limits: [],
    openAlarms: [],
    doors: [{ id: `${repository}.d301`, room: id, name: 'd', state: 'closed' }],
    holdings: [],
    watched: { climate: 1, fire: 0, water: 0 },
  };
}

export function sensorView(id: string, room: string): SensorView {
  const metrics = ['temperature'] as const;
  return {
    id,
    room,
    name: id,
    metrics,
    intervalMs: 60_000,
    silent: false,
    trust: { level: 'trusted', reasons: [] },
    latest: [],
    battery: 80,
  };
}
