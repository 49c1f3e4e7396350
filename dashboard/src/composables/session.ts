/** Who is signed in. One for the whole dashboard. */

import { computed, shallowRef } from 'vue';
import type { SessionView } from '../../../domain/api.ts';
import { api, ApiFailure } from '../api/client.ts';
import { may, type Ability } from '../logic/may.ts';

const session = shallowRef<SessionView>();
/** Whether the first question was answered; until then nobody is sent anywhere. */
let asked: Promise<void> | undefined;

async function ask(): Promise<void> {
  try {
    session.value = await api.get<SessionView>('/session');
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    session.value = undefined;
  }
}

export function useSession() {
  return {
    session,
    can: (ability: Ability) => may(session.value?.roles ?? [], ability),
    signedIn: computed(() => session.value !== undefined),
    /** Asks the server once who we are. */
    known: () => (asked ??= ask()),
    async signIn(username: string, password: string): Promise<void> {
      session.value = await api.post<SessionView>('/session', { username, password });
    },
    async changePassword(currentPassword: string, newPassword: string): Promise<void> {
      await api.post('/session/password', { currentPassword, newPassword });
      await ask();
    },
    async signOut(): Promise<void> {
      await api.remove('/session');
      session.value = undefined;
    },
    /** The server says that the session is over. */
    forget(): void {
      session.value = undefined;
    },
  };
}
