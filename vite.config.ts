import { defineConfig, type UserConfig } from "vite";

/**
 * What each command needs, and the command `check`. They become one file; what the other commands need is loaded when they are
 * called. `main` stays apart, because it waits for a command, and so no other file may import it.
 */
const START =
  /\/dist\/(?:(?:document|request|alias)\/\w+|cli\/(?:arguments|command|declaration|formats|run|terminal\/(?:complaint|host|place|style|table)|files\/(?:alias|text)|commands\/(?:index|check)))\.js$/;

/**
 * Bundles the program `canary-router`, because node takes one to two milliseconds for each file that it loads. Dependencies
 * stay outside, and the library stays in the files that the compiler writes.
 */
const config: UserConfig = defineConfig({
  logLevel: "warn",
  publicDir: false,
  build: {
    ssr: true,
    outDir: "dist/bin",
    emptyOutDir: true,
    minify: false,
    target: "es2022",
    rolldownOptions: {
      input: ["dist/cli/main.js", "dist/simulate/workers/worker.js"],
      // `check` is loaded like the other commands, though it is there already.
      checks: { ineffectiveDynamicImport: false },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        codeSplitting: { groups: [{ name: "start", test: START }] },
      },
    },
  },
});

export default config;
