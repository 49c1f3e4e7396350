/** Where a request comes from: another site's page must not act with this site's cookie. */

import type { IncomingHttpHeaders } from 'node:http';

export interface OriginRule {
  /** The address under which people open the dashboard, where it is set. */
  readonly publicUrl?: string | undefined;
  /** Others that may, such as a dashboard under development. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Whether the request comes from our own pages or from no page at all. Browsers send `Origin` with every write and every
 * web socket; a program that sends neither header carries no cookie that it was not given.
 */
export function isOwnOrigin(
  headers: IncomingHttpHeaders,
  reachedAt: { readonly protocol: string; readonly host: string },
  rule: OriginRule,
): boolean {
  const origin = headers.origin;
  if (origin === undefined) {
    const site = headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none';
  }
  const own =
    rule.publicUrl === undefined
      ? `${reachedAt.protocol}://${reachedAt.host}`
      : new URL(rule.publicUrl).origin;
  return origin === own || rule.allowedOrigins.includes(origin);
}
