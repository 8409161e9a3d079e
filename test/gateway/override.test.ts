import { describe, expect, test } from "vitest";
import { Host, type Served } from "../../src/gateway/host.ts";
import type { OverrideOptions } from "../../src/gateway/override.ts";
import { AliasTable } from "../../src/gateway/table.ts";
import type { NodeRequest } from "../../src/index.ts";

interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly url?: string;
}

const ALL = { header: "X-Version", dictionary: "Version-Overrides", query: "version", cookie: "version" };

function shop(
  override: Partial<OverrideOptions<Request>> = ALL,
  alias = "shop",
): { table: AliasTable; ask: (headers: Request["headers"], url?: string) => Served | undefined; events: () => unknown } {
  const table = new AliasTable();
  table.apply({ revision: 1, changes: { [alias]: { name: "shop", version: "v1", additional_version_weights: { "v2;x": 0, v3: 0 } } } });
  const trusted = (request: Request): boolean => request.headers["x-office"] === "1";
  const host = new Host<Request, NodeRequest>({ table, alias, override: { trusted, ...override } });
  return {
    table,
    ask: (headers, url) => {
      const request = { headers, ...(url !== undefined && { url }) };
      return host.answer(request, () => request).served;
    },
    events: () => Object.fromEntries([...table.events()].map(({ event, count }) => [event, count])),
  };
}

const office = { "x-office": "1" };

describe("a trusted request gets the version that it asks for", () => {
  test.each<[string, Request["headers"], string?]>([
    ["a header", { "x-version": "v3" }],
    ["a dictionary", { "version-overrides": 'search="v9", shop="v3";a=1' }],
    ["the query", {}, "/?a=1&version=v3"],
    ["a cookie", { cookie: "a=1; version=v3" }],
    ["the header before the others", { "x-version": "v3", cookie: "version=v1", "version-overrides": 'shop="v1"' }],
    ["what follows a dictionary without the alias", { "version-overrides": 'search="v9"', cookie: "version=v3" }],
  ])("%s", (_, headers, url) => {
    const { ask, events, table } = shop();
    expect(ask({ ...office, ...headers }, url)).toMatchObject({ version: "v3", by: "override", decision: { version: "v1" } });
    expect(events()).toEqual({ override: 1 });
    // What a tester asks for is no decision of the alias.
    expect([...table.counts()].every(({ count }) => count === 0)).toBe(true);
  });

  test("with names that are encoded", () => {
    const { ask } = shop();
    expect(ask({ ...office, cookie: "version=v2%3Bx" })?.version).toBe("v2;x");
    expect(ask({ ...office, "version-overrides": 'shop="v2;x"' })?.version).toBe("v2;x");
    expect(ask(office, "/?version=v2%3Bx")?.version).toBe("v2;x");
  });

  test("by the name of an alias whose key is a URN", () => {
    const { ask } = shop(ALL, "urn:fss:eu:p:function:default:fn:!shop");
    expect(ask({ ...office, "version-overrides": 'shop="v3"' })?.version).toBe("v3");
  });
});

describe("what is ignored is counted", () => {
  test.each<[string, Request["headers"]]>([
    ["override-untrusted", { "x-version": "v3" }],
    ["override-untrusted", { "version-overrides": "shop=" }],
    ["override-unknown", { ...office, "x-version": "v9" }],
    ["override-unknown", { ...office, "x-version": "constructor" }],
    ["override-malformed", { ...office, "version-overrides": "shop=" }],
    ["override-malformed", { ...office, "version-overrides": "shop=3" }],
    ["override-malformed", { ...office, "version-overrides": 'shop=("v3")' }],
    ["override-malformed", { ...office, cookie: "version=%zz" }],
  ])("%s: %j", (event, headers) => {
    const { ask, events, table } = shop();
    expect(ask(headers)).toMatchObject({ version: "v1", by: "alias" });
    expect(events()).toEqual({ [event]: 1 });
    expect([...table.counts()].filter(({ count }) => count > 0)).toMatchObject([{ version: "v1", count: 1 }]);
  });

  test("nothing asked for is no event", () => {
    const { ask, events } = shop();
    ask({ "x-version": "", "version-overrides": 'search="v9"' });
    expect(events()).toEqual({});
  });

  test("a place that is not named is not read", () => {
    const { ask, events } = shop({ header: "x-version" });
    expect(ask({ ...office, cookie: "version=v3", "version-overrides": 'shop="v3"' }, "/?version=v3")?.version).toBe("v1");
    expect(events()).toEqual({});
  });
});

test.each<[Partial<OverrideOptions<Request>>, string]>([
  [{}, "names no place"],
  [{ header: "a b" }, "`override.header`"],
  [{ cookie: "a;b" }, "`override.cookie`"],
  [{ header: "x", trusted: true as never }, "`override.trusted`"],
])("%j is refused", (override, message) => {
  expect(() => shop(override)).toThrow(message);
});
