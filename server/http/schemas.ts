/** Schemas that several routes share. */

import { Type } from 'typebox';
import { ROLES } from '../../domain/account.ts';
import { LOCAL_ID_PATTERN } from '../../domain/ids.ts';
import { PAGE_ROWS_MAX } from './paging.ts';

/** Unknown fields are refused, never dropped. */
export const strict = { additionalProperties: false };

export const ErrorSchema = Type.Object(
  {
    error: Type.Object({
      code: Type.String(),
      message: Type.String(),
      requestId: Type.String(),
      say: Type.Optional(
        Type.Object({
          name: Type.String(),
          gaps: Type.Optional(
            Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
          ),
        }),
      ),
    }),
  },
  { $id: 'Error' },
);

/** RFC 3339 or epoch milliseconds. */
export const MomentText = Type.String({ maxLength: 40 });
export const MomentBody = Type.Union([Type.Integer({ minimum: 0 }), MomentText]);

const RepositoryId = Type.String({ pattern: LOCAL_ID_PATTERN });
export const AnyId = Type.String({ minLength: 1, maxLength: 200 });
export const Text = Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' });
export const Roles = Type.Array(Type.Enum([...ROLES]), { minItems: 1, uniqueItems: true });
export const Repositories = Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
  minItems: 1,
  maxItems: 500,
  uniqueItems: true,
});
export const AccountName = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{1,62}$' });
/** The rules for passwords are told in words; this only keeps hashing cheap to refuse. */
export const Password = Type.String({ minLength: 1, maxLength: 1_024 });

export const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_ROWS_MAX })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 600 })),
};

export const period = {
  from: Type.Optional(MomentText),
  to: Type.Optional(MomentText),
};

export const inRepository = { repository: Type.Optional(RepositoryId) };
