import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** What runs packages and servers of others, which may generate code or want `__proto__`: frameworks, clients, validators, engines. */
const FOREIGN = ["gateway/{hosts,metrics,proxy,source}", "control", "convert", "warehouse", "docs", "cli", "nightly"].map(
  (folder) => `test/${folder}/**`,
);

/** The same suite where generating code is refused and `Object.prototype.__proto__` is gone; the oracle of the schema and the bundler generate code themselves, and pictures are the same. */
const config: ViteUserConfig = mergeConfig(
  base,
  defineConfig({
    test: {
      root: ".",
      exclude: ["test/alias/schema.test.ts", "test/house/browser.test.ts", "test/simulate/chromium.test.ts", ...FOREIGN, "node_modules/**"],
      pool: "forks",
      execArgv: ["--disallow-code-generation-from-strings", "--disable-proto=delete"],
    },
  }),
);

export default config;
