import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** What runs packages that generate code themselves: lmdb, ajv, fastify, and protobufjs. */
const GENERATING: readonly string[] = [
  ...["crashes", "http", "lmdb", "preconditions", "races", "sdk", "serve", "source"].map((name) => `test/control/${name}.test.ts`),
  ...["alias", "control", "help"].map((name) => `test/cli/${name}.test.ts`),
  ...["docs", "openapi"].map((name) => `test/docs/${name}.test.ts`),
  "test/convert/envoy.test.ts",
  "test/gateway/hosts/fastify.test.ts",
  "test/gateway/proxy/config.test.ts",
];

/** The same suite where generating code is refused and `Object.prototype.__proto__` is gone; the oracle of the schema, the bundler and the driver of Chromium generate code themselves, and pictures are the same. */
const config: ViteUserConfig = mergeConfig(
  base,
  defineConfig({
    test: {
      root: ".",
      exclude: [
        "test/alias/schema.test.ts",
        "test/house/browser.test.ts",
        "test/house/runtimes.test.ts",
        "test/simulate/chromium.test.ts",
        "test/studio/page.test.ts",
        "test/studio/hostile.test.ts",
        "test/studio/pictures.test.ts",
        ...GENERATING,
        "node_modules/**",
      ],
      pool: "forks",
      execArgv: ["--disallow-code-generation-from-strings", "--disable-proto=delete"],
    },
  }),
);

export default config;
