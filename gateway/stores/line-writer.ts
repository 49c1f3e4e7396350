/** A text made of bytes, in a buffer that grows and is used again: no strings on the way from columns to a request. */

const BYTES_MIN = 256 * 1024;
/** The longest text of a number: `-1.2345678901234567e-308`. */
const NUMBER_CHARACTERS_MAX = 32;
/** For fewer bytes a loop beats a call. */
const LOOP_BYTES_MAX = 24;
/** Digits below are written in one go: products stay small integers, which are fast. */
const SPLIT = 1_000_000;
const SPLIT_DIGITS = 6;

export class LineWriter {
  #buffer = Buffer.allocUnsafeSlow(BYTES_MIN);
  #length = 0;
  // Times of receipt and of measurement come in runs of equal ones.
  #lastInteger = NaN;
  #lastFrom = 0;
  #lastLength = 0;

  clear(): void {
    this.#length = 0;
    this.#lastInteger = NaN;
  }

  /** What was written; valid until `clear` or the next word. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  copy(bytes: Uint8Array): void {
    this.#room(bytes.length);
    const buffer = this.#buffer;
    let at = this.#length;
    if (bytes.length > LOOP_BYTES_MAX) {
      buffer.set(bytes, at);
      this.#length += bytes.length;
      return;
    }
    for (let i = 0; i < bytes.length; i += 1) buffer[at++] = bytes[i] ?? 0;
    this.#length = at;
  }

  /** As JavaScript writes it, which InfluxDB and JSON read. */
  number(value: number): void {
    const text = String(value);
    this.#room(NUMBER_CHARACTERS_MAX);
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = 0; i < text.length; i += 1) buffer[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  /** A whole number. */
  integer(value: number): void {
    if (value < SPLIT) return this.number(value);
    this.#room(NUMBER_CHARACTERS_MAX);
    if (value === this.#lastInteger) {
      this.#buffer.copyWithin(this.#length, this.#lastFrom, this.#lastFrom + this.#lastLength);
      this.#length += this.#lastLength;
      return;
    }
    const from = this.#length;
    const high = Math.floor(value / SPLIT);
    if (high >= SPLIT * 100) this.number(high);
    else this.#digits(high, digitsOf(high));
    this.#digits(value - high * SPLIT, SPLIT_DIGITS);
    this.#lastInteger = value;
    this.#lastFrom = from;
    this.#lastLength = this.#length - from;
  }

  #digits(value: number, count: number): void {
    const buffer = this.#buffer;
    let rest = value;
    for (let i = this.#length + count - 1; i >= this.#length; i -= 1) {
      const next = (rest / 10) | 0;
      buffer[i] = 48 + rest - next * 10;
      rest = next;
    }
    this.#length += count;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits += 1;
  return digits;
}
