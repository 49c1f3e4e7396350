/** A back-test's clock ticks only where it must; the result must be that of a tick each second. */

import { describe, expect, it } from 'vitest';
import { createEngine, type Engine, type EngineStep } from '../../../../alerts/index.ts';
import { Officer } from '../../../../alerts/backtest/officer.ts';
import { Replay } from '../../../../alerts/backtest/replay.ts';
import { HOUR_MS, SECOND_MS, type Moment } from '../../../../domain/time.ts';
import { knowledge, registryOf } from '../../../acceptance/story.ts';
import { BUILDING, START, randomDays, type Received } from './random-days.ts';

const HOURS = 8;

const MANNERS = { acknowledgeAfterMs: 200 * SECOND_MS, tidyAfterMs: 90 * SECOND_MS };

function newEngine(): Engine {
  const registry = registryOf(BUILDING);
  return createEngine({ ...knowledge, registry, limitChanges: [] });
}

/** Everything that people would have seen, in order. */
class Record {
  readonly lines: unknown[] = [];

  take(step: EngineStep, now: Moment): void {
    this.lines.push(...step.transitions.map((one) => ({ now, ...one })));
    this.lines.push(...step.alarms, ...step.incidents, ...step.outbox, ...step.journal);
  }
}

/** As the server does it: what was received, and a clock tick each second. */
function live(received: readonly Received[], officer: Officer | undefined): readonly unknown[] {
  const engine = newEngine();
  const record = new Record();
  const step = (inputs: Parameters<Engine['step']>[0], now: Moment): void => {
    const next = engine.step(inputs, now, { snapshot: false });
    next.apply();
    officer?.hear(next, now);
    record.take(next, now);
  };
  let i = 0;
  for (let second = START; second <= START + HOURS * HOUR_MS; second += SECOND_MS) {
    for (let one = received[i]; one && one.at <= second; one = received[i]) {
      step(typeof one.inputs === 'function' ? one.inputs(engine) : one.inputs, one.at);
      i += 1;
    }
    const commands = officer?.take(second) ?? [];
    if (commands.length > 0)
      step(
        commands.map((command) => ({ kind: 'command', command })),
        second,
      );
    step([{ kind: 'clock' }], second);
  }
  return record.lines;
}

function backTest(received: readonly Received[], officer: Officer | undefined) {
  const engine = newEngine();
  const record = new Record();
  let steps = 0;
  const counting: Engine = Object.assign(Object.create(engine) as Engine, {
    step: (...args: Parameters<Engine['step']>) => {
      steps += 1;
      return engine.step(...args);
    },
    dueBy: (until: Moment) => engine.dueBy(until),
  });
  const replay = new Replay({
    engine: counting,
    ...(officer ? { officer } : {}),
    startAt: START,
    onChange: (step, now) => record.take(step, now),
  });
  for (const { at, inputs } of received) {
    if (at > START + HOURS * HOUR_MS) break;
    // People look at what is open at that moment.
    replay.passUntil(at - 1);
    replay.take(typeof inputs === 'function' ? inputs(engine) : inputs, at);
  }
  replay.passUntil(START + HOURS * HOUR_MS);
  return { lines: record.lines, steps };
}

describe('a back-test', () => {
  it.for(Array.from({ length: 10 }, (_, i) => [i + 1, i % 2 === 0] as const))(
    'raises what live raised, to the second: seed %i, answered %s',
    ([seed, isAnswered]) => {
      const received = randomDays(seed, HOURS);
      const officer = () => (isAnswered ? new Officer(MANNERS) : undefined);
      const wanted = live(received, officer());
      const got = backTest(received, officer());
      expect(got.lines).toEqual(wanted);
      expect(wanted.length).toBeGreaterThan(200);
      // It is the point of it: fewer than a tick each second.
      expect(got.steps).toBeLessThan(received.length + (HOURS * HOUR_MS) / SECOND_MS / 2);
    },
  );

  it('refuses what goes back in time', () => {
    const replay = new Replay({ engine: newEngine(), startAt: START, onChange: () => undefined });
    replay.take([], START + 5_000);
    expect(() => replay.take([], START + 4_000)).toThrow(/after what came/);
  });
});
