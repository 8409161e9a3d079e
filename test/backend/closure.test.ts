import { describe, expect, test } from "vitest";
import type { AliasConfig, NodeRequest, StickyKeyConfig } from "../../src/index.ts";
import { compile, plan } from "../../src/index.ts";
import { optimize } from "../../src/optimize/index.ts";
import { type Access, nodeReader, type Reader, sourceName } from "../../src/request/index.ts";
import { type Scene, scenes } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

/** `nodeReader`, and a list of what it has read: `open`, and each text by its name. */
function recording(): { readonly reader: Reader<NodeRequest>; readonly reads: string[] } {
  const reads: string[] = [];
  const recorded = (name: string, access: Access<NodeRequest>): Access<NodeRequest> => ({
    ...access,
    get: (carrier, request) => (reads.push(name), access.get(carrier, request)),
  });
  const { open, header, cookies, url, method, authority, attribute } = nodeReader;
  const reader: Reader<NodeRequest> = {
    ...nodeReader,
    open: (request) => (reads.push("open"), open(request)),
    header: (name) => recorded(`header ${name}`, header(name)),
    cookies: recorded("cookies", cookies),
    url: recorded("url", url),
    method: recorded(":method", method),
    authority: recorded(":authority", authority),
    attribute: (name) => recorded(`attribute ${name}`, attribute(name)),
  };
  return { reader, reads };
}

const counted = (names: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/**
 * How often a decision may read each text: once; and a text that only the sticky keys ask for, once for each of them. The
 * fallback would open the request again and read again what has been read.
 */
function allowed(config: AliasConfig): ReadonlyMap<string, number> {
  const { rules, split } = optimize(plan(config, { budgets: { versions: 200 } }));
  const asked = new Set(rules.flatMap(({ test }) => test.matches.map(({ field }) => sourceName(field))));
  const keys = split.kind === "arms" ? (split.sticky?.keys ?? []).map(({ field }) => sourceName(field)) : [];
  return counted(["open", ...asked, ...keys.filter((key) => !asked.has(key))]);
}

/** What was read more often than it may be. */
const excess = (reads: readonly string[], most: ReadonlyMap<string, number>): readonly string[] =>
  [...counted(reads)].filter(([name, times]) => times > (most.get(name) ?? 0)).map(([name]) => name);

describe("a text of the request is read once for a decision, and the fallback is not asked", () => {
  const byRandomAliases = ({ config, request, draw, random }: Scene): void => {
    const { reader, reads } = recording();
    compile(config, { reader, random: () => random })(request as NodeRequest, draw);
    expect(excess(reads, allowed(config))).toEqual([]);
  };
  law("by random aliases", scenes, byRandomAliases);

  const fields: readonly StickyKeyConfig[] = [
    { rule_type: "Header", param: "x-a" },
    { rule_type: "Cookie", param: "a" },
    { rule_type: "Query", param: "a" },
    { rule_type: "Attribute", param: "a" },
  ];
  const requestsOf = (own: string, next: string): readonly NodeRequest[] => [
    { headers: {} },
    { headers: { "x-a": own } },
    { headers: { cookie: `a=${own}` } },
    { headers: { cookie: `a=${own}; b=${next}`, "x-a": next }, url: `/?a=${own}` },
    { headers: { cookie: `b=${own}`, "x-a": `${own}x` }, url: `/?b=${own}`, attributes: { a: own } },
    { headers: { "x-a": own, cookie: `a=${own}` }, url: `/?a=${own}`, attributes: { a: own } },
  ];
  const random = (): number => 0.2;

  test.each([1, 2, 31, 32, 33, 64, 65, 130])("by %i strategies that ask for the same fields", (length) => {
    for (const keys of [undefined, [fields[1]], [fields[0], fields[2]], [fields[3]]] as (StickyKeyConfig[] | undefined)[]) {
      const config: AliasConfig = {
        name: "many",
        version: "v",
        additional_version_weights: { w: 30 },
        additional_version_strategy: Object.fromEntries(
          Array.from({ length }, (_, index) => {
            const rules = fields.slice(0, 3).map((field) => ({ ...field, op: "=", value: `value-${index}` }));
            return [`v${index}`, { combine_type: index % 3 === 0 ? "and" : "or", rules }];
          }),
        ),
        ...(keys !== undefined && { stickiness: { keys, on_missing: "random" } }),
      };
      const { reader, reads } = recording();
      const run = compile(config, { budgets: { versions: 200 }, reader, random });
      const most = allowed(config);
      for (const index of new Set([0, 1, length - 1])) {
        for (const request of requestsOf(`value-${index}`, `value-${index + 1}`)) {
          for (const draw of [undefined, 0.5]) {
            reads.length = 0;
            expect(run(request, draw)).toMatchObject(decide(config, request, draw, random));
            expect(excess(reads, most)).toEqual([]);
          }
        }
      }
    }
  });

  test.each([1, 2, 3, 4, 5, 8, 9, 32, 33, 36, 37, 70])("by a strategy of %i rules", (length) => {
    const rules = Array.from({ length }, (_, index) => ({ rule_type: "Header", param: `x-${index}`, op: "=", value: "1" }));
    for (const combine_type of ["and", "or"]) {
      const config: AliasConfig = { version: "v1", additional_version_strategy: { v2: { combine_type, rules } } };
      const { reader, reads } = recording();
      const run = compile(config, { reader });
      for (const held of [-1, 0, length - 1, ...(length > 4 ? [3, 4, length - 2] : [])]) {
        // Of `and`, all hold but one; of `or`, none but one.
        const headers = rules.map(({ param }, index) => [param, (index === held) === (combine_type === "or") ? "1" : "2"]);
        const request: NodeRequest = { headers: Object.fromEntries(headers) };
        reads.length = 0;
        expect(run(request)).toMatchObject(decide(config, request));
        // Rules are asked in turn, and no further than needed.
        expect(reads).toEqual(["open", ...rules.slice(0, held === -1 ? length : held + 1).map(({ param }) => `header ${param}`)]);
      }
    }
  });
});
