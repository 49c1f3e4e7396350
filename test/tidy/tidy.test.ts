import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Goal: the house rules that no linter knows. Method: read every tracked or new file, say what to do instead. */

const root = join(import.meta.dirname, '..', '..');
const LINES_MAX = 400;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && !path.startsWith('package-lock'));

const code = files.filter((path) => /\.(ts|vue|mjs|js|cjs)$/.test(path));
const texts = files.filter((path) =>
  /\.(ts|vue|mjs|js|cjs|md|yaml|yml|json|sh|conf|css|html)$/.test(path),
);

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Each with what to write instead. */
const BANNED: readonly (readonly [pattern: RegExp, instead: string, where: RegExp])[] = [
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'do it, or write an issue', /\.(ts|vue|mjs)$/],
  [/@ts-(ignore|nocheck|expect-error)/, 'give it its type', /\.(ts|vue)$/],
  [/eslint-disable/, 'follow the rule or change it for all', /\.(ts|vue)$/],
  [
    /\bas unknown as\b/,
    'narrow it, or declare it right',
    /^(domain|gateway|alerts|server|simulators|dashboard)\//,
  ],
  [/\bAlert(Repository|Manager)\b/, 'the word is Alarm; data access is a Store', /\.(ts|vue)$/],
  [/https?:\/\/(registry|npm)\.[a-z]/, 'no registry hosts', /./],
];

describe('the house', () => {
  it('reads its own tree', () => {
    expect(code.length).toBeGreaterThan(50);
  });

  it(`keeps every file of code within ${LINES_MAX} lines`, () => {
    const long = code.filter((path) => read(path).split('\n').length - 1 > LINES_MAX);
    expect(long, 'a file that can not be described in one line is two files').toEqual([]);
  });

  it('uses none of the banned words', () => {
    const self = 'test/tidy/tidy.test.ts';
    const found = texts
      .filter((path) => path !== self)
      .flatMap((path) => {
        const text = read(path);
        return BANNED.filter(([pattern, , where]) => where.test(path) && pattern.test(text)).map(
          ([pattern, instead]) => `${path}: ${pattern.source}: ${instead}`,
        );
      });
    expect(found).toEqual([]);
  });

  it('has no file of code that nobody imports or starts', () => {
    const started =
      /^(server\/(main|start)|simulators\/(main|child)|dashboard\/src\/main|dashboard\/vite\.config)\.ts$|\.config\.(js|ts)$|^\.dependency-cruiser|^scripts\/|^bin\/|^test\/|-worker\.ts$|env\.d\.ts$|\.d\.ts$/;
    const everything = code.map((path) => [path, read(path)] as const);
    const dead = code.filter((path) => {
      if (started.test(path)) return false;
      const name = path.split('/').at(-1) ?? path;
      return !everything.some(([other, text]) => other !== path && text.includes(`/${name}`));
    });
    expect(dead, 'delete it, or use it').toEqual([]);
  });

  it('says nothing of one machine', () => {
    const found = texts.filter(
      (path) => path !== 'test/tidy/tidy.test.ts' && /\/(home|work|root)\/[a-z]/.test(read(path)),
    );
    expect(found).toEqual([]);
  });
});
