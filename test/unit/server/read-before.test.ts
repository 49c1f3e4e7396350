import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../../alerts/index.ts';
import type { ReadBefore, TextRead } from '../../../domain/read-before.ts';
import { parseRepositoryFile } from '../../../gateway/index.ts';
import { openReadBefore } from '../../../server/read-before.ts';

const folders: string[] = [];
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

function dataFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'lantai-read-before-'));
  folders.push(path);
  return path;
}

const WHAT: TextRead = { name: 'rules.yaml', text: 'a: 1', reader: '{"type":"object"}' };

function kept(value: unknown, dataDir = dataFolder()): string {
  const before = openReadBefore(dataDir);
  before.keep(WHAT, value);
  before.save();
  return dataDir;
}

const fileIn = (dataDir: string): string => join(dataDir, 'read-before', 'rules.yaml.json');

describe('what a text said before', () => {
  it('is found for the same text and schema, each time anew', () => {
    const before = openReadBefore(kept({ a: 1, list: ['火', null] }));
    expect(before.find(WHAT)).toEqual({ a: 1, list: ['火', null] });
    expect(before.find(WHAT)).not.toBe(before.find(WHAT));
  });

  it('is not found for another text, schema or name', () => {
    const before = openReadBefore(kept({ a: 1 }));
    expect(before.find({ ...WHAT, text: 'a: 2' })).toBeUndefined();
    expect(before.find({ ...WHAT, reader: '{}' })).toBeUndefined();
    expect(before.find({ ...WHAT, name: 'other.yaml' })).toBeUndefined();
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, -2)],
    ['changed by a letter', (text: string) => text.replace('"a":1', '"a":2')],
    ['emptied', () => ''],
  ])('is not found in a file that was %s', (_, damage) => {
    const dataDir = kept({ a: 1 });
    writeFileSync(fileIn(dataDir), damage(readFileSync(fileIn(dataDir), 'utf8')));
    expect(openReadBefore(dataDir).find(WHAT)).toBeUndefined();
  });

  it('is not kept when JSON would change it', () => {
    for (const value of [{ a: NaN }, { a: -0 }, { a: new Date(0) }, { a: undefined }]) {
      expect(openReadBefore(kept(value)).find(WHAT), JSON.stringify(value)).toBeUndefined();
    }
  });

  it('is readable to its owner only, and leaves nothing else behind', () => {
    const dataDir = kept({ a: 1 });
    expect(statSync(fileIn(dataDir)).mode & 0o077).toBe(0);
    expect(readdirSync(join(dataDir, 'read-before'))).toEqual(['rules.yaml.json']);
  });

  it('costs nothing but time where nothing can be written', () => {
    const file = join(dataFolder(), 'is-a-file');
    writeFileSync(file, '');
    expect(() => kept({ a: 1 }, file)).not.toThrow();
    expect(openReadBefore(file).find(WHAT)).toBeUndefined();
  });
});

/** Keeps everything, so that what is found can be tampered with. */
function memory(values: Map<string, unknown>): ReadBefore {
  return {
    find: ({ name, text }) => structuredClone(values.get(`${name} ${text}`)),
    keep: ({ name, text }, value) => values.set(`${name} ${text}`, structuredClone(value)),
  };
}

describe('a start that finds all texts as they were', () => {
  it('knows the same rules, standards and plans', () => {
    const values = new Map<string, unknown>();
    const first = loadKnowledge(memory(values));
    expect(values.size).toBeGreaterThan(5);
    expect(loadKnowledge(memory(values))).toEqual(first);
    expect(loadKnowledge()).toEqual(first);
  });

  const text = `repository: { id: sx, name: 试验档案馆, timezone: Asia/Shanghai }
rooms:
  - { id: r301, name: 301 库, class: paper }
sensors:
  - { id: sm-1, room: r301, metrics: [smoke] }
`;
  const options = { fileName: 'archive.yaml' };

  it('takes the repository file as it was read, and keeps none that has mistakes', () => {
    const values = new Map<string, unknown>();
    const before = memory(values);
    const first = parseRepositoryFile(text, { ...options, before });
    expect(first.ok).toBe(true);
    expect(parseRepositoryFile(text, { ...options, before })).toEqual(first);
    expect(values.size).toBe(1);
    const wrong = text.replace('class: paper', 'class: papier');
    expect(parseRepositoryFile(wrong, { ...options, before }).ok).toBe(false);
    expect(values.size).toBe(1);
  });

  it('reads it again, and says where, when what was kept does not hold together', () => {
    const wrong = text.replace('room: r301', 'room: r999');
    const documents = parseRepositoryFile(text, options);
    const before: ReadBefore = {
      // As if an older Lantai had let it through.
      find: () =>
        JSON.parse(
          JSON.stringify(documents.ok && documents.documents).replace(
            '"room":"r301"',
            '"room":"r999"',
          ),
        ),
      keep: () => undefined,
    };
    expect(parseRepositoryFile(wrong, { ...options, before })).toEqual(
      parseRepositoryFile(wrong, options),
    );
    expect(parseRepositoryFile(wrong, { ...options, before })).toMatchObject({
      ok: false,
      problems: [{ line: 5 }],
    });
  });
});
