import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { chunkFiles } from './chunk-files.ts';
import { englishStrings } from './english-strings.ts';
import { nodeIcons } from './node-icons.ts';

const here = import.meta.dirname;

/**
 * The window. Its pages run under a policy that allows no inline script, so nothing here may write one. Heavy libraries
 * (charts, editor, layout) are imported lazily where they are used and get a chunk each, by name, so that the sizes of
 * releases can be compared.
 */
export default defineConfig({
  root: here,
  base: './',
  plugins: [chunkFiles(join(here, 'src')), react(), englishStrings(), nodeIcons(join(here, '..'))],
  build: {
    outDir: join(here, '../dist/renderer'),
    emptyOutDir: true,
    // Electron's Chromium, and the browsers of the last year.
    target: ['chrome140', 'firefox140', 'safari26'],
    manifest: true,
    modulePreload: { polyfill: false },
    // Fonts as `data:` are refused by the policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'charts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
            { name: 'editor', test: /node_modules[\\/](@codemirror|@lezer|style-mod|w3c-keyname|crelt)[\\/]/ },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
});
