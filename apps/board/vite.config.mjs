import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { budgets } from './build/budgets.mjs';
import { components } from './build/components.mjs';
import { compressed } from './build/compressed.mjs';
import { earlierBuilds } from './build/earlier-builds.mjs';
import { fonts } from './build/fonts.mjs';
import { numberFlowStyles } from './build/number-flow-styles.mjs';
import { preload } from './build/preload.mjs';

const here = dirname(fileURLToPath(import.meta.url));
/** Where `npx vite apps/board` finds a running query service. */
const QUERY = process.env.MARQUEE_QUERY ?? 'http://127.0.0.1:3000';

/**
 * Makes the board what browsers load, in dist/apps/board: pages, and under assets/ files that are named after what is in
 * them, each beside its compressed forms.
 */
export default defineConfig({
  root: here,
  resolve: { conditions: ['source-ts', 'module', 'browser', 'production', 'import', 'default'] },
  build: {
    outDir: join(here, '..', '..', 'dist', 'apps', 'board'),
    emptyOutDir: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    // Style sheets are linked; the browsers that the board is made for need no polyfill.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // "use client" is for servers that render; here all is for the browser.
      onLog: (level, log, handle) => {
        const isUseClient = log.code === 'MODULE_LEVEL_DIRECTIVE' && log.message.includes('"use client"');
        if (!isUseClient) handle(level, log);
      },
      input: {
        board: join(here, 'index.html'),
        embed: join(here, 'embed.html'),
      },
    },
  },
  plugins: [earlierBuilds(), fonts(), numberFlowStyles(), preload(), components(), compressed(), budgets()],
  server: {
    proxy: Object.fromEntries(
      ['/sessions', '/rooms', '/board-config.json', '/docs', '/openapi.json', '/events', '/admin'].map((path) => [
        path,
        QUERY,
      ]),
    ),
  },
});
