import { describe, expect, it } from 'vitest';
import type { Decoded, RawMessage } from '../../../../domain/intake.ts';
import {
  EMPTY_REGISTRY,
  type Door,
  type Registry,
  type Sensor,
} from '../../../../domain/registry.ts';
import { createIntake } from '../../../../gateway/index.ts';
import { createUnknownDevices } from '../../../../gateway/profiles/unknown-devices.ts';

const START = Date.UTC(2026, 10, 22, 12);
const SECOND = 1_000;

const sensor = (id: string, more: Partial<Sensor>): [string, Sensor] => [
  `sx.${id}`,
  { repository: 'sx', id, room: 'r1', metrics: ['temperature', 'humidity'], ...more },
];
const door = (id: string, source: Door['source']): [string, Door] => [
  `sx.${id}`,
  { repository: 'sx', id, room: 'r1', ...(source ? { source } : {}) },
];

const registry: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
  rooms: new Map([['sx.r1', { repository: 'sx', id: 'r1', name: '301', class: 'paper' }]]),
  sensors: new Map([
    sensor('z-th', { source: { profile: 'zigbee2mqtt', device: '一号库 温湿度' } }),
    sensor('z-smoke', {
      metrics: ['smoke', 'smoke_test', 'battery'],
      source: { profile: 'zigbee2mqtt', topic: 'zigbee2mqtt/smoke 301' },
    }),
    sensor('lora', {
      metrics: ['temperature', 'water_leak', 'rssi'],
      source: { profile: 'chirpstack', device: '0101010101010101' },
    }),
    sensor('probe-1', {
      metrics: ['temperature'],
      source: { profile: 'tasmota', device: 'vault1', channel: 'DS18B20-1' },
    }),
    sensor('probe-2', {
      metrics: ['temperature'],
      source: { profile: 'tasmota', device: 'vault1', channel: 'DS18B20-2' },
    }),
    sensor('radio', { source: { profile: 'rtl-433', device: 'Nexus-TH/44' } }),
    sensor('shelly', { source: { profile: 'shelly', device: 'shellyhtg3-1' } }),
    sensor('dtu', { source: { profile: 'king-pigeon', topic: '8608800123456789' } }),
    sensor('esp', { metrics: ['temperature'], source: { profile: 'esphome', device: 'stack' } }),
    sensor('cal', { source: { profile: 'zigbee2mqtt', device: 'calibrated' } }),
  ]),
  doors: new Map([
    door('d1', { profile: 'uhppoted', device: '200011234', channel: '1' }),
    door('d2', { profile: 'uhppoted', device: '200011234', channel: '2' }),
  ]),
  calibrations: new Map([
    [
      'sx.cal',
      [
        {
          id: 'c1',
          repository: 'sx',
          sensor: 'cal',
          metric: 'temperature',
          offset: -0.3,
          validFrom: START,
          by: 'manager',
          recordedAt: START,
        },
      ],
    ],
  ]),
};

function house() {
  const unknown = createUnknownDevices();
  let named = 0;
  const intake = createIntake({ registry: () => registry, newId: () => `q${++named}`, unknown });
  let packetId = 0;
  const say = (
    topic: string,
    payload: unknown,
    more: Partial<RawMessage> & { readonly afterMs?: number } = {},
  ): Decoded => {
    const { afterMs = 0, ...rest } = more;
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    packetId += 1;
    const raw = { topic, payload: Buffer.from(text), retain: false, receivedAt: START + afterMs };
    return intake.decode({ ...raw, packetId, connection: 1, ...rest });
  };
  return { say, unknown, intake };
}

const values = (decoded: Decoded) =>
  decoded.readings.map((r) => `${r.sensor} ${r.metric} ${r.value}`);

describe('zigbee2mqtt', () => {
  const topic = 'zigbee2mqtt/一号库 温湿度';

  it('two half-null messages are one state, and null overwrites nothing', () => {
    const { say } = house();
    expect(values(say(topic, { temperature: 28.2, humidity: null }))).toEqual([
      'z-th temperature 28.2',
    ]);
    const second = say(topic, { temperature: null, humidity: 32.08 }, { afterMs: 500 });
    expect(values(second)).toEqual(['z-th humidity 32.08']);
    expect(second.nulls).toBe(1);
  });

  it('the same values with the same last_seen confirm, they are no new readings', () => {
    const { say } = house();
    const state = {
      temperature: 20,
      humidity: 50,
      last_seen: new Date(START - SECOND).toISOString(),
    };
    expect(say(topic, state).readings).toHaveLength(2);
    const again = say(topic, state, { afterMs: 60 * SECOND });
    expect(again.readings).toEqual([]);
    expect(again.duplicates).toBe(2);
  });

  it('what a bridge says again after its start is no news; what changed is', () => {
    const { say } = house();
    say(topic, { temperature: 20, humidity: 50 });
    say('zigbee2mqtt/bridge/state', { state: 'offline' }, { afterMs: 10 * SECOND });
    say('zigbee2mqtt/bridge/state', { state: 'online' }, { afterMs: 20 * SECOND });
    const cached = say(topic, { temperature: 20, humidity: 51 }, { afterMs: 21 * SECOND });
    expect(values(cached)).toEqual(['z-th humidity 51']);
    expect(cached.duplicates).toBe(1);
  });

  it('a cached fire is told all the same', () => {
    const { say } = house();
    say('zigbee2mqtt/smoke 301', { smoke: true });
    say('zigbee2mqtt/bridge/state', { state: 'offline' }, { afterMs: SECOND });
    say('zigbee2mqtt/bridge/state', { state: 'online' }, { afterMs: 2 * SECOND });
    const cached = say('zigbee2mqtt/smoke 301', { smoke: true }, { afterMs: 3 * SECOND });
    expect(values(cached)).toEqual(['z-smoke smoke 1']);
  });

  it('a bridge that is gone takes its sensors with it', () => {
    const { say } = house();
    const gone = say('zigbee2mqtt/bridge/state', { state: 'offline' }, { retain: true });
    expect(gone.statuses.map((s) => [s.id, s.online]).toSorted()).toEqual([
      ['cal', false],
      ['z-smoke', false],
      ['z-th', false],
    ]);
    const own = say(
      'zigbee2mqtt/一号库 温湿度/availability',
      { state: 'online' },
      { retain: true },
    );
    expect(own.statuses).toEqual([]);
  });

  it('a test is a test, no fire', () => {
    const { say } = house();
    const test = say('zigbee2mqtt/smoke 301', { smoke: false, test: true });
    expect(values(test)).toEqual(['z-smoke smoke 0', 'z-smoke smoke_test 1']);
  });

  it('attributes on topics of their own reach the same sensor', () => {
    const { say } = house();
    expect(values(say('zigbee2mqtt/smoke 301/smoke', 'true'))).toEqual(['z-smoke smoke 1']);
    expect(values(say('zigbee2mqtt/smoke 301/smoke', ''))).toEqual([]);
  });

  it('a retained replay is no reading', () => {
    const { say } = house();
    expect(say(topic, { temperature: 20 }, { retain: true }).readings).toEqual([]);
  });

  it('an unknown device is kept with its last messages, and dropped from nothing', () => {
    const { say, unknown } = house();
    const decoded = say('zigbee2mqtt/door_north', { contact: false, battery: 90 });
    expect(decoded.readings).toEqual([]);
    const [device] = unknown.list();
    expect(device).toMatchObject({ device: 'door_north', messages: 1 });
    expect(device?.values).toContainEqual({ metric: 'door_open', value: 1, at: START });
    expect(device?.captured).toHaveLength(1);
  });

  it('a metric that the sensor does not declare is offered', () => {
    const { say } = house();
    const decoded = say(topic, { temperature: 20, co2: 800 });
    expect(decoded.issues).toContainEqual(
      expect.objectContaining({ kind: 'undeclared-metric', metric: 'co2' }),
    );
  });

  it('a calibration corrects from its day on and keeps what the sensor said', () => {
    const { say } = house();
    const [reading] = say('zigbee2mqtt/calibrated', { temperature: 20.5 }).readings;
    expect(reading).toMatchObject({ value: 20.2, raw: 20.5 });
    const before = { temperature: 19.5, last_seen: new Date(START - 60 * SECOND).toISOString() };
    const [old] = say('zigbee2mqtt/calibrated', before).readings;
    expect(old?.value).toBe(19.5);
    expect(old?.raw).toBeUndefined();
  });
});

describe('chirpstack', () => {
  const topic = 'application/a/device/0101010101010101/event/up';
  const up = (fCnt: number | undefined, object: unknown, at = START) => ({
    time: new Date(at).toISOString(),
    ...(fCnt === undefined ? {} : { fCnt }),
    object,
    rxInfo: [{ rssi: -40, snr: 9 }],
  });

  it('a copy through a second gateway is the same message', () => {
    const { say } = house();
    const message = up(7, { temperature: 20 });
    expect(say(topic, message).readings).toHaveLength(2);
    expect(say(topic, message, { afterMs: 200 }).readings).toEqual([]);
  });

  it('missing numbers are evidence; a number that begins anew is a device that joined again', () => {
    const { say } = house();
    say(topic, up(undefined, { temperature: 20 }));
    say(topic, up(1, { temperature: 20 }, START + SECOND), { afterMs: SECOND });
    const gap = say(topic, up(4, { temperature: 20 }, START + 2 * SECOND), { afterMs: 2 * SECOND });
    expect(gap.issues).toContainEqual(
      expect.objectContaining({ kind: 'sequence-gap', detail: '2 to 3' }),
    );
    const joined = say(topic, up(1, { temperature: 20 }, START + 3 * SECOND), {
      afterMs: 3 * SECOND,
    });
    expect(joined.issues).toEqual([]);
    expect(joined.readings).not.toEqual([]);
  });

  it('the history of a leak that was told is marked as history', () => {
    const { say } = house();
    say(topic, up(1, { leakage_status: 'leak' }));
    const history = say(
      topic,
      up(
        2,
        { history: [{ leakage_status: 'leak', timestamp: START / SECOND - 600 }] },
        START + SECOND,
      ),
      { afterMs: SECOND },
    );
    const leak = history.readings.find((reading) => reading.metric === 'water_leak');
    expect(leak?.flags).toContain('historical');
    expect(leak?.at).toBe(START - 600 * SECOND);
  });

  it('history beside live values loses neither', () => {
    const { say } = house();
    const object = {
      temperature: 20,
      history: [{ temperature: 19, timestamp: START / SECOND - 60 }],
    };
    expect(values(say(topic, up(1, object))).toSorted()).toEqual([
      'lora temperature 19',
      'lora temperature 20',
    ]);
  });
});

describe('other devices', () => {
  it('two probes of one device are two sensors', () => {
    const { say } = house();
    const decoded = say('tele/vault1/SENSOR', {
      'DS18B20-1': { Temperature: 14 },
      'DS18B20-2': { Temperature: 57.2 },
      TempUnit: 'F',
    });
    expect(values(decoded)).toEqual(['probe-1 temperature -10', 'probe-2 temperature 14']);
  });

  it('a unit that is not understood is no reading', () => {
    const { say } = house();
    const decoded = say('tele/vault1/SENSOR', { 'DS18B20-1': { Temperature: 14 }, TempUnit: 'Re' });
    expect(decoded.readings).toEqual([]);
    expect(decoded.issues).toContainEqual(expect.objectContaining({ kind: 'not-a-number' }));
  });

  it('what rtl_433 says twice is heard once', () => {
    const { say } = house();
    const time = String(START / SECOND);
    const event = { time, model: 'Nexus-TH', id: 44, temperature_C: 18.7, humidity: 55 };
    expect(say('rtl_433/host/events', event).readings).toHaveLength(2);
    const field = say('rtl_433/host/devices/Nexus-TH/2/44/temperature_C', '18.7');
    expect(field.readings).toEqual([]);
    expect(field.duplicates).toBe(1);
  });

  it('a Shelly that sleeps is not gone', () => {
    const { say } = house();
    expect(say('shellyhtg3-1/online', 'false').statuses).toEqual([]);
    expect(say('shellyhtg3-1/online', 'true').statuses).toHaveLength(1);
  });

  it('what an ESPHome device left with the broker is no reading, its next word is', () => {
    const { say } = house();
    expect(say('stack/sensor/stack_temperature/state', '18.7', { retain: true }).readings).toEqual(
      [],
    );
    expect(say('stack/sensor/stack_temperature/state', '18.7').readings).toHaveLength(1);
  });

  it('what a DTU sends again after an outage is history, whatever is newer', () => {
    const { say } = house();
    const live = { sensorDatas: [{ flag: 'TEMP1', value: 205 }] };
    expect(values(say('8608800123456789', live))).toEqual(['dtu temperature 20.5']);
    const late = { ...live, time: '11:00:00 11/22/2026 UTC', retransmit: 'enable' };
    const [reading] = say('8608800123456789', late, { afterMs: SECOND }).readings;
    expect(reading?.flags).toContain('historical');
    expect(reading?.at).toBe(START - 3_600 * SECOND);
  });

  it('a clock that lost its battery is replaced by ours, marked and told', () => {
    const { say } = house();
    const decoded = say('tele/vault1/SENSOR', {
      Time: '1970-01-01T00:00:10',
      'DS18B20-1': { Temperature: 14 },
    });
    expect(decoded.readings[0]).toMatchObject({ at: START });
    expect(decoded.readings[0]?.flags).toContain('clock_wrong');
    expect(decoded.issues).toContainEqual(expect.objectContaining({ kind: 'clock-wrong' }));
  });
});

describe('doors', () => {
  const event = (id: number, doorId: number, granted = true) => ({
    message: {
      event: {
        event: {
          'device-id': 200011234,
          'event-id': id,
          'event-type': 1,
          'access-granted': granted,
          'door-id': doorId,
          direction: 1,
          'card-number': 6001234,
          timestamp: new Date(START + id * SECOND).toISOString().slice(0, 19).replace('T', ' '),
          'event-reason': 1,
        },
      },
    },
  });

  it('events reach the door of their number, and missing numbers are evidence', () => {
    const { say } = house();
    const topic = 'uhppoted/gateway/events';
    const first = say(topic, event(50, 1));
    expect(first.accessEvents).toMatchObject([
      { door: 'd1', event: 'granted', credential: '6001234' },
    ]);
    expect(say(topic, event(51, 2, false), { afterMs: 60 * SECOND }).accessEvents).toMatchObject([
      { door: 'd2', event: 'denied' },
    ]);
    const gap = say(topic, event(53, 1), { afterMs: 61 * SECOND });
    expect(gap.issues).toContainEqual(
      expect.objectContaining({ kind: 'sequence-gap', id: 'd1', detail: '52' }),
    );
    expect(say(topic, event(52, 1), { afterMs: 62 * SECOND }).accessEvents).toHaveLength(1);
    expect(say(topic, event(53, 1), { afterMs: 63 * SECOND }).accessEvents).toEqual([]);
  });

  it('a door of a controller that is not bound is unknown, not another door', () => {
    const { say, unknown } = house();
    expect(say('uhppoted/gateway/events', event(60, 4)).accessEvents).toEqual([]);
    expect(unknown.list()[0]?.events).toMatchObject([{ event: 'granted', door: '4' }]);
  });
});

describe('made-up data', () => {
  it('never gets into a real repository', () => {
    const { say } = house();
    const decoded = say('zigbee2mqtt/smoke 301', { smoke: true, simulated: true });
    expect(decoded.readings).toEqual([]);
    expect(decoded.quarantine).toMatchObject([{ code: 'simulated-mismatch' }]);
  });
});

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
