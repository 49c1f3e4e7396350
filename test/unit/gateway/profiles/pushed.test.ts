import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, type Door, type Registry } from '../../../../domain/registry.ts';
import { createIntake } from '../../../../gateway/index.ts';

const START = Date.UTC(2026, 10, 22, 12);
const SECOND = 1_000;

const registry: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
};
const door = (id: string, source: NonNullable<Door['source']>): [string, Door] => [
  `sx.${id}`,
  { repository: 'sx', id, room: 'r1', source },
];

describe('devices that push over HTTP', () => {
  it('are found by the profile and the device that they signed in as', () => {
    const pushing: Registry = {
      ...registry,
      doors: new Map([door('d9', { profile: 'zkteco-adms', device: 'SN123' })]),
    };
    const intake = createIntake({ registry: () => pushing, newId: () => 'q' });
    const payload = Buffer.from('17\t2026-11-22 19:59:00\t0\t1\t0\r\n');
    const raw = { topic: 'intake/zkteco-adms/SN123', payload, retain: false, receivedAt: START };
    expect(intake.decode(raw).accessEvents).toMatchObject([
      { door: 'd9', event: 'granted', credential: '17', direction: 'in', at: START - 60 * SECOND },
    ]);
  });
});

describe('a terminal that pushes a picture with its event', () => {
  it('is read by the part that is JSON', () => {
    const pushing: Registry = {
      ...registry,
      doors: new Map([door('d9', { profile: 'hikvision', device: 'DS-1' })]),
    };
    const intake = createIntake({ registry: () => pushing, newId: () => 'q' });
    const event = {
      dateTime: '2026-11-22T19:59:00+08:00',
      eventType: 'AccessControllerEvent',
      AccessControllerEvent: {
        majorEventType: 5,
        subEventType: 1,
        doorNo: 1,
        serialNo: 9,
        cardNo: '77',
      },
    };
    const payload = Buffer.concat([
      Buffer.from('--MIME\r\nContent-Disposition: form-data; name="event_log"\r\n\r\n'),
      Buffer.from(`${JSON.stringify(event)}\r\n--MIME\r\nContent-Type: image/jpeg\r\n\r\n`),
      Buffer.alloc(200_000, 0xff),
      Buffer.from('\r\n--MIME--\r\n'),
    ]);
    const raw = { topic: 'intake/hikvision/DS-1', payload, retain: false, receivedAt: START };
    expect(intake.decode(raw).accessEvents).toMatchObject([
      { door: 'd9', event: 'granted', credential: '77', sequence: 9, at: START - 60 * SECOND },
    ]);
  });
});
