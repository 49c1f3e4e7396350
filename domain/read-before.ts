/** What became of texts when they were read before: to read YAML and check it costs more than all the rest of a start. */

/** A text, and all that decides what becomes of it. */
export interface TextRead {
  /** One value is kept for each name: letters, digits, `.` and `-`. */
  readonly name: string;
  readonly text: string;
  /** What checks it: its schema as JSON. Another one, or another Lantai, reads the text again. */
  readonly reader: string;
}

export interface ReadBefore {
  /** What was kept for this very text and reader, made anew: the caller may change it. `undefined`: read it. */
  find(what: TextRead): unknown;
  /** A value of plain data that keeps to the schema. What JSON would change is not kept. */
  keep(what: TextRead, value: unknown): void;
}

/** Every text is read. */
export const NOTHING_READ_BEFORE: ReadBefore = { find: () => undefined, keep: () => undefined };
