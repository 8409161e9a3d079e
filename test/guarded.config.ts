import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** The same suite where generating code is refused and `Object.prototype.__proto__` is gone; the oracle of the schema and the bundler generate code themselves, and pictures are the same. */
const config: ViteUserConfig = mergeConfig(
  base,
  defineConfig({
    test: {
      root: ".",
      exclude: ["test/alias/schema.test.ts", "test/house/browser.test.ts", "test/simulate/chromium.test.ts", "node_modules/**"],
      pool: "forks",
      execArgv: ["--disallow-code-generation-from-strings", "--disable-proto=delete"],
    },
  }),
);

export default config;
