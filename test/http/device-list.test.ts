import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedDevice } from '../../domain/devices.ts';
import { EMPTY_REGISTRY, type Registry, type Sensor } from '../../domain/registry.ts';
import { createDeviceLists } from '../../gateway/profiles/device-list.ts';
import { openHouse, type House } from './support.ts';

const USE = 'zigbee2mqtt@Asia/Shanghai';
const AT = Date.UTC(2026, 10, 22, 12);
const bound = (id: string, device: string): [string, Sensor] => [
  `sx.${id}`,
  {
    repository: 'sx',
    id,
    room: 'r301',
    metrics: ['temperature'],
    source: { profile: 'zigbee2mqtt', device },
  },
];
const registry: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
  sensors: new Map([bound('th-1', 'vault'), bound('th-2', 'attic')]),
};
const listed = (device: string, hardware: string): ListedDevice => ({
  device,
  hardware,
  model: 'WSDCGQ11LM',
  manufacturer: 'Aqara',
  metrics: ['temperature'],
});

let house: House;
let cookie: string;
const lists = createDeviceLists();
const get = async (url: string) =>
  (await house.inject({ url, headers: { cookie } })).json<{ items: Record<string, unknown>[] }>()
    .items;

beforeAll(async () => {
  lists.take('zigbee2mqtt/bridge/devices', [listed('vault', '0x1'), listed('attic', '0x2')], AT);
  lists.take(
    'zigbee2mqtt/bridge/devices',
    [listed('vault east', '0x1'), listed('new', '0x3')],
    AT + 1,
  );
  house = await openHouse({ registry, lists });
  cookie = await house.signIn('manager-a');
});
afterAll(() => house.close());

describe('the list that a source keeps', () => {
  it('is told with each sensor that is bound in it', async () => {
    const [first] = await get('/api/sensors');
    expect(first).toMatchObject({
      id: 'sx.th-1',
      listing: {
        state: 'renamed',
        renamedTo: 'vault east',
        hardware: '0x1',
        model: 'WSDCGQ11LM',
        manufacturer: 'Aqara',
      },
    });
  });

  it('shows who never spoke among the unknown, and whose name it was', async () => {
    expect(await get('/api/unknown-devices')).toMatchObject([
      { device: 'vault east', messages: 0, profileId: 'zigbee2mqtt', wasBoundTo: ['sx.th-1'] },
      { device: 'new', messages: 0, manufacturer: 'Aqara', proposed: ['temperature'] },
    ]);
  });

  it('a device that was dismissed stays away when the list comes again', async () => {
    const dismiss = (id: string) =>
      house.inject({
        method: 'POST',
        url: '/api/unknown-devices/dismissal',
        headers: { cookie },
        payload: { id },
      });
    expect((await dismiss(`${USE}|new`)).statusCode).toBe(204);
    lists.take(
      'zigbee2mqtt/bridge/devices',
      [listed('vault east', '0x1'), listed('new', '0x3')],
      AT + 2,
    );
    expect((await get('/api/unknown-devices')).map((one) => one['device'])).toEqual(['vault east']);
    expect((await dismiss(`${USE}|new`)).statusCode).toBe(404);
  });
});

describe('a profile that is taken into use', () => {
  const take = (use: object) =>
    house.inject({ method: 'POST', url: '/api/profile-uses', headers: { cookie }, payload: use });
  const attic = { profile: 'zigbee2mqtt', params: { base: 'attic' } };

  it('under its own id moves nothing that is bound by it to other topics', async () => {
    const refused = await take({ id: 'zigbee2mqtt', ...attic });
    expect(refused.statusCode).toBe(409);
    expect(refused.json().error).toMatchObject({ code: 'would-move' });
    expect(refused.json().error.message).toContain('sx.th-1, sx.th-2');
    expect((await take({ id: 'attic', ...attic })).statusCode).toBe(201);
    const same = { profile: 'zigbee2mqtt', params: { base: 'zigbee2mqtt' } };
    expect((await take({ id: 'zigbee2mqtt', ...same })).statusCode).toBe(201);
  });
});
