import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const SCRIPT = fileURLToPath(new URL('../src/embed/components.ts', import.meta.url));

/**
 * Builds the script of the elements apart from the board, as one file without imports: other people's pages name it, and
 * what they have kept of it must work after the files of its time are gone.
 */
export function components() {
  let config;
  return {
    name: 'components',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    writeBundle: {
      sequential: true,
      async handler({ dir }) {
        await build({
          configFile: false,
          root: config.root,
          logLevel: config.logLevel,
          publicDir: false,
          resolve: { conditions: config.resolve.conditions },
          build: {
            outDir: dir,
            emptyOutDir: false,
            target: config.build.target,
            modulePreload: false,
            reportCompressedSize: false,
            rolldownOptions: {
              onLog: config.build.rolldownOptions.onLog,
              input: SCRIPT,
              output: { entryFileNames: 'components.js' },
            },
          },
        });
      },
    },
  };
}
