/** Tells the live feed how the parts are: at once when one breaks or is well again, now and then when only words change. */

import type { PartState } from '../../domain/api.ts';
import { SECOND_MS } from '../../domain/time.ts';

const LOOK_EVERY_MS = SECOND_MS;
/** Words change all the time (how many rows wait); the eye needs them seldom. */
const WORDS_EVERY_LOOKS = 10;

/** Looks every second until what is returned is called; `tell` gets all parts. */
export function startPartNews(q: {
  readonly parts: () => readonly PartState[];
  readonly tell: (parts: readonly PartState[]) => void;
}): () => void {
  const look = createPartLook(q);
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One look: call it about every second. */
export function createPartLook(q: Parameters<typeof startPartNews>[0]): () => void {
  let toldStates = statesOf(q.parts());
  let toldWords = '';
  let looks = 0;
  return () => {
    const parts = q.parts();
    const states = statesOf(parts);
    looks += 1;
    if (states === toldStates && looks < WORDS_EVERY_LOOKS) return;
    looks = 0;
    const words = JSON.stringify(parts);
    if (words === toldWords) return;
    toldStates = states;
    toldWords = words;
    q.tell(parts);
  };
}

function statesOf(parts: readonly PartState[]): string {
  return parts.map(({ part, ok }) => `${part} ${ok ? 'ok' : 'not ok'}`).join();
}
