/** The text of `.env.example`, made from the table of settings so that it can't be out of date. */

import { SETTINGS, type SettingDefinition } from './names.ts';

export function envExample(): string {
  const head = [
    '# Every setting of Lantai, with its default and its meaning. All are optional.',
    '# Set them in the environment, or the same names in lantai.yaml beside package.json (the environment wins).',
  ];
  const rows = SETTINGS.map(
    (s: SettingDefinition) => `# ${s.meaning}\n# ${s.name}=${s.default ?? ''}`,
  );
  return `${[...head, '', rows.join('\n\n')].join('\n')}\n`;
}
