/** One back-test at a time: asked for, followed while it runs, forgotten by the server when the screen is left. */

import { onScopeDispose, shallowRef } from 'vue';
import type { BacktestView } from '../../../domain/backtest.ts';
import { api } from '../api/client.ts';
import { useIntent } from './request.ts';

const ASK_EVERY_MS = 700;

export function useBacktest() {
  const { sending, failure, send } = useIntent();
  const view = shallowRef<BacktestView>();
  let timer: number | undefined;

  const isGoing = () => view.value?.state === 'waiting' || view.value?.state === 'running';

  function follow(): void {
    window.clearTimeout(timer);
    if (isGoing()) timer = window.setTimeout(() => void look(), ASK_EVERY_MS);
  }

  async function look(): Promise<void> {
    const id = view.value?.id;
    if (id === undefined) return;
    await send(async () => {
      const next = await api.get<BacktestView>(`/backtests/${id}`);
      if (view.value?.id === id) view.value = next;
    });
    follow();
  }

  /** A result that nobody looks at any more is not kept. */
  async function forget(): Promise<void> {
    const id = view.value?.id;
    window.clearTimeout(timer);
    view.value = undefined;
    if (id !== undefined) await api.remove(`/backtests/${id}`).catch(() => undefined);
  }

  async function start(question: object): Promise<void> {
    await forget();
    await send(async () => {
      view.value = await api.post<BacktestView>('/backtests', question);
    });
    follow();
  }

  onScopeDispose(() => void forget());
  return { view, sending, failure, start, cancel: forget };
}
