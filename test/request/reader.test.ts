import { describe, expect, test } from "vitest";
import {
  fetchReader,
  type FetchRequest,
  type NodeRequest,
  nodeReader,
  rawReader,
  type RawRequest,
  type Reader,
  toRequest,
} from "../../src/index.ts";
import { accessOf, type Field } from "../../src/request/field.ts";
import { cookieEnd, cookieIs, cookieStart, cookieValue, isCookieValue } from "../../src/request/cookie.ts";
import { isPlain, queryDecoded, queryEnd, queryStart } from "../../src/request/query.ts";
import { pathEnd, pathStart, targetAuthority } from "../../src/request/target.ts";

/** Every text of up to so many of these parts. */
function textsOf(parts: readonly string[], length: number): readonly string[] {
  const texts = [""];
  let last: readonly string[] = texts;
  for (let n = 0; n < length; n++) {
    last = last.flatMap((text) => parts.map((part) => text + part));
    texts.push(...last);
  }
  return texts;
}

describe("a cookie", () => {
  const trim = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, "");

  /** The semantics word by word: split, trim, the first of the name. */
  function slow(line: string, name: string): string | undefined {
    for (const pair of line.split(";")) {
      const equals = pair.indexOf("=");
      if (equals !== -1 && trim(pair.slice(0, equals)) === name) return trim(pair.slice(equals + 1));
    }
    return undefined;
  }

  const lines = [
    ...textsOf(["a", "b", "=", ";", " "], 6),
    ...textsOf(["aa", "=a", ";", "\t", "; aa=", "a"], 5),
    // Beyond some pairs the end of each is looked for in another way.
    ...textsOf(["a", "a=b", ";", " "], 4).flatMap((tail) => [
      `${";".repeat(200)}${tail}`,
      `a;${"x=1;".repeat(60)}${tail}`,
      `ab=1; ${"x=1; ".repeat(60)}${tail}`,
      `a${"0123456789; ".repeat(30)}${tail}`,
      `a0;${"aa=1;".repeat(60)}${tail};a=c`,
    ]),
  ];

  test.each(["a", "aa", "ab"])("`%s` is found where the field, split and trimmed, has it", (name) => {
    expect(lines.filter((line) => cookieValue(line, name) !== slow(line, name))).toEqual([]);
  });

  test.each(["a", "aa", "ab"])("`%s` is compared in its place as when it is cut out", (name) => {
    const wrong = lines.filter((line) => {
      const from = cookieStart(line, name);
      if (from === -1) return slow(line, name) !== undefined;
      const value = line.slice(from, cookieEnd(line, from));
      return ["a", "b", "aa", "=", "b=a"].some((each) => cookieIs(line, from, each) !== (value === each));
    });
    expect(wrong).toEqual([]);
  });

  test("can have any value without semicolons, and without blanks around it", () => {
    const held = textsOf(["a", ";", " ", "\t", "="], 3).filter(isCookieValue);
    expect(held).toEqual(textsOf(["a", ";", " ", "\t", "="], 3).filter((value) => /^[a=]$|^[a=][a \t=]*[a=]$/.test(value)));
  });
});

describe("a target", () => {
  const targets = [
    ...textsOf(["h", ":", "/", "?", "#"], 6),
    ...textsOf(["h", "://", "/", "?", "@", "#", ":1"], 5),
    ...textsOf(["+", "0", "H-", ".", "://", "/", "_"], 4).map((text) => `h${text}://x/y`),
    "0h://x/y",
    "+://x",
    "ht tp://x/y",
    "é://x/y",
    "HTTP://u:p@x:80?a",
    "http://u@v@x/",
    "z9.+-://x",
  ];

  /** The parts of a target as a regular expression sees them. */
  function slow(target: string): readonly [path: string, authority: string | undefined] {
    const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(\/[^?#]*)?/i.exec(target);
    if (absolute === null) return [/^[^?#]*/.exec(target)![0], undefined];
    const [, authority = "", path = "/"] = absolute;
    return [path, authority.slice(authority.lastIndexOf("@") + 1)];
  }

  test("has a path", () => {
    const wrong = targets.filter((target) => {
      const from = pathStart(target);
      return target.slice(from, pathEnd(target, from)) !== slow(target)[0];
    });
    expect(wrong).toEqual([]);
  });

  test("may have an authority", () => {
    expect(targets.filter((target) => targetAuthority(target) !== slow(target)[1])).toEqual([]);
  });
});

describe("a query", () => {
  const targets = [
    ...textsOf(["a", "=", "&", "?", "#", "+"], 5).flatMap((text) => [text, `/?${text}`]),
    ...textsOf(["a", "=", "&", "%61", "%", "a=", "+", "é", "\ud800"], 4).map((text) => `/a?${text}`),
    "/?a+b=1",
    "/?b=1&a%20b=2&a+b=3",
  ];

  /** The first parameter as the URL standard has it. */
  function slow(target: string, name: string): string | undefined {
    const query = /^[^?#]*\?([^#]*)/.exec(target)?.[1];
    if (query === undefined || /\p{Surrogate}/u.test(name)) return undefined;
    // A `?` at the start would be dropped.
    return new URLSearchParams(`?${query}`).get(name) ?? undefined;
  }

  /** The same where it stands in the target, or decoded where it has escapes; a lone surrogate is a U+FFFD. */
  function inPlace(target: string, name: string): string | undefined {
    const from = queryStart(target, name);
    if (from === -2) return queryDecoded(target, name);
    return from === -1 ? undefined : target.slice(from, queryEnd(target, from)).replaceAll(/\p{Surrogate}/gu, "\ufffd");
  }

  test.each(["a", "aa", "é", "a b"])("has the first parameter `%s`", (name) => {
    expect(targets.filter((target) => queryDecoded(target, name) !== slow(target, name))).toEqual([]);
    expect(targets.filter((target) => inPlace(target, name) !== slow(target, name))).toEqual([]);
  });

  test("with a name that decoding never yields has none", () => {
    for (const name of ["\ud800", "\udc00a"]) {
      expect(queryDecoded(`/?${name}=1`, name)).toBeUndefined();
      expect(queryDecoded("/?\ufffd=1", name)).toBeUndefined();
    }
  });

  test.each(["a", "aa"])("has the parameter `%s` in its place, unless something there is escaped", (name) => {
    const wrong = targets.filter((target) => {
      const from = queryStart(target, name);
      if (from === -2) return !/[%+]/.test(target);
      if (from === -1) return slow(target, name) !== undefined;
      const value = target.slice(from, queryEnd(target, from));
      return isPlain(value) && value !== slow(target, name);
    });
    expect(wrong).toEqual([]);
  });

  test("that is escaped behind the parameter, or beside it, is read in its place", () => {
    expect(queryStart("/?a=1&b=%20", "a")).toBe(4);
    expect(queryStart("/?b=%20&a=1", "a")).toBe(10);
    expect(queryStart("/?%62=1&a=1", "a")).toBe(-2);
    expect(queryStart("/?a=%31", "a")).toBe(-2);
    expect(queryStart("/?a=1+", "a")).toBe(-2);
    expect(queryStart("/?a=1#%", "a")).toBe(4);
  });

  test("is plain where decoding leaves it alone", () => {
    const plain = ["", "a", "é", "😀", "\ufffc"];
    expect([...plain, "\ufffd", "a\ufffd", "\ud800", "a\ude00b"].filter(isPlain)).toEqual(plain);
  });
});

/** What a reader reads of a request, by the access and by its text. */
function read<R>(reader: Reader<R>, request: R, field: Field): unknown {
  const carrier = reader.open(request);
  if (carrier === undefined) return "no headers";
  const { get, owns } = accessOf(reader, field);
  const value = get(carrier, request);
  return value !== undefined && owns?.(carrier, request) === false ? "inherited" : value;
}

const header = (name: string): Field => ({ kind: "header", name });
const COOKIES = header("cookie");

describe("rawReader", () => {
  const raw = (rawHeaders: readonly unknown[], rest: object = {}): RawRequest => ({ rawHeaders, ...rest }) as RawRequest;

  test.each<[Field, readonly unknown[], string | undefined]>([
    [header("x-a"), [], undefined],
    [header("x-a"), ["X-A", "1"], "1"],
    [header("x-a"), ["x-a", "1", "X-a", "2", "x-b", "3"], "1, 2"],
    [header("x-a"), ["x-b", "x-a", "x-ab", "1", "x-", "2"], undefined],
    [header("x-a"), ["x-a"], undefined],
    [header("x-a"), ["x-a", "1", "x-a"], "1"],
    [header("x-a"), ["x-a", "1", "x-a", 2], undefined],
    [header("x-a"), ["x-a", ["1"]], undefined],
    [header("x-a"), [1, "1", "x-a", "2"], "2"],
    [header("x-a"), ["x-a", ""], ""],
    [header("x-a"), ["x-a", "", "x-a", "1"], ", 1"],
    [header("x@["), ["x@[", "1", "X@[", "2", "x`{", "3"], "1, 2"],
    [header("x`{"), ["x@[", "1", "X`{", "2"], "2"],
    [header("az"), ["AZ", "1", "Az", "2", "aZ", "3"], "1, 2, 3"],
    [COOKIES, ["Cookie", "a=1", "cookie", "b=2"], "a=1; b=2"],
    [{ kind: "authority" }, ["Host", "a", "Host", "b"], "a"],
    [{ kind: "authority" }, ["Host", "a", ":authority", "b"], "b"],
    [{ kind: "authority" }, [":authority", "a", ":authority", "b"], "a"],
    [{ kind: "authority" }, [], undefined],
  ])("reads %j of %j", (field, rawHeaders, expected) => {
    expect(read(rawReader, raw(rawHeaders), field)).toBe(expected);
  });

  test("reads the first of a field that node takes once", () => {
    const single =
      "age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent";
    for (const name of single.split(" ")) expect(read(rawReader, raw([name, "1", name, "2"]), header(name))).toBe("1");
    for (const name of ["accept", "x-age", "via"]) expect(read(rawReader, raw([name, "1", name, "2"]), header(name))).toBe("1, 2");
  });

  test("reads what stands beside the headers", () => {
    const request = raw([], { url: "/p", method: "PURGE", attributes: { tenant: "acme" } });
    expect(read(rawReader, request, { kind: "path" })).toBe("/p");
    expect(read(rawReader, request, { kind: "method" })).toBe("PURGE");
    expect(read(rawReader, request, { kind: "attribute", name: "tenant" })).toBe("acme");
    expect(read(rawReader, request, { kind: "attribute", name: "other" })).toBeUndefined();
  });

  test("reads no request without a list of headers", () => {
    for (const rawHeaders of [undefined, null, "x", {}, 1]) expect(rawReader.open({ rawHeaders } as unknown as RawRequest)).toBeUndefined();
    expect(rawReader.open(raw([]))).toEqual([]);
  });
});

describe("fetchReader", () => {
  const fetched = (headers: unknown, rest: object = {}): FetchRequest => ({ headers, url: "/", method: "GET", ...rest }) as FetchRequest;

  test.each<[Field, FetchRequest, string | undefined]>([
    [header("x-a"), fetched(new Headers({ "X-A": "1" })), "1"],
    [header("x-a"), fetched(new Headers()), undefined],
    [header("x-a"), fetched({ get: () => 1 }), undefined],
    [header("x-a"), fetched({ get: () => "" }), ""],
    [COOKIES, fetched(new Headers({ cookie: "a=1" })), "a=1"],
    [{ kind: "method" }, fetched(new Headers(), { method: "PURGE" }), "PURGE"],
    [{ kind: "method" }, fetched(new Headers(), { method: 1 }), undefined],
    [{ kind: "path" }, fetched(new Headers(), { url: "http://h/p" }), "http://h/p"],
    [{ kind: "authority" }, fetched(new Headers({ host: "a" }), { url: "http://h/p" }), "a"],
    [{ kind: "authority" }, fetched(new Headers(), { url: "http://h/p" }), "h"],
    [{ kind: "authority" }, fetched(new Headers(), { url: 1 }), undefined],
    [{ kind: "attribute", name: "tenant" }, fetched(new Headers(), { attributes: { tenant: "acme" } }), "acme"],
  ])("reads %j of %j", (field, request, expected) => {
    expect(read(fetchReader, request, field)).toBe(expected);
  });

  test("refuses headers without a function `get`", () => {
    for (const headers of [{}, { get: "x" }]) expect(() => fetchReader.open(fetched(headers))).toThrow("read them by `nodeReader`");
  });
});

describe("nodeReader", () => {
  const node = (headers: unknown, rest: object = {}): NodeRequest => ({ headers, ...rest }) as NodeRequest;
  const inherited = Object.create({ "x-a": "1", cookie: "a=1", host: "h", tenant: "acme" }) as object;

  test.each<[Field, NodeRequest, string | undefined]>([
    [header("x-a"), node({ "x-a": "1" }), "1"],
    [header("x-a"), node({ "x-a": ["1", "2"] }), "1, 2"],
    [header("x-a"), node({ "x-a": ["1"] }), "1"],
    [header("x-a"), node({ "x-a": [] }), undefined],
    [header("x-a"), node({ "x-a": ["1", 2] }), undefined],
    [header("x-a"), node({ "x-a": 1 }), undefined],
    [header("x-a"), node({ "x-a": ["", ""] }), ", "],
    [header("x-a"), node(inherited), "inherited"],
    [COOKIES, node({ cookie: "a=1" }), "a=1"],
    [COOKIES, node({ cookie: ["a=1", "b=2"] }), "a=1; b=2"],
    [COOKIES, node({ cookie: 1 }), undefined],
    [COOKIES, node({}), undefined],
    [COOKIES, node(inherited), "inherited"],
    [{ kind: "authority" }, node({ host: "a" }), "a"],
    [{ kind: "authority" }, node({ host: "a", ":authority": "b" }), "b"],
    [{ kind: "authority" }, node(inherited), undefined],
    [{ kind: "method" }, node({}, { method: "PURGE" }), "PURGE"],
    [{ kind: "method" }, node({}), undefined],
    [{ kind: "path" }, node({}, { url: "/p?q" }), "/p?q"],
    [{ kind: "attribute", name: "tenant" }, node({}, { attributes: { tenant: "acme" } }), "acme"],
    [{ kind: "attribute", name: "tenant" }, node({}, { attributes: { tenant: ["acme"] } }), undefined],
    [{ kind: "attribute", name: "tenant" }, node({}, { attributes: inherited }), undefined],
    [{ kind: "attribute", name: "length" }, node({}, { attributes: "acme" }), undefined],
    [{ kind: "attribute", name: "tenant" }, node({}, { attributes: null }), undefined],
    [{ kind: "attribute", name: "tenant" }, node({}), undefined],
  ])("reads %j of %j", (field, request, expected) => {
    expect(read(nodeReader, request, field)).toBe(expected);
  });

  test("reads no request without an object of headers", () => {
    for (const headers of [undefined, null, "x", 1]) expect(nodeReader.open(node(headers))).toBeUndefined();
  });
});

describe.each<[string, Reader<never>]>([
  ["nodeReader", nodeReader],
  ["rawReader", rawReader],
  ["fetchReader", fetchReader],
])("%s", (_, reader) => {
  /** An access, given a carrier and a request. */
  type Read = (carrier: unknown, request: unknown) => unknown;
  const names = Object.keys(reader.parts);

  test("lists the parts that its texts call", () => {
    const fields: readonly Field[] = [header("x-a"), COOKIES, { kind: "attribute", name: "a" }, { kind: "authority" }, { kind: "path" }];
    const texts = [reader.openText, ...fields.map((field) => accessOf(reader, field).text())];
    const called = texts.flatMap((text) => [...text.matchAll(/(?<![.\w])(\w+)\(/g)].map(([, name]) => name!));
    expect(called.filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(["joined", ...called]));
  });

  test("says where a list of strings may be, and with what it is joined", () => {
    const lists = [header("x-a"), COOKIES, { kind: "path" }, { kind: "method" }] as const;
    const found = lists.map((field) => accessOf(reader, field).list);
    expect(found).toEqual(reader === nodeReader ? [", ", "; ", ", ", ", "] : [undefined, undefined, ", ", ", "]);
  });

  let refused = false;
  try {
    void new Function("");
  } catch {
    refused = true;
  }

  test.skipIf(refused)("reads by its texts as by its functions", () => {
    const requests = [
      { headers: { "x-a": "1", cookie: "a=1", host: "h" }, url: "/p", method: "GET", attributes: { a: "1" } },
      { headers: new Headers({ "x-a": "1", cookie: "a=1" }), url: "http://h/p", method: "GET", attributes: { a: "1" } },
      { headers: Object.create({ "x-a": "1", cookie: "a=1" }) as object },
      {
        rawHeaders: ["X-A", "1", "Cookie", "a=1", "cookie", "b=2", "Host", "h", "host", "i", "x-a", "2"],
        method: "GET",
        url: "/p",
        attributes: { a: "1" },
      },
      { headers: {}, rawHeaders: [] },
    ];
    const make = (text: string): Read =>
      (new Function(...names, "carrier", "request", `return ${text};`) as (...values: readonly unknown[]) => unknown).bind(
        undefined,
        ...Object.values(reader.parts),
      );
    for (const request of requests) {
      const open = (read: () => unknown): unknown => {
        try {
          return read() ?? undefined;
        } catch (error) {
          return String(error);
        }
      };
      const carrier = open(() => reader.open(request as never)) as never;
      expect(open(() => make(reader.openText)(undefined, request))).toBe(carrier);
      // Headers of another kind are refused.
      if (typeof carrier === "string") continue;
      if (carrier === undefined) continue;
      for (const field of [
        header("x-a"),
        COOKIES,
        { kind: "attribute", name: "a" },
        { kind: "authority" },
        { kind: "path" },
        { kind: "method" },
      ] as const) {
        const { get, owns, text, ownsText } = accessOf(reader, field);
        const value = get(carrier, request as never);
        expect(make(text())(carrier, request)).toBe(value);
        expect(ownsText === undefined).toBe(owns === undefined);
        if (value !== undefined) expect(ownsText && make(ownsText())(carrier, request)).toBe(owns?.(carrier, request as never));
      }
    }
  });
});

describe("toRequest", () => {
  test.each<[Parameters<typeof toRequest>[0], NodeRequest]>([
    [{}, { headers: {} }],
    [{ headers: { "X-A": "1", "x-b": ["2", "3"], none: undefined } }, { headers: { "x-a": "1", "x-b": "2, 3" } }],
    [
      {
        headers: [
          ["X-A", "1"],
          ["x-a", "2"],
        ],
      },
      { headers: { "x-a": "1, 2" } },
    ],
    [{ headers: new Map([["X-A", ["1", "2"]]]) }, { headers: { "x-a": "1, 2" } }],
    [{ headers: new Headers([["X-A", "1"]]) }, { headers: { "x-a": "1" } }],
    [{ headers: { ÄZ: "1" } } as never, { headers: { Äz: "1" } as never }],
    [{ headers: { Cookie: "a=1", cookie: "b=2" } }, { headers: { cookie: "a=1; b=2" } }],
    [{ headers: { Cookie: "a=1" }, cookies: { b: "2", c: "3" } }, { headers: { cookie: "a=1; b=2; c=3" } }],
    [{ path: "/p" }, { headers: {}, url: "/p" }],
    [
      { url: "/u", path: "/p" },
      { headers: {}, url: "/u" },
    ],
    [{ query: { a: "1 2", b: "é" } }, { headers: {}, url: "/?a=1+2&b=%C3%A9" }],
    [
      { url: "/p?x", query: { a: "1" } },
      { headers: {}, url: "/p?x&a=1" },
    ],
    [
      { url: "/p#f#g", query: { a: "1" } },
      { headers: {}, url: "/p?a=1#f#g" },
    ],
    [
      { method: "PURGE", attributes: { a: "1" } },
      { headers: {}, method: "PURGE", attributes: { a: "1" } },
    ],
  ])("of %j", (parts, expected) => {
    const request = toRequest(parts);
    expect({ ...request, headers: { ...request.headers } }).toStrictEqual(expected);
    expect(Object.getPrototypeOf(request.headers)).toBeNull();
  });
});
