import { describe, expect, it } from 'vitest';
import { parseOrder, SAMPLE_FILE } from '../../../simulators/options.ts';
import { UsageError } from '../../../simulators/repository-file.ts';

describe('the command line of the simulators', () => {
  it.each([
    [['--broker', 'http://x'], /--broker/],
    [['--broker', 'nonsense'], /--broker/],
    [['--scenario', 'nonsense'], /no scenario/],
    [['--seed', '1.5'], /--seed/],
    [['--seed', ''], /--seed/],
    [['--speed', 'fast'], /--speed/],
    [['--speed', '0'], /--speed/],
    [['--duration', '5'], /--duration/],
    [['--history', '1w'], /--history/],
    [['--start', 'yesterday'], /--start/],
    [['--nonsense'], /--nonsense/],
    [['nonsense'], /no command/],
    [['load', '--messages', '0'], /--messages/],
    [['load', '--rate', 'NaN'], /--rate/],
    [['load-repository'], /no command/],
  ])('refuses %j in one sentence that names the option', (args, why) => {
    expect(() => parseOrder(args)).toThrow(UsageError);
    expect(() => parseOrder(args)).toThrow(why);
  });

  it('plays the sample quietly by default', () => {
    expect(parseOrder([])).toMatchObject({
      kind: 'simulate',
      file: SAMPLE_FILE,
      speed: 1,
      seed: 1,
    });
  });

  it('ends a while after the scenario has', () => {
    expect(parseOrder(['--scenario', 'smouldering-fire'])).toMatchObject({ durationMs: 160_000 });
  });

  it('reads the load that benchmarks ask for', () => {
    const args = ['load', '--sensors', '1000', '--rate', 'max', '--fires', '5', '--no-times'];
    expect(parseOrder(args)).toMatchObject({
      kind: 'load',
      sensors: 1000,
      ratePerSecond: undefined,
      fires: 5,
      times: false,
    });
  });
});
