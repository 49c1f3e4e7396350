/** Languages: Chinese comes with the page, English when it is asked for. */

import { computed } from 'vue';
import { createI18n } from 'vue-i18n';
import { remembered } from '../composables/preferences.ts';
import type { TextKey, Texts } from './texts.ts';
import zhCN from './zh-CN.ts';

export type { TextKey, Texts };
export type Locale = 'zh-CN' | 'en';

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN } as Record<Locale, Texts>,
});

const chosen = remembered<Locale>('lantai.language', 'zh-CN');
export const locale = computed<Locale>(() => i18n.global.locale.value as Locale);

/** Loads the language where needed, then shows it. */
export async function setLocale(next: Locale): Promise<void> {
  if (next === 'en' && !i18n.global.availableLocales.includes('en')) {
    i18n.global.setLocaleMessage('en', (await import('./en.ts')).default);
  }
  i18n.global.locale.value = next;
  chosen.value = next;
  document.documentElement.lang = next;
}

/** The language that was chosen on this machine. */
export function restoreLocale(): Promise<void> {
  return setLocale(chosen.value === 'en' ? 'en' : 'zh-CN');
}
