import { describe, expect, it } from 'vitest';
import { alarmState } from '../../domain/alarm.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { Story } from './story.ts';

const TWO_DETECTORS = {
  rooms: { r301: 'paper', r302: 'paper' },
  sensors: {
    'sm-1': ['r301', 'smoke', 'smoke_test', 'disabled', 'muted'],
    'sm-2': ['r301', 'smoke', 'smoke_test', 'disabled'],
    'ht-1': ['r301', 'heat', 'smoke'],
    'sm-9': ['r302', 'smoke'],
  },
} as const;

const fire = (settings = {}) => new Story(TWO_DETECTORS, settings);

describe('one detector', () => {
  it('is a fire alarm: duty is told at once, but no incident opens', () => {
    const story = fire().at('03:00').once('sm-1', 'smoke', 1).told('duty-a');
    const alarm = story.alarm('smoke-alarm');
    expect(alarm).toMatchObject({ priority: 'critical', safety: true, latching: true });
    expect(alarm.id).toBe(`sx.smoke-alarm-sm-1-${story.now.toString(36)}`);
    expect(alarm.citation.clause).toBe('4.1.6');
    expect(story.incidents.size).toBe(0);
  });

  it('escalates person by person while nobody acknowledges, and stops when somebody does', () => {
    fire()
      .at('03:00')
      .once('sm-1', 'smoke', 1)
      .told('duty-a')
      .until('03:01:55')
      .nobodyTold()
      .until('03:02')
      .told('duty-b')
      .until('03:05')
      .told('manager')
      .acknowledges('duty-b', 'smoke-alarm')
      .until('04:00')
      .nobodyTold();
  });

  it('is not cleared by silence, nor by bad data, nor reset while it holds', () => {
    const story = fire().at('03:00').says('sm-1', ['smoke', 1]).fallsSilent('sm-1').until('03:30');
    expect(story.openRules()).toContain('sensor-silent');
    const alarm = story.alarm('smoke-alarm');
    expect(alarm.verdict).toBe('cannot-tell');
    expect(alarmState(alarm, story.now)).toBe('unacknowledged');
    story.once('sm-1', 'smoke', 0, { quality: 4 });
    expect(story.alarm('smoke-alarm').closedAt).toBeUndefined();
    expect(story.command({ kind: 'reset-alarm', alarm: alarm.id, by: 'duty-a' })).toMatchObject({
      ok: false,
      code: 'not-allowed',
    });
  });

  it('latches: after the smoke is gone it waits for acknowledgement and reset', () => {
    const story = fire()
      .at('03:00')
      .says('sm-1', ['smoke', 1])
      .at('03:05')
      .says('sm-1', ['smoke', 0]);
    expect(alarmState(story.alarm('smoke-alarm'), story.now)).toBe('latched-unacknowledged');
    story.acknowledges('duty-a', 'smoke-alarm');
    expect(alarmState(story.alarm('smoke-alarm'), story.now)).toBe('latched-acknowledged');
    const { id } = story.alarm('smoke-alarm');
    expect(story.command({ kind: 'reset-alarm', alarm: id, by: 'duty-a' }).ok).toBe(true);
    expect(story.alarm('smoke-alarm').closedAt).toBe(story.now);
    const mqtt = story.outbox.filter((m) => m.channel === 'mqtt' && m.alarm === id).slice(-2);
    expect(mqtt.map((m) => [m.retain, m.payload === ''])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(mqtt[0]?.target).toBe(`lantai/sx/alarm/${id}`);
  });

  it('is told although its quality is failed: a fire signal is never bad data', () => {
    expect(fire().once('sm-1', 'smoke', 1, { quality: 4 }).rules()).toContain('smoke-alarm');
  });

  it('is a fire though the detector is muted: only its sounder is', () => {
    const story = fire().once('sm-1', 'muted', 1).once('sm-1', 'smoke', 1);
    expect(story.rules()).toContain('smoke-alarm');
  });
});

describe('two detectors of one room', () => {
  it('confirm the fire: the plan starts, everybody on its first rungs is told, steps are shown', () => {
    const story = fire().at('03:00').once('sm-1', 'smoke', 1).told('duty-a').at('03:04');
    story.toldSince();
    story.once('sm-2', 'smoke', 1);
    expect(story.toldSince()).toEqual(['duty-a', 'duty-b', 'security']);
    expect(story.alarm('fire-confirmed')).toMatchObject({
      subject: { kind: 'room', id: 'r301' },
      evidence: ['sm-1', 'sm-2'],
      priority: 'critical',
    });
    const incident = story.incident('fire');
    expect(incident.alarms).toHaveLength(3);
    expect(incident.steps[0]).toMatchObject({ id: 'confirmed', outcome: 'done', by: 'system' });
    expect(story.outbox.every((m) => m.incident === undefined || m.safety)).toBe(true);
    expect(story.alarm('smoke-alarm').incident).toBe(incident.id);
  });

  it.for([
    ['one detector twice', 'sm-1', 'smoke', false],
    ['smoke and heat of the same detector', 'ht-1', 'heat', false],
    ['a detector of another room', 'sm-9', 'smoke', false],
    ['a heat detector of the same room', 'ht-1', 'heat', true],
  ] as const)('%s: confirmed or not', ([_, second, metric, confirmed]) => {
    const first = _.startsWith('smoke and heat') ? 'ht-1' : 'sm-1';
    const story = fire().once(first, 'smoke', 1).at('00:05').once(second, metric, 1);
    expect(story.rules().includes('fire-confirmed')).toBe(confirmed);
  });

  it.each([
    ['30 min after the first signal ended', '00:31', true],
    ['later than that', '00:31:05', false],
  ])('%s: confirmed or not', (_, time, confirmed) => {
    const story = fire().once('sm-1', 'smoke', 1).at('00:01').once('sm-1', 'smoke', 0);
    story.at(time).once('sm-2', 'smoke', 1);
    expect(story.rules().includes('fire-confirmed')).toBe(confirmed);
  });

  it('confirms at any time while the first signal still holds', () => {
    const story = fire().says('sm-1', ['smoke', 1]).at('02:00').once('sm-2', 'smoke', 1);
    expect(story.rules()).toContain('fire-confirmed');
  });

  it('does not count a detector that was reset', () => {
    const story = fire().once('sm-1', 'smoke', 1).at('00:01').once('sm-1', 'smoke', 0);
    const { id } = story.alarm('smoke-alarm');
    expect(story.command({ kind: 'reset-alarm', alarm: id, by: 'duty-a' }).ok).toBe(true);
    story.at('00:02').once('sm-2', 'smoke', 1);
    expect(story.rules()).not.toContain('fire-confirmed');
  });

  it.each(['smoke_test', 'disabled'] as const)('does not count one with %s', (flag) => {
    const story = fire().once('sm-1', flag, 1).once('sm-1', 'smoke', 1);
    story.at('00:02').once('sm-2', 'smoke', 1);
    expect(story.rules()).not.toContain('fire-confirmed');
    expect(story.rules().filter((rule) => rule === 'smoke-alarm')).toHaveLength(1);
  });

  it('acknowledging the incident stops its escalation and acknowledges its alarms', () => {
    const story = fire().once('sm-1', 'smoke', 1).once('sm-2', 'smoke', 1);
    const { id } = story.incident('fire');
    story.command({ kind: 'acknowledge-incident', incident: id, by: 'duty-a' });
    story.until('00:30');
    expect(
      story
        .incident('fire')
        .alarms.every((a) => story.alarms.get(a)?.acknowledged?.by === 'duty-a'),
    ).toBe(true);
    expect(story.incident('fire').tellings.every((t) => t.why !== 'escalation')).toBe(true);
  });

  it('says once of each role that nobody of it can be told, however long nobody can', () => {
    const people = [{ id: 'duty-a', role: 'duty', email: false }] as const;
    const story = new Story({ ...TWO_DETECTORS, people });
    story.once('sm-1', 'smoke', 1).once('sm-2', 'smoke', 1).until('02:00');
    const { id } = story.incident('fire');
    for (const level of [3, 2, 3, 1] as const) {
      story.command({ kind: 'set-level', incident: id, by: 'duty-a', level, reason: '火势' });
    }
    story.restarts().until('02:10').nobodyTold();
    const nobody = story.journal.filter(({ action }) => action === 'telling.nobody-reachable');
    const said = nobody.map(({ subject, detail }) => `${subject} ${String(detail?.['role'])}`);
    expect(new Set(said).size).toBe(said.length);
    const roles = ['duty', 'manager', 'security', 'director'] as const;
    expect(said).toEqual(expect.arrayContaining(roles.map((role) => `${id} ${role}`)));
    expect(story.incident('fire').nobodyFor).toEqual(expect.arrayContaining([...roles]));
  });

  it('keeps the incident open until a person closes it with a report, after the signals ended', () => {
    const story = fire().says('sm-1', ['smoke', 1]).says('sm-2', ['smoke', 1]);
    const incident = story.incident('fire').id;
    const close = { kind: 'close-incident', incident, by: 'manager' } as const;
    expect(story.command({ ...close, report: '演练' })).toMatchObject({ code: 'not-allowed' });
    story.says('sm-1', ['smoke', 0]).says('sm-2', ['smoke', 0]).until('02:00');
    expect(story.engine.openIncidents()).toHaveLength(1);
    expect(story.command({ ...close, report: ' ' })).toMatchObject({ code: 'invalid' });
    expect(story.command({ ...close, report: '已处置' }).ok).toBe(true);
    expect(story.engine.openIncidents()).toHaveLength(0);
  });
});

describe('a detector in test', () => {
  it.each([
    ['before', ['smoke_test', 'smoke']],
    ['after', ['smoke', 'smoke_test']],
  ] as const)(
    'raises a low notice, no fire, with the flag %s the smoke in one message',
    (_, order) => {
      const story = fire();
      story.feed(order.map((metric) => story.reading('sm-1', metric, 1)));
      expect(story.rules()).toEqual(['smoke-test']);
      expect(story.alarm('smoke-test').priority).toBe('low');
      story.nobodyTold();
    },
  );

  it('is a fire when the test ends and the smoke does not', () => {
    const story = fire().once('sm-1', 'smoke_test', 1).once('sm-1', 'smoke', 1).at('00:10');
    story.once('sm-1', 'smoke_test', 0);
    expect(story.rules()).toContain('smoke-alarm');
  });

  it('is no fire when test and smoke end in one message', () => {
    const story = fire().once('sm-1', 'smoke_test', 1).once('sm-1', 'smoke', 1).at('00:10');
    story.feed([story.reading('sm-1', 'smoke_test', 0), story.reading('sm-1', 'smoke', 0)]);
    expect(story.rules()).not.toContain('smoke-alarm');
  });

  it('does not end a real fire alarm by its silence about smoke', () => {
    const story = fire().once('sm-1', 'smoke', 1).once('sm-1', 'smoke_test', 1);
    story.once('sm-1', 'smoke', 0);
    expect(story.alarm('smoke-alarm').verdict).toBe('met');
  });

  it('is missed when it is forgotten: after an hour people are reminded', () => {
    const story = fire().says('sm-1', ['smoke_test', 1]).until('01:01');
    expect(story.openRules()).toContain('detector-in-test');
  });
});

describe('late data and bad clocks', () => {
  it('a detector whose clock is a day ahead raises its fire at the time of receipt, with a clock alarm', () => {
    const story = fire().at('03:00');
    story.feed([
      {
        kind: 'issue',
        issue: {
          kind: 'clock-wrong',
          repository: 'sx',
          id: 'sm-1',
          at: story.now,
          skewMs: DAY_MS,
        },
      },
      story.reading('sm-1', 'smoke', 1, { flags: ['clock_wrong'] }),
    ]);
    expect(story.rules()).toEqual(expect.arrayContaining(['device-clock', 'smoke-alarm']));
    expect(story.alarm('smoke-alarm').since).toBe(story.now);
    story.told('duty-a');
  });

  it('raises nothing for a fire signal that came late and is over', () => {
    const story = fire().at('03:00');
    const ago = (minutes: number) => ({ at: story.now - minutes * MINUTE_MS });
    story.feed([
      story.reading('sm-1', 'smoke', 1, ago(50)),
      story.reading('sm-1', 'smoke', 0, ago(40)),
    ]);
    expect(story.rules()).not.toContain('smoke-alarm');
  });

  it('opens the alarm now, and says since when, if the newest late signal is abnormal', () => {
    const story = fire().at('03:00');
    const since = story.now - HOUR_MS;
    story.feed([
      story.reading('sm-1', 'smoke', 1, { at: since, flags: ['historical'] }),
      story.reading('sm-1', 'smoke', 1, { at: since + MINUTE_MS, flags: ['historical'] }),
    ]);
    expect(story.alarm('smoke-alarm')).toMatchObject({ raisedAt: story.now, since });
  });

  it('ignores an older signal that a newer one contradicts', () => {
    const story = fire().at('03:00').once('sm-1', 'smoke', 0);
    story.once('sm-1', 'smoke', 1, { at: story.now - 10 * MINUTE_MS, flags: ['historical'] });
    expect(story.rules()).not.toContain('smoke-alarm');
  });
});

describe('smoke by its level', () => {
  const building = {
    sensors: {
      'as-1': ['r301', 'smoke_obscuration', 'smoke_test'],
      'as-2': ['r301', 'smoke_obscuration'],
    },
  } as const;
  const house = () =>
    new Story(building)
      .says('as-1', ['smoke_obscuration', 0.2])
      .says('as-2', ['smoke_obscuration', 0.2])
      .until('01:00');

  it('is announced, then a fire after 15 s; two of them are a confirmed fire', () => {
    const story = house().says('as-1', ['smoke_obscuration', 1.8]).until('01:00:30');
    expect(story.alarm('smoke-pre-alarm')).toMatchObject({ priority: 'high', safety: false });
    story.says('as-1', ['smoke_obscuration', 3.6]).until('01:00:40');
    expect(story.rules()).not.toContain('smoke-level-fire');
    story.until('01:00:45');
    expect(story.alarm('smoke-level-fire')).toMatchObject({ priority: 'critical', safety: true });
    expect(story.rules()).not.toContain('fire-confirmed');
    story.says('as-2', ['smoke_obscuration', 9]);
    expect(story.alarm('fire-confirmed').evidence).toEqual(['as-1', 'as-2']);
  });

  it('waits for nothing when it is thick, and is a test while the detector is in test', () => {
    const story = house().says('as-1', ['smoke_obscuration', 8]);
    expect(story.rules()).toContain('smoke-level-fire');
    const test = house().says('as-1', ['smoke_test', 1], ['smoke_obscuration', 8]).until('01:05');
    expect(test.rules()).not.toContain('smoke-level-fire');
  });
});
