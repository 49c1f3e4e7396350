/**
 * Who may do what: the table of role × route. It is the documentation, what the server obeys, and what the
 * tests try cell by cell. A route without a row, or a row without a route, keeps the server from starting.
 */

import { ROLES, type Principal, type Role } from '../../domain/account.ts';

/** `public`: anybody; `device`: a device with a credential for HTTP, and nobody else; `session`: whoever is signed in, even when the password must be changed first. */
export type Allowed = 'public' | 'session' | 'device' | readonly Role[];

/** Lives with conditions, alarms and incidents. */
const READ = ['manager', 'duty', 'inspector', 'observer'] as const;
/** Acknowledges, works incidents, comments, shelves. */
const WORK = ['manager', 'duty'] as const;
/** Structure, limits, reset. */
const MANAGE = ['manager'] as const;
const ADMINISTER = ['administrator'] as const;
/** Whoever keeps the system running or watches with it. */
const OPERATE = [...READ, 'administrator'] as const;

export const PERMISSIONS = {
  'GET /*': 'public', // the dashboard's files
  'GET /api/health': 'public',
  'POST /api/session': 'public',

  'POST /api/intake/:profile': 'device',

  'GET /api/session': 'session',
  'DELETE /api/session': 'session',
  'POST /api/session/password': 'session',

  'GET /api/ready': OPERATE,
  'GET /metrics': OPERATE,
  'GET /api/status': OPERATE,
  'GET /api/openapi.json': OPERATE,
  'GET /api/docs': OPERATE,
  'GET /api/docs/*': OPERATE,

  'GET /api/rooms': READ,
  'GET /api/rooms/:id': READ,
  'GET /api/sensors': READ,
  'GET /api/doors': READ,
  'GET /api/devices': READ,
  'GET /api/holdings': READ,
  'GET /api/readings': READ,
  'GET /api/traces': READ,
  'GET /api/preservation': READ,
  'GET /api/preservation/what-if': READ,
  'GET /api/preservation/ventilation': READ,
  'GET /api/access-events': READ,

  'GET /api/alarms': READ,
  'GET /api/alarms/:id': READ,
  'GET /api/alarms/:id/why': READ,
  'POST /api/alarms/:id/acknowledgement': WORK,
  'POST /api/alarms/:id/comments': WORK,
  // The duty officer only what its rule lets them shelve.
  'POST /api/alarms/:id/shelving': WORK,
  'DELETE /api/alarms/:id/shelving': WORK,
  'POST /api/alarms/:id/reset': MANAGE,

  'GET /api/alarm-kpis': ['manager', 'duty', 'inspector'],
  'POST /api/alarms/:id/assignment': WORK,
  'POST /api/alarms/:id/closing': MANAGE,

  'GET /api/out-of-service': READ,
  'POST /api/out-of-service': MANAGE,
  'POST /api/out-of-service/:id/return': MANAGE,

  'GET /api/shelving': READ,
  'GET /api/handovers': READ,
  'POST /api/handovers': WORK,
  'POST /api/handovers/:id/reading': WORK,

  'GET /api/incidents': READ,
  'GET /api/incidents/:id': READ,
  'POST /api/incidents': WORK,
  'POST /api/incidents/:id/acknowledgement': WORK,
  'POST /api/incidents/:id/steps/:step': WORK,
  'POST /api/incidents/:id/level': WORK,
  'POST /api/incidents/:id/closing': WORK,

  'GET /api/rules': READ,
  'POST /api/rules/try': ['manager', 'inspector'],
  'GET /api/standards': READ,
  'GET /api/room-standards': READ,
  'GET /api/room-standards/changes': READ,
  'POST /api/room-standards': MANAGE,
  'GET /api/plans': READ,
  'GET /api/limits': READ,
  'GET /api/limits/changes': READ,
  'POST /api/limits': MANAGE,
  'POST /api/backtests': MANAGE,
  'GET /api/backtests/:id': MANAGE,
  'DELETE /api/backtests/:id': MANAGE,

  'GET /api/indicators': READ,
  'GET /api/assessments': READ,
  'GET /api/assessments/:id': READ,
  'GET /api/assessments/drafts': ['manager', 'inspector'],
  'POST /api/assessments': ['manager', 'inspector'],
  'PUT /api/assessments/drafts/:indicator': ['inspector'],

  'GET /api/journal': ['manager', 'inspector', 'auditor'],
  'GET /api/journal/verification': ['manager', 'inspector', 'auditor'],
  'GET /api/quarantine': ['manager', 'inspector'],
  'POST /api/quarantine/retry': MANAGE,

  'POST /api/sensors': MANAGE,
  'PUT /api/sensors/:id': MANAGE,
  'PUT /api/sensors/:id/source': MANAGE,
  'DELETE /api/sensors/:id': MANAGE,
  'POST /api/doors': MANAGE,
  'PUT /api/doors/:id': MANAGE,
  'PUT /api/doors/:id/source': MANAGE,
  'DELETE /api/doors/:id': MANAGE,
  'GET /api/calibrations': ['manager', 'inspector'],
  'POST /api/calibrations': MANAGE,
  'GET /api/profiles': ['manager', 'inspector'],
  'GET /api/profiles/:id': ['manager', 'inspector'],
  'PUT /api/profiles/:id': MANAGE,
  'DELETE /api/profiles/:id': MANAGE,
  'POST /api/profiles/try': MANAGE,
  'GET /api/profile-uses': ['manager', 'inspector'],
  'POST /api/profile-uses': MANAGE,
  'DELETE /api/profile-uses/:id': MANAGE,
  'GET /api/unknown-devices': ['manager', 'inspector'], // what they sent may hold card numbers
  'POST /api/unknown-devices/dismissal': MANAGE,

  'GET /api/people': ['manager', 'duty', 'inspector', 'administrator'], // names and numbers to call
  'POST /api/people': ['manager', 'administrator'],
  'PUT /api/people/:id': ['manager', 'administrator'],
  'DELETE /api/people/:id': ['manager', 'administrator'],
  'POST /api/channels/test': ['manager', 'administrator'],

  'GET /api/accounts': ADMINISTER,
  'POST /api/accounts': ADMINISTER,
  'PATCH /api/accounts/:name': ADMINISTER,
  'DELETE /api/accounts/:name': ADMINISTER,
  'PUT /api/accounts/:name/password': ADMINISTER,
  'GET /api/tokens': ADMINISTER,
  'POST /api/tokens': ADMINISTER,
  'DELETE /api/tokens/:id': ADMINISTER,

  // Secrets of devices: whoever looks after the structure, or after who may come in.
  'GET /api/device-credentials': ['manager', 'administrator'],
  'POST /api/device-credentials': ['manager', 'administrator'],
  'POST /api/device-credentials/:id/renewal': ['manager', 'administrator'],
  'DELETE /api/device-credentials/:id': ['manager', 'administrator'],
  'GET /api/mqtt-clients': ['manager', 'administrator'],

  'GET /api/demonstration': OPERATE,
  'POST /api/demonstration': [...WORK, 'administrator'],
  'DELETE /api/demonstration': [...WORK, 'administrator'],
} as const satisfies Record<string, Allowed>;

export type RouteKey = keyof typeof PERMISSIONS;

/** The live feed: who is sent what. Whoever is sent nothing is not let in. */
export const LIVE_PERMISSIONS = {
  /** Repositories and the state of the parts. */
  parts: OPERATE,
  /** Rooms, values, doors; in the snapshot and as they change. */
  readings: READ,
  access: READ,
  alarm: READ,
  incident: READ,
} as const satisfies Record<string, readonly Role[]>;

export type LiveTopic = keyof typeof LIVE_PERMISSIONS;

/** The row of a route as the framework names it; `undefined`: it has none. */
export function rowOf(method: string, url: string): RouteKey | undefined {
  // The pages of the API's description are one thing.
  const path = url.startsWith('/api/docs/') ? '/api/docs/*' : url;
  const key = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(PERMISSIONS, key) ? (key as RouteKey) : undefined;
}

/** Whether one of the principal's roles is among `roles`. */
export function holds(principal: Pick<Principal, 'roles'>, roles: readonly Role[]): boolean {
  return principal.roles.some((role) => roles.includes(role));
}

/** Whether an account with this one role gets past the row. Public and session rows take every role. */
export function roleMay(role: Role, allowed: Allowed): boolean {
  if (allowed === 'device') return false;
  return typeof allowed === 'string' ? ROLES.includes(role) : allowed.includes(role);
}
