/** A calm watch asks none of its rules: so none may have anything to say there, whatever is seen within the bounds. */

import { describe, expect, it } from 'vitest';
import { Draft } from '../../../../alerts/draft.ts';
import { isSensorRule } from '../../../../alerts/rules/watch-rules.ts';
import { isCalm } from '../../../../alerts/watch/calm.ts';
import { isWatchQuiet } from '../../../../alerts/watch/quiet.ts';
import { judgeSensor, sampleSensor, type SensorWatch } from '../../../../alerts/watch/sensor.ts';
import { worldOf } from '../../../../alerts/world.ts';
import { MINUTE_MS } from '../../../../domain/time.ts';
import { createRandom, type Random } from '../../../../simulators/random.ts';
import { knowledge, REPOSITORY, registryOf } from '../../../acceptance/story.ts';

const START = Date.UTC(2026, 2, 1);
const LOOKS = 20_000;

function watchOf() {
  const registry = registryOf({ sensors: { th1: ['r301', 'temperature', 'humidity'] } });
  const { plans } = knowledge;
  const world = worldOf(knowledge, { registry, limitChanges: [], plans });
  const home = world.homes.get(REPOSITORY);
  const unit = [...(home?.watches.values() ?? [])].find((one) => one.sensor !== undefined);
  if (!unit?.sensor) throw new Error('the sensor has no watch');
  const draft = new Draft({
    serial: 1,
    version: 0,
    now: START,
    muted: false,
    world,
    open: { alarms: new Map(), byKey: new Map(), incidents: new Map() },
    watchedFrom: START,
    announcements: new Map(),
    seekChanges: false,
    trust: { rooms: new Map(), slot: 0 },
  });
  return { draft, unit: unit as SensorWatch };
}

/** Mostly calm, with slopes, steps, single wrong values and days out of range. */
function* seriesOf(random: Random, middle: number, width: number): Generator<number> {
  let [level, slope, left] = [middle, 0, 0];
  for (;;) {
    if (left === 0) {
      left = random.integer(10, 600);
      const isWild = random.next() < 0.12;
      slope = isWild ? random.between(-width, width) / 30 : 0;
      level = middle + random.between(-width, width) * (isWild ? 1 : 0.1);
    }
    left -= 1;
    level = Math.max(middle - 2 * width, Math.min(middle + 2 * width, level + slope));
    yield random.next() < 0.001 ? level + random.between(-width, width) : level;
  }
}

describe('a calm watch', () => {
  it.for([1, 2, 3, 4])('has no rule that is met, seed %d', (seed) => {
    const random = createRandom(seed, 'calm');
    const { draft, unit } = watchOf();
    const values = { temperature: seriesOf(random, 20, 8), humidity: seriesOf(random, 52, 20) };
    const counts = { calm: 0, met: 0 };
    let now = START;
    for (let i = 0; i < LOOKS; i += 1) {
      now += random.next() < 0.002 ? random.integer(2, 90) * MINUTE_MS : MINUTE_MS;
      const state = draft.state(unit.sensor);
      for (const { metric, index } of unit.sensor.series) {
        const own = draft.series(state, index);
        if (!own || (metric !== 'temperature' && metric !== 'humidity')) continue;
        if (random.next() < 0.01) continue;
        Object.assign(own, { value: values[metric].next().value, at: now, receivedAt: now });
      }
      const kept = draft.state(unit);
      const lastAt = kept.lookedAt;
      kept.lookedAt = now;
      sampleSensor(draft, unit, { now, lastAt });
      const calm = isCalm(unit, kept, now);
      const verdicts = unit.rules.map(({ rule }, index) => {
        if (!isSensorRule(rule)) throw new Error(`${rule.id} judges no series`);
        return judgeSensor(draft, unit, { rule, index, now, active: false }).verdict;
      });
      const isMet = verdicts.includes('met');
      if (calm)
        expect(isMet, `${unit.rules[verdicts.indexOf('met')]?.rule.id} at ${i}`).toBe(false);
      counts.calm += calm ? 1 : 0;
      counts.met += isMet ? 1 : 0;
      isWatchQuiet(draft, unit, now + MINUTE_MS);
    }
    // Both were seen often.
    expect(counts.calm).toBeGreaterThan(LOOKS / 20);
    expect(counts.met).toBeGreaterThan(LOOKS / 100);
  });
});
