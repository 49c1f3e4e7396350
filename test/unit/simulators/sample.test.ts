import { describe, expect, it } from 'vitest';
import { isLocalId, RESERVED_IDS } from '../../../domain/ids.ts';
import { SAMPLE_FILE } from '../../../simulators/options.ts';
import {
  parseRepositories,
  readSimulatedRepositories,
  UsageError,
} from '../../../simulators/repository-file.ts';
import { writeLoadRepository } from '../../../simulators/load/repository.ts';

const [sample] = readSimulatedRepositories(SAMPLE_FILE);
if (!sample) throw new Error('the sample is missing');

describe('the sample archive', () => {
  it('is one simulated repository in the language of the repository file', () => {
    expect(sample.repository).toMatchObject({ id: 'sample', simulated: true });
    expect(sample.rooms.length).toBeGreaterThanOrEqual(16);
    expect(sample.sensors?.length).toBeGreaterThanOrEqual(60);
  });

  it('names every sensor, door and device once, in one name space', () => {
    const ids = [...(sample.sensors ?? []), ...(sample.doors ?? []), ...(sample.devices ?? [])].map(
      (t) => t.id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !isLocalId(id) || RESERVED_IDS.includes(id))).toEqual([]);
  });

  it('hangs everything in rooms and on devices that exist', () => {
    const rooms = new Set(sample.rooms.map((r) => r.id));
    const devices = new Set((sample.devices ?? []).map((d) => d.id));
    const placed = [...(sample.sensors ?? []), ...(sample.doors ?? []), ...(sample.holdings ?? [])];
    expect(placed.filter((t) => !rooms.has(t.room))).toEqual([]);
    const hung = [...(sample.sensors ?? []), ...(sample.doors ?? [])];
    expect(hung.filter((t) => t.device !== undefined && !devices.has(t.device))).toEqual([]);
  });

  it('measures the climate of every room, and of the outdoor air', () => {
    const measured = new Set(
      (sample.sensors ?? []).filter((s) => s.metrics.includes('humidity')).map((s) => s.room),
    );
    expect(sample.rooms.filter((r) => !measured.has(r.id))).toEqual([]);
  });

  it('can tell nobody outside this machine', () => {
    expect((sample.people ?? []).filter((p) => p.email ?? p.webhook ?? p.phone)).toEqual([]);
    expect((sample.people ?? []).map((p) => p.role)).toEqual(
      expect.arrayContaining(['duty', 'manager', 'security', 'director']),
    );
  });
});

describe('a repository file', () => {
  it.each([
    ['broken YAML', 'repository: { id: a', /not valid YAML/],
    [
      'an unknown key',
      'repository: { id: a, name: b, timezone: UTC }\nrooms: []\nroms: []',
      /not a/,
    ],
    [
      'a room without a class',
      'repository: { id: a, name: b, timezone: UTC }\nrooms: [{ id: r, name: r }]',
      /rooms/,
    ],
    ['nothing', '', /not a/],
  ])('with %s is refused in one sentence', (_, text, why) => {
    expect(() => parseRepositories(text, 'a.yaml')).toThrow(UsageError);
    expect(() => parseRepositories(text, 'a.yaml')).toThrow(why);
  });

  it('is made for load with as many sensors as wanted, and marked only when asked', () => {
    const document = writeLoadRepository({ sensors: 1000, detectors: 30, simulated: true });
    expect(document.sensors).toHaveLength(1030);
    expect(document.repository.simulated).toBe(true);
    const real = writeLoadRepository({ sensors: 1, simulated: false });
    expect(real.repository).not.toHaveProperty('simulated');
    expect(parseRepositories(JSON.stringify(document), 'load.yaml')).toEqual([document]);
  });
});
