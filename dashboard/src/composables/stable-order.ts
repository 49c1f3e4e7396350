/** A list that does not move under a hand: while somebody points at it, its order is held. */

import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';

export function useStableOrder<T>(wanted: () => readonly T[]): {
  readonly shown: ShallowRef<readonly T[]>;
  /** Whether what is shown is no longer what is wanted. */
  readonly behind: ComputedRef<boolean>;
  readonly hold: () => void;
  readonly release: () => void;
} {
  const held = shallowRef(false);
  const shown = shallowRef(wanted());
  // Compared as text, so that a tick of the clock that changes no order draws nothing anew.
  const wantedKey = computed(() => JSON.stringify(wanted()));
  const shownKey = shallowRef(wantedKey.value);
  const take = () => {
    shown.value = wanted();
    shownKey.value = wantedKey.value;
  };
  watch(wantedKey, () => {
    if (!held.value) take();
  });
  return {
    shown,
    behind: computed(() => wantedKey.value !== shownKey.value),
    hold: () => (held.value = true),
    release: () => {
      held.value = false;
      if (wantedKey.value !== shownKey.value) take();
    },
  };
}
