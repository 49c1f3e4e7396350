import { describe, expect, it, vi } from 'vitest';
import { EMPTY_REGISTRY, type Registry, type Sensor } from '../../../../domain/registry.ts';
import { matchesPattern } from '../../../../domain/topic-pattern.ts';
import { createIntake } from '../../../../gateway/index.ts';
import { planSubscriptions } from '../../../../gateway/mqtt/subscriptions.ts';
import { createDeviceLists } from '../../../../gateway/profiles/device-list.ts';
import { runProfile } from '../../../../gateway/profiles/run.ts';
import { createUnknownDevices } from '../../../../gateway/profiles/unknown-devices.ts';
import { usesOf } from '../../../../gateway/profiles/uses.ts';
import { foundDevices } from '../../../../server/devices/found-view.ts';
import { bridgeDevices, listedDevice, type Zigbee } from './z2m-list.ts';

vi.mock(import('../../../../gateway/profiles/run.ts'), { spy: true });

const AT = Date.UTC(2026, 10, 22, 12);
const USE = 'zigbee2mqtt@Asia/Shanghai';
const LIST = 'zigbee2mqtt/bridge/devices';

const smoke: Sensor = {
  repository: 'sx',
  id: 'sm-1',
  room: 'r1',
  metrics: ['smoke'],
  source: { profile: 'zigbee2mqtt', device: 'smoke 301' },
};
const climate: Sensor = {
  repository: 'sx',
  id: 'th-1',
  room: 'r1',
  metrics: ['temperature'],
  source: { profile: 'zigbee2mqtt', topic: 'zigbee2mqtt/一号库' },
};
const registry: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
  rooms: new Map([['sx.r1', { repository: 'sx', id: 'r1', name: '301', class: 'paper' }]]),
  sensors: new Map([
    ['sx.sm-1', smoke],
    ['sx.th-1', climate],
  ]),
};

function house() {
  const unknown = createUnknownDevices();
  const lists = createDeviceLists();
  const intake = createIntake({ registry: () => registry, newId: () => 'q', unknown, lists });
  const say = (topic: string, payload: unknown, q: { retain?: boolean; at?: number } = {}) =>
    intake.decode({
      topic,
      payload: Buffer.from(JSON.stringify(payload)),
      retain: q.retain ?? false,
      receivedAt: q.at ?? AT,
    });
  const list = (...devices: Zigbee[]) => say(LIST, bridgeDevices(...devices), { retain: true });
  const found = () => foundDevices({ unknown, lists, uses: usesOf(registry) });
  return { say, list, found, unknown, lists };
}

const SMOKE: Zigbee = { name: 'smoke 301', ieee: '0x01' };
const CLIMATE: Zigbee = { name: '一号库', ieee: '0x02' };
const NEW: Zigbee = { name: '0x0a', ieee: '0x0a' };

describe('the device list of Zigbee2MQTT', () => {
  it('shows who never spoke with model, maker and metrics, and configures nothing', () => {
    const { list, found } = house();
    const decoded = list(SMOKE, CLIMATE, NEW);
    expect([decoded.readings, decoded.statuses, decoded.quarantine]).toEqual([[], [], []]);
    expect(found()).toEqual([
      {
        id: `${USE}|0x0a`,
        profile: USE,
        device: '0x0a',
        hardware: '0x0a',
        model: 'WSDCGQ11LM',
        manufacturer: 'Aqara',
        description: 'Temperature and humidity sensor',
        firstAt: AT,
        lastAt: AT,
        messages: 0,
        values: [],
        events: [],
        captured: [],
        proposed: ['temperature', 'humidity', 'battery'],
      },
    ]);
  });

  it('says model and maker of bound devices, also of those bound by their topic', () => {
    const { list, lists } = house();
    list(SMOKE, CLIMATE);
    const card = { state: 'listed', model: 'WSDCGQ11LM', manufacturer: 'Aqara' };
    expect(lists.listing(LIST, 'smoke 301')).toMatchObject(card);
    expect(lists.listing(LIST, '一号库')).toMatchObject({ ...card, hardware: '0x02' });
  });

  it('a device that spoke keeps what it said, and learns what it is', () => {
    const { list, say, found } = house();
    say('zigbee2mqtt/0x0a', { temperature: 21 });
    list(NEW);
    expect(found()).toMatchObject([{ device: '0x0a', messages: 1, model: 'WSDCGQ11LM' }]);
    expect(found()[0]?.values).toEqual([{ metric: 'temperature', value: 21, at: AT }]);
  });

  it('knows a renamed device by its hardware, and whose it was', () => {
    const { list, lists, found } = house();
    list(SMOKE, CLIMATE);
    list({ ...SMOKE, name: 'smoke east' }, CLIMATE);
    expect(lists.listing(LIST, 'smoke 301')).toMatchObject({
      state: 'renamed',
      renamedTo: 'smoke east',
      hardware: '0x01',
    });
    expect(found()).toMatchObject([{ device: 'smoke east', wasBoundTo: ['sx.sm-1'] }]);
    // Renamed once more: still the same thing.
    list({ ...SMOKE, name: 'smoke west' }, CLIMATE);
    expect(lists.listing(LIST, 'smoke 301')?.renamedTo).toBe('smoke west');
    // And back: all is as it was.
    list(SMOKE, CLIMATE);
    expect(lists.listing(LIST, 'smoke 301')?.state).toBe('listed');
    expect(found()).toEqual([]);
  });

  it('another device under the old name is no renaming', () => {
    const { list, lists } = house();
    list(SMOKE);
    list({ ...SMOKE, ieee: '0x77' });
    expect(lists.listing(LIST, 'smoke 301')).toMatchObject({ state: 'listed', hardware: '0x77' });
  });

  it('says that a bound device is gone, also when all are; nothing before the first list', () => {
    const { list, lists } = house();
    expect(lists.listing(LIST, 'smoke 301')).toBeUndefined();
    list(CLIMATE);
    expect(lists.listing(LIST, 'smoke 301')).toEqual({ state: 'gone' });
    list();
    expect(lists.listing(LIST, '一号库')).toEqual({ state: 'gone', hardware: '0x02' });
  });

  it('an unknown device that left the list and is silent since is shown no longer', () => {
    const { list, say, found } = house();
    say('zigbee2mqtt/0x0a', { temperature: 21 });
    list(NEW);
    say(LIST, bridgeDevices(CLIMATE), { at: AT + 1_000 });
    expect(found()).toEqual([]);
    say('zigbee2mqtt/0x0a', { temperature: 21 }, { at: AT + 2_000 });
    expect(found()).toMatchObject([{ device: '0x0a', messages: 2 }]);
  });

  it('tells disabled devices and those that are being asked; unsupported ones by what they say', () => {
    const { list, found } = house();
    list(
      { ...NEW, more: { disabled: true } },
      { name: '0x0b', ieee: '0x0b', more: { interview_state: 'IN_PROGRESS' } },
      { name: '0x0c', ieee: '0x0c', more: { definition: null, model_id: 'TS0601' } },
    );
    expect(found()).toMatchObject([
      { disabled: true },
      { unfinished: true },
      { model: 'TS0601', manufacturer: 'LUMI', proposed: [] },
    ]);
  });

  it('a list of half a megabyte that nests as lists do is read; a longer one than a megabyte is not', () => {
    const { say, found } = house();
    const deep = { exposes: [{ item_type: { features: [{ values: [{ a: [1] }] }] } }] };
    const many = (count: number) =>
      Array.from({ length: count }, (_, i) =>
        listedDevice({ name: `d${i}`, ieee: `0x${i}`, more: { definition: deep } }),
      );
    const decoded = say(LIST, many(900), { retain: true });
    expect(decoded.quarantine).toEqual([]);
    expect(found()).toHaveLength(900);
    const padded = [...many(1), { friendly_name: 'pad', text: 'x'.repeat(1024 * 1024) }];
    expect(say(LIST, padded).quarantine[0]?.code).toBe('payload-too-large');
    expect(found()).toHaveLength(900);
  });

  it('the same bytes are read once, by whatever way they come; other bytes anew', () => {
    const { say, list, found, lists } = house();
    vi.mocked(runProfile).mockClear();
    list(SMOKE, NEW);
    list(SMOKE, NEW);
    say(LIST, bridgeDevices(SMOKE, NEW), { at: AT + 1_000 });
    expect(runProfile).toHaveBeenCalledTimes(1);
    expect([lists.get(LIST)?.at, found().length]).toEqual([AT, 1]);
    list(SMOKE);
    list(SMOKE, NEW);
    expect(runProfile).toHaveBeenCalledTimes(3);
    expect(found()).toHaveLength(1);
  });

  it('one that the broker kept and that can not be read is put aside, once', () => {
    const { say, list, found } = house();
    list(NEW);
    const long = [{ friendly_name: 'pad', text: 'x'.repeat(1024 * 1024) }];
    const codes = (payload: unknown, retain: boolean) =>
      say(LIST, payload, { retain }).quarantine.map((one) => one.code);
    expect(codes(long, true)).toEqual(['payload-too-large']);
    expect(codes(long, true)).toEqual([]);
    expect(codes(long, false)).toEqual(['payload-too-large']);
    expect(codes({ devices: [] }, true)).toEqual(['no-device']);
    expect(found()).toHaveLength(1);
    // What else the broker kept is no news, as before.
    expect(say('zigbee2mqtt/0x0a', '{', { retain: true }).quarantine).toEqual([]);
  });

  it.each([
    ['{}'],
    ['null'],
    ['[1,null,"x",[]]'],
    ['[{"friendly_name":{}}]'],
    ['[{"friendly_name":""}]'],
  ])('garbage in place of a list leaves what was known: %s', (text) => {
    const { say, found, list } = house();
    list(NEW);
    say(LIST, JSON.parse(text));
    expect(found()).toMatchObject([{ device: '0x0a' }]);
  });

  it('is read on the main session, never on that of safety', () => {
    const plan = planSubscriptions(registry);
    expect(plan.main.some((filter) => matchesPattern(filter, LIST))).toBe(true);
    expect(plan.safety.filter((filter) => matchesPattern(filter, LIST))).toEqual([]);
    expect(plan.safety).toContain('zigbee2mqtt/smoke 301');
  });
});
