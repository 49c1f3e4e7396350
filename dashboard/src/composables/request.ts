/** Asking and telling the server, with what a screen needs to say meanwhile. */

import { ref, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue';
import { ApiFailure } from '../api/client.ts';

export interface Asked<T> {
  readonly data: ShallowRef<T | undefined>;
  readonly failure: ShallowRef<ApiFailure | undefined>;
  readonly loading: ShallowRef<boolean>;
  readonly reload: () => Promise<void>;
}

/** Asks now and whenever `sources` change; only the newest answer counts. */
export function useAsked<T>(ask: () => Promise<T>, sources: WatchSource[] = []): Asked<T> {
  const data = shallowRef<T>();
  const failure = shallowRef<ApiFailure>();
  const loading = shallowRef(false);
  let newest = 0;
  const reload = async () => {
    const mine = (newest += 1);
    loading.value = true;
    try {
      const answer = await ask();
      if (mine === newest) [data.value, failure.value] = [answer, undefined];
    } catch (error) {
      if (mine === newest) failure.value = asFailure(error);
    } finally {
      if (mine === newest) loading.value = false;
    }
  };
  if (sources.length > 0) watch(sources, reload);
  void reload();
  return { data, failure, loading, reload };
}

/** One intent at a time: `sending` while the server thinks, `failure` when it said no. Nothing is assumed. */
export function useIntent() {
  const sending = ref(false);
  const failure = shallowRef<ApiFailure>();
  const send = async (act: () => Promise<unknown>): Promise<boolean> => {
    if (sending.value) return false;
    sending.value = true;
    failure.value = undefined;
    try {
      await act();
      return true;
    } catch (error) {
      failure.value = asFailure(error);
      return false;
    } finally {
      sending.value = false;
    }
  };
  return { sending, failure, send };
}

function asFailure(error: unknown): ApiFailure {
  if (error instanceof ApiFailure) return error;
  throw error;
}
