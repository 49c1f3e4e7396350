import { describe, expect, it } from 'vitest';
import { EMPTY_REGISTRY, type Person, type Registry } from '../../../domain/registry.ts';
import { DEFAULT_STANDARDS } from '../../../domain/standards.ts';
import { applyRepository, parseRepositoryFile } from '../../../gateway/index.ts';

const parse = (text: string) => parseRepositoryFile(text, { fileName: 'archive.yaml' });
const documentsOf = (text: string) => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problems.map((p) => p.message).join(' '));
  return parsed.documents;
};
const problemsOf = (text: string): string[] => {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.problems.map((p) => `${p.line}:${p.column} ${p.message}`);
};

const SAMPLE = `repository: { id: sx-provincial, name: 山西省档案馆, timezone: Asia/Shanghai }
rooms:
  - { id: r301, name: 301 纸质档案库, class: paper, floor: 3, setPoint: { temperature: 20, humidity: 50 } }
  - { id: out, name: 室外, class: outdoor }
devices:
  - { id: gw-3, name: 三层网关 }
sensors:
  - { id: th-301-1, room: r301, metrics: [temperature, humidity] }
  - { id: sm-301-1, room: r301, device: gw-3, metrics: [smoke], source: { profile: zigbee2mqtt, topic: zigbee2mqtt/smoke 301 } }
doors:
  - { id: d301, room: r301 }
holdings:
  - { room: r301, medium: paper, fonds: 12, quantity: 48210, unit: 卷, grade: 永久 }
people:
  - { id: duty-a, name: 值班员甲, role: duty, order: 1, email: duty-a@example.org, webhook: https://example.org/hook }
`;
const head = (id: string): string => `repository: { id: ${id}, name: 馆, timezone: Asia/Shanghai }`;
const rooms = 'rooms: [{ id: r1, name: 库, class: paper }]';
const small = (more = ''): string => `${head('a')}\n${rooms}\n${more}`;

describe('repository file', () => {
  it.each([
    ['one document', small(), ['a']],
    ['documents divided by ---', `${small()}---\n${head('b')}\n${rooms}`, ['a', 'b']],
    ['a list of documents', `- ${head('a')}\n  ${rooms}\n- ${head('b')}\n  ${rooms}`, ['a', 'b']],
    ['a byte order mark', `\uFEFF${small()}`, ['a']],
    ['the documented example', SAMPLE, ['sx-provincial']],
    [
      'one with duty shifts',
      `repository: { id: a, name: 馆, timezone: Asia/Shanghai, shifts: [{ name: 夜班, from: '20:00', until: '08:00', days: [1, 7] }] }\n${rooms}`,
      ['a'],
    ],
  ])('is %s', (_, text, ids) => {
    expect(documentsOf(text).map((d) => d.repository.id)).toEqual(ids);
  });

  const sensor = (fields: string): string => small(`sensors:\n  - { ${fields} }`);
  it.each([
    ['an empty file', '', /^1:1 archive\.yaml is empty\./],
    ['a comment only', '# soon', /^1:1 archive\.yaml is empty\./],
    ['no YAML', 'rooms: [1', /^1:10 This is not YAML/],
    ['a key twice', 'a: 1\na: 2', /^2:1 .*unique/],
    ['a text', 'hello', /^1:1 A document is a group of keys/],
    ['an alias to nothing', 'rooms: *r', /^1:1 An alias/],
    ['an unknown key', small('sensrs: []'), /^3:1 Unknown key "sensrs".*did you mean sensors\?/],
    [
      'a shift at no time of day',
      `repository: { id: a, name: 馆, timezone: Asia/Shanghai, shifts: [{ name: 白班, from: '8:00', until: '20:00' }] }\n${rooms}`,
      /^1:83 From of repository is "8:00"; a time of day is written '08:00'/,
    ],
    [
      'an unknown key of an entry',
      sensor('id: t, room: r1, metrics: [smoke], intervalSec: 5'),
      /^4:42 Unknown key "intervalSec" in sensor t; did you mean intervalSeconds\? Allowed: id, room/,
    ],
    [
      'an unknown class',
      `${head('a')}\nrooms: [{ id: r1, name: 库, class: papier }]`,
      /^2:35 Unknown class "papier" in room r1.*Allowed: paper, special, av-tape.*outdoor\.$/,
    ],
    [
      'an unknown metric',
      sensor('id: t, room: r1, metrics: [temprature]'),
      /^4:34 Unknown metric "temprature" in sensor t; did you mean temperature\?/,
    ],
    [
      'no metrics',
      sensor('id: t, room: r1, metrics: []'),
      /^4:33 Metrics of sensor t must have at least one entry\./,
    ],
    ['a missing key', sensor('id: t, metrics: [smoke]'), /^4:5 Sensor t lacks "room"\./],
    ['an id that is a number', sensor('id: 301, room: r1, metrics: [smoke]'), /quotes: "301"/],
    ['an id with capitals', sensor('id: TH1, room: r1, metrics: [smoke]'), /"TH1"; an id has/],
    ['an empty list', small('doors:'), /^3:\d+ Doors must be a list; it is empty\./],
    [
      'an unknown room of a sensor',
      sensor('id: t, room: r2, metrics: [smoke]'),
      /^4:20 There is no room "r2"; did you mean r1\?/,
    ],
    [
      'an unknown room of a door',
      small('doors: [{ id: d, room: vault }]'),
      /^3:24 There is no room "vault"; there are r1\./,
    ],
    [
      'an unknown room of a holding',
      small('holdings: [{ room: r9, medium: paper, quantity: 1, unit: 卷 }]'),
      /^3:20 There is no room "r9"/,
    ],
    [
      'an unknown device',
      sensor('id: t, room: r1, metrics: [smoke], device: gw'),
      /There is no device "gw"; the document has no devices\./,
    ],
    [
      'an id twice, over sensors, doors and devices',
      small('devices: [{ id: x }]\ndoors: [{ id: x, room: r1 }]'),
      /^4:15 The id "x" is taken by another of the devices\./,
    ],
    ['a reserved id', small('devices: [{ id: alarm }]'), /^3:17 The id "alarm" is reserved/],
    [
      'an unknown time zone',
      `repository: { id: a, name: b, timezone: Asia/Shangai }\n${rooms}`,
      /^1:41 Unknown time zone "Asia\/Shangai"; did you mean Asia\/Shanghai\?$/,
    ],
    [
      'an offset for a time zone',
      `repository: { id: a, name: b, timezone: "+08:00" }\n${rooms}`,
      /an IANA name such as Asia\/Shanghai is needed/,
    ],
    ['a repository twice', `${small()}---\n${small()}`, /^4:19 .*"a" is described twice/],
    [
      'a holding twice',
      small(
        'holdings:\n  - { room: r1, medium: paper, quantity: 1, unit: 卷 }\n  - { room: r1, medium: paper, quantity: 2, unit: 卷 }',
      ),
      /^5:5 Room r1 has "paper" with the same fonds and grade twice/,
    ],
    [
      'an address without @',
      small('people: [{ id: p, name: 甲, role: duty, email: nobody }]'),
      /^3:47 Email of person p is no e-mail address: "nobody"\./,
    ],
  ])('is refused for %s, with line and column', (_, text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  it.each([
    ["openingHours: [{ days: [1], from: '25:00', until: '09:00' }]", false],
    ["openingHours: [{ days: [8], from: '08:00', until: '09:00' }]", false],
    ["openingHours: [{ days: [1, 6], from: '08:00', until: '24:00' }]", true],
    ['holidays: us', false],
    ['holidays: none', true],
  ])('a repository with %s: %s', (said, right) => {
    const text = `repository: { id: a, name: 馆, timezone: Asia/Shanghai, ${said} }\n${rooms}`;
    expect(parse(text).ok).toBe(right);
  });

  it('takes rooms for two persons, contractors, and cards', () => {
    const room = 'rooms: [{ id: v, name: 特藏库, class: special, twoPersons: true }]';
    const person = "{ id: b, name: 施工人员, role: contractor, credentials: ['10442'] }";
    const [document] = documentsOf(`${head('a')}\n${room}\npeople: [${person}]`);
    expect(document?.rooms[0]?.twoPersons).toBe(true);
    expect(document?.people?.[0]).toMatchObject({ role: 'contractor', credentials: ['10442'] });
  });

  it('tells all problems at once, in order, and not too many', () => {
    const many = Array.from({ length: 100 }, (_, i) => `  - { id: r${i}, name: 库, class: no }`);
    const problems = problemsOf(`${head('a')}\nrooms:\n${many.join('\n')}`);
    expect(problems).toHaveLength(50);
    expect(problems[1]).toMatch(/^4:/);
  });

  it('does not hang on a file that blows itself up', () => {
    const bomb = 'abcdefgh'
      .split('')
      .map((c, i, all) => `${c}: &${c} [${Array(9).fill(i ? `*${all[i - 1]}` : 1)}]`);
    expect(problemsOf(bomb.join('\n'))).toHaveLength(1);
  });
});

describe('applying', () => {
  const NOW = 1_000;
  const apply = (current: Registry, text: string, now = NOW) =>
    applyRepository({ current, documents: documentsOf(text), now });
  const first = apply(EMPTY_REGISTRY, SAMPLE);
  const without = SAMPLE.replace(/doors:\n.*\n/, '');

  it('adds everything, and reports it', () => {
    expect(first.puts.map((p) => p.table)).toEqual(
      'repository room room device sensor sensor door holding person'.split(' '),
    );
    expect(first.report).toHaveLength(9);
    expect(first.registry.sensors.get('sx-provincial.th-301-1')).toEqual({
      repository: 'sx-provincial',
      id: 'th-301-1',
      room: 'r301',
      metrics: ['temperature', 'humidity'],
    });
    expect([...first.registry.holdings.keys()]).toEqual(['sx-provincial.r301-paper-12']);
    expect([...first.registry.people.values()]).toMatchObject([{ origin: 'file' }]);
  });

  it('changes nothing the second time', () => {
    const second = apply(first.registry, SAMPLE, NOW + 1);
    expect(second).toEqual({ registry: first.registry, puts: [], report: [] });
    expect(second.registry).toBe(first.registry);
  });

  it('retires what vanished, once, and takes it back when it returns', () => {
    const retired = apply(first.registry, without, 2_000);
    expect(retired.puts).toEqual([
      {
        table: 'door',
        mode: 'upsert',
        row: { repository: 'sx-provincial', id: 'd301', room: 'r301', retiredAt: 2_000 },
      },
    ]);
    expect(retired.report).toEqual(['door sx-provincial.d301: retired: no longer in the file']);
    expect(apply(retired.registry, without, 3_000).puts).toEqual([]);
    const back = apply(retired.registry, SAMPLE, 4_000);
    expect(back.report).toEqual(['door sx-provincial.d301: back in use']);
    expect(back.registry.doors.get('sx-provincial.d301')?.retiredAt).toBeUndefined();
  });

  it('retires what is in a repository that the file no longer has', () => {
    const other = apply(first.registry, small(), 2_000);
    expect(other.registry.repositories.size).toBe(2);
    const things = [...other.registry.rooms.values(), ...other.registry.sensors.values()];
    expect(
      things.filter((t) => t.repository === 'sx-provincial' && t.retiredAt === undefined),
    ).toEqual([]);
  });

  it('says what changed, but not how people are reached', () => {
    const moved = SAMPLE.replace('id: th-301-1, room: r301', 'id: th-301-1, room: out').replace(
      '/hook',
      '/secret',
    );
    expect(apply(first.registry, moved).report).toEqual([
      'sensor sx-provincial.th-301-1: room r301 → out',
      'person sx-provincial.duty-a: webhook changed',
    ]);
  });

  it('does not count the order of keys', () => {
    const turned = SAMPLE.replace('id: d301, room: r301', 'room: r301, id: d301');
    expect(apply(first.registry, turned).puts).toEqual([]);
  });

  it.each([
    ['real', SAMPLE, 'simulated'],
    ['simulated', SAMPLE.replace('Asia/Shanghai }', 'Asia/Shanghai, simulated: true }'), 'real'],
  ])('never turns a %s repository into another', (was, text) => {
    const current = apply(EMPTY_REGISTRY, text).registry;
    const other = text.includes('simulated')
      ? SAMPLE
      : SAMPLE.replace('Asia/Shanghai }', 'Asia/Shanghai, simulated: true }');
    const applied = apply(current, other.replace('山西省档案馆', 'x'));
    expect(applied.refused).toContain(`sx-provincial is ${was} and stays so`);
    expect([applied.registry === current, applied.puts, applied.report]).toEqual([true, [], []]);
  });

  it('leaves people alone who were entered on screen', () => {
    const own: Person = {
      repository: 'sx-provincial',
      id: 'chief',
      name: '馆长',
      role: 'director',
      origin: 'database',
    };
    const current = {
      ...first.registry,
      people: new Map([...first.registry.people, ['sx-provincial.chief', own]]),
    };
    expect(apply(current, SAMPLE).puts).toEqual([]);
  });

  it('keeps holdings of one medium and different grades apart', () => {
    const text = small(
      'holdings:\n  - { room: r1, medium: paper, quantity: 1, unit: 卷, grade: 永久 }\n  - { room: r1, medium: paper, quantity: 2, unit: 卷, grade: 30年 }',
    );
    const applied = apply(EMPTY_REGISTRY, text);
    expect([...applied.registry.holdings.keys()]).toEqual(['a.r1-paper', 'a.r1-paper-30年']);
    expect(apply(applied.registry, text).puts).toEqual([]);
  });
});

describe('the standards of a room', () => {
  const catalogue = new Map([
    ['plain', []],
    ['classed', ['a', 'b']],
  ]);
  const file = (standards: string) =>
    `${head('a')}\nrooms: [{ id: r1, name: 库, class: paper${standards} }]`;
  const read = (standards: string) =>
    parseRepositoryFile(file(standards), { fileName: 'archive.yaml', standards: catalogue });

  it.each([
    ['are good', ', standards: [plain, classed:a]', undefined],
    [
      'exist',
      ', standards: [plain, plane]',
      '2:61 There is no standards pack "plane"; there are plain, classed.',
    ],
    [
      'name a class where there are some',
      ', standards: [classed]',
      '2:54 The standards pack "classed" has classes; write one of classed:a, classed:b.',
    ],
    ['are not empty', ', standards: []', /^2:53 Standards of room r1 must have at least one entry/],
  ])('%s', (_what, standards, expected) => {
    const parsed = read(standards);
    const [first] = parsed.ok ? [] : parsed.problems;
    const said = first && `${first.line}:${first.column} ${first.message}`;
    if (expected === undefined) expect(said).toBeUndefined();
    else expect(said).toMatch(expected);
  });

  const apply = (current: Registry, standards: string, now: number) => {
    const applied = applyRepository({ current, documents: documentsOf(file(standards)), now });
    const choices = applied.puts.flatMap((put) =>
      put.table === 'standards_choice' ? [put.row] : [],
    );
    return { registry: applied.registry, choices };
  };

  it('become a choice when the file says something new: a new room’s from the beginning, else from now', () => {
    const first = apply(EMPTY_REGISTRY, ', standards: [plain]', 1000);
    expect(first.choices).toMatchObject([
      {
        room: 'r1',
        standards: ['plain'],
        validFrom: 0,
        recordedAt: 1000,
        by: 'system',
        origin: 'file',
      },
    ]);
    expect(apply(first.registry, ', standards: [plain]', 2000).choices).toEqual([]);
    const second = apply(first.registry, ', standards: [classed:a]', 3000);
    expect(second.choices).toMatchObject([{ standards: ['classed:a'], validFrom: 3000 }]);
    const taken = apply(second.registry, '', 4000);
    expect(taken.choices).toMatchObject([{ standards: DEFAULT_STANDARDS, validFrom: 4000 }]);
    expect(apply(taken.registry, '', 5000).choices).toEqual([]);
    expect(apply(EMPTY_REGISTRY, '', 1000).choices).toEqual([]);
  });
});
