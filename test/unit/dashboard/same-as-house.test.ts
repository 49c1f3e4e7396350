/** What the dashboard says again must be what the house says. */

import { expect, it } from 'vitest';
import { isLoud, PRIORITY_ORDER, stateOf } from '../../../dashboard/src/logic/alarms.ts';
import { idProblem } from '../../../dashboard/src/logic/adoption.ts';
import { ABILITIES, may, mayShelve, type Ability } from '../../../dashboard/src/logic/may.ts';
import { isBinary, isMetric, METRIC_CHOICES } from '../../../dashboard/src/logic/metrics.ts';
import { roman } from '../../../dashboard/src/logic/roman.ts';
import { RESULT_ORDER } from '../../../dashboard/src/logic/assessments.ts';
import { ROLES } from '../../../domain/account.ts';
import { alarmState, PRIORITIES, type Alarm } from '../../../domain/alarm.ts';
import { RESULTS } from '../../../domain/assessment.ts';
import { isLocalId, RESERVED_IDS } from '../../../domain/ids.ts';
import { LEVELS } from '../../../domain/incident.ts';
import { METRIC_NAMES, METRICS } from '../../../domain/metrics.ts';
import { LIVE_PERMISSIONS, PERMISSIONS } from '../../../server/http/permissions.ts';
import { alarm, NOW } from './things.ts';

const who = { by: 'duty-a', at: NOW };
const words = { zh: '网关离线', en: 'the gateway is offline' };
const citation = { standard: '本馆自定', verification: 'proposal' } as const;
const FACTS: readonly (readonly [keyof Alarm, Partial<Alarm>])[] = [
  ['closedAt', { closedAt: NOW }],
  ['outOfService', { outOfService: { ...who, id: 's', reason: 'r', tag: 'P-1' } }],
  ['suppressed', { suppressed: { at: NOW, cause: 'a', why: words, citation } }],
  ['shelved', { shelved: { ...who, until: NOW + 1, reason: 'r' } }],
  ['shelved', { shelved: { ...who, until: NOW, reason: 'r' } }],
  ['acknowledged', { acknowledged: who }],
  ['latching', { latching: true }],
  ['reset', { reset: who }],
  ['verdict', { verdict: 'not-met' }],
  ['verdict', { verdict: 'cannot-tell' }],
];

it('derives the state of an alarm as the domain does, for every mix of facts', () => {
  for (let mix = 0; mix < 2 ** FACTS.length; mix += 1) {
    const facts = FACTS.filter((_, i) => mix & (1 << i)).map(([, fact]) => fact);
    const one = alarm('high', Object.assign({}, ...facts) as Partial<Alarm>);
    expect(stateOf(one, NOW)).toBe(alarmState(one, NOW));
  }
});

it('sounds for what is unacknowledged and critical or high, and for nothing else', () => {
  expect(isLoud(alarm('critical'), NOW)).toBe(true);
  expect(isLoud(alarm('high'), NOW)).toBe(true);
  expect(isLoud(alarm('medium'), NOW)).toBe(false);
  expect(isLoud(alarm('critical', { acknowledged: who }), NOW)).toBe(false);
});

it.for([
  ['manager', {}, true],
  ['manager', { shelvedBy: 'duty' }, true],
  ['manager', { shelvedBy: 'nobody' }, false],
  ['manager', { safety: true }, false],
  ['duty', {}, false],
  ['duty', { shelvedBy: 'duty' }, true],
  ['duty', { shelvedBy: 'nobody' }, false],
  ['inspector', { shelvedBy: 'duty' }, false],
] as const)('offers shelving to %s of %j: %s', ([role, facts, offered]) => {
  expect(mayShelve([role], alarm('high', facts))).toBe(offered);
});

it('shows a role what the server lets it do, and no dead ends', () => {
  const rows: readonly (readonly [Ability, readonly string[]])[] = [
    ['watch', PERMISSIONS['GET /api/rooms']],
    ['watch', PERMISSIONS['GET /api/alarms']],
    ['feed', LIVE_PERMISSIONS.parts],
    ['acknowledge', PERMISSIONS['POST /api/alarms/:id/acknowledgement']],
    ['comment', PERMISSIONS['POST /api/alarms/:id/comments']],
    ['shelve', PERMISSIONS['POST /api/alarms/:id/shelving']],
    ['reset', PERMISSIONS['POST /api/alarms/:id/reset']],
    ['seePerformance', PERMISSIONS['GET /api/alarm-kpis']],
    ['assign', PERMISSIONS['POST /api/alarms/:id/assignment']],
    ['closeOrphan', PERMISSIONS['POST /api/alarms/:id/closing']],
    ['takeOutOfService', PERMISSIONS['POST /api/out-of-service']],
    ['takeOutOfService', PERMISSIONS['POST /api/out-of-service/:id/return']],
    ['handOver', PERMISSIONS['POST /api/handovers']],
    ['handOver', PERMISSIONS['POST /api/handovers/:id/reading']],
    ['workIncident', PERMISSIONS['POST /api/incidents/:id/steps/:step']],
    ['assess', PERMISSIONS['POST /api/assessments']],
    ['seeDrafts', PERMISSIONS['GET /api/assessments/drafts']],
    ['enterIndicator', PERMISSIONS['PUT /api/assessments/drafts/:indicator']],
    ['changeLimits', PERMISSIONS['POST /api/limits']],
    ['chooseStandards', PERMISSIONS['POST /api/room-standards']],
    ['tryRules', PERMISSIONS['POST /api/rules/try']],
    ['seeJournal', PERMISSIONS['GET /api/journal']],
    ['seeQuarantine', PERMISSIONS['GET /api/quarantine']],
    ['seeDevices', PERMISSIONS['GET /api/unknown-devices']],
    ['seeDevices', PERMISSIONS['GET /api/profiles']],
    ['seeDevices', PERMISSIONS['GET /api/profile-uses']],
    ['seeDevices', PERMISSIONS['GET /api/calibrations']],
    ['manageDevices', PERMISSIONS['POST /api/sensors']],
    ['manageDevices', PERMISSIONS['POST /api/profiles/try']],
    ['manageDevices', PERMISSIONS['POST /api/quarantine/retry']],
    ['manageCredentials', PERMISSIONS['POST /api/device-credentials']],
    ['manageCredentials', PERMISSIONS['GET /api/mqtt-clients']],
    ['administer', PERMISSIONS['GET /api/accounts']],
    ['people', PERMISSIONS['POST /api/people']],
    ['backtest', PERMISSIONS['POST /api/backtests']],
    ['demonstrate', PERMISSIONS['POST /api/demonstration']],
  ];
  expect(new Set(rows.map(([ability]) => ability))).toEqual(new Set(Object.keys(ABILITIES)));
  for (const [ability, allowed] of rows) {
    for (const role of ROLES) {
      expect([ability, role, may([role], ability)]).toEqual([
        ability,
        role,
        allowed.includes(role),
      ]);
    }
  }
});

it('offers every metric of the domain, and knows which are states', () => {
  expect(METRIC_CHOICES).toEqual(METRIC_NAMES);
  for (const [name, { kind }] of METRICS) {
    expect([name, isBinary(name)]).toEqual([name, kind === 'binary']);
  }
  expect(isMetric('x.pm1')).toBe(false);
});

it('takes the ids that the house takes', () => {
  for (const id of RESERVED_IDS) expect(idProblem(id, new Set())).toBe('reserved');
  for (const id of ['a', 'th-1', '0x00158d', '', '-a', 'A', 'a_b', '门', 'a'.repeat(64)]) {
    expect([id, idProblem(id, new Set()) === undefined]).toEqual([id, isLocalId(id)]);
  }
});

it('keeps the orders and numerals of the domain', () => {
  expect(PRIORITY_ORDER).toEqual(PRIORITIES);
  expect(RESULT_ORDER).toEqual(RESULTS);
  expect(LEVELS.map(roman)).toEqual(['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ']);
});
