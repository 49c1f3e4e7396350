import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProfile } from '../../../../gateway/profiles/load.ts';
import { tryProfile } from '../../../../gateway/profiles/try-out.ts';
import { linesOf, testProfile } from '../../../../server/cli/profile.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', '..', 'docs');
const EXAMPLE = join(DOCS, 'examples', 'corridor-controller.yaml');

function block(file: string, language: string): string {
  const text = readFileSync(join(DOCS, file), 'utf8');
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
}

describe('the tutorial', () => {
  it.each(['device-profiles.md', 'device-profiles.zh-CN.md'])(
    '%s shows the profile that is tried',
    (file) => {
      const inDocs = parseProfile(block(file, 'yaml'));
      const inFile = parseProfile(readFileSync(EXAMPLE, 'utf8'));
      expect(inDocs.ok).toBe(true);
      expect(inDocs).toEqual(inFile);
    },
  );

  it('its message gives what the page says', () => {
    const parsed = parseProfile(block('device-profiles.md', 'yaml'));
    if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
    const payload = Buffer.from(block('device-profiles.md', 'json'));
    const [tried] = tryProfile(parsed.profile, {}, [
      { topic: 'dtu/GX-0042/up', payload, receivedAt: 0 },
    ]);
    if (!tried) throw new Error('nothing was tried');
    expect(linesOf(tried)).toEqual([
      'GX-0042 T1 temperature 20.5',
      'GX-0042 H1 humidity 51.2',
      'GX-0042 WL water_leak 1',
      'GX-0042 DR door_open 1',
    ]);
    expect(tried.samples[0]).toMatchObject({ at: Date.UTC(2026, 10, 22, 12, 15), sequence: 118 });
    expect(tried.issues).toMatchObject([{ kind: 'source-fault', field: 'T2' }]);
  });

  it('the command tries its examples and says so', () => {
    const said: string[] = [];
    const context = { args: [EXAMPLE], say: (line: string) => said.push(line) };
    expect(testProfile(context)).toBe(0);
    expect(said.at(-1)).toBe('all as expected');
  });
});
