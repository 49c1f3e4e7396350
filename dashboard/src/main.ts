import { createApp } from 'vue';
import App from './App.vue';
import { applyTheme } from './composables/preferences.ts';
import { i18n, restoreLocale } from './locales/index.ts';
import { router } from './router.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/print.css';

applyTheme();
void restoreLocale().then(() => createApp(App).use(i18n).use(router).mount('#app'));
