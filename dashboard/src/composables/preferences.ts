/** What a person chose on this machine: language, theme, repository, sound. */

import { ref, watch, type Ref } from 'vue';

/** A ref that outlives the page; without storage it lives as long as the page. */
export function remembered<T extends string>(key: string, initial: T): Ref<T> {
  const value = ref(read(key) ?? initial) as Ref<T>;
  watch(value, (next) => write(key, next));
  return value;
}

function read<T extends string>(key: string): T | undefined {
  try {
    return (window.localStorage.getItem(key) as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Storage is forbidden or full: the choice holds until the page is closed.
  }
}

export type Theme = 'auto' | 'light' | 'dark';
export const theme = remembered<Theme>('lantai.theme', 'auto');
/** The theme on screen; with `auto` it follows the system. Set after the document has its colours. */
export const shownTheme = ref<'light' | 'dark'>('light');

/** Keeps the document's theme as chosen, or as the system has it. */
export function applyTheme(): void {
  const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const dark = theme.value === 'dark' || (theme.value === 'auto' && systemDark.matches);
    const shown = dark ? 'dark' : 'light';
    document.documentElement.dataset['theme'] = shown;
    shownTheme.value = shown;
  };
  systemDark.addEventListener('change', apply);
  watch(theme, apply);
  apply();
}
