import { describe, expect, it } from 'vitest';
import {
  EMPTY_REGISTRY,
  type Door,
  type Registry,
  type Sensor,
} from '../../../../domain/registry.ts';
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

describe('several devices on one topic of a format that its topics do not tell', () => {
  it('are told apart by their names', () => {
    const source = { profile: 'renke', topic: 'house/upload' };
    const sensors = ['10053434', '10053435'].map((device): [string, Sensor] => [
      `sx.s-${device}`,
      {
        repository: 'sx',
        id: `s-${device}`,
        room: 'r1',
        metrics: ['temperature'],
        source: { ...source, device },
      },
    ]);
    const intake = createIntake({
      registry: () => ({ ...registry, sensors: new Map(sensors) }),
      newId: () => 'q',
    });
    const item = (deviceAddr: number, value: number) => ({
      deviceAddr,
      dataItem: [{ nodeId: 1, registerItem: [{ registerName: '温度', value, unit: '℃' }] }],
    });
    const payload = Buffer.from(JSON.stringify({ data: [item(10053434, 20), item(10053435, 21)] }));
    const raw = { topic: 'house/upload', payload, retain: false, receivedAt: START };
    expect(intake.decode(raw).readings.map((r) => [r.sensor, r.value])).toEqual([
      ['s-10053434', 20],
      ['s-10053435', 21],
    ]);
  });
});
