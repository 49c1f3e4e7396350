/** Bytes of a message as people read and write them. */

export type PayloadForm = 'text' | 'hex';

/** Bytes of base64; what is none has no bytes. */
export function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The text, when all of it is printable UTF-8 (JSON is laid out); else `undefined`: show bytes. */
export function readableText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return isPrintable(text) ? laidOut(text) : undefined;
  } catch {
    return undefined;
  }
}

function isPrintable(text: string): boolean {
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    if (code === 0x7f || (code < 0x20 && code !== 9 && code !== 10 && code !== 13)) return false;
  }
  return true;
}

/** JSON a field a line; any other text as it is. */
function laidOut(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  // Numbers too long for a double would be changed by parsing: then the text stays as it came.
  if (/\d{16,}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

const HEX_LINE_BYTES = 16;

/** Two digits a byte, sixteen bytes a line. */
export function hexText(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += HEX_LINE_BYTES) {
    const part = [...bytes.subarray(at, at + HEX_LINE_BYTES)];
    lines.push(part.map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  }
  return lines.join('\n');
}

/** Bytes of what was typed; `undefined`: it is no hexadecimal text. */
export function typedBytes(text: string, form: PayloadForm): Uint8Array | undefined {
  if (form === 'text') return new TextEncoder().encode(text);
  const digits = text.replace(/0x|[\s:,-]/gi, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
