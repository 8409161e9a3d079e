import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AliasConfig, compile, type NodeRequest, nodeReader, rawReader, type RuleConfig, toRequest } from "../../src/index.ts";
import { compile as jit } from "../../src/route/jit.ts";
import { backEnds, type Run } from "../support/backends.ts";
import { murmur3 } from "../support/oracle.ts";

const PRIMARY = { version: "v1", reason: "error", at: "" };
const rule = (rule_type: string, param: string, value: string, op = "="): RuleConfig => ({ rule_type, param, op, value });

const boom = (): never => {
  throw new Error("boom");
};

/** An alias whose canary `v2` wants one of the rules. */
const wanting = (...rules: readonly RuleConfig[]): AliasConfig => ({
  version: "v1",
  additional_version_strategy: { v2: { combine_type: "or", rules } },
});

/** The version for a request, which is not thrown and not an error. */
function versionOf(run: Run, request: unknown): string {
  const { version, reason } = run(request);
  expect(reason).not.toBe("error");
  return version;
}

const canary = wanting(rule("Header", "x-canary", "1"));
const header = (value: unknown): object => ({ headers: { "x-canary": value } });

describe.each(backEnds)("a hostile request: $name", ({ name, compile: run }) => {
  describe("that is none", () => {
    const callable = Object.assign(() => {}, { url: "/" });
    test.each([[undefined], [null], [42], [4n], ["x"], [true], [Symbol("x")], [[]], [callable], [{}]])("%o gets the primary", (request) => {
      for (const config of [canary, { version: "v1" }, { version: "v1", additional_version_weights: { v2: 100 } }]) {
        expect(run(config)(request, 0)).toMatchObject(PRIMARY);
      }
    });

    test.each([[undefined], [null], [0], ["x-canary: 1"], [Symbol("x")]])("headers of %o get the primary", (headers) => {
      expect(run(canary)({ headers })).toMatchObject(PRIMARY);
    });

    test.each([[new Map([["x-canary", "1"]])], [new Headers([["x-canary", "1"]])], [{ get: () => "1" }]])(
      "headers with a function `get` are those of another reader: %o",
      (headers) => {
        expect(run(canary)({ headers })).toMatchObject({ ...PRIMARY, reason: "error" });
      },
    );

    test.each([[[["x-canary", "1"]]], [["x-canary", "1"]], [new Date(0)], [/x/]])(
      "headers that are another host's have no names that are read: %o",
      (headers) => {
        expect(versionOf(run(canary), { headers })).toBe("v1");
      },
    );
  });

  describe("with names that every object has", () => {
    const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "isPrototypeOf", "__defineGetter__"];

    test.each(names)("a header `%s` matches where it is sent, and otherwise not", (name) => {
      const config = wanting(rule("Header", name, "1"));
      const sent = JSON.parse(`{ "headers": { ${JSON.stringify(name.toLowerCase())}: "1" } }`) as object;
      expect(versionOf(run(config), { headers: {} })).toBe("v1");
      expect(versionOf(run(config), { headers: Object.create({ [name.toLowerCase()]: "1" }) as object })).toBe("v1");
      expect(versionOf(run(config), sent)).toBe("v2");
    });

    test.each(names)("a cookie and a parameter `%s` match by value", (name) => {
      const others = names.map((each) => (each === name ? `${each}=1` : `${each}=2`));
      expect(versionOf(run(wanting(rule("Cookie", name, "1"))), { headers: { cookie: others.join("; ") } })).toBe("v2");
      expect(versionOf(run(wanting(rule("Query", name, "1"))), { headers: {}, url: `/?${others.join("&")}` })).toBe("v2");
      expect(versionOf(run(wanting(rule("Cookie", name, "1"))), { headers: { cookie: "a=1" } })).toBe("v1");
      expect(versionOf(run(wanting(rule("Query", name, "1"))), { headers: {}, url: "/?a=1" })).toBe("v1");
    });

    test.each(names)("an attribute `%s` matches where the host gives it", (name) => {
      const config = wanting(rule("Attribute", name, "1"));
      expect(versionOf(run(config), { headers: {}, attributes: {} })).toBe("v1");
      expect(versionOf(run(config), { headers: {}, attributes: Object.create({ [name]: "1" }) as object })).toBe("v1");
      expect(versionOf(run(config), { headers: {}, attributes: JSON.parse(`{ ${JSON.stringify(name)}: "1" }`) as object })).toBe("v2");
    });

    test("objects without a prototype are as good as others", () => {
      const headers = Object.assign(Object.create(null) as object, { "x-canary": "1" });
      expect(versionOf(run(canary), Object.assign(Object.create(null) as object, { headers }))).toBe("v2");
    });
  });

  test("what is put on Object.prototype matches nothing", () => {
    const everything = wanting(
      rule("Header", "x-canary", "1"),
      rule("Cookie", "canary", "1"),
      rule("Attribute", "canary", "1"),
      rule("Header", ":authority", "1"),
    );
    const sticky: AliasConfig = {
      version: "v1",
      additional_version_weights: { v2: 100 },
      stickiness: {
        seed: "",
        keys: [
          { rule_type: "Header", param: "x-canary" },
          { rule_type: "Cookie", param: "canary" },
        ],
        on_missing: "primary",
      },
    };
    const [routed, stuck] = [run(everything), run(sticky)];
    const polluted = { "x-canary": "1", cookie: "canary=1", canary: "1", host: "1" };
    try {
      Object.assign(Object.prototype, polluted);
      expect(versionOf(routed, { headers: {}, attributes: {} })).toBe("v1");
      expect(stuck({ headers: {} })).toMatchObject({ version: "v1", reason: "default", at: "/stickiness/on_missing" });
    } finally {
      for (const name of Object.keys(polluted)) delete (Object.prototype as { [name: string]: unknown })[name];
    }
  });

  test("an exotic prototype of headers adds no names", () => {
    class Message {
      get "x-canary"(): string {
        return "1";
      }
    }
    expect(run(canary)({ headers: new Message() }).version).toBe("v1");
  });

  describe("with values that are no strings", () => {
    const calls: string[] = [];
    const cunning = new Proxy(
      {
        toString: () => calls.push("toString"),
        valueOf: () => calls.push("valueOf"),
        [Symbol.toPrimitive]: () => calls.push("toPrimitive"),
      },
      { get: (_, key) => calls.push(String(key)) },
    );
    test.each([
      [1],
      [true],
      [1n],
      [Symbol("1")],
      [null],
      [{ length: 1, 0: "1" }],
      [new String("1")],
      [() => "1"],
      [["1", 1]],
      [[["1"]]],
      [[]],
      [[undefined]],
      [new Date(0)],
    ])("%o does not match", (value) => {
      const everywhere = wanting(
        rule("Header", "x-canary", "1"),
        rule("Attribute", "canary", "1"),
        rule("Cookie", "canary", "1"),
        rule("Query", "canary", "1"),
        rule("Header", ":method", "1"),
        rule("Header", ":authority", "1"),
      );
      expect(versionOf(run(canary), header(value))).toBe("v1");
      expect(
        versionOf(run(everywhere), {
          headers: { "x-canary": value, cookie: value, host: value },
          url: value,
          method: value,
          attributes: { canary: value },
        }),
      ).toBe("v1");
    });

    test("nothing of an object is called", () => {
      expect(versionOf(run(canary), header(cunning))).toBe("v1");
      expect(versionOf(run(canary), header([cunning]))).toBe("v1");
      expect(calls).toEqual([]);
    });

    test("a list with a hole does not match", () => {
      const holed = ["1"];
      holed.length = 2;
      expect(versionOf(run(canary), header(holed))).toBe("v1");
    });
  });

  describe("that throws", () => {
    const throwing = (name: string): object => Object.defineProperty({}, name, { get: boom, enumerable: true });

    test.each([
      ["headers", throwing("headers")],
      ["a header", { headers: throwing("x-canary") }],
      ["the Cookie field", { headers: throwing("cookie") }],
      ["the url", Object.assign(throwing("url"), { headers: {} })],
      ["the attributes", Object.assign(throwing("attributes"), { headers: {} })],
      ["one attribute", { headers: {}, attributes: throwing("canary") }],
      ["a revoked proxy", revoked()],
      ["headers that are a revoked proxy", { headers: revoked() }],
      ["a list that is a revoked proxy", { headers: { "x-canary": revoked(), cookie: revoked() } }],
      [
        "headers that refuse everything",
        { headers: new Proxy({}, { get: boom, has: boom, getOwnPropertyDescriptor: boom, ownKeys: boom }) },
      ],
    ])("in %s gets the primary where that is needed", (what, request) => {
      const rules = [
        rule("Header", "x-canary", "1"),
        rule("Cookie", "canary", "1"),
        rule("Query", "canary", "1"),
        rule("Attribute", "canary", "1"),
      ];
      const decisions = rules.map((each) => run(wanting(each))(request, 0));
      for (const decision of decisions) expect(decision.version).toBe("v1");
      expect(
        decisions.map(({ reason }) => reason),
        what,
      ).toContain("error");
    });

    test("somewhere that no rule looks does no harm", () => {
      const request = Object.assign(throwing("url"), { headers: Object.assign(throwing("x-other"), { "x-canary": "1" }) });
      expect(versionOf(run(canary), request)).toBe("v2");
    });

    test("in a sticky key gets the primary", () => {
      const sticky: AliasConfig = {
        version: "v1",
        additional_version_weights: { v2: 100 },
        stickiness: { seed: "", keys: [{ rule_type: "Header", param: "x-canary" }], on_missing: "random" },
      };
      expect(run(sticky, { random: () => 0 })({ headers: throwing("x-canary") })).toMatchObject(PRIMARY);
    });

    test("in a field that may decide and may not: the primary, or what the others decide", () => {
      const request = { headers: Object.assign(throwing("x-a"), { "x-b": "1" }) };
      for (const [first, second] of [
        ["x-a", "x-b"],
        ["x-b", "x-a"],
      ] as const) {
        const both = wanting(rule("Header", first, "1"), rule("Header", second, "1"));
        const { version, reason } = run(both)(request);
        expect(["v2 rule", "v1 error"]).toContain(`${version} ${reason}`);
        const ordered: AliasConfig = {
          version: "v1",
          additional_version_strategy: { v2: { rules: [rule("Header", first, "1")] }, v3: { rules: [rule("Header", second, "1")] } },
        };
        expect(run(ordered)(request)).toMatchObject(first === "x-b" ? { version: "v2", reason: "rule" } : PRIMARY);
      }
    });
  });

  test("a random source that throws is no draw", () => {
    const split: AliasConfig = { version: "v1", additional_version_weights: { v2: 100 } };
    expect(run(split, { random: boom })({ headers: {} })).toMatchObject(PRIMARY);
  });

  test.each([
    [1],
    [-1],
    [Number.NaN],
    [Infinity],
    [-Infinity],
    [2],
    ["0.5"],
    [0n],
    [null],
    [[]],
    [{ valueOf: () => 0.1 }],
    [new Number(0.1)],
    [Symbol("0")],
    [true],
  ])("%o is no draw, given or drawn", (draw) => {
    const split: AliasConfig = { version: "v1", additional_version_weights: { v2: 100 } };
    expect(run(split)({ headers: {} }, draw)).toMatchObject(PRIMARY);
    expect(run(split, { random: () => draw as number })({ headers: {} })).toMatchObject(PRIMARY);
  });

  test("a proxy sees only what the rules ask for, each at most once", () => {
    const config: AliasConfig = {
      version: "v1",
      additional_version_strategy: {
        v2: { combine_type: "and", rules: [rule("Header", "x-a", "1"), rule("Header", "x-b", "1"), rule("Header", "x-a", "1,2", "in")] },
        v3: {
          combine_type: "or",
          rules: [
            rule("Header", "x-b", "2"),
            rule("Cookie", "a", "1"),
            rule("Cookie", "b", "1"),
            rule("Query", "q", "1"),
            rule("Header", ":path", "/x"),
          ],
        },
        v4: { combine_type: "or", rules: [rule("Header", "x-a", "3"), rule("Attribute", "t", "1"), rule("Header", ":method", "PUT")] },
      },
    };
    const seen: string[] = [];
    const watched = (target: object, of: string): object =>
      new Proxy(target, {
        get: (from, key) => (seen.push(`${of}${String(key)}`), Reflect.get(from, key)),
        has: (_, key) => seen.push(`${of}${String(key)} in`) > 0,
        ownKeys: () => (seen.push(`${of}*`), []),
      });
    const headers = watched({ "x-a": "9", "x-b": "9", cookie: "a=2; b=2", "x-c": "1" }, "headers.");
    const attributes = watched({ t: "2", u: "1" }, "attributes.");
    expect(versionOf(run(config), watched({ headers, attributes, url: "/?q=2", method: "GET", body: "secret" }, ""))).toBe("v1");
    const allowed = [
      "headers",
      "attributes",
      "url",
      "method",
      "headers.get",
      "headers.x-a",
      "headers.x-b",
      "headers.cookie",
      "attributes.t",
    ];
    expect(seen.filter((what) => !allowed.includes(what))).toEqual([]);
    // The module for small engines reads a field where a rule asks for it.
    if (name !== "module for QuickJS") expect(new Set(seen).size).toBe(seen.length);
  });

  describe("that is large", () => {
    const MEBIBYTE = 2 ** 20;

    test("a header of 1 MiB", () => {
      const long = "v".repeat(MEBIBYTE);
      expect(versionOf(run(canary), header(long))).toBe("v1");
      expect(versionOf(run(canary), header([long, long]))).toBe("v1");
    });

    test("a hundred thousand cookies, with the one that is sought first, last, absent and twice", () => {
      const config = wanting(rule("Cookie", "id", "1"));
      const many = Array.from({ length: 100_000 }, (_, index) => `xid${index}=id=2`).join("; ");
      expect(versionOf(run(config), { headers: { cookie: `id=1; ${many}` } })).toBe("v2");
      expect(versionOf(run(config), { headers: { cookie: `${many}; id=1` } })).toBe("v2");
      expect(versionOf(run(config), { headers: { cookie: many } })).toBe("v1");
      expect(versionOf(run(config), { headers: { cookie: `id=2; ${many}; id=1` } })).toBe("v1");
      expect(versionOf(run(config), { headers: { cookie: many.split("; ") } })).toBe("v1");
    });

    test.each([
      ["spaces", " ".repeat(MEBIBYTE)],
      ["semicolons", ";".repeat(MEBIBYTE)],
      ["equals signs", "=".repeat(MEBIBYTE)],
      ["names without values", "id ".repeat(MEBIBYTE / 4)],
      ["names with spaces behind", `id${" ".repeat(1000)}`.repeat(MEBIBYTE / 1002)],
      ["a name within a name", "id".repeat(MEBIBYTE / 2)],
      ["spaces before a name", `${" ".repeat(MEBIBYTE)}id`],
    ])("a Cookie field of %s", (_, line) => {
      const config = wanting(rule("Cookie", "id", "1"), rule("Cookie", "d", "1,2,3,4,5", "in"));
      expect(versionOf(run(config), { headers: { cookie: line } })).toBe("v1");
      expect(versionOf(run(config), { headers: { cookie: `${line};id=1` } })).toBe("v2");
    });

    test("a name of a thousand equal letters in a field of them", () => {
      const config = wanting(rule("Cookie", "a".repeat(1000), "1"));
      expect(versionOf(run(config), { headers: { cookie: "a".repeat(MEBIBYTE / 4) } })).toBe("v1");
    });

    test.each([
      ["percent signs", "%".repeat(65_536)],
      ["escapes", "%25".repeat(65_536 / 3)],
      ["pluses", "+".repeat(65_536)],
      ["ampersands", "&".repeat(65_536)],
      ["equals signs", "=".repeat(65_536)],
      ["question marks", "?".repeat(65_536)],
      ["the name again and again", "a".repeat(65_536)],
      ["parameters", "a1=1&".repeat(65_536 / 5)],
    ])("a query of 64 KiB of %s", (_, query) => {
      const config = wanting(rule("Query", "a", "1"));
      expect(versionOf(run(config), { headers: {}, url: `/?${query}` })).toBe("v1");
      expect(versionOf(run(config), { headers: {}, url: `/?${query}&a=1` })).toBe("v2");
    });

    test.each([
      ["//host"],
      ["http://"],
      ["://"],
      ["http:/x"],
      ["*"],
      ["?"],
      ["#"],
      [""],
      [" "],
      ["\ud800"],
      ["/\udc00?\ud800=\udc00"],
      ["host:443"],
    ])("an odd url: %j", (url) => {
      const config = wanting(rule("Query", "a", "1"), rule("Header", ":path", "/p"));
      expect(versionOf(run(config), { headers: {}, url })).toBe("v1");
    });

    test.each([
      ["slashes", "/"],
      ["schemes", "a://"],
      ["dots", "/.."],
    ])("a path of 64 KiB of %s", (_, part) => {
      const config = wanting(rule("Query", "a", "1"), rule("Header", ":path", "/p"));
      expect(versionOf(run(config), { headers: {}, url: part.repeat(65_536 / part.length) })).toBe("v1");
    });

    test("a hundred thousand headers, which nobody lists", () => {
      const headers = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [String(index), "1"]));
      expect(versionOf(run(canary), { headers: { ...headers, "x-canary": "1" } })).toBe("v2");
    });

    test("a list of a hundred thousand values", () => {
      expect(versionOf(run(canary), header(Array.from({ length: 100_000 }, () => "1")))).toBe("v1");
    });

    test("a sticky key of 1 MiB, and keys that were chosen to meet in one slot", () => {
      const seed = "s";
      const slotOf = (key: string): number => Math.floor((murmur3(new TextEncoder().encode(seed + key), 0) / 2 ** 32) * 10_000);
      const sticky: AliasConfig = {
        version: "v1",
        additional_version_weights: { v2: 0.01 },
        stickiness: { seed, keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
      };
      const routed = run(sticky);
      const long = "é".repeat(MEBIBYTE / 2);
      expect(versionOf(routed, { headers: { "x-user": long } })).toBe(slotOf(long) === 0 ? "v2" : "v1");
      const chosen: string[] = [];
      for (let id = 0; chosen.length < 3; id++) if (slotOf(`user-${id}`) === 0) chosen.push(`user-${id}`);
      for (const key of chosen) expect(versionOf(routed, { headers: { "x-user": key } })).toBe("v2");
    });
  });

  test("a frozen request that many ask about at once is answered alike", async () => {
    const routed = run(canary);
    const request = Object.freeze({ headers: Object.freeze({ "x-canary": "1" }) });
    const answers = await Promise.all(Array.from({ length: 100 }, async () => routed(request)));
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set(["v2"]));
  });

  test("text that would break out of a string stays text", () => {
    const tripwire = globalThis as { tripped?: boolean };
    for (const text of [
      '"];globalThis.tripped=true;//',
      "`;globalThis.tripped=true;`",
      "${globalThis.tripped=true}",
      "\u2028globalThis.tripped=true",
      "*/globalThis.tripped=true/*",
      "</script>",
      "\n;globalThis.tripped=true",
      "\\",
      "\\u0022",
    ]) {
      const version = `x${text.replaceAll(/[^!-~]/g, "")}`;
      const config: AliasConfig = {
        name: "alias",
        version: "v1",
        additional_version_weights: { [`${version}2`]: 50 },
        additional_version_strategy: {
          [version]: { combine_type: "or", rules: [rule("Attribute", text, text), rule("Query", text, text)] },
        },
        stickiness: { seed: text, keys: [{ rule_type: "Attribute", param: text }], on_missing: "primary" },
      };
      expect(run(config)({ headers: {}, attributes: { [text]: text } })).toMatchObject({ version, reason: "rule" });
      expect(run(config)({ headers: {}, attributes: { [text]: "other" } }).reason).toBe("split");
      expect(run(config)({ headers: {} }, 0).version).toBe(`${version}2`);
    }
    expect(tripwire.tripped).toBeUndefined();
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

describe("a host", () => {
  test.each([compile, jit])("is told why a request could not be read, and its own exceptions are dropped", (compileIt) => {
    const told: unknown[] = [];
    const failure = new Error("boom");
    const request = {
      headers: Object.defineProperty({}, "x-canary", {
        get: () => {
          throw failure;
        },
      }),
    };
    expect(compileIt(canary, { onError: (error) => told.push(error) })(request as NodeRequest)).toMatchObject(PRIMARY);
    expect(told).toEqual([failure]);
    const rude = compileIt(canary, {
      onError: () => {
        throw new Error("rude");
      },
    });
    expect(rude(request as NodeRequest)).toMatchObject(PRIMARY);
    expect(rude(null as unknown as NodeRequest)).toMatchObject(PRIMARY);
  });

  test.each([compile, jit])("is told why its random source failed", (compileIt) => {
    const told: unknown[] = [];
    const failure = new Error("boom");
    const split: AliasConfig = { version: "v1", additional_version_weights: { v2: 100 } };
    const route = compileIt(split, {
      onError: (error) => told.push(error),
      random: () => {
        throw failure;
      },
    });
    expect(route({ headers: {} })).toMatchObject(PRIMARY);
    expect(told).toEqual([failure]);
  });

  test.each([compile, jit])("may patch what the language gives after aliases are compiled", (compileIt) => {
    const config: AliasConfig = {
      ...wanting(rule("Header", "x-a", "1,2,3,4,5,6", "in"), rule("Cookie", "id", "1"), rule("Query", "q", "1")),
      additional_version_weights: { v3: 50 },
    };
    const route = compileIt(config);
    const requests = [{ headers: { "x-a": "6" } }, { headers: { cookie: "a=2; id=1" } }, { headers: {}, url: "/?q=1" }, { headers: {} }];
    const before = requests.map((request) => route(request, 0.9));
    const patched = [
      [Array.prototype, "includes"],
      [Array.prototype, "indexOf"],
      [Map.prototype, "get"],
      [Set.prototype, "has"],
      [Math, "random"],
    ] as const;
    const kept = patched.map(([target, name]) => Object.getOwnPropertyDescriptor(target, name)!);
    let after: unknown[] = [];
    try {
      for (const [target, name] of patched) Object.defineProperty(target, name, { value: () => 7, configurable: true, writable: true });
      after = [route(requests[0]!, 0.9), route(requests[1]!, 0.9), route(requests[2]!, 0.9), route(requests[3]!, 0.9)];
    } finally {
      patched.forEach(([target, name], index) => Object.defineProperty(target, name, kept[index]!));
    }
    expect(after).toEqual(before);
  });

  test("that has names in any case folds them with `toRequest`, which keeps every value", () => {
    const route = compile(wanting(rule("Header", "x-canary", "1, 2")));
    const order: [string, string][] = [
      ["X-Canary", "1"],
      ["x-canary", "2"],
    ];
    expect(route(toRequest({ headers: order })).version).toBe("v2");
    expect(route(toRequest({ headers: Object.fromEntries(order) })).version).toBe("v2");
    expect(route(toRequest({ headers: order.toReversed() })).version).toBe("v1");
    expect(route(toRequest({ headers: new Headers(order) })).version).toBe("v2");
    expect(route(toRequest({ headers: { "X-CANARY": ["1", "2"] } })).version).toBe("v2");
    expect(route(toRequest({ headers: [["x-\u212Aey", "1"]] })).version).toBe("v1");
    expect(
      compile(wanting(rule("Cookie", "b", "1")))(
        toRequest({
          headers: [
            ["Cookie", "a=1"],
            ["COOKIE", "b=1"],
          ],
        }),
      ).version,
    ).toBe("v2");
    expect(compile(wanting(rule("Header", "__proto__", "1")))(toRequest({ headers: [["__PROTO__", "1"]] })).version).toBe("v2");
    expect(compile(canary)(toRequest({})).version).toBe("v1");
  });
});

describe("on the wire", () => {
  const reads: readonly (readonly [string, AliasConfig])[] = [
    ["joined", wanting(rule("Header", "x-canary", "a, b"))],
    ["first", wanting(rule("Header", "x-canary", "a"))],
    ["cookie", wanting(rule("Cookie", "id", "1"))],
    ["cookies", wanting(rule("Header", "cookie", "a=2; id=1"))],
    ["type", wanting(rule("Header", "content-type", "text/plain"))],
    ["agent", wanting(rule("Header", "user-agent", "one"))],
    ["proto", wanting(rule("Header", "__proto__", "1"))],
    ["constructor", wanting(rule("Header", "constructor", "1"))],
    ["utf8", wanting(rule("Header", "x-name", "\u00c3\u00a9"))],
    ["empty", wanting(rule("Header", "x-canary", ", a"))],
    ["query", wanting(rule("Query", "q", "a b"))],
    ["path", wanting(rule("Header", ":path", "/p"))],
    ["method", wanting(rule("Header", ":method", "PURGE"))],
    ["authority", wanting(rule("Header", ":authority", "example.com:80"))],
  ];
  const readers = reads.map(([name, config]) => ({
    name,
    node: compile(config, { reader: nodeReader }),
    raw: compile(config, { reader: rawReader }),
  }));

  /** What holds of a message, by either reader. */
  function held(message: unknown): { readonly node: string[]; readonly raw: string[] } {
    return {
      node: readers.filter(({ node }) => node(message as NodeRequest).version === "v2").map(({ name }) => name),
      raw: readers.filter(({ raw }) => raw(message as IncomingMessage).version === "v2").map(({ name }) => name),
    };
  }

  const server = createServer({ insecureHTTPParser: false }, (message, response) => response.end(JSON.stringify(held(message))));
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
  });

  /** Sends these bytes; what the handler found, or the status of the parser's refusal. */
  async function send(lines: readonly string[]): Promise<unknown> {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.end(Buffer.from([...lines, "Connection: close", "", ""].join("\r\n"), "utf8"));
    let reply = "";
    for await (const chunk of socket) reply += String(chunk);
    const [, status, body] = /^HTTP\/1\.1 (\d+)[^]*?\r\n\r\n([^]*)$/.exec(reply)!;
    if (status !== "200") return Number(status);
    return JSON.parse(body!.replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, ""));
  }

  const GET = ["GET / HTTP/1.1", "Host: localhost"];

  test.each<[string, readonly string[], readonly string[] | number]>([
    ["white space around a value is gone", [...GET, "X-Canary: \t a \t "], ["first"]],
    ["two lines are one value, in order", [...GET, "X-Canary: a", "x-canary: b"], ["joined"]],
    ["in the other order they are another value", [...GET, "X-Canary: b", "x-canary: a"], []],
    ["an empty line counts", [...GET, "X-Canary:", "x-canary: a"], ["empty"]],
    ["two Cookie lines are one list", [...GET, "Cookie: a=2", "Cookie: id=1"], ["cookie", "cookies"]],
    ["of a field that node takes once the first line counts", [...GET, "Content-Type: text/plain", "Content-Type: text/html"], ["type"]],
    ["whatever the second says", [...GET, "User-Agent: two", "User-Agent: one"], []],
    ["a header that is called `constructor` is a header", [...GET, "Constructor: 1"], ["constructor"]],
    ["bytes above ASCII come as latin1", [...GET, "X-Name: é"], ["utf8"]],
    ["the query is decoded", ["GET /?q=a+b HTTP/1.1", "Host: localhost"], ["query"]],
    ["the path is without it", ["GET /p?q=a HTTP/1.1", "Host: localhost"], ["path"]],
    [
      "an absolute target has a path and a query",
      ["GET http://example.com/p?q=a%20b HTTP/1.1", "Host: example.com:80"],
      ["query", "path", "authority"],
    ],
    ["the method is as it was sent", ["PURGE / HTTP/1.1", "Host: localhost"], ["method"]],
    ["the Host field is the authority", ["GET / HTTP/1.1", "Host: example.com:80"], ["authority"]],
    ["a NUL is refused by the host", [...GET, "X-Canary: a\0"], 400],
    ["so is a space before the colon", [...GET, "X-Canary : a"], 400],
    ["so is an empty name", [...GET, ": a"], 400],
  ])("%s", async (_, lines, expected) => {
    expect(await send(lines)).toEqual(typeof expected === "number" ? expected : { node: expected, raw: expected });
  });

  test("HTTP/2 gives the pseudo-headers, and cookies in crumbs", async () => {
    const found: unknown[] = [];
    const http2 = createHttp2Server((message, response) => {
      found.push(held(message));
      response.end();
    });
    http2.listen(0, "127.0.0.1");
    await once(http2, "listening");
    const client = connectHttp2(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
    const stream = client.request({
      ":method": "PURGE",
      ":path": "/p?q=a+b",
      ":authority": "example.com:80",
      cookie: ["a=2", "id=1"],
      "x-canary": ["a", "b"],
    });
    stream.end();
    stream.resume();
    await once(stream, "close");
    client.close();
    http2.close();
    const expected = ["joined", "cookie", "cookies", "query", "path", "method", "authority"];
    expect(found).toEqual([{ node: expected, raw: expected }]);
  });
});
