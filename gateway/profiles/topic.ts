/** Topic templates: `{x}` is one level, `{x+}` one or more, `#` the rest, if any. At most one of `{x+}` and `#`. */

import { say, type Said } from '../../domain/sentences.ts';

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one'; readonly name: string }
  | { readonly kind: 'many'; readonly name: string }
  | { readonly kind: 'rest' };

export interface TopicTemplate {
  readonly text: string;
  readonly parts: readonly Part[];
  /** An MQTT filter that covers it; wider where `{x+}` stands in the middle. */
  readonly filter: string;
  /** Begins with a variable: it would cover what is not of this format. */
  readonly isAnything: boolean;
  /** The filter for one device, where `{name}` or `{name+}` alone tells the device; `undefined`: it does not. */
  filled(deviceTemplate: string, device: string): string | undefined;
}

const BRACES = /^\{([a-z][a-z0-9_-]*)(\+?)\}$/;

/** `params` are put in first; a parameter may itself be a template. A sentence says what is wrong. */
export function compileTopic(
  text: string,
  params: Readonly<Record<string, string>>,
): TopicTemplate | Said {
  const filled = text.replace(/\{([a-z][a-z0-9_-]*)\}/g, (braces, name: string) =>
    Object.hasOwn(params, name) ? (params[name] ?? braces) : braces,
  );
  const parts: Part[] = [];
  for (const level of filled.split('/')) {
    const named = BRACES.exec(level);
    if (named) parts.push({ kind: named[2] ? 'many' : 'one', name: named[1] ?? '' });
    else if (level === '#') parts.push({ kind: 'rest' });
    else if (/[{}+#]/.test(level)) {
      return say('topic-variable-level', { topic: JSON.stringify(text) });
    } else parts.push({ kind: 'text', text: level });
  }
  const wide = parts.filter((part) => part.kind === 'many' || part.kind === 'rest').length;
  if (wide > 1) return say('topic-two-rests', { topic: JSON.stringify(text) });
  const rest = parts.findIndex((part) => part.kind === 'rest');
  if (rest >= 0 && rest < parts.length - 1) {
    return say('topic-rest-last', { topic: JSON.stringify(text) });
  }
  return {
    text,
    parts,
    filter: filterOf(parts),
    isAnything:
      parts[0]?.kind !== 'text' || parts[0].text === '' ? parts[1]?.kind !== 'text' : false,
    filled: (template, device) => filledFor(parts, template, device),
  };
}

function filledFor(
  parts: readonly Part[],
  deviceTemplate: string,
  device: string,
): string | undefined {
  const name = /^\{([a-z][a-z0-9_-]*)\}$/.exec(deviceTemplate)?.[1];
  if (name === undefined || /[+#]/.test(device)) return undefined;
  if (!parts.some((part) => 'name' in part && part.name === name)) return undefined;
  return filterOf(
    parts.map((part): Part =>
      'name' in part && part.name === name ? { kind: 'text', text: device } : part,
    ),
  );
}

function filterOf(parts: readonly Part[]): string {
  const levels: string[] = [];
  for (const part of parts) {
    if (part.kind === 'many' || part.kind === 'rest') return [...levels, '#'].join('/');
    levels.push(part.kind === 'one' ? '+' : part.text);
  }
  return levels.join('/');
}

/** The template's variables as they are in `topic`; `undefined`: it does not match. */
export function matchTopic(
  template: TopicTemplate,
  topic: string,
): Record<string, string> | undefined {
  const { parts } = template;
  // Nearly all topics differ in their first level: nothing is made for those.
  const first = parts[0];
  if (first?.kind === 'text' && !beginsWith(topic, first.text)) return undefined;
  const levels = topic.split('/');
  const wide = parts.findIndex((part) => part.kind === 'many' || part.kind === 'rest');
  if (wide < 0) {
    if (levels.length !== parts.length) return undefined;
    return matchRun(parts, levels, {});
  }
  const tail = parts.length - wide - 1;
  const middle = levels.length - wide - tail;
  const part = parts[wide];
  if (middle < (part?.kind === 'many' ? 1 : 0)) return undefined;
  const head = matchRun(parts.slice(0, wide), levels.slice(0, wide), {});
  const all = head && matchRun(parts.slice(wide + 1), levels.slice(wide + middle), head);
  if (all && part?.kind === 'many') {
    const value = levels.slice(wide, wide + middle).join('/');
    if (value === '') return undefined;
    all[part.name] = value;
  }
  return all;
}

function beginsWith(topic: string, level: string): boolean {
  if (!topic.startsWith(level)) return false;
  return topic.length === level.length || topic.charCodeAt(level.length) === 47;
}

function matchRun(
  parts: readonly Part[],
  levels: readonly string[],
  into: Record<string, string>,
): Record<string, string> | undefined {
  for (const [i, part] of parts.entries()) {
    const level = levels[i] ?? '';
    if (part.kind === 'text' ? part.text !== level : level === '') return undefined;
    if (part.kind === 'one') into[part.name] = level;
  }
  return into;
}

/** `{a}/{b}` with its variables; `undefined` when one of them is not there. */
export function fillTemplate(
  template: string,
  variables: Readonly<Record<string, string>>,
): string | undefined {
  if (!template.includes('{')) return template;
  let complete = true;
  const filled = template.replace(/\{([a-z][a-z0-9_-]*)\}/g, (_braces, name: string) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined || value === '') complete = false;
    return value ?? '';
  });
  return complete ? filled : undefined;
}
