import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

/** Where a server runs while the dashboard is being developed. */
const serverAddress = 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    // What archives have on their desks; see the principles of the dashboard.
    target: 'chrome86',
    cssTarget: 'chrome86',
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy allows no inline data but images.
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': serverAddress,
      '/socket.io': { target: serverAddress, ws: true },
    },
  },
});
