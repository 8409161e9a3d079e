import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** The same suite where generating code is refused and `Object.prototype.__proto__` is gone. */
const config: ViteUserConfig = mergeConfig(
  base,
  defineConfig({
    test: { root: ".", pool: "forks", execArgv: ["--disallow-code-generation-from-strings", "--disable-proto=delete"] },
  }),
);

export default config;
