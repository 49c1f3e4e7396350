import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { check } from '../../../server/cli/commands.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lantai-check-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function said(standards: string): readonly string[] {
  const path = join(folder, 'archive.yaml');
  const rooms = [
    `  - { id: r1, name: '301', class: paper${standards} }`,
    "  - { id: r2, name: '院子', class: outdoor }",
  ];
  writeFileSync(
    path,
    ['repository: { id: sx, name: 档案馆, timezone: Asia/Shanghai }', 'rooms:', ...rooms, ''].join(
      '\n',
    ),
  );
  const lines: string[] = [];
  expect(check({ args: [path], say: (line) => lines.push(line.slice(path.length)) })).toBe(0);
  return lines;
}
const GOOD = ' is good: repositories 1, rooms 2, sensors 0';

it.each([
  ['', []],
  [', standards: [bizot-2023]', []],
  [', standards: [fire-linkage, bizot-2023]', []],
  [
    ', standards: [fire-linkage]',
    [': warning: the standards of room sx.r1 limit neither temperature nor humidity'],
  ],
])('a room%s is good; without limits with a warning', (standards, warnings) => {
  expect(said(standards)).toEqual([...warnings, GOOD]);
});
