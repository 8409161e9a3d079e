import { describe, expect, test } from "vitest";
import type { AliasConfig } from "../../src/alias/config.ts";
import type { AffinityOptions } from "../../src/gateway/affinity.ts";
import { type Answer, Host } from "../../src/gateway/host.ts";
import { AliasTable } from "../../src/gateway/table.ts";
import { compile, murmur3, type NodeRequest } from "../../src/index.ts";

const [KEY, NEXT] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
const split = (v2: number, more: Partial<AliasConfig> = {}): AliasConfig => ({
  name: "shop",
  version: "v1",
  additional_version_weights: { v2 },
  ...more,
});
const rules = { additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "x", op: "=", value: "1" }] } } } as const;

interface Request {
  readonly headers: Readonly<Record<string, string>>;
}

/** A host whose alias can be changed, and visits of it. */
class Shop {
  readonly table: AliasTable = new AliasTable();
  readonly alias: string;
  #host: Host<Request, NodeRequest>;

  constructor(config: AliasConfig, affinity: Partial<AffinityOptions> = {}, alias = "shop") {
    this.alias = alias;
    this.change(config);
    this.#host = this.hostWith(affinity);
  }

  hostWith(affinity: Partial<AffinityOptions>): Host<Request, NodeRequest> {
    return new Host({ table: this.table, alias: this.alias, affinity: { keys: [KEY], ...affinity } });
  }

  restart(affinity: Partial<AffinityOptions>): void {
    this.#host = this.hostWith(affinity);
  }

  change(config: AliasConfig): void {
    this.table.apply({ revision: this.table.revision + 1, changes: { [this.alias]: config } });
  }

  visit(cookie?: string, headers: Readonly<Record<string, string>> = {}): Answer {
    const request = { headers: { ...headers, ...(cookie !== undefined && { cookie }) } };
    return this.#host.answer(request, () => request);
  }

  /** Visits until a version was drawn, and gives the cookie. */
  until(version: string): string {
    for (let times = 0; times < 1_000; times++) {
      const { served, cookie } = this.visit();
      if (served?.version === version && cookie !== undefined) return pairOf(cookie);
    }
    throw new Error(`${version} was never drawn`);
  }

  events(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.table.events()].map(({ event, count }) => [event, count]));
  }
}

function pairOf(cookie: string): string {
  return cookie.slice(0, cookie.indexOf(";"));
}

describe("the cookie", () => {
  test("is set for canary and primary alike, and keeps both", () => {
    const shop = new Shop(split(50));
    for (const version of ["v1", "v2"]) {
      const cookie = shop.until(version);
      for (let times = 0; times < 20; times++)
        expect(shop.visit(cookie)).toMatchObject({
          served: { version, by: "affinity", decision: { version, reason: "split" } },
          cookie: undefined,
        });
    }
  });

  test("the id that is set decides the first request too, by the seed of the alias", () => {
    const shop = new Shop(split(30));
    for (let times = 0; times < 50; times++) {
      const { served, cookie = "" } = shop.visit();
      const id = /=([0-9a-f]{32})\./.exec(cookie)?.[1] ?? "";
      expect(served?.decision).toEqual(compile(split(30))({ headers: {} }, murmur3(`shop${id}`) / 2 ** 32));
    }
  });

  test("the share stays as it is while visitors come back", () => {
    const shop = new Shop(split(20));
    let canary = 0;
    for (let visitor = 0; visitor < 2_000; visitor++) {
      const { served, cookie } = shop.visit();
      for (let times = 0; times < 3; times++) expect(shop.visit(pairOf(cookie ?? "")).served?.version).toBe(served?.version);
      if (served?.version === "v2") canary++;
    }
    // Five standard deviations of 2,000 draws.
    expect(Math.abs(canary - 400)).toBeLessThan(90);
    const counts = Object.fromEntries([...shop.table.counts()].map(({ version, reason, count }) => [`${version} ${reason}`, count]));
    expect(counts["v2 split"]).toBe(4 * canary);
  });

  test("it is not set where a rule, a sticky key or no draw decides", () => {
    expect(new Shop(split(0)).visit().cookie).toBeUndefined();
    expect(new Shop(split(50, rules)).visit(undefined, { x: "1" }).cookie).toBeUndefined();
    const sticky = { stickiness: { keys: [{ rule_type: "Header", param: "user" }], on_missing: "random" } } as const;
    const shop = new Shop(split(50, sticky));
    expect(shop.visit(undefined, { user: "ada" })).toMatchObject({ served: { by: "alias" }, cookie: undefined });
    expect(shop.visit().cookie).toBeDefined();
    const primary = new Shop(split(50, { stickiness: { ...sticky.stickiness, on_missing: "primary" } }));
    expect(primary.visit()).toMatchObject({ served: { version: "v1", decision: { reason: "default" } }, cookie: undefined });
  });

  test("a wrong signature, another alias and rubbish are counted, and the visitor is new", () => {
    const shop = new Shop(split(50));
    const cookie = shop.until("v2");
    const other = new Shop(split(50), {}, "other");
    const wrong = [
      cookie.replace(".v2", ".v1"),
      cookie.replace(/=./, (start) => (start === "=0" ? "=1" : "=0")),
      "canary-shop=",
      "canary-shop=x",
      `${cookie}%`,
      `canary-shop=${"a".repeat(5_000)}`,
      other.until("v2").replace("canary-other", "canary-shop"),
    ];
    for (const each of wrong) expect(shop.visit(each).cookie, each).toBeDefined();
    expect(shop.events()).toEqual({ "affinity-invalid": wrong.length });
  });

  test("keys rotate: an old key is taken, and the cookie is signed anew; a key that is gone is not", () => {
    const shop = new Shop(split(50));
    const cookie = shop.until("v2");
    shop.restart({ keys: [NEXT, KEY] });
    const renewed = shop.visit(cookie);
    expect(renewed).toMatchObject({ served: { version: "v2", by: "affinity" } });
    expect(pairOf(renewed.cookie ?? "")).not.toBe(cookie);
    shop.restart({ keys: [NEXT] });
    expect(shop.visit(pairOf(renewed.cookie ?? ""))).toMatchObject({ served: { version: "v2", by: "affinity" }, cookie: undefined });
    expect(shop.visit(cookie).served?.by).toBe("alias");
  });

  test("names of versions and aliases are encoded", () => {
    const version = 'v2;a="b",c=%';
    const alias = "urn:fss:eu:p:function:default:fn(x):!a1";
    const shop = new Shop({ version: "v1", additional_version_weights: { [version]: 100 } }, {}, alias);
    const { cookie = "" } = shop.visit();
    expect(cookie).toMatch(
      /^canary-urn%3Afss%3Aeu%3Ap%3Afunction%3Adefault%3Afn%28x%29%3A!a1=[0-9a-f.]+\.v2%3Ba%3D%22b%22%2Cc%3D%25; Path=\//,
    );
    expect(shop.visit(`a=1; ${pairOf(cookie)}`)).toMatchObject({ served: { version, by: "affinity" } });
  });
});

describe("where the alias has changed", () => {
  test("a version that is gone: the draw, or the primary", () => {
    for (const gone of ["draw", "primary"] as const) {
      const shop = new Shop(split(50), { gone });
      const cookie = shop.until("v2");
      shop.change({ name: "shop", version: "v1", additional_version_weights: { v3: 99.99 } });
      const { served, cookie: next = "" } = shop.visit(cookie);
      expect(served).toMatchObject({ version: gone === "draw" ? "v3" : "v1", by: "alias" });
      expect(next).toContain(`.${served?.version};`);
      expect(shop.events()).toMatchObject({ "affinity-gone": 1 });
    }
  });

  test("a version whose weight is 0: the draw, or the version still", () => {
    for (const weightless of ["draw", "keep"] as const) {
      const shop = new Shop(split(50), { weightless });
      const cookie = shop.until("v2");
      shop.change(split(0, { additional_version_weights: { v2: 0, v3: 50 } }));
      const { served } = shop.visit(cookie);
      if (weightless === "keep") expect(served).toMatchObject({ version: "v2", by: "affinity" });
      else expect(["v1", "v3"]).toContain(served?.version);
      expect(shop.events()).toMatchObject({ "affinity-weightless": 1 });
    }
  });

  test("nothing is split any more: the version of the alias", () => {
    const shop = new Shop(split(50), { weightless: "keep" });
    const cookie = shop.until("v2");
    shop.change(split(0));
    expect(shop.visit(cookie)).toMatchObject({
      served: { version: "v1", by: "alias", decision: { reason: "default" } },
      cookie: undefined,
    });
  });

  test("a rule that names another version: the rule, or the version still; the cookie stays", () => {
    for (const rule of ["rule", "keep"] as const) {
      const shop = new Shop(split(50, rules), { rule });
      const cookie = shop.until("v2");
      expect(shop.visit(cookie, { x: "1" })).toMatchObject({ served: { version: rule === "rule" ? "v3" : "v2" }, cookie: undefined });
      expect(shop.visit(cookie).served?.version).toBe("v2");
      expect(shop.events()).toMatchObject(rule === "rule" ? { "affinity-rule": 1 } : { affinity: 2 });
    }
  });
});

test.each<[Partial<AffinityOptions>, string]>([
  [{ keys: ["short"] }, "at least 32 bytes"],
  [{ keys: [] as unknown as [string] }, "at least 32 bytes"],
  [{ cookie: "a b" }, "`affinity.cookie`"],
  [{ maxAge: 0 }, "`affinity.maxAge`"],
  [{ maxAge: 1.5 }, "`affinity.maxAge`"],
  [{ sameSite: "none" as "None" }, "`affinity.sameSite`"],
  [{ sameSite: "None", secure: false }, "browsers refuse"],
  [{ path: "/; Domain=evil" }, "`affinity.path`"],
  [{ domain: "a;b" }, "`affinity.domain`"],
  [{ cookie: "__Host-canary", domain: "shop.example" }, "`__Host-…`"],
])("%j is refused", (affinity, message) => {
  expect(() => new Shop(split(5), affinity)).toThrow(message);
});
