import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, type ProfileUse, type Registry } from '../../../../domain/registry.ts';
import { usesForTopic, usesOf } from '../../../../gateway/profiles/uses.ts';

const use = (id: string, more: Partial<ProfileUse> = {}): [string, ProfileUse] => [
  `sx.${id}`,
  { repository: 'sx', id, profile: 'zigbee2mqtt', ...more },
];
const house = (uses: [string, ProfileUse][], more: Partial<Registry> = {}): Registry => ({
  ...EMPTY_REGISTRY,
  repositories: new Map([['sx', { id: 'sx', name: '档案馆', timezone: 'Asia/Shanghai' }]]),
  profileUses: new Map(uses),
  ...more,
});
const keys = (registry: Registry, topic: string) =>
  usesForTopic(usesOf(registry), topic).map((one) => one.use.key);

const DEFAULT = 'zigbee2mqtt/vault';
const OTHER = 'attic/vault';

describe('devices on the default topics of a profile', () => {
  it('are found when nothing is in use, and when the profile is in use for other topics', () => {
    expect(keys(house([]), DEFAULT)).toEqual(['zigbee2mqtt@Asia/Shanghai']);
    const second = house([use('attic', { params: { base: 'attic' } })]);
    expect(keys(second, DEFAULT)).toEqual(['zigbee2mqtt@Asia/Shanghai']);
    expect(keys(second, OTHER)).toEqual(['sx.attic']);
  });

  it('are found once where a use has the default topics itself, whatever its zone', () => {
    expect(keys(house([use('z2m', { params: { base: 'zigbee2mqtt' } })]), DEFAULT)).toEqual([
      'sx.z2m',
    ]);
    expect(keys(house([use('z2m', { timezone: 'Z' })]), DEFAULT)).toEqual(['sx.z2m']);
  });

  it('are not found where a use of the profile’s own id stands in for it', () => {
    const instead = house([use('zigbee2mqtt', { params: { base: 'attic' } })]);
    expect(keys(instead, DEFAULT)).toEqual([]);
    expect(keys(instead, OTHER)).toEqual(['sx.zigbee2mqtt']);
    // Another repository has no such use.
    const repositories = new Map([
      ...instead.repositories,
      ['nx', { id: 'nx', name: '分馆', timezone: 'Asia/Urumqi' }] as const,
    ]);
    expect(keys({ ...instead, repositories }, DEFAULT)).toEqual(['zigbee2mqtt@Asia/Urumqi']);
  });

  it('come back when the use is retired', () => {
    const retired = house([use('zigbee2mqtt', { params: { base: 'attic' }, retiredAt: 1 })]);
    expect(keys(retired, DEFAULT)).toEqual(['zigbee2mqtt@Asia/Shanghai']);
  });
});
