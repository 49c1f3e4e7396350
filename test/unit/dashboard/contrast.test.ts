import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const css = readFileSync(
  join(import.meta.dirname, '../../../dashboard/src/styles/tokens.css'),
  'utf8',
);
function tokens(block: string): ReadonlyMap<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));
}
const [light = '', dark = ''] = css.split(":root[data-theme='dark']");
const THEMES = { light: tokens(light), dark: tokens(dark) };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const INKS = [
  'ink',
  'ink2',
  'ink3',
  'accent',
  'critical',
  'high',
  'medium',
  'low',
  'unknown',
  'ok',
];
const PAIRS = [
  ...INKS.map((ink) => [ink, 'surface'] as const),
  ...INKS.filter((ink) => ink !== 'ok').map((ink) => [ink, 'bg'] as const),
  ['unknown', 'sunken'],
  ['ink2', 'sunken'],
  ['accent', 'accent-soft'],
  ['critical', 'critical-soft'],
  ['high', 'high-soft'],
  ['medium', 'medium-soft'],
  ['low', 'low-soft'],
  ['ink2', 'critical-soft'],
  ['on-accent', 'accent'],
  ['on-critical', 'critical'],
] as const;

it.each(['light', 'dark'] as const)(
  'every text can be read on its ground (%s, WCAG AA)',
  (name) => {
    const theme = THEMES[name];
    for (const [ink, ground] of PAIRS) {
      const [a, b] = [theme.get(ink), theme.get(ground)];
      expect([ink, ground, a !== undefined && b !== undefined]).toEqual([ink, ground, true]);
      expect(contrast(a!, b!), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  },
);
