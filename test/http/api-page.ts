/** docs/api.md, written from the routes themselves: what each takes, and who may call it. */

import { format, resolveConfig } from 'prettier';
import { LIVE_PERMISSIONS, PERMISSIONS, type RouteKey } from '../../server/http/permissions.ts';
import type { Declared, RouteSchema } from './all-schemas.ts';

/** The pages themselves are no part of the API. */
const PAGES = new Set<string>(['GET /*', 'GET /api/docs', 'GET /api/docs/*']);

const INTRODUCTION = `# HTTP API

<!-- Written from the routes by \`npx vitest run test/http/api-page.test.ts -u\`; the test holds it to them. -->

A running server shows the same with every schema at \`/api/docs\` (\`/api/openapi.json\` for programs). People sign in and are
known by a cookie; programs send \`Authorization: Bearer <token>\`, made on the page 管理 / Administration. Who may call a route
is the table of \`server/http/permissions.ts\`; everything is of the repositories an account may enter, and the rest does not exist
for it.

Moments are epoch milliseconds (UTC) in answers; what is asked with takes RFC 3339 as well. Ids are \`<repository>.<id>\`. Lists are
\`{ items, next? }\`; \`next\` goes into \`cursor\`. Bodies are JSON, at most 64 KB; unknown fields are refused.
A refusal is \`{ error: { code, message, requestId } }\`: 400 not as the schema says, 401 not signed in, 403 not allowed, 404 no such thing
or not in sight, 409 in the way of what is, 422 makes no sense, 429 too fast (\`retry-after\`), 503 try again. \`?\` marks what may be left out.
`;

/** The page for routes with their schemas, in the order of the table of permissions. */
export async function apiPage(q: {
  readonly declared: readonly Declared[];
  readonly schemas: readonly RouteSchema[];
}): Promise<string> {
  const rows = (Object.keys(PERMISSIONS) as RouteKey[]).filter((key) => !PAGES.has(key));
  const groups = Map.groupBy(rows, groupOf);
  const tables = [...groups].map(([name, keys]) => {
    const lines = keys.map((key) => lineOf(key, q));
    return [`## ${name}`, '', HEAD, RULE, ...lines].join('\n');
  });
  const text = [INTRODUCTION, ...tables, liveTable()].join('\n\n');
  return format(text, { ...(await resolveConfig('docs/api.md')), parser: 'markdown' });
}

const HEAD = '| route | what | takes | who |';
const RULE = '| --- | --- | --- | --- |';

/** As the first word of the path says; how the server itself is doing stands together. */
function groupOf(key: RouteKey): string {
  const word = /^\w+ \/api\/([a-z-]+)/.exec(key)?.[1] ?? 'metrics';
  return ['health', 'ready', 'status', 'openapi', 'metrics'].includes(word) ? 'server' : word;
}

function lineOf(key: RouteKey, q: Parameters<typeof apiPage>[0]): string {
  const summary = q.declared.find((one) => one.route === key)?.summary;
  if (summary === undefined) throw new Error(`${key} is declared nowhere`);
  const parts = q.schemas.filter((one) => one.route === key);
  const takes = parts.map(({ httpPart, schema }) => {
    const fields = fieldsOf(schema);
    if (fields === '') return '';
    return `${httpPart === 'body' ? 'body' : 'query'}: ${fields}`;
  });
  const allowed = PERMISSIONS[key];
  const who = typeof allowed === 'string' ? allowed : allowed.join(', ');
  const cells = [`\`${key}\``, summary, takes.filter((one) => one !== '').join('; '), who];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function fieldsOf(schema: RouteSchema['schema']): string {
  const { type, properties, required } = schema as {
    readonly type?: string;
    readonly properties?: object;
    readonly required?: readonly string[];
  };
  if (type !== 'object') return 'anything';
  return Object.keys(properties ?? {})
    .map((name) => `\`${name}${required?.includes(name) === true ? '' : '?'}\``)
    .join(', ');
}

function liveTable(): string {
  const rows = Object.entries(LIVE_PERMISSIONS).map(
    ([topic, roles]) => `| \`${topic}\` | ${roles.join(', ')} |`,
  );
  return [
    '## The live feed',
    '',
    'Socket.IO at the same address, with the same cookie or token (`auth.token`). Who is sent what:',
    '',
    '| topic | who |',
    '| --- | --- |',
    ...rows,
  ].join('\n');
}
