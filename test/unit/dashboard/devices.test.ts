/** What the Devices page makes of what an unknown device sent, of bytes, of calibrations and of a profile's text. */

import { describe, expect, it } from 'vitest';
import type { ProfileUseView, UnknownDeviceView } from '../../../dashboard/src/api/devices.ts';
import * as adoption from '../../../dashboard/src/logic/adoption.ts';
import { calibrationRows, dueOf, dueOfSensor } from '../../../dashboard/src/logic/calibrations.ts';
import { watchValues } from '../../../dashboard/src/logic/flips.ts';
import * as payload from '../../../dashboard/src/logic/payload.ts';
import * as profileText from '../../../dashboard/src/logic/profile-text.ts';
import {
  endOfWallDay,
  momentOfWall,
  wallDay,
  wallTime,
} from '../../../dashboard/src/logic/wall-time.ts';
import type { Calibration } from '../../../domain/devices.ts';
import { boxedProfileText } from '../../../gateway/profiles/load.ts';
import { NOW } from './things.ts';

const NONE: ReadonlySet<string> = new Set();
const DAY_MS = 86_400_000;

function unknown(more: Partial<UnknownDeviceView> = {}): UnknownDeviceView {
  return {
    id: 'zigbee2mqtt@Asia/Shanghai|door_north',
    profile: 'zigbee2mqtt@Asia/Shanghai',
    profileId: 'zigbee2mqtt',
    device: 'door_north',
    firstAt: NOW - 60_000,
    lastAt: NOW,
    messages: 3,
    values: [],
    events: [],
    captured: [],
    proposed: [],
    suggestions: [],
    ...more,
  };
}
const value = (metric: string, number: number, channel?: string) => ({
  metric,
  value: number,
  at: NOW,
  ...(channel === undefined ? {} : { channel }),
});

describe('the id that is proposed', () => {
  it.each([
    ['door_north', 'door-north'],
    ['Büro / 2. Stock', 'bu-ro-2-stock'],
    ['0x00158D0001A2', '0x00158d0001a2'],
    ['温湿度计', 'sensor-1'],
    ['System', 'system-2'],
    ['---', 'sensor-1'],
    ['a'.repeat(200), 'a'.repeat(59)],
  ])('of %s is %s', (name, id) => {
    expect(adoption.proposedId(name, 'sensor', NONE)).toBe(id);
    expect(adoption.idProblem(id, NONE)).toBeUndefined();
  });

  it('is not one that is taken', () => {
    expect(adoption.proposedId('th', 'sensor', new Set(['th', 'th-2']))).toBe('th-3');
    expect(adoption.proposedId('门', 'door', new Set(['door-1']))).toBe('door-2');
    expect(adoption.idProblem('th', new Set(['th']))).toBe('taken');
  });
});

describe('an unknown device', () => {
  const two = unknown({
    values: [
      value('temperature', 20, 'A'),
      value('temperature', 4, 'B10'),
      value('humidity', 50, 'A'),
      value('x.pm1', 3),
      value('battery', 90),
    ],
    proposed: ['temperature', 'smoke', 'x.other'],
  });

  it('is a sensor as soon as it measures something, and a door when it only tells of doors', () => {
    const events = [{ event: 'granted', door: '1', at: NOW }];
    expect(adoption.proposedKind({ values: [], events })).toBe('door');
    expect(adoption.proposedKind({ values: [value('tamper', 0)], events })).toBe('sensor');
    expect(adoption.proposedKind({ values: [value('x.count', 0)], events })).toBe('door');
    expect(adoption.proposedKind({ values: [], events: [] })).toBe('sensor');
  });

  it('must be told apart by channel only where two of a kind would be mixed', () => {
    expect(adoption.mustChooseChannel(two, 'sensor')).toBe(true);
    expect(adoption.channelsOf(two, 'sensor')).toEqual(['A', 'B10']);
    const one = { values: [value('temperature', 1, 'A'), value('humidity', 2, 'B')], events: [] };
    expect(adoption.mustChooseChannel(one, 'sensor')).toBe(false);
    const mixed = { values: [value('temperature', 1), value('temperature', 2, 'B')], events: [] };
    expect(adoption.mustChooseChannel(mixed, 'sensor')).toBe(true);
    const granted = { event: 'granted', at: NOW };
    const ofDoor = { values: [], events: [{ ...granted, door: '1' }] };
    expect(adoption.mustChooseChannel(ofDoor, 'door')).toBe(true);
    expect(adoption.mustChooseChannel({ values: [], events: [granted] }, 'door')).toBe(false);
  });

  it('offers the metrics of ours that came, and beside them those it announced', () => {
    expect(adoption.metricsOn(two, '')).toEqual(['temperature', 'humidity', 'battery']);
    expect(adoption.metricsOn(two, 'B10')).toEqual(['temperature']);
    expect(adoption.metricsAnnounced(two)).toEqual(['smoke']);
  });

  it('says how often it speaks once that can be told', () => {
    expect(adoption.observedIntervalSeconds(two)).toBe(30);
    expect(adoption.observedIntervalSeconds(unknown({ messages: 2 }))).toBeUndefined();
    expect(adoption.observedIntervalSeconds(unknown({ firstAt: NOW }))).toBeUndefined();
  });

  it('is bound by its name where a profile found it, else by its topic', () => {
    const profile = 'zigbee2mqtt';
    expect(adoption.sourceOf(unknown(), { profile })).toEqual({ profile, device: 'door_north' });
    const use = { id: 'sx.zigbee-2', profile } as ProfileUseView;
    const found = unknown({ profile: 'sx.zigbee-2' });
    expect(adoption.useOf(found, [use])).toBe(use);
    expect(adoption.sourceOf(found, { profile, use, channel: 'l1' })).toEqual({
      profile: 'zigbee-2',
      device: 'door_north',
      channel: 'l1',
    });
    const { profile: _, profileId: __, ...rest } = unknown({ device: 'up/17' });
    expect(adoption.sourceOf(rest, { profile: 'renke', channel: '' })).toEqual({
      profile: 'renke',
      topic: 'up/17',
    });
    expect(adoption.sourceOf(rest, { profile: 'renke', named: '4001' })).toMatchObject({
      topic: 'up/17',
      device: '4001',
    });
  });

  it('can be found again only by a profile with a device or a topic', () => {
    expect(adoption.isFindable({ profile: 'p', device: '' })).toBe(false);
    expect(adoption.isFindable({ profile: '', topic: 'a' })).toBe(false);
    expect(adoption.isFindable({ profile: 'p', topic: 'a', device: '' })).toBe(true);
    expect(adoption.withoutEmpty({ profile: 'p', topic: 'a', device: '', channel: '' })).toEqual({
      profile: 'p',
      topic: 'a',
    });
  });
});

describe('values that are watched', () => {
  it('say what they were before, until they change again', () => {
    const closed = watchValues([], [value('door_open', 0)]);
    expect(closed).toEqual([value('door_open', 0)]);
    const later = { ...value('door_open', 1), at: NOW + 5_000 };
    const open = watchValues(closed, [later, value('battery', 90)]);
    expect(open[0]).toEqual({ ...later, before: 0, changedAt: NOW + 5_000 });
    const same = { ...later, at: NOW + 9_000 };
    expect(watchValues(open, [same])[0]).toEqual({ ...same, before: 0, changedAt: NOW + 5_000 });
  });

  it('are told apart by channel, and never go back in time', () => {
    const known = watchValues([], [value('temperature', 1, 'A'), value('temperature', 2, 'B')]);
    expect(known.length).toBe(2);
    const old = { ...value('temperature', 9, 'A'), at: NOW - 1 };
    expect(watchValues(known, [old])).toEqual(known);
  });
});

describe('a payload', () => {
  it('is text when all of it is, else bytes', () => {
    const of = (...bytes: number[]) => Uint8Array.from(bytes);
    expect(payload.readableText(new TextEncoder().encode('{"温度":1}'))).toBe('{\n  "温度": 1\n}');
    expect(payload.readableText(new TextEncoder().encode('{"id":9007199254740993}'))).toBe(
      '{"id":9007199254740993}',
    );
    expect(payload.readableText(new TextEncoder().encode('{"a":'))).toBe('{"a":');
    expect(payload.readableText(of(0x40, 0x40, 0x00))).toBeUndefined();
    expect(payload.readableText(of(0xce, 0xc2))).toBeUndefined();
    expect(payload.hexText(of(0, 255, 16))).toBe('00 ff 10');
    expect(payload.hexText(new Uint8Array(17)).split('\n').length).toBe(2);
  });

  it('comes back from what was typed', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(payload.typedBytes(payload.hexText(bytes), 'hex')).toEqual(bytes);
    expect(payload.bytesOf(payload.base64Of(bytes))).toEqual(bytes);
    expect(payload.typedBytes('0x40, 0x4A', 'hex')).toEqual(Uint8Array.of(0x40, 0x4a));
    expect(payload.typedBytes('4', 'hex')).toBeUndefined();
    expect(payload.typedBytes('zz', 'hex')).toBeUndefined();
    expect(payload.typedBytes('', 'text')).toEqual(new Uint8Array());
    expect(payload.bytesOf('%%%')).toEqual(new Uint8Array());
  });
});

describe('calibrations', () => {
  const one = (sensor: string, more: Partial<Calibration> = {}): Calibration => ({
    id: `${sensor}-${more.validFrom ?? 0}`,
    repository: 'sx',
    sensor,
    metric: 'humidity',
    offset: 1,
    validFrom: NOW - 100 * DAY_MS,
    by: 'a',
    recordedAt: NOW,
    ...more,
  });

  it('are due by the newest of a sensor and metric, overdue first', () => {
    const rows = calibrationRows(
      [
        one('undated'),
        one('later', { dueAt: NOW + 90 * DAY_MS }),
        one('again', { dueAt: NOW - DAY_MS }),
        one('again', { validFrom: NOW - DAY_MS, dueAt: NOW + 20 * DAY_MS }),
        one('overdue', { dueAt: NOW }),
        one('later', { metric: 'temperature', dueAt: NOW - 5 * DAY_MS }),
      ],
      NOW,
    );
    expect(rows.map((r) => [r.newest.sensor, r.due, r.earlier.length])).toEqual([
      ['later', 'overdue', 0],
      ['overdue', 'overdue', 0],
      ['again', 'soon', 1],
      ['later', 'later', 0],
      ['undated', 'undated', 0],
    ]);
    expect(dueOfSensor(rows, 'sx.later')?.due).toBe('overdue');
    expect(dueOfSensor(rows, 'sx.none')).toBeUndefined();
    expect(dueOf({}, NOW)).toBe('undated');
  });

  it('are entered by the clock of the repository, also where clocks change', () => {
    expect(wallTime(Date.UTC(2026, 0, 1, 16, 30), 'Asia/Shanghai')).toBe('2026-01-02T00:30');
    expect(momentOfWall('2026-01-02T00:30', 'Asia/Shanghai')).toBe(Date.UTC(2026, 0, 1, 16, 30));
    for (const text of ['2026-03-29T01:30', '2026-03-29T03:30', '2026-10-25T12:00']) {
      const at = momentOfWall(text, 'Europe/Berlin');
      expect(wallTime(at ?? 0, 'Europe/Berlin')).toBe(text);
    }
    expect(momentOfWall('', 'Asia/Shanghai')).toBeUndefined();
    // A day ends where the archive stands, not at its end in London.
    expect(endOfWallDay('2026-12-31', 'Asia/Shanghai')).toBe(Date.UTC(2026, 11, 31, 15, 59, 59));
    expect(wallDay(Date.UTC(2026, 11, 31, 15, 59, 59), 'Asia/Shanghai')).toBe('2026-12-31');
    expect(endOfWallDay('', 'Asia/Shanghai')).toBeUndefined();
  });
});

describe("a profile's text", () => {
  it('gets another id for a copy, at its own line only', () => {
    const text = boxedProfileText('zigbee2mqtt') ?? '';
    expect(profileText.profileIdIn(text)).toBe('zigbee2mqtt');
    const copy = profileText.withProfileId(text, 'zigbee2mqtt-own');
    expect(profileText.profileIdIn(copy)).toBe('zigbee2mqtt-own');
    expect(copy.split('\n').length).toBe(text.split('\n').length);
    expect(profileText.profileIdIn('  id: nested')).toBeUndefined();
    expect(profileText.profileIdIn(profileText.withProfileId('version: 1', 'a'))).toBe('a');
    expect(profileText.copyId('a', new Set(['a-own']))).toBe('a-own-2');
  });

  it('is shown where a mistake is', () => {
    expect(profileText.lineSpan('ab\ncde\n', 2)).toEqual([3, 6]);
    expect(profileText.lineSpan('ab\ncde', 99)).toEqual([3, 6]);
    expect(profileText.lineSpan('', 1)).toEqual([0, 0]);
  });
});
