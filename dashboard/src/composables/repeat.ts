/** Asking again while a screen is open. */

import { onScopeDispose } from 'vue';

/** Calls `act` every so often while the page is looked at; the next call waits for the one before. Ends with its component. */
export function useRepeat(act: () => Promise<unknown>, everyMs: number): void {
  let timer: number | undefined;
  let ended = false;
  const wait = () => {
    if (!ended) timer = window.setTimeout(turn, everyMs);
  };
  const turn = async () => {
    try {
      if (document.visibilityState === 'visible') await act();
    } finally {
      wait();
    }
  };
  wait();
  onScopeDispose(() => {
    ended = true;
    window.clearTimeout(timer);
  });
}
