import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { AliasConfig, RuleConfig } from "../../src/alias/config.ts";
import { emitModule } from "../../src/route/emit.ts";
import { fetchReader } from "../../src/request/fetch.ts";
import { nodeReader } from "../../src/request/node.ts";
import { rawReader } from "../../src/request/raw.ts";
import type { Reader } from "../../src/request/request.ts";

const rule = (rule_type: string, param: string, value: string, op = "="): RuleConfig => ({ rule_type, param, op, value });
const strategy = (version: string, combine_type: string, ...rules: readonly RuleConfig[]): AliasConfig => ({
  name: "checkout",
  version: "v1",
  additional_version_strategy: { [version]: { combine_type, rules } },
});
const words = "alpha,bravo,charlie,delta,echo,foxtrot";

const aliases: { readonly [name: string]: readonly [AliasConfig, Reader<never>] } = {
  "primary-only": [{ name: "checkout", version: "v1" }, nodeReader],
  "random-split": [{ name: "checkout", version: "v1", additional_version_weights: { v2: 10, v3: 2.5 } }, nodeReader],
  "sticky-split": [
    {
      name: "checkout",
      version: "v1",
      additional_version_weights: { v2: 10 },
      stickiness: {
        keys: [
          { rule_type: "Header", param: "X-User" },
          { rule_type: "Cookie", param: "uid" },
        ],
        on_missing: "random",
      },
    },
    nodeReader,
  ],
  "and-of-three": [
    strategy("v2", "and", rule("Header", "X-Canary", "on"), rule("Cookie", "beta", "yes"), rule("Header", "X-Team", words, "in")),
    nodeReader,
  ],
  "or-of-all-types": [
    strategy(
      "v2",
      "or",
      rule("Header", ":path", "/cart"),
      rule("Header", ":method", "PUT"),
      rule("Header", ":authority", "canary.example"),
      rule("Query", "preview", "v2"),
      rule("Attribute", "tenant", "acme"),
    ),
    nodeReader,
  ],
  dispatch: [
    {
      name: "checkout",
      version: "v1",
      additional_version_strategy: {
        v2: { combine_type: "and", rules: [rule("Header", "x-stage", "two"), rule("Cookie", "lab", words, "in")] },
        v3: { combine_type: "or", rules: [rule("Header", "x-stage", "three"), rule("Cookie", "lab", "golf")] },
        v4: { rules: [rule("Header", "x-stage", words, "in")] },
      },
    },
    nodeReader,
  ],
  "fetch-reader": [strategy("v2", "or", rule("Header", "X-Canary", "on"), rule("Cookie", "beta", "yes")), fetchReader],
  "raw-reader": [strategy("v2", "or", rule("Header", "X-Canary", "on"), rule("Cookie", "beta", "yes")), rawReader],
  "hostile-texts": [
    strategy(
      "v2",
      "or",
      rule("Header", "x-a", '"];process.exit()//'),
      rule("Attribute", "`${x}`", "*/ \u2028 </script> \\ \n"),
      rule("Query", "'", "\ud800"),
    ),
    nodeReader,
  ],
};

test.each(Object.entries(aliases))("the module of %s is as it was, and is valid JavaScript", async (name, [alias, reader]) => {
  const text = emitModule(alias, { reader });
  await expect(text).toMatchFileSnapshot(`${name}.js`);
  execFileSync(process.execPath, ["--input-type=module", "--check"], { input: text });
});
