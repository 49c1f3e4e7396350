import { describe, expect, it } from 'vitest';
import { alarmState } from '../../domain/alarm.ts';
import type { LimitChange } from '../../domain/limits.ts';
import type { StandardsChoice } from '../../domain/standards.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { MIDNIGHT, Story } from './story.ts';

const VAULT = {
  rooms: { r301: 'paper', r302: 'paper', lab: 'buffer' },
  sensors: {
    'th-1': ['r301', 'temperature', 'humidity'],
    'th-2': ['r302', 'temperature', 'humidity'],
    'th-lab': ['lab', 'temperature'],
  },
} as const;

const humid = (value: number) =>
  [
    ['temperature', 20],
    ['humidity', value],
  ] as const;

describe('a humid night', () => {
  it('is an alarm after ten minutes, grave after two hours; then the plan runs until somebody answers', () => {
    const story = new Story(VAULT)
      .at('01:00')
      .says('th-1', ...humid(55))
      .says('th-2', ...humid(55))
      .at('01:10')
      .says('th-1', ...humid(63))
      .until('01:19:55');
    expect(story.openRules()).not.toContain('humidity-high');
    story.until('01:20');
    const alarm = story.alarm('humidity-high');
    expect(alarm).toMatchObject({ priority: 'medium', value: 63, limit: 60 });
    expect(alarm.citation.standard).toContain('JGJ 25-2010');
    expect(alarm.since).toBe(MIDNIGHT + 70 * MINUTE_MS);
    story.toldSince();
    story.until('03:19:55').nobodyTold().until('03:20').told('duty-a');
    expect(story.alarm('humidity-high').priority).toBe('high');
    expect(story.incident('climate').room).toBe('r301');
    story.until('03:35').told('duty-b', 'duty-a');
    const { id } = story.incident('climate');
    story.command({ kind: 'acknowledge-incident', incident: id, by: 'duty-b' });
    expect(story.alarm('humidity-high').acknowledged?.by).toBe('duty-b');
    story.until('06:00');
    expect(story.incident('climate').tellings.filter((t) => t.why === 'escalation')).toHaveLength(
      1,
    );
  });

  it('ends ten minutes after the value has left the margin inside the limit and its dead band', () => {
    const story = new Story(VAULT).says('th-1', ...humid(63)).until('00:10');
    story.says('th-1', ...humid(57.5)).until('00:30');
    expect(story.alarm('humidity-high').verdict).toBe('met');
    story.says('th-1', ...humid(57)).until('00:39:55');
    expect(story.alarm('humidity-high').verdict).toBe('met');
    story.until('00:40');
    expect(alarmState(story.alarm('humidity-high'), story.now)).toBe('returned-unacknowledged');
    story.acknowledges('duty-a', 'humidity-high');
    expect(story.openRules()).not.toContain('humidity-high');
  });

  it('is announced inside the limit first, and the same alarm grows at it', () => {
    const story = new Story(VAULT).says('th-1', ...humid(58.5)).until('00:10');
    const early = story.alarm('humidity-high');
    expect(early).toMatchObject({ priority: 'low', value: 58.5, limit: 60 });
    expect(early.title.en).toBe('r301: humidity 58.5 %RH, close to its upper limit of 60 %RH');
    story.says('th-1', ...humid(60.5)).until('00:19:55');
    expect(story.alarm('humidity-high')).toMatchObject({ id: early.id, priority: 'low' });
    story.until('00:20');
    const grown = story.alarm('humidity-high');
    expect(grown).toMatchObject({ id: early.id, priority: 'medium', value: 60.5 });
    expect(grown.title.zh).toBe('r301湿度过高：60.5 %RH（上限 60 %RH）');
    story.says('th-1', ...humid(58.5)).until('02:19:55');
    expect(story.alarm('humidity-high')).toMatchObject({ verdict: 'met', priority: 'medium' });
    story.says('th-1', ...humid(50)).until('02:40');
    expect(story.alarm('humidity-high')).toMatchObject({ id: early.id, verdict: 'not-met' });
    const own = story.transitions.filter((one) => one.alarm === early.id);
    expect(own.map((one) => one.kind)).toEqual(['raised', 're-raised', 'returned']);
  });

  it('near its limits in two rooms opens no plan', () => {
    const story = new Story(VAULT).says('th-1', ...humid(59)).says('th-2', ...humid(59));
    const early = story.until('00:30').openRules();
    expect(early.filter((rule) => rule === 'humidity-high')).toHaveLength(2);
    expect(story.incidents.size).toBe(0);
  });

  it('grows at the same minute after a restart between the margin and the limit', () => {
    const run = (restart: boolean) => {
      const story = new Story(VAULT).says('th-1', ...humid(59)).until('00:12');
      story.says('th-1', ...humid(62)).until('00:17');
      story.feed([], true);
      if (restart) story.until('00:18').restarts();
      story.until('02:30');
      const { id } = story.alarm('humidity-high');
      const own = story.transitions.filter((one) => one.alarm === id);
      return own.map(({ kind, at, note }) => [kind, (at - MIDNIGHT) / MINUTE_MS, note]);
    };
    expect(run(true)).toEqual(run(false));
    expect(run(true)).toEqual([
      ['raised', 10, undefined],
      ['re-raised', 22, 'medium'],
      ['re-raised', 142, 'high'],
    ]);
  });

  it('in two rooms at once opens the plan for the repository, one level graver', () => {
    const story = new Story(VAULT).says('th-1', ...humid(63)).says('th-2', ...humid(64));
    story.until('00:10');
    expect(story.incident('climate')).toMatchObject({ level: 3, alarms: { length: 2 } });
    expect(story.incident('climate').room).toBeUndefined();
  });

  it('raises nothing where no limit is known', () => {
    const story = new Story(VAULT).says('th-lab', ['temperature', 45]).until('01:00');
    expect(story.openRules()).not.toContain('temperature-high');
  });
});

describe('missing and bad data', () => {
  it('silence while in alarm does not clear it, and raises its own alarm', () => {
    const story = new Story(VAULT)
      .says('th-1', ...humid(63))
      .until('00:15')
      .fallsSilent('th-1');
    story.until('01:00');
    expect(story.openRules()).toEqual(expect.arrayContaining(['humidity-high', 'sensor-silent']));
    expect(story.alarm('humidity-high').verdict).toBe('cannot-tell');
    story.says('th-1', ...humid(63));
    expect(story.alarm('humidity-high').verdict).toBe('met');
    expect(story.alarms.get(story.alarm('sensor-silent').id)?.verdict).toBeDefined();
  });

  it('one good value before a silence does not clear it', () => {
    const story = new Story(VAULT).says('th-1', ...humid(63)).until('00:15');
    story.fallsSilent('th-1').once('th-1', 'humidity', 50).until('01:00');
    expect(story.alarm('humidity-high').verdict).not.toBe('not-met');
  });

  it('one bad value before a silence raises no climate alarm', () => {
    const story = new Story(VAULT).says('th-1', ...humid(50)).until('00:15');
    story.fallsSilent('th-1').once('th-1', 'humidity', 70).until('01:00');
    expect(story.rules()).not.toContain('humidity-high');
    expect(story.openRules()).toContain('sensor-silent');
  });

  it('failed readings raise a sensor alarm, never a climate alarm, and clear nothing', () => {
    const story = new Story(VAULT)
      .says('th-1', ...humid(63))
      .until('00:15')
      .fallsSilent('th-1');
    story
      .once('th-1', 'humidity', 150, { quality: 4 })
      .once('th-1', 'temperature', -60, { quality: 4 });
    expect(story.openRules()).toEqual(expect.arrayContaining(['humidity-high', 'bad-data']));
    expect(story.rules()).not.toContain('temperature-low');
    expect(story.alarm('humidity-high').verdict).toBe('cannot-tell');
  });

  it('a sensor that says it is offline counts as silent after 30 s', () => {
    const story = new Story(VAULT)
      .says('th-1', ...humid(50))
      .at('00:01')
      .fallsSilent('th-1');
    story.feed([
      { kind: 'status', status: { repository: 'sx', id: 'th-1', online: false, at: story.now } },
    ]);
    story.until('00:01:35');
    expect(story.openRules()).toContain('sensor-silent');
  });
});

describe('the daily swing', () => {
  const at = (temperature: number) => [['temperature', temperature]] as const;

  it.each([
    ['both', 20, ['temperature-off-set-point']],
    ['set-point', 20, ['temperature-off-set-point']],
    ['peak-to-peak', 20, []],
    ['both', undefined, []],
  ] as const)(
    'read as %s with set-point %s, 22.5 °C: %j',
    (swingReading, temperature, expected) => {
      const setPoint = temperature === undefined ? {} : { setPoint: { temperature } };
      const story = new Story({ ...VAULT, ...setPoint }, { swingReading });
      story
        .says('th-1', ...at(20))
        .until('01:00')
        .says('th-1', ...at(22.5))
        .until('02:00');
      expect(story.openRules().filter((rule) => rule.startsWith('temperature'))).toEqual(expected);
    },
  );

  it('of more than 4 °C within 24 h is a high alarm; it ends when the extremes are a day old', () => {
    const story = new Story(VAULT)
      .says('th-1', ...at(18))
      .until('06:00')
      .says('th-1', ...at(22.5));
    // One value is no level yet.
    expect(story.rules()).not.toContain('temperature-daily-range');
    story.until('06:02');
    const alarm = story.alarm('temperature-daily-range');
    expect(alarm).toMatchObject({ priority: 'high', value: 4.5, limit: 4 });
    story.until('+1 05:30', MINUTE_MS);
    expect(story.alarm('temperature-daily-range').verdict).toBe('met');
    story.until('+1 06:20', MINUTE_MS);
    expect(story.alarm('temperature-daily-range').verdict).toBe('not-met');
  });

  it('takes late readings into the window at their own time', () => {
    const story = new Story(VAULT).says('th-1', ...at(18)).at('06:00');
    const flags = ['historical'] as const;
    story.once('th-1', 'temperature', 23, { at: story.now - 2 * HOUR_MS, flags });
    expect(story.rules()).not.toContain('temperature-daily-range');
    story.says('th-1', ...at(18.1));
    expect(story.alarm('temperature-daily-range').value).toBe(5);
  });
});

describe('shelving', () => {
  it('quiets an alarm until its time, then announces again what still holds', () => {
    const story = new Story(VAULT).says('th-1', ...humid(63)).until('00:10');
    story.acknowledges('duty-a', 'humidity-high');
    const { id } = story.alarm('humidity-high');
    const shelve = {
      kind: 'shelve-alarm',
      alarm: id,
      by: 'manager',
      reason: '除湿机维修',
    } as const;
    expect(story.command({ ...shelve, until: story.now + 9 * HOUR_MS }).ok).toBe(false);
    expect(story.command({ ...shelve, until: story.now + HOUR_MS }).ok).toBe(true);
    expect(alarmState(story.alarm('humidity-high'), story.now)).toBe('shelved');
    story.until('01:10');
    expect(alarmState(story.alarm('humidity-high'), story.now)).toBe('unacknowledged');
    expect(story.transitions.filter((t) => t.kind === 'unshelved')).toHaveLength(1);
  });
});

describe('the duty officer', () => {
  const shelve = {
    kind: 'shelve-alarm',
    by: 'duty-a',
    asDuty: true,
    reason: '更换传感器',
  } as const;

  it('shelves what its rule lets them', () => {
    const story = new Story(VAULT)
      .says('th-1', ...humid(50))
      .until('00:05')
      .fallsSilent('th-1');
    story.until('00:30');
    const { id, shelvedBy } = story.alarm('sensor-silent');
    expect(shelvedBy).toBe('duty');
    const until = story.now + HOUR_MS;
    expect(story.command({ ...shelve, alarm: id, until }).ok).toBe(true);
    expect(alarmState(story.alarm('sensor-silent'), story.now)).toBe('shelved');
  });

  it('is refused what is the manager’s', () => {
    const story = new Story(VAULT).says('th-1', ...humid(63)).until('00:10');
    const { id, shelvedBy } = story.alarm('humidity-high');
    expect(shelvedBy).toBeUndefined();
    const result = story.command({ ...shelve, alarm: id, until: story.now + HOUR_MS });
    expect(result).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(result).toMatchObject({ say: { name: 'shelving-managers' } });
  });
});

describe("a repository's own limits", () => {
  const change: LimitChange = {
    id: 'c1',
    repository: 'sx',
    room: 'r301',
    metric: 'humidity',
    kind: 'range',
    min: 45,
    max: 65,
    reason: '临时放宽',
    by: 'manager',
    validFrom: MIDNIGHT + HOUR_MS,
    recordedAt: 0,
  };

  it('hold from the moment they are valid, without a restart', () => {
    const story = new Story(VAULT, {}, { changes: [change] })
      .says('th-1', ...humid(62))
      .until('00:10');
    expect(story.alarm('humidity-high').verdict).toBe('met');
    story.until('01:12');
    expect(story.alarm('humidity-high').verdict).toBe('not-met');
  });
});

describe('a room that keeps to another standard', () => {
  it('is judged by it from the moment that was chosen, and its alarm cites it', () => {
    const choice: StandardsChoice = {
      id: 's1',
      repository: 'sx',
      room: 'r301',
      standards: ['iasa-tc05:medium', 'iasa-tc05:bounds'],
      reason: '库房改存录音带',
      by: 'manager',
      validFrom: MIDNIGHT + HOUR_MS,
      recordedAt: 0,
      origin: 'screen',
    };
    const story = new Story(VAULT, {}, { choices: [choice] })
      .says('th-1', ...humid(55))
      .says('th-2', ...humid(55))
      .until('01:00');
    expect(story.openRules()).not.toContain('humidity-high');
    story.until('01:12');
    const alarm = story.alarm('humidity-high');
    expect(alarm).toMatchObject({ value: 55, limit: 50, room: 'r301' });
    expect(alarm.citation).toMatchObject({ standard: 'IASA-TC05', verification: 'copy' });
  });
});
