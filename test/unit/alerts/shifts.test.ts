import { describe, expect, it } from 'vitest';
import { shiftEndAfter } from '../../../alerts/index.ts';

const end = (at: string, zone = 'Asia/Shanghai') =>
  new Date(shiftEndAfter(Date.parse(at), zone)).toISOString();

describe('the end of the shift', () => {
  it.each([
    ['in the morning', '2026-07-01T09:30:00+08:00', '2026-07-01T12:00:00.000Z'],
    ['a minute before', '2026-07-01T19:59:59+08:00', '2026-07-01T12:00:00.000Z'],
    ['at the change itself: the next one', '2026-07-01T20:00:00+08:00', '2026-07-02T00:00:00.000Z'],
    ['at night', '2026-07-01T23:10:00+08:00', '2026-07-02T00:00:00.000Z'],
    ['after midnight', '2026-07-02T00:10:00+08:00', '2026-07-02T00:00:00.000Z'],
  ])('%s', (_, at, expected) => expect(end(at)).toBe(expected));

  it('is by the wall clock of the repository, over a night that is an hour shorter', () => {
    expect(end('2026-03-28T22:00:00+01:00', 'Europe/Berlin')).toBe('2026-03-29T06:00:00.000Z');
    expect(end('2026-10-24T22:00:00+02:00', 'Europe/Berlin')).toBe('2026-10-25T07:00:00.000Z');
  });
});
