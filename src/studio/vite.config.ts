import { resolve } from "node:path";
import { defineConfig, type UserConfig } from "vite";

/** Builds the studio: a page, its style, and a script for the page and its workers, none of which names another address. */
const config: UserConfig = defineConfig({
  root: import.meta.dirname,
  base: "./",
  logLevel: "warn",
  publicDir: false,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: resolve(import.meta.dirname, "../../dist/studio"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    // All of it is needed to begin; a test holds what it weighs.
    chunkSizeWarningLimit: 2_000,
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: { entryFileNames: "studio.js", assetFileNames: "studio[extname]", codeSplitting: false },
    },
  },
});

export default config;
