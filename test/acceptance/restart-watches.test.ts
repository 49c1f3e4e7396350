/** Rules that look at several things by the minute, and smoke by its density: a restart anywhere changes nothing. */

import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../../alerts/index.ts';
import { parseRules } from '../../alerts/knowledge/load-rules.ts';
import { SECOND_MS } from '../../domain/time.ts';
import { createRandom } from '../../simulators/random.ts';
import { ruleText } from '../support/rule-text.ts';
import { MIDNIGHT, Story } from './story.ts';

const BUILDING = {
  rooms: { r301: 'paper' },
  sensors: {
    'th-1': ['r301', 'temperature', 'humidity'],
    'th-2': ['r301', 'temperature', 'humidity'],
    'sd-1': ['r301', 'smoke_obscuration'],
    'sd-2': ['r301', 'smoke_obscuration'],
    air: ['r301', 'co2'],
  },
  doors: { d301: 'r301' },
} as const;

/** Each kind with delays that a restart can fall into. */
const KINDS = {
  mean: `
    kind: mean
    metric: co2
    limit: 900
    hours: 1
    deadBand: 40`,
  'smoke-level': `
    kind: smoke-level
    metric: smoke_obscuration
    level: pre-alarm
    above: 1.5
    deadBand: 0.5
    driftPerDay: 1
    driftMax: 2`,
  combined: `
    kind: combined
    condition: { all: [ { metric: humidity, above: 58, sensors: 2 }, { any: [ { door: open }, { not: { metric: temperature, below: 21 } } ] } ] }`,
  expression: `
    kind: expression
    sentence: { zh: 句, en: sentence }
    expression: humidity.exists(h, h > 60.0) && !temperature.all(t, t < 20.5)`,
} as const;
type Kind = keyof typeof KINDS;

function rulesOf(kind: Kind) {
  const text = ruleText({
    ...{ id: 'watched', kind: KINDS[kind] },
    ...{ onDelaySeconds: 150, offDelaySeconds: 100 },
  });
  return parseRules(text, 'kinds.yaml');
}

const TICK_MS = 20 * SECOND_MS;
const TICKS = 2_000;

/** Some eleven hours: values wander, sensors fall silent, the door opens and closes. */
function play(kind: Kind, seed: number, cuts: ReadonlySet<number>): Story {
  const story = new Story(BUILDING, {}, { rules: rulesOf(kind) });
  const next = createRandom(seed, 'restart').next;
  let silentUntil = 0;
  for (let tick = 0; tick < TICKS; tick += 1) {
    story.now = MIDNIGHT + tick * TICK_MS + Math.floor(next() * 5 * SECOND_MS);
    if (next() < 0.004) silentUntil = tick + Math.floor(next() * 60);
    if (cuts.has(tick)) story.restarts();
    const wave = (period: number) => Math.sin((2 * Math.PI * tick) / period);
    const inputs: EngineInput[] = [];
    const say: Story['reading'] = (...said) => {
      const input = story.reading(...said);
      if (next() < 0.4) inputs.push(input);
      return input;
    };
    say('th-1', 'temperature', 20.5 + wave(170) + next());
    say('th-1', 'humidity', 58 + 4 * wave(230) + next());
    say('sd-1', 'smoke_obscuration', Math.max(0, 0.8 + 1.6 * wave(290) + 0.4 * next()));
    if (tick > silentUntil) {
      say('th-2', 'temperature', 20.5 + wave(210) + next());
      say('th-2', 'humidity', 58 + 4 * wave(190) + next());
      say('sd-2', 'smoke_obscuration', Math.max(0, 0.6 + 1.8 * wave(310) + 0.4 * next()));
      say('air', 'co2', 900 + 250 * wave(800) + 60 * next());
    }
    if (next() < 0.01)
      inputs.push(story.passage('d301', next() < 0.5 ? 'door_opened' : 'door_closed'));
    story.feed([...inputs, { kind: 'clock' }], tick % 11 === 0);
  }
  return story;
}

describe.each(Object.keys(KINDS) as Kind[])('a restart while a rule of kind %s looks', (kind) => {
  it.each([1, 2, 3])('changes nothing that people see, seed %i', (seed) => {
    const whole = play(kind, seed, new Set());
    const next = createRandom(seed * 7919, 'restart').next;
    const cuts = new Set(Array.from({ length: 25 }, () => Math.floor(next() * TICKS)));
    const cut = play(kind, seed, cuts);
    expect(whole.transitions.length).toBeGreaterThan(4);
    expect(cut.transitions).toEqual(whole.transitions);
    expect([...cut.alarms.values()]).toEqual([...whole.alarms.values()]);
    expect(cut.outbox.map((message) => message.key)).toEqual(
      whole.outbox.map((message) => message.key),
    );
  });
});
