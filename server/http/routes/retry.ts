/** Messages of the quarantine once more, after a profile or the structure was put right. */

import { Type } from 'typebox';
import { mayEnter } from '../../../domain/account.ts';
import type { QuarantineEntry } from '../../../domain/quarantine.ts';
import type { HttpContext, Router } from '../router.ts';
import { strict } from '../schemas.ts';
import { scopeOf } from '../scope.ts';

const ENTRIES_MAX = 500;

export function addRetryRoutes(router: Router, { services }: HttpContext): void {
  const { queries, devices, writer } = services;
  router.add('POST /api/quarantine/retry', {
    summary: 'Try messages of the quarantine again; those that are understood now leave it',
    body: Type.Object(
      {
        /** Unset: the newest that are in sight. */
        ids: Type.Optional(Type.Array(Type.String({ maxLength: 80 }), { maxItems: ENTRIES_MAX })),
      },
      strict,
    ),
    handle: async ({ principal, body }) => {
      const scope = scopeOf(principal);
      const asked =
        body.ids?.flatMap((id) => queries.quarantineEntry(id) ?? []) ??
        queries.quarantine({ rowsMax: ENTRIES_MAX, repositories: scope });
      const seen = asked.filter(({ repository }) =>
        repository === undefined ? scope === '*' : mayEnter(principal, repository),
      );
      // Of a long message only its beginning was kept: it can't be read again.
      const whole = seen.filter((entry) => bytesOf(entry).byteLength === entry.payloadBytes);
      const taken: QuarantineEntry[] = [];
      // Oldest first, as they came.
      for (const entry of whole.toSorted((a, b) => a.at - b.at)) {
        const at = services.now();
        const message = { topic: entry.topic, payload: bytesOf(entry), retain: false };
        const outcome = await devices.retry({
          ...message,
          receivedAt: at,
          firstReceivedAt: entry.at,
        });
        if (outcome === 'taken') taken.push(entry);
      }
      if (taken.length > 0) {
        await writer.commit({
          deletes: taken.map(({ id }) => ({ table: 'quarantine', key: id })),
          journal: [
            {
              repository: 'system',
              at: services.now(),
              by: principal.name,
              action: 'quarantine.retried',
              detail: { taken: taken.length, tried: whole.length },
            },
          ],
        });
      }
      return {
        taken: taken.length,
        still: whole.length - taken.length,
        cut: seen.length - whole.length,
      };
    },
  });
}

function bytesOf(entry: QuarantineEntry): Uint8Array {
  return Buffer.from(entry.payloadBase64, 'base64');
}
