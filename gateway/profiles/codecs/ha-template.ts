/** The few Jinja templates of Home Assistant discovery that are a path and nothing more. Jinja itself is never run. */

import { say, type Said } from '../../../domain/sentences.ts';

const TEMPLATE_CHARS_MAX = 256;
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*/;
/** Filters that at most round: what is read is the value before them, which is the more exact one. */
const FILTER = /^(float|int|round(\((0|[1-9]\d?)?\))?)$/;
/** Signs that mean something in our own paths; a key that has one can't be named there. */
const PATH_SIGNS = /[.*[\]^]/;

/** Where the value stands. `path` is `undefined` when the payload itself is the value. */
export type TemplatePath =
  { readonly ok: true; readonly path: string | undefined } | (Said & { readonly ok: false });

/**
 * `{{ value }}`, `{{ value_json.a.b }}`, `{{ value_json["a"][0] }}`, each with `| float`, `| int`, `| round(n)`.
 * Everything else is refused with a sentence: a template that computes would have to be run. So is a default
 * (`| float(0)`): it makes a normal value out of a missing one.
 */
export function pathOfTemplate(template: string | undefined): TemplatePath {
  if (template === undefined || template.trim() === '') return { ok: true, path: undefined };
  const shown = JSON.stringify(template.slice(0, 80));
  const refusal = { ok: false, ...say('ha-template', { template: shown }) } as const;
  const text = template.trim();
  if (text.length > TEMPLATE_CHARS_MAX || !text.startsWith('{{') || !text.endsWith('}}')) {
    return refusal;
  }
  // `{{-` and `-}}` only take blanks away.
  const inner = text.slice(2, -2).replace(/^-/, '').replace(/-$/, '').trim();
  const expression = /^(value_json|value)(.*)$/s.exec(inner);
  if (!expression) return refusal;
  const [, root = '', after = ''] = expression;
  const steps = readSteps(after);
  if (!steps || !filtersAreHarmless(steps.rest)) return refusal;
  if (root === 'value') return steps.path === '' ? { ok: true, path: undefined } : refusal;
  return steps.path === '' ? refusal : { ok: true, path: steps.path };
}

function readSteps(text: string): { readonly path: string; readonly rest: string } | undefined {
  let path = '';
  let rest = text;
  for (;;) {
    if (rest.startsWith('.')) {
      const name = IDENTIFIER.exec(rest.slice(1))?.[0];
      if (name === undefined) return undefined;
      path += path === '' ? name : `.${name}`;
      rest = rest.slice(1 + name.length);
    } else if (rest.startsWith('[')) {
      const close = rest.indexOf(']');
      const step = close < 0 ? undefined : bracketStep(rest.slice(1, close).trim());
      if (step === undefined) return undefined;
      path += path === '' || step.startsWith('[') ? step : `.${step}`;
      rest = rest.slice(close + 1);
    } else return { path, rest };
  }
}

function bracketStep(inside: string): string | undefined {
  if (/^(0|[1-9]\d{0,4})$/.test(inside)) return `[${inside}]`;
  const quote = inside[0];
  if ((quote !== '"' && quote !== "'") || inside.length < 3 || !inside.endsWith(quote)) {
    return undefined;
  }
  const key = inside.slice(1, -1);
  const isPlain = !key.includes(quote) && !key.includes('\\') && !PATH_SIGNS.test(key);
  return isPlain ? key : undefined;
}

function filtersAreHarmless(text: string): boolean {
  const [before = '', ...filters] = text.split('|');
  return before.trim() === '' && filters.every((filter) => FILTER.test(filter.trim()));
}
