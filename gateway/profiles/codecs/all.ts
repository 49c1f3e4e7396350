/** The codecs in the box, by the name that profiles use. */

import type { CodecName } from '../schema.ts';

type Made = {
  decode(input: Parameters<Codec<never>['decode']>[0]): ReturnType<Codec<never>['decode']>;
};
import type { Codec } from '../output.ts';

export const CODECS: Readonly<Partial<Record<CodecName, () => Made>>> = {};
