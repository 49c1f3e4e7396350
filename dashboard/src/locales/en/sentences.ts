/** Sentences of the server, as it says them itself. */

import { SENTENCES } from '../../../../domain/sentences.ts';

export const sentences = { sentence: SENTENCES };
