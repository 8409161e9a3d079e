import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** What generates code itself, or runs packages that do: lmdb, ajv, fastify, protobufjs, the evaluator of flagd, and the bodies of functions in SQL. */
const GENERATING: readonly string[] = [
  ...["client", "crashes", "http", "lmdb", "preconditions", "races", "sdk", "serve", "source"].map(
    (name) => `test/control/${name}.test.ts`,
  ),
  ...["alias", "control", "help"].map((name) => `test/cli/${name}.test.ts`),
  ...["docs", "openapi"].map((name) => `test/docs/${name}.test.ts`),
  "test/convert/envoy.test.ts",
  "test/convert/flagd.test.ts",
  "test/gateway/hosts/fastify.test.ts",
  "test/gateway/proxy/config.test.ts",
  "test/warehouse/untested.test.ts",
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
        "test/studio/live.test.ts",
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
