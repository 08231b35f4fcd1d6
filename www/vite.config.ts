// The bundle of the paint page. Everything it needs is in it; it loads nothing from anywhere else.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('.'),
  base: './',
  publicDir: false,
  resolve: {
    alias: {
      portcullis: path('../dist/index.js'),
      'paint-engine': path('../build/engine/engine.js'),
    },
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: path('../build/www'),
    emptyOutDir: true,
    target: 'es2023',
    // The first versions with light-dark().
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Photographs and modules stay files, so that they can be fetched while the script is still being read.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The polyfill for old browsers would be an inline script.
    modulePreload: { polyfill: false },
  },
});
