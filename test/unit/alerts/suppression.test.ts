import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KnowledgeError, loadRules } from '../../../alerts/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'suppression-'));
afterAll(() => rmSync(folder, { recursive: true }));

const citation = '{ standard: 本馆自定, verification: proposal }';
function load(entry: string) {
  const file = join(folder, 'suppression.yaml');
  writeFileSync(
    file,
    `version: 1\nsuppressions:\n  - { id: one, ${entry}, afterSeconds: 0, why: { zh: 因, en: why }, citation: ${citation} }\n`,
  );
  return () => loadRules({ suppression: file });
}

describe('what quiets what', () => {
  it('is shipped with a reason and a citation that claims nothing it has not seen', () => {
    const { suppressions = [], rules } = loadRules();
    expect(suppressions.map((one) => one.id)).toEqual([
      'silent-behind-device',
      'climate-in-a-fire',
    ]);
    for (const one of suppressions) {
      expect(one.citation.verification).toBe('proposal');
      for (const id of one.quiets) expect(rules.find((rule) => rule.id === id)?.safety).toBe(false);
    }
  });

  it('quiets everything about the climate of a room on fire', () => {
    const { suppressions = [], rules } = loadRules();
    const quiets = suppressions.find((one) => one.id === 'climate-in-a-fire')?.quiets;
    const climate = rules.filter(
      (rule) =>
        ['band', 'swing', 'rate', 'hours-out', 'mean'].includes(rule.kind) &&
        'metric' in rule &&
        !['uv', 'battery'].includes(rule.metric),
    );
    expect(climate.length).toBeGreaterThan(20);
    expect(climate.filter((rule) => !quiets?.includes(rule.id)).map((rule) => rule.id)).toEqual([]);
  });

  it.each([
    ['a rule that is not there', 'quiets: [no-such], while: [device-offline], same: device'],
    ['a safety rule', 'quiets: [water-leak], while: [fire-confirmed], same: room'],
    ['a cause of another kind', 'quiets: [sensor-silent], while: [mains-lost], same: device'],
    ['a cause about a device for a room', 'quiets: [uv-high], while: [device-offline], same: room'],
    ['a key that is not known', 'quiets: [uv-high], while: [fire-confirmed], same: room, until: 3'],
  ])('is refused at the start: %s', (_, entry) => {
    expect(load(entry)).toThrow(KnowledgeError);
  });
});
