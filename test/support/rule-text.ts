/** The text of a file with one rule, as people write it: what its test is about, and the rest as every rule has it. */

/** `kind`: lines from `kind:` on, of one column. */
export function ruleText(q: {
  readonly id: string;
  readonly kind: string;
  readonly onDelaySeconds?: number;
  readonly offDelaySeconds?: number;
}): string {
  const { id, kind, onDelaySeconds = 0, offDelaySeconds = 0 } = q;
  const lines = [
    `id: ${id}`,
    'name: { zh: 名, en: name }',
    ...kind.trim().split('\n'),
    `onDelaySeconds: ${onDelaySeconds}`,
    `offDelaySeconds: ${offDelaySeconds}`,
    'priority: low',
    'latching: false',
    'safety: false',
    'shelvable: true',
    'title: { zh: 题, en: title }',
    'advice: { zh: 做, en: do }',
    'citation: { standard: 本馆自定, verification: proposal }',
  ];
  return `version: 1\nrules:\n  - ${lines.map((line) => line.trim()).join('\n    ')}\n`;
}
