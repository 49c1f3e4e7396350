import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../domain/incident.ts';
import type { Person, PersonRole } from '../../../domain/registry.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import { dueRungs, dueSteps, loadPlans } from '../../../alerts/index.ts';
import { openIncident, recordStep } from '../../../alerts/plans/incident-acts.ts';
import { choose } from '../../../alerts/tell/people.ts';

const person = (id: string, role: PersonRole, email = true): Person => ({
  repository: 'sx',
  id,
  name: id,
  role,
  origin: 'file',
  ...(email ? { email: `${id}@example.org` } : {}),
});
const STAFF = [
  person('d1', 'duty'),
  person('d2', 'duty'),
  person('m1', 'manager'),
  person('x1', 'director'),
];

describe('whom to tell', () => {
  it.for([
    ['the first', STAFF, { role: 'duty', who: 'first' }, [], ['d1'], undefined],
    ['all', STAFF, { role: 'duty', who: 'all' }, [], ['d1', 'd2'], undefined],
    ['the next', STAFF, { role: 'duty', who: 'next' }, ['d1'], ['d2'], undefined],
    [
      'the next role when all were told',
      STAFF,
      { role: 'duty', who: 'next' },
      ['d1', 'd2'],
      ['m1'],
      undefined,
    ],
    [
      'the first again when everybody was told',
      STAFF,
      { role: 'duty', who: 'next' },
      ['d1', 'd2', 'm1', 'x1'],
      ['d1'],
      undefined,
    ],
    [
      'upwards for an empty role',
      STAFF,
      { role: 'security', who: 'first' },
      [],
      ['x1'],
      'director',
    ],
    [
      'downwards when nobody is above',
      STAFF.slice(0, 3),
      { role: 'director', who: 'first' },
      [],
      ['m1'],
      'manager',
    ],
    [
      'not who has no channel',
      [person('d1', 'duty', false), person('d2', 'duty')],
      { role: 'duty', who: 'first' },
      [],
      ['d2'],
      undefined,
    ],
    ['nobody, when nobody can be reached', [], { role: 'duty', who: 'first' }, [], [], undefined],
  ] as const)('%s', ([_, people, wanted, told, expected, fellBackTo]) => {
    const choice = choose(people, wanted, new Set(told));
    expect(choice.people.map((p) => p.id)).toEqual(expected);
    expect(choice.fellBackTo).toBe(fellBackTo);
  });
});

describe('what of a plan is due', () => {
  const plan = loadPlans().find((p) => p.id === 'fire');
  if (!plan) throw new Error('no fire plan');
  const opened: Incident = openIncident(
    {
      id: 'sx.fire-r1-1',
      repository: 'sx',
      plan,
      level: plan.level,
      title: plan.name,
      by: 'system',
      alarms: [],
      simulated: false,
      reason: 'test',
    },
    0,
  );

  it('tells the steps of the first moment at once, never those that are done', () => {
    const ids = dueSteps(plan, opened, 0).map(({ step }) => step.id);
    expect(ids).toContain('call-119');
    expect(ids).not.toContain('confirmed');
    expect(ids).not.toContain('report-government');
  });

  it('tells of a step that is overdue once, and a recorded outcome stops its clock', () => {
    const told = { ...opened, steps: opened.steps.map((s) => ({ ...s, toldAt: 0 })) };
    const overdue = (incident: Incident, at: number) =>
      dueSteps(plan, incident, at)
        .filter(({ what }) => what === 'overdue')
        .map(({ step }) => step.id);
    expect(overdue(told, MINUTE_MS - 1)).toEqual([]);
    expect(overdue(told, MINUTE_MS)).toEqual(['call-119']);
    const done = recordStep(told, { step: 'call-119', by: 'duty-a', outcome: 'done' }, 1);
    expect(done.ok && overdue(done.incident, MINUTE_MS)).toEqual([]);
    const noted = { ...told, steps: told.steps.map((s) => ({ ...s, overdueToldAt: 1 })) };
    expect(overdue(noted, MINUTE_MS)).toEqual([]);
  });

  it('lets rungs fall due in order, all that were missed, none after an acknowledgement', () => {
    const at = (now: number, told: number) =>
      dueRungs(plan, { ...opened, rungsTold: told }, now).map(({ index }) => index);
    expect(at(0, 0)).toEqual([0, 1]);
    expect(at(3 * MINUTE_MS, 2)).toEqual([2, 3]);
    const acknowledged = { ...opened, acknowledged: { by: 'duty-a', at: 0 } };
    expect(dueRungs(plan, acknowledged, 99 * MINUTE_MS)).toEqual([]);
  });

  it.for([
    ['nope', 'done', undefined, 'not-found'],
    ['call-119', 'failed', undefined, 'invalid'],
    ['call-119', 'not-applicable', ' ', 'invalid'],
  ] as const)(
    'refuses the outcome of step %s: %s without a note',
    ([step, outcome, note, code]) => {
      const act = { step, outcome, by: 'duty-a', ...(note === undefined ? {} : { note }) };
      expect(recordStep(opened, act, 0)).toMatchObject({ ok: false, code });
    },
  );
});
