import { describe, expect, it } from 'vitest';
import { coversPattern, patternProblem, patternsMeet } from '../../../domain/topic-pattern.ts';

describe('topic patterns', () => {
  it.each([
    ['lantai/sx/th-1/#', 'lantai/sx/th-1/telemetry', true],
    ['lantai/sx/th-1/#', 'lantai/sx/th-1', true],
    ['lantai/sx/th-1/#', 'lantai/sx/th-10/telemetry', false],
    ['lantai/+/th-1/telemetry', 'lantai/sx/th-1/telemetry', true],
    ['lantai/+', 'lantai/sx/th-1', false],
    ['lantai/sx/+', 'lantai/sx/', true],
    ['lantai/sx', 'lantai/sx/th-1', false],
    ['#', 'zigbee2mqtt/smoke 301', true],
    ['#', '$SYS/broker', false],
    ['+/broker', '$SYS/broker', false],
    ['lantai/sx/#', 'lantai/sx/+/telemetry', true],
    ['lantai/sx/#', 'lantai/sx/#', true],
    ['lantai/sx/+', 'lantai/sx/#', false],
    ['lantai/sx/th-1', 'lantai/sx/+', false],
    ['lantai/sx/#', '#', false],
    ['lantai/sx/alarm/#', 'lantai/+/alarm/#', false],
  ])('%s covers %s: %s', (outer, inner, covered) => {
    expect(coversPattern(outer, inner)).toBe(covered);
  });

  it.each([
    ['lantai/+/a', 'lantai/sx/+', true],
    ['zigbee2mqtt/#', 'zigbee2mqtt/smoke 301', true],
    ['zigbee2mqtt/#', 'zigbee2mqtt', true],
    ['zigbee2mqtt/a', 'zigbee2mqtt/b', false],
    ['+', 'a/b', false],
    ['#', 'anything', true],
  ])('%s and %s have a topic in common: %s', (one, other, meet) => {
    expect(patternsMeet(one, other)).toBe(meet);
    expect(patternsMeet(other, one)).toBe(meet);
  });

  it.each([
    ['', /empty/],
    ['$SYS/#', /begin with \$/],
    ['a/#/b', /at the end/],
    ['a/b#', /whole level/],
    ['a/b+/c', /whole level/],
    ['a\nb', /control/],
    ['x'.repeat(513), /512 bytes/],
    [Array(17).fill('a').join('/'), /16 levels/],
  ])('says why %j is none', (pattern, why) => {
    expect(patternProblem(pattern)).toMatch(why);
  });
});
