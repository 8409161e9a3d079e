import * as fc from "fast-check";
import type { AliasConfig } from "../../src/alias/config.ts";
import type { WireRequest } from "../../src/convert/index.ts";
import { configs, HOSTILE } from "./arbitrary.ts";

/** Aliases with everything that a router other than this library can be asked: no attributes. */
export const wireConfigs: fc.Arbitrary<AliasConfig> = configs.filter(({ additional_version_strategy: strategies, stickiness }) => {
  const rules = Object.values(strategies ?? {}).flatMap((strategy) => strategy.rules);
  return [...rules, ...(stickiness?.keys ?? [])].every(({ rule_type }) => rule_type !== "Attribute");
});

/** A value that a header can carry: words of rules, keys of users, bytes that are no ASCII, blanks at its ends. */
const value: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom("1", "2") },
  { weight: 4, arbitrary: fc.nat(100_000).map((number) => `user-${number}`) },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE.filter((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))) },
  { weight: 1, arbitrary: fc.constantFrom("", "a, b", "1, 2", "1,2", "A", "\xc3\xa9", "\xff\xfe", "\xe2\x82", "\xf0\x9f\x98\x80", '"1"') },
  {
    weight: 1,
    arbitrary: fc.string({ unit: fc.integer({ min: 0x80, max: 0xff }).map((byte) => String.fromCharCode(byte)), maxLength: 6 }),
  },
);

const blanks = fc.oneof({ weight: 12, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constantFrom(" ", "\t", " \t", "\t ") });

const padded = fc.tuple(blanks, value, blanks).map((parts) => parts.join(""));

const cookieLine: fc.Arbitrary<string> = fc
  .array(
    fc
      .tuple(
        blanks,
        fc.constantFrom("a", "b", "a", "b", "A", "xa", "", "__proto__"),
        fc.oneof({ weight: 8, arbitrary: fc.constant("=") }, { weight: 1, arbitrary: fc.constantFrom("", " =", "=\t", "==") }),
        value,
      )
      .map((parts) => parts.join("")),
    { minLength: 1, maxLength: 3 },
  )
  .chain((pairs) => fc.constantFrom("; ", ";", " ;\t", ";;").map((separator) => pairs.join(separator)));

const headerNames = ["x-a", "X-B", "X-A", "x-b", "__proto__", "constructor", "x_a", "User-Agent"];

const headers: fc.Arbitrary<readonly (readonly [string, string])[]> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...headerNames), padded), { maxLength: 4 }),
    fc.array(cookieLine, { maxLength: 2 }),
    fc.constantFrom("h", "1", "2", "H"),
  )
  .map(([fields, cookies, host]) => [["Host", host] as const, ...fields, ...cookies.map((line) => ["cookie", line] as const)]);

/** A parameter as a query has it: plain, escaped, or escaped badly. */
const parameter: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("a", "b", "a", "b", "A", "%61", "xa", "", "__proto__"),
    fc.constantFrom("=", "=", "=", "=", "", "=="),
    fc.oneof(
      {
        weight: 8,
        arbitrary: value.map((text) => text.replaceAll(/[^0-9A-Za-z-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, "0")}`)),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          "%31",
          "1+",
          "+",
          "%zz",
          "%",
          "%e9",
          "%C3%A9",
          "%E2%82",
          "%F0%9F%98%80",
          "1;2",
          "a,b",
          "%00",
          "%EF%BF%BD",
        ),
      },
    ),
  )
  .map((parts) => parts.join(""));

const target: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom("/1", "/2", "/", "/1", "/2", "/%31", "/1/", "/x"),
    fc.constantFrom("", "?", "?", "?", "?", "??"),
    fc.array(parameter, { maxLength: 3 }),
    fc.constantFrom("&", "&", "&", "&&"),
  )
  .map(([path, mark, parameters, separator]) => (mark === "" ? path : `${path}${mark}${parameters.join(separator)}`));

/** Requests over the names of `configs`, as they stand on the wire. */
export const wireRequests: fc.Arbitrary<WireRequest> = fc.record({
  method: fc.constantFrom("GET", "GET", "GET", "GET", "GET", "GET", "POST", "POST", "1", "2"),
  target,
  headers,
});

/** Requests whose keys are users, for the sticky keys of `configs`. */
export const userRequests: fc.Arbitrary<WireRequest> = fc
  .tuple(
    fc.nat(10_000_000),
    fc.constantFrom("x-a", "x-b", "cookie a", "cookie b", "query a", "query b"),
    fc.constantFrom("user-", "\xc3\xa9", "\xff", ""),
  )
  .map(([number, place, stem]): WireRequest => {
    const key = `${stem}${number}`;
    const [kind = "", name] = place.split(" ");
    const host = ["Host", "h"] as const;
    if (kind === "query")
      return { method: "GET", target: `/?${name}=${key.replaceAll(/[^0-9a-z-]/g, encodeURIComponent)}`, headers: [host] };
    return { method: "GET", target: "/", headers: [host, kind === "cookie" ? ["Cookie", `${name}=${key}`] : [kind, key]] };
  });
