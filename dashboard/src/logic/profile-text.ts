/** The little that the screen itself must know of a profile's text; the server judges it. */

const ID_LINE = /^id:[ \t]*['"]?([a-z0-9][a-z0-9_-]*)['"]?[ \t]*(?:#.*)?$/m;

/** The id that the text gives itself; `undefined`: it has none that could be one. */
export function profileIdIn(text: string): string | undefined {
  return ID_LINE.exec(text)?.[1];
}

/** The text with another id, for a copy. */
export function withProfileId(text: string, id: string): string {
  return ID_LINE.test(text) ? text.replace(ID_LINE, `id: ${id}`) : `id: ${id}\n${text}`;
}

/** A free id for a copy. */
export function copyId(id: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const copy = count === 1 ? `${id}-own` : `${id}-own-${count}`;
    if (!taken.has(copy)) return copy;
  }
}

/** Where a line begins and ends in the text, to show it in a field; lines count from 1. */
export function lineSpan(text: string, line: number): readonly [start: number, end: number] {
  const lines = text.split('\n');
  const index = Math.min(Math.max(1, line), lines.length) - 1;
  const start = lines.slice(0, index).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + (lines[index]?.length ?? 0)];
}
