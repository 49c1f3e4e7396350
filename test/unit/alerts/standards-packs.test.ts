import { describe, expect, it } from 'vitest';
import { PROVENANCES, VERIFICATIONS } from '../../../domain/limits.ts';
import { DEFAULT_STANDARDS, partsOfStandard } from '../../../domain/standards.ts';
import type { RoomClass } from '../../../domain/registry.ts';
import { catalogueOf, entriesFor, judgingOf, loadKnowledge } from '../../../alerts/index.ts';
import { parsePack } from '../../../alerts/knowledge/load-standards.ts';

/** Goal: the packs say what the reference says, with its provenance. The figures here are the reference's, typed anew. */

const { standards, rules } = loadKnowledge();
const entries = (name: string, roomClass: RoomClass = 'paper') =>
  entriesFor(standards, name, roomClass);
const range = (name: string, metric: string, roomClass?: RoomClass) => {
  const found = entries(name, roomClass).filter(
    (e) => e.kind === 'range' && e.metric === metric && !e.comparison,
  );
  expect(found.length, `${name} ${metric}`).toBeLessThanOrEqual(1);
  return found[0] && [found[0].min, found[0].max, found[0].citation.verification];
};
const figures = (name: string, kind: string, metric: string) =>
  entries(name)
    .filter((e) => e.kind === kind && e.metric === metric)
    .map((e) => e.plusMinus ?? e.above ?? [e.up, e.down]);

describe('every pack', () => {
  const packs = [...standards.packs.values()];

  it.each([
    'jgj-25-2010-dat-87-2021',
    'rules-1987',
    'gb-50174-2017',
    'air-quality',
    'fire-linkage',
    'iso-11799-2003',
    'en-16893-2018',
    'bs-4971-2017',
    'ashrae-2019',
    'bizot-2023',
    'iso-18934',
    'iasa-tc05',
  ])('%s is there', (id) => {
    expect(standards.packs.get(id)?.id).toBe(id);
  });

  it('says of each entry who says so, how far it was verified and where it was seen', () => {
    for (const { id, citation } of packs.flatMap((pack) => pack.entries)) {
      const { provenance, verification, source } = citation;
      expect(VERIFICATIONS, id).toContain(verification);
      expect(provenance && PROVENANCES[provenance], id).toBe(verification);
      const seen = verification !== 'memory' && verification !== 'proposal';
      expect(source !== undefined, id).toBe(seen);
    }
  });

  it('shows nothing from memory as verified: these are from memory', () => {
    const remembered = packs.map((pack) => [
      pack.id,
      pack.entries.filter((e) => e.citation.verification === 'memory').length,
    ]);
    expect(Object.fromEntries(remembered.filter(([, count]) => count !== 0))).toEqual({
      'gb-50174-2017': 3,
      'air-quality': 18,
      'fire-linkage': 1,
      'iso-11799-2003': 8,
      'iso-18934': 2,
    });
  });

  it('has its texts in both languages, and its ids once', () => {
    for (const pack of packs) {
      const texts = pack.entries.flatMap((e) => [e.note, e.what, e.substance, e.comparison]);
      for (const text of [...texts, ...pack.notKnown.map((gap) => gap.text), pack.name]) {
        if (text) expect([text.zh, text.en].every((one) => one.trim() !== '')).toBe(true);
      }
      expect(new Set(pack.entries.map((e) => e.id)).size).toBe(pack.entries.length);
    }
  });

  it('is named right by the default', () => {
    expect(DEFAULT_STANDARDS.map((name) => partsOfStandard(name).pack)).toEqual([
      ...DEFAULT_STANDARDS,
    ]);
    expect([...catalogueOf(standards).keys()]).toEqual(
      expect.arrayContaining([...DEFAULT_STANDARDS]),
    );
  });
});

describe('the figures of', () => {
  it.for([
    ['JGJ 25 paper', 'jgj-25-2010-dat-87-2021', 'paper', [14, 24, 'copies'], [45, 60, 'copies']],
    [
      'JGJ 25 special',
      'jgj-25-2010-dat-87-2021',
      'special',
      [14, 20, 'copies'],
      [45, 55, 'copies'],
    ],
    [
      'JGJ 25 masters',
      'jgj-25-2010-dat-87-2021',
      'film-master',
      [13, 15, 'copies'],
      [35, 45, 'copies'],
    ],
    ['DA/T 87 discs', 'jgj-25-2010-dat-87-2021', 'optical', [15, 20, 'copy'], [25, 45, 'copy']],
    [
      'DA/T 87 halls',
      'jgj-25-2010-dat-87-2021',
      'service-hall',
      [18, 28, 'copy'],
      [30, 65, 'copy'],
    ],
    ['1987 paper', 'rules-1987', 'paper', [14, 24, 'copies'], [45, 60, 'copies']],
    ['1987 masters', 'rules-1987', 'film-master', [13, 15, 'copies'], [35, 45, 'copies']],
    ['GB 50174', 'gb-50174-2017', 'server', [18, 27, 'memory'], [undefined, 60, 'memory']],
    ['ASHRAE AA', 'ashrae-2019:aa', 'paper', [10, 25, 'copies'], [35, 65, 'copies']],
    ['ASHRAE A1', 'ashrae-2019:a1', 'paper', [10, 25, 'copies'], [35, 65, 'copies']],
    ['ASHRAE A2', 'ashrae-2019:a2', 'paper', [10, 25, 'copies'], [35, 65, 'copies']],
    ['ASHRAE B', 'ashrae-2019:b', 'paper', [undefined, 30, 'copies'], [30, 70, 'copies']],
    ['ASHRAE C', 'ashrae-2019:c', 'paper', [undefined, 40, 'copies'], [25, 75, 'copies']],
    ['ASHRAE D', 'ashrae-2019:d', 'paper', undefined, [undefined, 75, 'copies']],
    ['ISO 11799 paper', 'iso-11799-2003:paper', 'paper', [2, 18, 'memory'], [30, 45, 'memory']],
    [
      'ISO 11799 staffed',
      'iso-11799-2003:staffed',
      'paper',
      [14, 18, 'memory'],
      [35, 50, 'memory'],
    ],
    ['ISO 11799 skin', 'iso-11799-2003:parchment', 'paper', [2, 18, 'memory'], [50, 60, 'memory']],
    ['BS 4971', 'bs-4971-2017', 'paper', [13, 23, 'copy'], [35, 60, 'copies']],
    ['Bizot', 'bizot-2023', 'paper', [16, 25, 'copies'], [40, 60, 'copies']],
    ['EN 16893', 'en-16893-2018', 'paper', undefined, undefined],
    ['ISO 18934 room', 'iso-18934:room', 'paper', [16, 23, 'memory'], [30, 50, 'memory']],
    ['ISO 18934 cool', 'iso-18934:cool', 'paper', [8, 16, 'copy'], [30, 50, 'copy']],
    ['ISO 18934 cold', 'iso-18934:cold', 'paper', [0, 8, 'copy'], [30, 50, 'copy']],
    ['ISO 18934 frozen', 'iso-18934:frozen', 'paper', [-20, 0, 'copy'], [30, 50, 'copy']],
    ['IASA bounds', 'iasa-tc05:bounds', 'paper', [8, 35, 'copy'], [25, 60, 'copy']],
    ['IASA medium', 'iasa-tc05:medium', 'paper', undefined, [40, 50, 'copy']],
  ] as const)('%s', ([_what, name, roomClass, temperature, humidity]) => {
    expect(range(name, 'temperature', roomClass)).toEqual(temperature);
    expect(range(name, 'humidity', roomClass)).toEqual(humidity);
  });

  it.for([
    ['aa', [5, 5], undefined, 2, 5],
    ['a1', [5, 10], [10, 10], 2, 5],
    ['a2', [5, 10], undefined, 2, 10],
    ['b', [10, 20], [10, 10], 5, 10],
    ['c', undefined, undefined, undefined, undefined],
    ['d', undefined, undefined, undefined, undefined],
  ] as const)('ASHRAE %s: seasonal and short-term', ([own, seasonT, seasonRh, shortT, shortRh]) => {
    const name = `ashrae-2019:${own}`;
    const one = (kind: string, metric: string) => figures(name, kind, metric)[0];
    expect(one('offset', 'temperature')).toEqual(seasonT);
    expect(one('offset', 'humidity')).toEqual(seasonRh);
    expect(one('swing', 'temperature')).toBe(shortT);
    expect(one('swing', 'humidity')).toBe(shortRh);
    expect(one('spell', 'humidity')).toBe(own === 'c' || own === 'd' ? 65 : undefined);
  });

  it('the swings: JGJ and 1987 ±2/±5, Bizot ±10 in 24 h, ISO 11799 ±1 a day and ±3', () => {
    for (const name of ['jgj-25-2010-dat-87-2021', 'rules-1987']) {
      expect(figures(name, 'swing', 'temperature')).toEqual([2]);
      expect(figures(name, 'swing', 'humidity')).toEqual([5]);
    }
    expect(figures('bizot-2023', 'swing', 'humidity')).toEqual([10]);
    expect(figures('iso-11799-2003:paper', 'swing', 'temperature')).toEqual([1]);
    expect(figures('iso-11799-2003:paper', 'swing', 'humidity')).toEqual([3]);
  });

  it('two records a day and one analysis a year, 3 s and 30 s, and optical discs by the hour', () => {
    const byId = (name: string, id: string) => entries(name).find((e) => e.id === id);
    expect(byId('rules-1987', 'records')).toMatchObject({ times: { count: 2, per: 'day' } });
    expect(byId('rules-1987', 'records')?.citation.clause).toContain('article 10');
    expect(byId('rules-1987', 'analysis')?.times).toEqual({ count: 1, per: 'year' });
    expect(byId('fire-linkage', 'start-within-3-s')).toMatchObject({
      seconds: 3,
      citation: { standard: 'GB 50166-2019', clause: '4.1.3-1' },
    });
    expect(byId('fire-linkage', 'gas-delay')?.seconds).toBe(30);
    expect(byId('fire-linkage', 'gas-steps')?.citation.verification).toBe('memory');
    const rates = entries('jgj-25-2010-dat-87-2021', 'optical').filter((e) => e.kind === 'rate');
    expect(rates.map((e) => e.perHour)).toEqual([15, 10]);
  });

  it('air, each under the name of its own standard, and DA/T 81 without any', () => {
    const air = (own: string) =>
      Object.fromEntries(
        entries(`air-quality:${own}`)
          .filter((e) => e.kind === 'air')
          .map((e) => [e.substance?.en, [e.max, e.unit, e.average]]),
      );
    expect(air('gb-t-18883-2002')).toMatchObject({
      'SO₂': [0.5, 'mg/m³', '1 h'],
      'NO₂': [0.24, 'mg/m³', '1 h'],
      Formaldehyde: [0.1, 'mg/m³', undefined],
      PM10: [0.15, 'mg/m³', undefined],
    });
    expect(air('gb-t-18883-2022')).toMatchObject({
      'NO₂': [0.2, 'mg/m³', undefined],
      'PM2.5': [0.05, 'mg/m³', '24 h'],
      TVOC: [0.6, 'mg/m³', '8 h'],
    });
    expect(air('gb-9669-1996')).toMatchObject({ Formaldehyde: [0.12, 'mg/m³', undefined] });
    expect(air('da-t-81-2019')).toEqual({});
    for (const entry of standards.packs.get('air-quality')?.entries ?? []) {
      const [own] = entry.for ?? [];
      const standard = entry.citation.standard.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
      expect(standard, entry.id).toBe(own);
    }
    const so2 = entries('air-quality:gb-t-18883-2002').find((e) => e.metric === 'so2');
    expect(so2?.inMetric).toEqual({ unit: 'µg/m³', max: 500 });
    const ppb = entries('air-quality:iso-11799-2003').find((e) => e.metric === 'so2');
    expect(ppb).toMatchObject({ strict: 5, max: 10, unit: 'ppb' });
    expect(ppb?.inMetric).toBeUndefined();
  });
});

describe('what is judged', () => {
  const judging = (name: string, kind: string, roomClass: RoomClass = 'paper') => [
    ...new Set(
      entries(name, roomClass)
        .filter((e) => e.kind === kind)
        .map((e) => judgingOf(e, rules)),
    ),
  ];

  it('is what a rule looks at; the rest says that it is not', () => {
    expect(judging('jgj-25-2010-dat-87-2021', 'range')).toEqual(['rule']);
    expect(judging('jgj-25-2010-dat-87-2021', 'range', 'optical')).toEqual(['rule', 'comparison']);
    expect(judging('jgj-25-2010-dat-87-2021', 'swing')).toEqual(['rule']);
    expect(judging('ashrae-2019:a1', 'swing')).toEqual(['rule']);
    expect(judging('ashrae-2019:a1', 'offset')).toEqual(['not-yet']);
    expect(judging('ashrae-2019:d', 'spell')).toEqual(['not-yet']);
    expect(judging('jgj-25-2010-dat-87-2021', 'rate', 'optical')).toEqual(['rule']);
    expect(judging('iasa-tc05:low', 'swing')).toEqual(['not-yet']);
    expect(judging('air-quality:gb-t-18883-2022', 'air')).toEqual(['rule', 'not-yet']);
    expect(judging('en-16893-2018', 'range')).toEqual(['comparison']);
    expect(judging('rules-1987', 'duty')).toEqual(['knowledge']);
    expect(judging('fire-linkage', 'linkage')).toEqual(['knowledge']);
  });

  it('needs a rule for every bound', () => {
    const [entry] = entries('jgj-25-2010-dat-87-2021');
    const halved = rules.rules.filter((rule) => rule.id !== 'temperature-low');
    expect(entry && judgingOf(entry, { ...rules, rules: halved })).toBe('not-yet');
  });
});

describe('a pack', () => {
  const cite = (fields: string) => `citations: { a: { standard: S 1, ${fields} } }`;
  const seen = cite('provenance: W, verification: copy, source: example.org');
  const one = 'ranges: [{ metric: temperature, unit: °C, min: 1, max: 2, cite: a }]';
  const pack = (...lines: string[]) =>
    ['id: p', 'version: 1', 'name: { zh: 包, en: pack }', ...lines].join('\n');
  const place = { file: 'p.yaml', classes: standards.classes };

  it('of one range is good', () => {
    expect(parsePack(pack(seen, one), place).entries).toHaveLength(1);
  });

  it.each([
    [
      'from memory that claims to be verified',
      [cite('provenance: M-high, verification: copies, source: a; b'), one],
      'p.yaml, citation a: M-high is "memory", not "copies": what is from memory can not claim to be verified.',
    ],
    [
      'from memory with a source',
      [cite('provenance: M-low, verification: memory, source: example.org'), one],
      'what was not looked up has no source',
    ],
    [
      'of one copy called several',
      [cite('provenance: W, verification: copies, source: a; b'), one],
      'W is "copy", not "copies"',
    ],
    [
      'of several copies with one source',
      [cite('provenance: W2, verification: copies, source: a'), one],
      'two sources at least',
    ],
    ['seen nowhere', [cite('provenance: F, verification: copy'), one], 'say where it was seen'],
    [
      'with a tag that is none',
      [cite('provenance: Q, verification: copy, source: a'), one],
      'p.yaml at citations/a/provenance',
    ],
    [
      'citing nothing',
      [seen, one.replace('cite: a', 'cite: b')],
      'cites "b", which is not under citations',
    ],
    [
      'with a citation nobody uses',
      [
        seen.replace(
          '{ a:',
          '{ b: { standard: S, provenance: W, verification: copy, source: x }, a:',
        ),
        one,
      ],
      'no entry cites b',
    ],
    [
      'with bounds the wrong way round',
      [seen, one.replace('min: 1', 'min: 3')],
      'min 3 is above max 2',
    ],
    ['without a bound', [seen, one.replace('min: 1, max: 2, ', '')], 'neither min nor max'],
    ['in another unit', [seen, one.replace('°C', '°F')], 'temperature is in °C, not in °F'],
    [
      'for a class that is none',
      [seen, one.replace('metric', 'for: [attic], metric')],
      '"attic" is none of the classes of rooms',
    ],
    [
      'for a class of rooms where it has its own',
      [
        'classes: [{ id: x, name: { zh: 甲, en: x } }]',
        seen,
        one.replace('metric', 'for: [paper], metric'),
      ],
      '"paper" is none of the classes of the pack',
    ],
    [
      'with an entry twice',
      [seen, one.replace('}]', '}, { metric: temperature, unit: °C, min: 1, cite: a }]')],
      'two entries are called range/temperature/a',
    ],
    [
      'with a word that is none',
      [seen, one, 'more: 1'],
      'must not have additional properties (more)',
    ],
  ])('%s is refused', (_what, lines, sentence) => {
    expect(() => parsePack(pack(...lines), place)).toThrow(sentence);
  });
});
