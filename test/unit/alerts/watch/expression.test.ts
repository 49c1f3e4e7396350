import { describe, expect, it } from 'vitest';
import { compileExpression, type ExpressionValue } from '../../../../alerts/watch/expression.ts';

const ask = (text: string, values: Readonly<Record<string, ExpressionValue>>) => {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.judge(values);
};
const problemOf = (text: string) => {
  const compiled = compileExpression(text);
  return compiled.ok ? undefined : compiled.problem;
};

describe('an expression', () => {
  it.each<[string, Readonly<Record<string, ExpressionValue>>, string]>([
    [
      'temperature.exists(t, t > temperature_max)',
      { temperature: [25, 20], temperature_max: 24 },
      'met',
    ],
    [
      'temperature.exists(t, t > temperature_max)',
      { temperature: [23], temperature_max: 24 },
      'not-met',
    ],
    ['temperature.exists(t, t > temperature_max)', { temperature: [25] }, 'cannot-tell'],
    ['temperature.exists(t, t > 24)', {}, 'cannot-tell'],
    ['day_off && people_inside > 0', { day_off: true, people_inside: 2n }, 'met'],
    ['day_off && people_inside > 0', { day_off: false }, 'not-met'],
    ['day_off && people_inside > 0', { day_off: true }, 'cannot-tell'],
    ['open || any_door_open', { any_door_open: true }, 'met'],
    ['minute_of_day >= 22 * 60', { minute_of_day: 1320n }, 'met'],
    ['size(humidity) > 1 && humidity[0] - humidity[1] > 5.0', { humidity: [60, 50] }, 'met'],
  ])('%s', (text, values, verdict) => {
    expect(ask(text, values)).toBe(verdict);
  });

  it.each([
    ['temperatur > 3.0', 'line 1, column 1: Unknown variable: temperatur'],
    ['open &&\n  day_off ||', 'line 2, column 13'],
    ['size(temperature)', 'it gives int, not true or false'],
    ['open == "yes"', 'no such overload'],
    ['"aaaa".matches("(a+)+$")', 'matches() may not be used'],
    ['temperature.all(a, temperature.exists(b, b > a))', 'a list within a list may not be walked'],
    [Array.from({ length: 150 }, () => 'open').join(' && '), 'line 1'],
  ])('refuses %s', (text, why) => {
    expect(problemOf(text)).toContain(why);
  });
});
