import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** Laws try a tenth of their examples: what they catch, they mostly catch early. */
process.env["LAW_RUNS"] ??= "0.1";

/** The tests that a mutation run repeats: those of the core, without the ones that read the sources or enumerate. */
const config: ViteUserConfig = mergeConfig(base, defineConfig({ test: { root: ".", reporters: ["default"] } }));
if (config.test !== undefined) {
  config.test.include = [
    "test/{document,request,alias,plan,backend,route}/**/*.test.ts",
    "!test/alias/schema.test.ts",
    "test/{corpus,golden}/*.test.ts",
    "test/laws/{hash,plan,passes,rules,split,sticky,request,order,reading,agreement,large}.test.ts",
  ];
}

export default config;
