/** Kinds of rules about alarm management itself, without what all kinds have in common. */

import { Type } from 'typebox';

/** A standing out-of-service fact is beyond its review. */
export const serviceReviewFields = { kind: Type.Literal('service-review') };

/** So many annunciations within a rolling window begin a flood; fewer than `below` end it (ISA-18.2, 16.4). */
export const floodFields = {
  kind: Type.Literal('flood'),
  windowSeconds: Type.Integer({ minimum: 60, maximum: 3_600 }),
  above: Type.Integer({ minimum: 2, maximum: 60 }),
  below: Type.Integer({ minimum: 1, maximum: 60 }),
};
