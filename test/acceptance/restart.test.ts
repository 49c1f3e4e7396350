import { describe, expect, it } from 'vitest';
import { METRICS, type MetricName } from '../../domain/metrics.ts';
import { MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { EngineInput } from '../../alerts/index.ts';
import type { EngineStep } from '../../alerts/engine-types.ts';
import { createRandom } from '../../simulators/random.ts';
import { MIDNIGHT, Story } from './story.ts';

const BUILDING = {
  rooms: { r301: 'paper', r302: 'special' },
  sensors: {
    'th-1': ['r301', 'temperature', 'humidity'],
    'th-2': ['r302', 'temperature', 'humidity', 'battery'],
    'sm-1': ['r301', 'smoke', 'smoke_test', 'fault'],
    'sm-2': ['r301', 'smoke', 'heat'],
    'wl-1': ['r302', 'water_leak'],
  },
  doors: { d301: 'r301', d302: 'r302' },
  setPoint: { temperature: 20, humidity: 50 },
  twoPersons: ['r302'],
} as const;

const PASSERS = ['duty-a', 'manager', 'a-card'] as const;
const DOOR_EVENTS = [
  'granted',
  'denied',
  'forced_open',
  'held_open',
  'door_opened',
  'door_closed',
] as const;

function valueOf(metric: MetricName, next: () => number): number {
  if (METRICS.get(metric)?.kind === 'binary') return next() < 0.03 ? 1 : 0;
  if (metric === 'battery') return 10 + next() * 12;
  return metric === 'temperature' ? 15 + next() * 11 : 40 + next() * 25;
}

/** What happens within one tick of five seconds. */
function happenings(story: Story, next: () => number): readonly EngineInput[] {
  const inputs: EngineInput[] = [];
  for (const [sensor, [, ...metrics]] of Object.entries(BUILDING.sensors)) {
    if (next() > 0.2) continue;
    for (const metric of metrics) {
      const late = next() < 0.05 ? { at: story.now - next() * 90 * MINUTE_MS } : {};
      const quality = next() < 0.02 ? ({ quality: 4 } as const) : {};
      inputs.push(story.reading(sensor, metric, valueOf(metric, next), { ...late, ...quality }));
    }
  }
  if (next() < 0.1) {
    const door = next() < 0.5 ? 'd301' : 'd302';
    const event = DOOR_EVENTS[Math.floor(next() * DOOR_EVENTS.length)] ?? 'granted';
    const direction = next() < 0.5 ? ('in' as const) : ('out' as const);
    const person = PASSERS[Math.floor(next() * PASSERS.length)] ?? 'duty-a';
    const said = event === 'granted' ? { direction, person } : {};
    inputs.push(story.passage(door, event, said));
  }
  inputs.push({ kind: 'clock' });
  return inputs;
}

/** People act on what is open, by chance, too. */
function acts(story: Story, next: () => number): readonly EngineInput[] {
  const open = [...story.engine.openAlarms()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const alarm = open[Math.floor(next() * open.length)];
  const dice = next();
  if (!alarm || dice > 0.12) return [];
  const by = 'duty-a';
  if (dice < 0.06) {
    return [{ kind: 'command', command: { kind: 'acknowledge-alarm', alarm: alarm.id, by } }];
  }
  if (dice < 0.1)
    return [{ kind: 'command', command: { kind: 'reset-alarm', alarm: alarm.id, by } }];
  const until = story.now + 10 * MINUTE_MS;
  return [
    { kind: 'command', command: { kind: 'shelve-alarm', alarm: alarm.id, by, until, reason: 'x' } },
  ];
}

const TICKS = 720;

function play(seed: number, cuts: ReadonlySet<number>): Story {
  const story = new Story(BUILDING);
  const next = createRandom(seed, 'restart').next;
  for (let tick = 0; tick < TICKS; tick += 1) {
    story.now = MIDNIGHT + tick * 5 * SECOND_MS;
    if (cuts.has(tick)) story.restarts();
    const inputs = happenings(story, next);
    story.feed([...acts(story, next), ...inputs], tick % 7 === 0);
  }
  return story;
}

describe('a restart in the middle', () => {
  it.each([1, 2, 3, 4, 5, 6])('changes nothing that people see, seed %i', (seed) => {
    const whole = play(seed, new Set());
    const next = createRandom(seed * 7919, 'restart').next;
    const cuts = new Set(Array.from({ length: 12 }, () => Math.floor(next() * TICKS)));
    const cut = play(seed, cuts);
    expect(whole.transitions.length).toBeGreaterThan(20);
    expect(cut.transitions).toEqual(whole.transitions);
    expect([...cut.alarms.values()]).toEqual([...whole.alarms.values()]);
    expect([...cut.incidents.values()]).toEqual([...whole.incidents.values()]);
    expect(cut.outbox.map((m) => m.key)).toEqual(whole.outbox.map((m) => m.key));
  });

  it('after a long outage gives sensors a full interval before they count as silent', () => {
    const story = new Story(BUILDING).says('th-1', ['temperature', 20]).until('00:10');
    story.feed([], true);
    story.now += 60 * MINUTE_MS;
    story.restarts();
    const silent = () =>
      story.engine.openAlarms().some((a) => a.rule === 'sensor-silent' && a.subject.id === 'th-1');
    story.feed([{ kind: 'clock' }]);
    expect(silent()).toBe(false);
    story.fallsSilent('th-1').until('01:14');
    expect(silent()).toBe(false);
    story.until('01:19');
    expect(silent()).toBe(true);
  });

  it.each([
    ['before the first snapshot', false],
    ['after a snapshot', true],
  ])('takes no sensor for silent that was never heard: a short stop %s', (...[, snapshot]) => {
    const story = new Story(BUILDING).says('th-1', ['temperature', 20]);
    story.feed([{ kind: 'clock' }], snapshot);
    story.now += 3 * SECOND_MS;
    story.restarts();
    story.feed([{ kind: 'clock' }]);
    expect(story.openRules()).toEqual([]);
    story.until('00:20');
    expect(story.openRules()).toContain('sensor-silent');
  });

  it('in the middle of an escalation tells nobody twice and forgets nobody', () => {
    const story = new Story(BUILDING).once('sm-1', 'smoke', 1).told('duty-a').until('00:01');
    story.restarts().until('00:02').told('duty-b').restarts().until('00:05').told('manager');
  });

  it('in the middle of an incident resumes its steps and rungs', () => {
    const story = new Story(BUILDING).once('sm-1', 'smoke', 1).once('sm-2', 'smoke', 1);
    story.toldSince();
    story.restarts().until('00:01');
    expect(story.toldSince()).toContain('manager');
    expect(story.incident('fire').rungsTold).toBe(3);
  });
});

describe('a snapshot', () => {
  it('says the same however late its rows are made', () => {
    const story = new Story(BUILDING).says('th-1', ['temperature', 22], ['humidity', 50]);
    story.says('th-2', ['temperature', 16], ['humidity', 45]).until('03:00', MINUTE_MS);
    story.once('sm-1', 'smoke', 1);
    const step = story.engine.step([{ kind: 'clock' }], story.now, { snapshot: true });
    step.apply();
    const rows = () => step.ruleStates.flatMap((kept) => kept.rows());
    const atOnce = rows();
    expect(atOnce.map((row) => row.id)).toContain('alerts/sx.th-1/climate/record');
    story.once('sm-1', 'smoke', 0).says('th-1', ['temperature', 28], ['humidity', 70]);
    story.until('05:00', MINUTE_MS);
    expect(rows()).toEqual(atOnce);
  });
});

describe('a step', () => {
  it('that is not applied never happened, and computed again says the same', () => {
    const story = new Story(BUILDING);
    const inputs: EngineInput[] = [story.reading('sm-1', 'smoke', 1), { kind: 'clock' }];
    const first = story.engine.step(inputs, story.now, { snapshot: true });
    expect(story.engine.openAlarms()).toEqual([]);
    const second = story.engine.step(inputs, story.now, { snapshot: true });
    expect(second.alarms).toEqual(first.alarms);
    expect(second.outbox).toEqual(first.outbox);
    const rows = (step: EngineStep) => step.ruleStates.flatMap((kept) => kept.rows());
    expect(rows(second)).toEqual(rows(first));
    second.apply();
    expect(story.engine.openAlarms()).toHaveLength(1);
    expect(() => first.apply()).toThrow('out of its turn');
  });

  it('tried again with several moments makes the same ids and keys', () => {
    const smoke = (story: Story) => [
      story.reading('sm-1', 'smoke', 1),
      story.reading('sm-2', 'smoke', 1),
    ];
    const story = new Story(BUILDING);
    const first = story.engine.step(smoke(story), story.now, { snapshot: false });
    const later = story.now + 4 * SECOND_MS;
    const again = story.engine.step(
      [{ kind: 'clock', at: story.now }, ...smoke(story), { kind: 'clock', at: later }],
      later,
      { snapshot: false },
    );
    expect(again.alarms.map((a) => a.id)).toEqual(first.alarms.map((a) => a.id));
    expect(again.incidents.map((i) => i.id)).toEqual(first.incidents.map((i) => i.id));
    expect(again.outbox.map((m) => m.key)).toEqual(first.outbox.map((m) => m.key));
  });

  it('moves what is being waited for with a jump of the clock', () => {
    const story = new Story(BUILDING).says('th-1', ['humidity', 63]).until('00:05');
    story.now += 60 * MINUTE_MS;
    story.feed([{ kind: 'clock-shift', deltaMs: 60 * MINUTE_MS }, { kind: 'clock' }]);
    expect(story.rules()).not.toContain('humidity-high');
    story.until('01:10');
    expect(story.rules()).toContain('humidity-high');
  });
});
