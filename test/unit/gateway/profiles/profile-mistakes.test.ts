import { describe, expect, it } from 'vitest';
import { boxedProfiles, parseProfile } from '../../../../gateway/profiles/load.ts';

const profile = (handler: string, head = ''): string =>
  `id: mine\nversion: 1\nname: { zh: 我, en: mine }\n${head}handlers:\n  - name: one\n${handler
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;

const good = `topic: ['a/{device}']\npayload: json\ndevice: '{device}'\nreadings:\n  - { metric: temperature, path: t }`;

const mistakes: readonly (readonly [string, string, RegExp])[] = [
  ['no YAML', 'id: [', /\./],
  ['an unknown key', profile(`${good}\nregexp: x`), /Unknown key "regexp"/],
  ['an unknown metric', profile(good.replace('temperature', 'temprature')), /not a metric/],
  [
    'a unit of something else',
    profile(good.replace('path: t', 'path: t, unit: kPa')),
    /can't become °C/,
  ],
  ['two rests in a topic', profile(good.replace('a/{device}', '{a+}/{device+}')), /more than one/],
  ['a wildcard inside a level', profile(good.replace('a/{device}', 'a-{device}')), /whole level/],
  ['two stars in a part', profile(good.replace('path: t', "path: 'a*b*'")), /more than one \*/],
  ['an empty part', profile(good.replace('path: t', 'path: a..b')), /empty part/],
  ['a reading without a path', profile(good.replace(', path: t', '')), /needs a path/],
  ['a zone that there is not', profile(good, 'timezone: Mars/Base\n'), /no time zone/],
  ['an alias bomb', `a: &a [1,1]\nb: &b [*a,*a]\nid: x\n${'x'.repeat(300_000)}`, /at most/],
  ['lines without columns', profile(good.replace('json', 'lines')), /columns/],
];

describe('a profile with a mistake is refused with its place', () => {
  it.each(mistakes)('%s', (_name, text, why) => {
    const parsed = parseProfile(text);
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.problems[0]?.message).toMatch(why);
    expect(parsed.problems[0]?.line).toBeGreaterThan(0);
    expect(parsed.problems[0]?.column).toBeGreaterThan(0);
  });

  it('and one without is taken', () => {
    expect(parseProfile(profile(good))).toMatchObject({ ok: true });
  });
});

it('the box has all formats that the README names', () => {
  expect([...boxedProfiles().keys()]).toHaveLength(21);
});
