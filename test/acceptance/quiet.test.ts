/** Suppressed by design, out of service, and what is changed under an open alarm: stories. */

import { describe, expect, it } from 'vitest';
import { alarmState, type Alarm } from '../../domain/alarm.ts';
import { HOUR_MS } from '../../domain/time.ts';
import type { OutOfService } from '../../domain/out-of-service.ts';
import type { LimitChange } from '../../domain/limits.ts';
import { clockTime, knowledge, MIDNIGHT, Story } from './story.ts';

const HOUSE = {
  rooms: { r301: 'paper', r302: 'paper' },
  sensors: {
    'th-1': ['r301', 'temperature', 'humidity'],
    'th-2': ['r301', 'temperature', 'humidity'],
    'th-3': ['r302', 'temperature', 'humidity'],
    'sm-1': ['r301', 'smoke'],
    'sm-2': ['r301', 'smoke'],
  },
  setPoint: { temperature: 18, humidity: 50 },
} as const;

const fine = [
  ['temperature', 18],
  ['humidity', 50],
] as const;
const humid = [
  ['temperature', 18],
  ['humidity', 63],
] as const;
const noSmoke = [['smoke', 0]] as const;

function house(more: object = {}): Story {
  const story = new Story({ ...HOUSE, ...more });
  for (const id of ['th-1', 'th-2', 'th-3']) story.says(id, ...fine);
  for (const id of ['sm-1', 'sm-2']) story.says(id, ...noSmoke);
  return story;
}

const stateOf = (story: Story, alarm: Alarm) => alarmState(alarm, story.now);
const openOn = (story: Story, subject: string) =>
  story.engine.openAlarms().filter((alarm) => alarm.subject.id === subject);

function gateway(story: Story, online: boolean): Story {
  const status = { repository: 'sx', id: 'gw-3', online, at: story.now };
  story.feed([{ kind: 'status', status }]);
  return story;
}

describe('a gateway that is offline', () => {
  function cutOff(): Story {
    const story = house({ devices: { 'gw-3': ['th-1', 'th-2'] } }).at('00:10');
    return gateway(story.fallsSilent('th-1').fallsSilent('th-2'), false).until('00:20');
  }

  it('quiets the silence of the sensors behind it, which stay visible and say why', () => {
    const story = cutOff();
    const [first, second] = story.engine.openAlarms().filter((a) => a.rule === 'sensor-silent');
    expect([first?.subject.id, second?.subject.id]).toEqual(['th-1', 'th-2']);
    expect(first && stateOf(story, first)).toBe('suppressed');
    expect(first?.suppressed?.cause).toBe(story.alarm('device-offline').id);
    expect(first?.suppressed?.why.en).toContain('offline');
    expect(first?.telling).toBeUndefined();
    expect(stateOf(story, story.alarm('device-offline'))).toBe('unacknowledged');
  });

  it('quiets those that were announced before it said so', () => {
    const story = house({ devices: { 'gw-3': ['th-1'] } }).at('00:10');
    story.fallsSilent('th-1').until('00:19');
    expect(stateOf(story, story.alarm('sensor-silent'))).toBe('unacknowledged');
    gateway(story, false).until('00:20');
    expect(stateOf(story, story.alarm('sensor-silent'))).toBe('suppressed');
  });

  it('that comes back gives its sensors time; who reports is forgotten, who does not is announced', () => {
    const story = gateway(cutOff(), true);
    story.says('th-1', ...fine).until('00:22');
    expect(openOn(story, 'th-1')).toEqual([]);
    expect(openOn(story, 'th-2').map((alarm) => stateOf(story, alarm))).toEqual(['suppressed']);
    story.until('00:23:10');
    expect(openOn(story, 'th-2').map((alarm) => stateOf(story, alarm))).toEqual(['unacknowledged']);
    expect(openOn(story, 'th-2')[0]?.telling?.from).toBe(clockTime('00:23'));
  });

  it('is still the reason after a restart', () => {
    const story = cutOff();
    const before = story.engine.openAlarms();
    story.restarts().until('00:21');
    expect(story.engine.openAlarms()).toEqual(before);
  });
});

describe('a confirmed fire', () => {
  function burning(): Story {
    const story = house()
      .says('th-1', ...humid)
      .says('th-3', ...humid)
      .until('00:15');
    story.says('sm-1', ['smoke', 1]).says('sm-2', ['smoke', 1]);
    return story;
  }

  it('quiets the climate of its room, of no other, and no safety alarm', () => {
    const story = burning().until('00:16');
    const states = story.engine
      .openAlarms()
      .map((alarm) => `${alarm.subject.id} ${alarm.rule}: ${stateOf(story, alarm)}`);
    expect(states).toEqual(
      expect.arrayContaining([
        'th-1 humidity-high: suppressed',
        'th-3 humidity-high: unacknowledged',
        'sm-1 smoke-alarm: unacknowledged',
        'r301 fire-confirmed: unacknowledged',
      ]),
    );
  });

  it('gives the climate back when it is over and was reset', () => {
    const story = burning().until('00:16');
    story
      .says('sm-1', ...noSmoke)
      .says('sm-2', ...noSmoke)
      .until('00:17');
    const [climate] = openOn(story, 'th-1').filter((alarm) => alarm.rule === 'humidity-high');
    expect(climate && stateOf(story, climate)).toBe('suppressed');
    story.acknowledges('duty-a', 'fire-confirmed');
    const fire = story.alarm('fire-confirmed').id;
    story.command({ kind: 'reset-alarm', alarm: fire, by: 'manager' });
    const [after] = openOn(story, 'th-1').filter((alarm) => alarm.rule === 'humidity-high');
    expect(after && stateOf(story, after)).toBe('unacknowledged');
    expect(after?.telling?.from).toBe(story.now);
  });
});

const fact = (more: Partial<OutOfService>): OutOfService => ({
  id: 's-1',
  repository: 'sx',
  subject: { kind: 'sensor', id: 'th-1' },
  by: 'manager',
  at: MIDNIGHT,
  reason: '送检',
  tag: 'GZP-007',
  ...more,
});

describe('out of service', () => {
  it('holds for what is raised later, tells nobody, and survives a restart', () => {
    const story = house().changes({ outOfService: [fact({})] });
    story.says('th-1', ...humid).until('00:15');
    const alarm = story.alarm('humidity-high');
    expect(stateOf(story, alarm)).toBe('out-of-service');
    expect(alarm.outOfService).toMatchObject({ by: 'manager', tag: 'GZP-007', reason: '送检' });
    story.until('03:00').nobodyTold();
    story.restarts().until('03:01');
    expect(story.engine.openAlarms()[0]?.outOfService?.tag).toBe('GZP-007');
  });

  it('takes an open alarm along, and gives it back to the people with who returned it', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    story.changes({ outOfService: [fact({})] }).until('00:16');
    expect(stateOf(story, story.alarm('humidity-high'))).toBe('out-of-service');
    const returned = { by: 'manager-b', at: story.now };
    story.changes({ outOfService: [fact({ returned })] }).until('00:17');
    expect(stateOf(story, story.alarm('humidity-high'))).toBe('unacknowledged');
    const { id } = story.alarm('humidity-high');
    expect(story.transitions.filter((t) => t.alarm === id)).toMatchObject([
      { kind: 'raised' },
      { kind: 'taken-out-of-service', by: 'manager', note: 'GZP-007: 送检' },
      { kind: 'returned-to-service', by: 'manager-b' },
    ]);
  });

  it('of one rule leaves the sensor’s other rules in service', () => {
    const story = house().changes({ outOfService: [fact({ rule: 'humidity-high' })] });
    story.says('th-1', ['temperature', 30], ['humidity', 63]).until('00:15');
    expect(stateOf(story, story.alarm('humidity-high'))).toBe('out-of-service');
    expect(stateOf(story, story.alarm('temperature-high'))).toBe('unacknowledged');
  });

  it('beyond its review it is an alarm of its own, told until it is returned or taken out anew', () => {
    const reviewAt = clockTime('00:30');
    const story = house().until('00:10');
    story.toldSince();
    story
      .changes({ outOfService: [fact({ reviewAt })] })
      .until('00:29')
      .nobodyTold();
    story.until('00:30:05').told('duty-a');
    const due = story.alarm('service-overdue');
    expect([due.room, due.subject.id, due.title.zh]).toEqual([
      'r301',
      'th-1',
      'th-1停用已到复查时间（挂牌号 GZP-007）',
    ]);
    expect(stateOf(story, due)).toBe('unacknowledged');
    story.restarts().until('00:31');
    expect(story.openRules()).toContain('service-overdue');
    const later = fact({ reviewAt: clockTime('06:00') });
    story.changes({ outOfService: [later] }).until('00:32');
    expect(stateOf(story, story.alarm('service-overdue'))).toBe('returned-unacknowledged');
  });

  it('a detector confirms no fire, and the other one is told all the same', () => {
    const subject = { kind: 'sensor', id: 'sm-1' } as const;
    const story = house().changes({ outOfService: [fact({ subject, second: 'security' })] });
    story.until('00:10').toldSince();
    story.says('sm-1', ['smoke', 1]).until('00:11').nobodyTold();
    story.says('sm-2', ['smoke', 1]).until('00:11:30').told('duty-a');
    expect(story.openRules()).not.toContain('fire-confirmed');
  });
});

describe('what is changed under an open alarm', () => {
  it('a limit: the alarm stays open and says who changed it, from what to what', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    const change: LimitChange = {
      id: 'c-1',
      repository: 'sx',
      room: 'r301',
      metric: 'humidity',
      kind: 'range',
      min: 45,
      max: 55,
      reason: '专家意见',
      by: 'manager',
      validFrom: story.now,
      recordedAt: story.now,
    };
    expect(story.alarm('humidity-high').limit).toBe(60);
    story.changes({ limits: [change] }).until('00:16');
    expect(story.alarm('humidity-high').limit).toBe(55);
    const { id } = story.alarm('humidity-high');
    expect(story.transitions.filter((t) => t.alarm === id).at(-1)).toMatchObject({
      kind: 'edited',
      by: 'manager',
      edit: { what: 'limit', from: 60, to: 55, by: 'manager', reason: '专家意见' },
    });
    expect(story.openRules()).toContain('humidity-high');
    const count = story.transitions.length;
    story.restarts().until('00:17');
    expect(story.transitions).toHaveLength(count);
  });

  it('a limit that counts from later on is told when it counts', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    const change: LimitChange = {
      id: 'c-1',
      repository: 'sx',
      room: 'r301',
      metric: 'humidity',
      kind: 'range',
      max: 65,
      reason: '梅雨季',
      by: 'manager',
      validFrom: clockTime('00:20'),
      recordedAt: story.now,
    };
    story.changes({ limits: [change] }).until('00:19');
    expect(story.alarm('humidity-high').limit).toBe(60);
    story.until('00:20:10');
    expect(story.alarm('humidity-high').limit).toBe(65);
    expect(story.transitions.map((t) => t.kind)).toContain('edited');
  });

  it('its rule is gone: it says so, nobody knows, and a person closes it with a reason', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    const { id } = story.alarm('humidity-high');
    const rules = knowledge.rules.rules.filter((rule) => rule.id !== 'humidity-high');
    story
      .nextRules({ ...knowledge.rules, rules })
      .restarts()
      .until('00:16');
    expect(story.alarm('humidity-high')).toMatchObject({
      verdict: 'cannot-tell',
      orphaned: { what: 'rule-retired' },
    });
    const close = { kind: 'close-alarm', alarm: id, by: 'manager' } as const;
    expect(story.command({ ...close, reason: ' ' })).toMatchObject({ code: 'invalid' });
    expect(story.command({ ...close, reason: '规则已停用' })).toEqual({ ok: true, id });
    expect(story.openRules()).not.toContain('humidity-high');
    expect(story.journal.at(-1)).toMatchObject({ action: 'alarm.closed', by: 'manager' });
  });

  it('its sensor is gone: the same; a fire that it confirmed is not kept burning by it', () => {
    const story = house().says('sm-1', ['smoke', 1]).says('sm-2', ['smoke', 1]).until('00:01');
    story
      .says('sm-2', ...noSmoke)
      .changes({ building: { retired: ['sm-1'] } })
      .until('00:02');
    expect(openOn(story, 'sm-1')[0]?.orphaned?.what).toBe('subject-retired');
    expect(story.alarm('fire-confirmed').verdict).toBe('not-met');
  });

  it('an alarm that is judged still is not closed by hand', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    const { id } = story.alarm('humidity-high');
    const close = { kind: 'close-alarm', alarm: id, by: 'manager', reason: '误报' } as const;
    expect(story.command(close)).toMatchObject({ ok: false, code: 'not-allowed' });
  });
});

describe('shelving', () => {
  const shelve = (
    story: Story,
    alarm: string,
    { hours, reason }: { readonly hours: number; readonly reason: string },
  ) => {
    const until = story.now + hours * HOUR_MS;
    return story.command({ kind: 'shelve-alarm', alarm, by: 'manager', until, reason });
  };

  it('is limited by priority: four hours and a fuller reason for what is high', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    const { id } = story.alarm('humidity-high');
    expect(shelve(story, id, { hours: 9, reason: '除湿机检修' })).toMatchObject({
      ok: false,
      code: 'invalid',
    });
    story.until('02:16');
    expect(story.alarm('humidity-high').priority).toBe('high');
    expect(shelve(story, id, { hours: 5, reason: '除湿机检修' })).toMatchObject({
      ok: false,
      code: 'invalid',
    });
    expect(shelve(story, id, { hours: 1, reason: '修' })).toMatchObject({
      ok: false,
      code: 'invalid',
    });
    expect(shelve(story, id, { hours: 4, reason: '除湿机检修' })).toEqual({ ok: true, id });
  });

  it('is never for a fire', () => {
    const story = house().says('sm-1', ['smoke', 1]).until('00:01');
    const { id } = story.alarm('smoke-alarm');
    expect(shelve(story, id, { hours: 1, reason: '误报误报误报误报' })).toMatchObject({
      code: 'not-allowed',
    });
  });
});

describe('a condition that grows graver', () => {
  it('is announced anew: acknowledged before, it waits for somebody again', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    story.acknowledges('duty-a', 'humidity-high').until('02:09');
    expect(stateOf(story, story.alarm('humidity-high'))).toBe('acknowledged');
    story.until('02:16');
    const alarm = story.alarm('humidity-high');
    expect([stateOf(story, alarm), alarm.priority]).toEqual(['unacknowledged', 'high']);
    expect(alarm.telling?.from).toBe(
      story.transitions.filter((t) => t.alarm === alarm.id).at(-1)?.at,
    );
  });

  it('rises while it is shelved, and is announced with its graver priority at the end', () => {
    const story = house()
      .says('th-1', ...humid)
      .until('00:15');
    const { id } = story.alarm('humidity-high');
    const until = clockTime('03:00');
    story.command({ kind: 'shelve-alarm', alarm: id, by: 'manager', until, reason: '检修' });
    story.until('02:30');
    expect(stateOf(story, story.alarm('humidity-high'))).toBe('shelved');
    expect(story.alarm('humidity-high').priority).toBe('high');
    story.until('03:00:05');
    expect(stateOf(story, story.alarm('humidity-high'))).toBe('unacknowledged');
  });
});
