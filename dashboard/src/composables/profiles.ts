/** The device profiles, and which of them are in use here. */

import { computed } from 'vue';
import type { Page } from '../../../domain/api.ts';
import { api } from '../api/client.ts';
import type { ProfileUseView, ProfileView, TryOut, TryQuestion } from '../api/devices.ts';
import { useLive } from './live.ts';
import { useAsked } from './request.ts';

export function useProfiles() {
  const { repository } = useLive();
  const asked = useAsked(() => api.get<Page<ProfileView>>('/profiles'));
  const askedUses = useAsked(
    () => api.get<Page<ProfileUseView>>('/profile-uses', { repository: repository.value?.id }),
    [() => repository.value?.id],
  );
  const profiles = computed(() => asked.data.value?.items ?? []);
  return {
    profiles,
    uses: computed(() => askedUses.data.value?.items ?? []),
    failure: computed(() => asked.failure.value ?? askedUses.failure.value),
    waiting: computed(() => asked.loading.value && asked.data.value === undefined),
    profileOf: (id: string | undefined) => profiles.value.find((p) => p.id === id),
    reload: async () => void (await Promise.all([asked.reload(), askedUses.reload()])),
  };
}

/** What a profile makes of a message; nothing is stored. */
export function tryOut(question: TryQuestion): Promise<TryOut> {
  return api.post<TryOut>('/profiles/try', question);
}
