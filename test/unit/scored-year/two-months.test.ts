/** The scored year in short: one room, two months, one seed of those for tuning. The whole of it: `npm run year`. */

import { beforeAll, describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../../alerts/index.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { happeningsOf } from '../../scored-year/incidents.ts';
import { isSame } from '../../scored-year/play.ts';
import { FROM, SCORING_SEEDS, TUNING_SEEDS } from '../../scored-year/seeds.ts';
import { playRoom, type RoomPlayed } from '../../scored-year/year.ts';

const [seed] = TUNING_SEEDS;
const room = 'r1';
const span = { from: FROM, until: FROM + 60 * DAY_MS };

describe('the scored year', () => {
  let played: RoomPlayed;
  beforeAll(() => {
    played = playRoom({ room, seed, span, knowledge: loadKnowledge(), live: true });
  }, 180_000);

  it('plays live what the back-test makes of the store, transition for transition', () => {
    const { live, fromStore } = played;
    expect(live?.transitions.length).toBeGreaterThan(50);
    expect(live && isSame(live, fromStore)).toBe(true);
  });

  it('tells runs apart that differ by one moment', () => {
    const { live, fromStore } = played;
    const [first, ...rest] = fromStore.transitions;
    if (!live || !first) throw new Error('nothing was raised');
    const moved = { ...fromStore, transitions: [{ ...first, at: first.at + 1000 }, ...rest] };
    expect(isSame(live, moved)).toBe(false);
  });

  it('catches every incident of those months', () => {
    const { score } = played;
    expect(score.caught.length).toBeGreaterThan(1);
    expect(score.caught.filter((one) => !one.caughtBy)).toEqual([]);
  });

  it('knows a miss when there is one', () => {
    const { words } = loadKnowledge().rules;
    const rules = { version: 1, rules: [], telling: NOBODY, words };
    const nothing = { ...loadKnowledge(), rules };
    const short = { from: FROM, until: FROM + 20 * DAY_MS };
    const silent = playRoom({ room, seed, span: short, knowledge: nothing, live: false });
    const missed = silent.score.caught.filter((one) => !one.caughtBy);
    expect(missed.length).toBe(silent.score.caught.length);
    expect(missed.length + silent.score.withoutEffect.length).toBeGreaterThan(0);
  });

  it('has other incidents for each seed, and seeds for scoring apart from those for tuning', () => {
    const of = (one: number) => happeningsOf({ ...span, seed: one, room });
    expect(of(seed)).toEqual(of(seed));
    expect(of(seed)).not.toEqual(of(seed + 1));
    const tuning: readonly number[] = TUNING_SEEDS;
    expect(SCORING_SEEDS.filter((one) => tuning.includes(one))).toEqual([]);
  });
});

const NOBODY = { critical: [], high: [], medium: [], low: [] };
