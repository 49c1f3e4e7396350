import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../../dashboard/src/locales/en.ts';
import zhCN from '../../../dashboard/src/locales/zh-CN.ts';
import { METRIC_NAMES } from '../../../domain/metrics.ts';

type Tree = { readonly [key: string]: string | Tree };
function flat(tree: Tree, prefix = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value] as const]
      : flat(value, `${prefix}${key}.`),
  );
}
const zh = new Map(flat(zhCN));
const english = new Map(flat(en));
const placeholders = (text: string) => new Set(text.match(/\{\w+\}/g) ?? []);

describe('texts', () => {
  it('are the same in both languages, key by key', () => {
    expect([...english.keys()].sort()).toEqual([...zh.keys()].sort());
    expect(zh.size).toBeGreaterThan(300);
  });

  it('take the same values in both languages', () => {
    for (const [key, text] of zh) {
      expect([key, placeholders(english.get(key) ?? '')]).toEqual([key, placeholders(text)]);
    }
  });

  it('are never empty, and hold no sign that the message format would take for its own', () => {
    for (const [key, text] of [...zh, ...english]) {
      expect([key, text.trim().length > 0, /@|%\{/.test(text)]).toEqual([key, true, false]);
    }
    // A bar parts one from many, which Chinese does not do.
    for (const [key, text] of zh) expect([key, text.includes('|')]).toEqual([key, false]);
  });

  it('name every metric', () => {
    for (const metric of METRIC_NAMES) expect(zh.get(`metric.${metric}`)).toBeTruthy();
  });
});

const SOURCE = join(import.meta.dirname, '../../../dashboard/src');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });

it('no component holds a text of its own: Chinese is in the locales alone', () => {
  const vue = files.filter((file) => file.endsWith('.vue'));
  expect(vue.length).toBeGreaterThan(30);
  for (const file of vue) {
    const source = readFileSync(join(SOURCE, file), 'utf8');
    expect([file, /[\u4e00-\u9fff]/.exec(source)?.[0]]).toEqual([file, undefined]);
  }
});

it('no component holds an English sentence of its own', () => {
  for (const file of files.filter((one) => one.endsWith('.vue'))) {
    const source = readFileSync(join(SOURCE, file), 'utf8');
    const template = /<template>([\s\S]*)<\/template>/.exec(source)?.[1] ?? '';
    const words = template.replace(/\{\{[\s\S]*?\}\}/g, '').match(/>\s*[A-Za-z]{3,}[^<>{}="]*</g);
    expect([file, words]).toEqual([file, null]);
  }
});

it('every act that the journal records has words', () => {
  const root = join(import.meta.dirname, '../../..');
  const acts = ['server', 'alerts', 'gateway'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => readFileSync(join(root, folder, file), 'utf8').split('\n'))
      .filter((line) => /\baction: |\.journal\('|\bline\('/.test(line))
      .flatMap((line) => [...line.matchAll(/'([a-z-]+\.[a-z-]+)'/g)].map(([, act]) => act)),
  );
  // Made of two parts, such as what was locked.
  const made = ['account.locked', 'address.locked', 'sensor.adopted', 'device-credential.renewed'];
  expect(acts.length).toBeGreaterThan(40);
  for (const act of [...acts, ...made]) expect([...zh.keys()]).toContain(`journalAction.${act}`);
});
