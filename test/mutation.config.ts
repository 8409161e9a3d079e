import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** The tests that a mutation run repeats: those of the core, without the ones that read the sources or start processes. */
const config: ViteUserConfig = mergeConfig(
  base,
  defineConfig({
    test: {
      root: ".",
      exclude: ["test/{architecture,parts,docs,types,package,cli,examples,golden}.test.ts", "node_modules/**"],
      reporters: ["default"],
    },
  }),
);

export default config;
