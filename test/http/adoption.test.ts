import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, type Registry } from '../../domain/registry.ts';
import { openHouse, type House } from './support.ts';

let house: House;
let cookie: string;
beforeAll(async () => {
  house = await openHouse({});
  cookie = await house.signIn('manager-a');
});
afterAll(() => house.close());

const post = (url: string, payload: object, as = cookie) =>
  house.inject({ method: 'POST', url, headers: { cookie: as }, payload });

const sensor = {
  id: 'z-1',
  room: 'r301',
  metrics: ['temperature'],
  source: { profile: 'zigbee2mqtt', device: 'vault' },
};

describe('adopting a sensor', () => {
  it.each([
    ['a room that there is not', { ...sensor, room: 'nowhere' }, 422],
    ['a profile that there is not', { ...sensor, source: { profile: 'no', device: 'x' } }, 422],
    ['a source without device and topic', { ...sensor, source: { profile: 'tasmota' } }, 422],
    ['a reserved id', { ...sensor, id: 'gateway' }, 422],
    ['a metric that there is not', { ...sensor, metrics: ['warmth'] }, 400],
    ['null for a room', { ...sensor, room: null }, 400],
  ])('refuses %s', async (_name, payload, status) => {
    expect((await post('/api/sensors', payload)).statusCode).toBe(status);
  });

  it('stores and journals it', async () => {
    const answer = await post('/api/sensors', sensor);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ id: 'sx.z-1', origin: 'database' });
    const rows = house.store.rows<{ action: string }>('journal');
    expect(rows.map((row) => row.action)).toContain('sensor.adopted');
  });
});

describe('the text of a profile', () => {
  it('may be as long as its schema says, beyond the bound of other requests', async () => {
    const text = `id: x\n${'# 说明\n'.repeat(25_000)}`;
    expect(Buffer.byteLength(text)).toBeGreaterThan(200_000);
    const answer = await post('/api/profiles/try', { text, topic: 'a/b', payload: '1' });
    // It is read, and found to be no profile; it is not turned away for its length.
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ error: { code: 'profile-mistakes' } });
  });
});

describe('a device that is bound already', () => {
  it('is not bound to a second sensor, whoever asks', async () => {
    const theirs: Registry = {
      ...EMPTY_REGISTRY,
      ...house.services.registry(),
      sensors: new Map([
        [
          'sx.first',
          { ...sensor, id: 'first', repository: 'sx', metrics: ['temperature', 'humidity'] },
        ],
      ]),
    };
    const other = await openHouse({ registry: theirs });
    try {
      const as = await other.signIn('manager-a');
      const bind = (metrics: string[]) =>
        other.inject({
          method: 'POST',
          url: '/api/sensors',
          headers: { cookie: as },
          payload: { ...sensor, id: 'second', metrics },
        });
      const refused = await bind(['humidity']);
      expect([refused.statusCode, refused.json().error.code]).toEqual([409, 'bound-already']);
      // Another value of the same device is another sensor.
      expect((await bind(['battery'])).statusCode).toBe(201);
    } finally {
      await other.close();
    }
  });
});

describe('unknown devices of no repository', () => {
  const strange = (of: House): void => {
    const raw = { topic: 'a/b', payload: Buffer.from('x'), retain: false, receivedAt: of.now };
    of.services.devices.unknown.note(raw, { device: 'a/b', samples: [], events: [] });
  };
  const list = async (of: House, as: string) =>
    (await of.inject({ url: '/api/unknown-devices', headers: { cookie: as } })).json<{
      items: unknown[];
    }>().items;

  it('are hidden from who may enter only some repositories', async () => {
    strange(house);
    expect(await list(house, cookie)).toEqual([]);
    expect((await post('/api/unknown-devices/dismissal', { id: '|a/b' })).statusCode).toBe(404);
  });

  it('are shown to who may enter all there are, and dismissed', async () => {
    const full = house.services.registry();
    const own = full.repositories.get('sx');
    const registry = { ...full, repositories: new Map(own ? [['sx', own]] : []) };
    const alone = await openHouse({ registry });
    try {
      const as = await alone.signIn('manager-a');
      strange(alone);
      expect(await list(alone, as)).toHaveLength(1);
      const dismissed = await alone.inject({
        method: 'POST',
        url: '/api/unknown-devices/dismissal',
        headers: { cookie: as },
        payload: { id: '|a/b' },
      });
      expect(dismissed.statusCode).toBe(204);
      expect(await list(alone, as)).toEqual([]);
    } finally {
      await alone.close();
    }
  });
});
