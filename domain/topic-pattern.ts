/** MQTT topic patterns: `+` stands for one level, `#` at the end for all that follows and for nothing. */

import { TOPIC_BYTES_MAX, TOPIC_LEVELS_MAX } from './bounds.ts';

/** Why `pattern` is none that may be granted, in one sentence; `undefined` when it is one. */
export function patternProblem(pattern: string): string | undefined {
  const levels = pattern.split('/');
  if (pattern === '') return 'A topic pattern may not be empty.';
  if (pattern.startsWith('$')) return 'Topics that begin with $ are the broker’s own.';
  if (/[\0-\x1f\x7f]/.test(pattern)) return 'A topic pattern has no control characters.';
  if (new TextEncoder().encode(pattern).byteLength > TOPIC_BYTES_MAX) {
    return `A topic pattern has at most ${TOPIC_BYTES_MAX} bytes.`;
  }
  if (levels.length > TOPIC_LEVELS_MAX)
    return `A topic pattern has at most ${TOPIC_LEVELS_MAX} levels.`;
  const wrong = levels.some((level, index) => {
    if (level === '+') return false;
    if (level === '#') return index !== levels.length - 1;
    return /[+#]/.test(level);
  });
  return wrong ? '+ stands for a whole level, # for all levels at the end.' : undefined;
}

/** Whether the topic (without wildcards) is one of the pattern's. */
export function matchesPattern(pattern: string, topic: string): boolean {
  return coversPattern(pattern, topic);
}

/** Whether every topic of `inner` is one of `outer`: what may be subscribed to. */
export function coversPattern(outer: string, inner: string): boolean {
  // Wildcards at the beginning do not reach the broker's own topics (MQTT 4.7.2).
  if (inner.startsWith('$') && /^[+#]/.test(outer)) return false;
  const wide = outer.split('/');
  const narrow = inner.split('/');
  for (const [index, level] of wide.entries()) {
    if (level === '#') return true;
    const other = narrow[index];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  return wide.length === narrow.length;
}

/** Whether there is a topic that both patterns have. */
export function patternsMeet(one: string, other: string): boolean {
  const a = one.split('/');
  const b = other.split('/');
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [x, y] = [a[i], b[i]];
    if (x === '#' || y === '#') return true;
    if (x === undefined || y === undefined) return false;
    if (x !== '+' && y !== '+' && x !== y) return false;
  }
  return true;
}
