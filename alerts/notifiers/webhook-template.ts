/** The template of webhook requests, so that an SMS modem's gateway with its own form of request works. */

import { readFileSync } from 'node:fs';
import { Type, type Static } from 'typebox';
import { parse } from 'yaml';
import { valueChecks } from '../value-checks.ts';

/** What `{{name}}` in a template may name. `text` is the subject and the body in Chinese, for an SMS. */
const PLACEHOLDERS = [
  'key',
  'phone',
  'name',
  'text',
  'subject_zh',
  'subject_en',
  'body_zh',
  'body_en',
  'repository',
  'person',
  'alarm',
  'incident',
  'safety',
  'created_at',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
export type PlaceholderValues = Readonly<Record<Placeholder, string>>;

const Template = Type.Object(
  {
    method: Type.Optional(Type.Enum(['POST', 'PUT', 'GET'])),
    contentType: Type.Optional(Type.String({ minLength: 1 })),
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    body: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type WebhookTemplate = Static<typeof Template>;

export type TemplateResult =
  | { readonly ok: true; readonly template: WebhookTemplate }
  | { readonly ok: false; readonly why: string };

/** Reads the file that `LANTAI_WEBHOOK_TEMPLATE` names; what is wrong comes back as one sentence. */
export function loadWebhookTemplate(path: string): TemplateResult {
  try {
    return parseWebhookTemplate(readFileSync(path, 'utf8'), path);
  } catch (error) {
    const code = (error as { readonly code?: unknown }).code;
    return { ok: false, why: `The webhook template ${path} cannot be read (${String(code)}).` };
  }
}

/** Checks a template's text; `path` is only for the sentence. */
export function parseWebhookTemplate(text: string, path: string): TemplateResult {
  const wrong = (what: string): TemplateResult => ({
    ok: false,
    why: `The webhook template ${path} ${what}.`,
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return wrong('is not valid YAML');
  }
  if (!valueChecks().Check(Template, value)) {
    return wrong(
      'must be a mapping of method (POST, PUT or GET), contentType, headers and body, all text',
    );
  }
  const unknown = namesIn(value.body ?? '').find((name) => !isPlaceholder(name));
  if (unknown !== undefined) {
    return wrong(`names {{${unknown}}}, which is none of ${PLACEHOLDERS.join(', ')}`);
  }
  if (value.method === 'GET' && value.body !== undefined)
    return wrong('has a body, but method GET');
  if (value.body !== undefined && value.contentType === undefined) {
    return wrong('has a body, but no contentType to encode it by');
  }
  const header = Object.entries(value.headers ?? {}).find(
    ([name, content]) => !/^[A-Za-z0-9-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(content),
  );
  if (header) return wrong(`has a header "${header[0]}" that is not plain ASCII`);
  return { ok: true, template: value };
}

/** The names of the placeholders in a text. */
export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\{\{\s*([^{}]*?)\s*\}\}/g)].map((match) => match[1] ?? '');
}

/** Puts values in, each encoded so that it cannot end the field it stands in. */
export function fill(
  text: string,
  values: PlaceholderValues,
  encode: (value: string) => string,
): string {
  return text.replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name: string) =>
    isPlaceholder(name) ? encode(values[name]) : whole,
  );
}

/** How a value is written in a body of this content type. */
export function encoderOf(contentType: string): (value: string) => string {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/x-www-form-urlencoded') return encodeURIComponent;
  if (type === 'application/json' || type.endsWith('+json')) {
    return (value) => JSON.stringify(value).slice(1, -1);
  }
  if (type === 'text/xml' || type === 'application/xml' || type.endsWith('+xml')) return escapeXml;
  return (value) => value;
}

function escapeXml(value: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return value.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

function isPlaceholder(name: string): name is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(name);
}
