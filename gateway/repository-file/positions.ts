/** Where things stand in a YAML text. */

import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** One sentence: what is wrong, and what is allowed. */
  readonly message: string;
}

/** One document of the file: a YAML document, or an item of a top-level list. */
export interface Place {
  readonly lines: Pick<LineCounter, 'linePos'>;
  readonly root: Node | null;
}

/** For values whose text is not at hand: all of them stand at its beginning. */
export const NOWHERE: Place = { lines: { linePos: () => ({ line: 1, col: 1 }) }, root: null };

/** A problem with the value at `path`; with what is nearest above it when there is no such value. */
export function problemAt(place: Place, path: Path, message: string): Problem {
  return at(place, nodeAt(place, path), message);
}

/** A problem with the key `key` of the map at `path`. */
export function problemAtKey(
  place: Place,
  where: { readonly path: Path; readonly key: string },
  message: string,
): Problem {
  const pair = pairOf(nodeAt(place, where.path), where.key);
  const key = pair?.key as Node | undefined;
  return at(place, key ?? nodeAt(place, where.path), message);
}

function at(place: Place, node: Node | null, message: string): Problem {
  const { line, col } = place.lines.linePos(node?.range?.[0] ?? 0);
  return { line: Math.max(line, 1), column: Math.max(col, 1), message };
}

function nodeAt(place: Place, path: Path): Node | null {
  let node = place.root;
  for (const step of path) {
    const next: unknown = isSeq(node)
      ? node.items[Number(step)]
      : pairOf(node, String(step))?.value;
    // An alias, or nothing written behind the key: what is above it is near enough.
    if (typeof next !== 'object' || next === null) break;
    node = next as Node;
  }
  return node;
}

function pairOf(node: Node | null, key: string): Pair | undefined {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}
