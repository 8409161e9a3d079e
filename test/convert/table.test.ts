import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { AliasConfig, RuleConfig, StickinessConfig } from "../../src/index.ts";
import { exportAlias, TARGETS } from "../../src/convert/index.ts";

const rules = (combine_type: string, ...some: readonly RuleConfig[]): AliasConfig => ({
  name: "shop",
  version: "1",
  additional_version_strategy: { "2": { combine_type, rules: some } },
});
const rule = (rule_type: string, param: string, value: string, op = "="): RuleConfig => ({ rule_type, param, op, value });
const sticky = (keys: StickinessConfig["keys"], hash: string): AliasConfig => ({
  name: "shop",
  version: "1",
  additional_version_weights: { "2": 20 },
  stickiness: { keys, on_missing: "primary", hash },
});
const header = { rule_type: "Header", param: "x-user" };

/** An alias for each construct. */
const CONSTRUCTS: Readonly<Record<string, AliasConfig>> = {
  header: rules("or", rule("Header", "x-beta", "on")),
  cookie: rules("or", rule("Cookie", "beta", "always")),
  query: rules("or", rule("Query", "beta", "on")),
  path: rules("or", rule("Header", ":path", "/beta")),
  method: rules("or", rule("Header", ":method", "PUT")),
  host: rules("or", rule("Header", ":authority", "beta.example")),
  attribute: rules("or", rule("Attribute", "tenant", "acme")),
  in: rules("or", rule("Header", "x-beta", "on,yes", "in")),
  and: rules("and", rule("Header", "x-beta", "on"), rule("Query", "beta", "on")),
  weights: { name: "shop", version: "1", additional_version_weights: { "2": 20 } },
  murmur3: sticky([header], "murmur3"),
  murmur2: sticky([header], "murmur2"),
  xxh32: sticky([header], "xxh32"),
  sha256: sticky([header], "sha256"),
};

const MARK = { lossless: "✓", lossy: "~", refused: "–" } as const;

function markOf(config: AliasConfig, to: string): string {
  const { text, report } = exportAlias(config, { to });
  return text === undefined ? MARK.refused : report.lossy.length > 0 ? MARK.lossy : MARK.lossless;
}

test("the table of docs/convert.md is what the emitters report", () => {
  const names = Object.keys(CONSTRUCTS);
  const rows = TARGETS.map(
    ({ name }) => `| ${[`\`${name}\``, ...Object.values(CONSTRUCTS).map((config) => markOf(config, name))].join(" | ")} |`,
  );
  const table = [`| ${["", ...names].join(" | ")} |`, `| --- |${names.map(() => " :-: |").join("")}`, ...rows].join("\n");
  expect(readFileSync("docs/convert.md", "utf8")).toContain(table);
});

test.each([
  ["apache", "Apache has none of the hashes", "use `--to lua` with `mod_lua`, or take `stickiness` out"],
  ["caddy", "Caddy has none of the hashes", "use another router, or take `stickiness` out"],
])("a sticky split on %s is refused with what to do instead, and without it the split is written", (to, why, help) => {
  const { stickiness, ...random } = CONSTRUCTS["murmur3"] as AliasConfig;
  expect(exportAlias({ ...random, stickiness }, { to }).report.refused).toEqual([
    { at: "/stickiness", construct: "stickiness", why, help },
  ]);
  expect(exportAlias(random, { to }).report.refused).toEqual([]);
});
