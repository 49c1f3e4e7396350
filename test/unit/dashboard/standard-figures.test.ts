import { expect, it } from 'vitest';
import zhCN from '../../../dashboard/src/locales/zh-CN.ts';
import { figuresOf, type Words } from '../../../dashboard/src/logic/standard-figures.ts';
import type { StandardsEntry } from '../../../domain/standards.ts';
import { loadKnowledge } from '../../../alerts/index.ts';

const { standards } = loadKnowledge();
const words: Words = {
  t: (key, values = {}) => {
    const text = zhCN.entryFigure[key.replace('entryFigure.', '') as keyof typeof zhCN.entryFigure];
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  },
  exactly: String,
  list: (all) => all.join('、'),
};
const entryOf = (pack: string, matches: (entry: Partial<StandardsEntry>) => boolean) => {
  const found = standards.packs.get(pack)?.entries.find(matches);
  if (!found) throw new Error(`no such entry in ${pack}`);
  return { ...found, judging: 'rule' } as const;
};

it.each([
  [
    'a small limit with all its decimals',
    'air-quality',
    'air/gb-t-18883-2022/Benzene/new-changed',
    '≤ 0.03 mg/m³',
  ],
  [
    'the same in our unit',
    'air-quality',
    'air/gb-t-18883-2022/o3/new',
    '≤ 0.16 mg/m³、即 160 µg/m³',
  ],
  ['a limit that is a span', 'air-quality', 'air/iso-11799-2003/so2/iso', '≤ 5–10 ppb'],
  ['a range', 'jgj-25-2010-dat-87-2021', 'range/paper/temperature/table-paper', '14–24℃'],
  ['one bound', 'jgj-25-2010-dat-87-2021', 'range/stores/pressure_difference/pressure', '≥ 5 Pa'],
  ['an offset', 'ashrae-2019', 'offset/a1/a2/temperature/table', '年平均 +5 / −10 ℃'],
  ['a swing', 'bizot-2023', 'swing/humidity/protocol', '±10%、24 小时内'],
  ['a duty', 'rules-1987', 'records', '每天 2 次'],
  ['a bound of time', 'fire-linkage', 'start-within-3-s', '≤ 3 秒'],
  ['what has no figure', 'fire-linkage', 'two-devices', '—'],
] as const)('shows %s', (...[, pack, id, expected]) => {
  expect(
    figuresOf(
      entryOf(pack, (entry) => entry.id === id),
      words,
    ),
  ).toBe(expected);
});
