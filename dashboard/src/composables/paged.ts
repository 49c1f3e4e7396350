/** A long list, page by page. */

import { ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue';
import type { Page } from '../../../domain/api.ts';
import { api, ApiFailure, type Query } from '../api/client.ts';

export interface Paged<T> {
  readonly items: ShallowRef<readonly T[]>;
  readonly failure: ShallowRef<ApiFailure | undefined>;
  readonly loading: Ref<boolean>;
  /** Cursor of the following page; unset at the end. */
  readonly next: ShallowRef<string | undefined>;
  readonly more: () => Promise<void>;
  readonly reload: () => Promise<void>;
}

export function usePaged<T>(
  what: () => { readonly path: string; readonly query: Query },
  sources: WatchSource[] = [],
): Paged<T> {
  const items = shallowRef<readonly T[]>([]);
  const failure = shallowRef<ApiFailure>();
  const next = shallowRef<string>();
  const loading = ref(false);
  let asked = what();
  let newest = 0;

  const fetchPage = async (cursor: string | undefined) => {
    const mine = (newest += 1);
    loading.value = true;
    try {
      const page = await api.get<Page<T>>(asked.path, { ...asked.query, cursor });
      if (mine !== newest) return;
      items.value = cursor === undefined ? page.items : [...items.value, ...page.items];
      next.value = page.next;
      failure.value = undefined;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (mine === newest) failure.value = error;
    } finally {
      if (mine === newest) loading.value = false;
    }
  };
  const reload = () => {
    asked = what();
    return fetchPage(undefined);
  };
  if (sources.length > 0) watch(sources, reload);
  void reload();
  return { items, failure, loading, next, more: () => fetchPage(next.value), reload };
}
