import { describe, expect, it } from 'vitest';
import type { Decoded } from '../../../../domain/intake.ts';
import { EMPTY_REGISTRY, type Registry, type Sensor } from '../../../../domain/registry.ts';
import { createIntake } from '../../../../gateway/index.ts';
import { createUnknownDevices } from '../../../../gateway/profiles/unknown-devices.ts';
import { sparkplug } from '../codecs/support.ts';

const START = Date.UTC(2026, 10, 22, 12);

const sensor = (id: string, source: NonNullable<Sensor['source']>): [string, Sensor] => [
  `sx.${id}`,
  { repository: 'sx', id, room: 'r1', metrics: ['temperature'], source },
];
const profile = 'sparkplug-b';

const registry: Registry = {
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
  rooms: new Map([['sx.r1', { repository: 'sx', id: 'r1', name: '301', class: 'paper' }]]),
  sensors: new Map([
    sensor('a', { profile, device: 'A/gw1/a' }),
    sensor('node', { profile, device: 'A/gw1' }),
    sensor('by-topic', { profile, topic: 'spBv1.0/A/DDATA/gw1/t' }),
    sensor('longer', { profile, device: 'A/gw10/a' }),
    sensor('other', { profile, device: 'A/gw2/a' }),
    sensor('other-group', { profile, device: 'B/gw1/a' }),
  ]),
};

function house() {
  const unknown = createUnknownDevices();
  let named = 0;
  const intake = createIntake({ registry: () => registry, newId: () => `q${++named}`, unknown });
  let receivedAt = START;
  const say = (
    topic: string,
    metrics: Parameters<typeof sparkplug>[0]['metrics'] = [],
  ): Decoded => {
    receivedAt += 1_000;
    const payload = Buffer.from(sparkplug({ timestamp: receivedAt, metrics }));
    return intake.decode({ topic: `spBv1.0/${topic}`, payload, retain: false, receivedAt });
  };
  return { say };
}

const statuses = (decoded: Decoded): readonly string[] =>
  decoded.statuses.map(({ id, online }) => `${id} ${online ? 'online' : 'offline'}`).sort();

const bdSeq = [{ name: 'bdSeq', datatype: 8, int: 0 }];

describe('several edge nodes of Sparkplug', () => {
  it('one that dies takes what hangs on it, by name or topic, and nothing of the others', () => {
    const { say } = house();
    say('A/NBIRTH/gw1', bdSeq);
    say('A/NBIRTH/gw2', bdSeq);
    expect(statuses(say('A/NDEATH/gw1', bdSeq))).toEqual([
      'a offline',
      'by-topic offline',
      'node offline',
    ]);
  });

  it('one that is dead keeps no device of another from being born', () => {
    const { say } = house();
    say('A/NBIRTH/gw1', bdSeq);
    say('A/NDEATH/gw1', bdSeq);
    say('A/NBIRTH/gw2', bdSeq);
    expect(statuses(say('A/DBIRTH/gw2/a'))).toEqual(['other online']);
    expect(statuses(say('A/DBIRTH/gw1/a'))).toEqual([]);
  });

  it('a node that is born says nothing of devices that are not', () => {
    const { say } = house();
    expect(statuses(say('A/NBIRTH/gw1', bdSeq))).toEqual(['by-topic online', 'node online']);
    expect(statuses(say('A/DBIRTH/gw1/a'))).toEqual(['a online']);
  });
});
