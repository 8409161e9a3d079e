import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile, type NodeRequest, type Plan, plan } from "../../src/index.ts";
import { readerOf } from "../../src/simulate/field.ts";
import { recordingReader } from "../../src/simulate/recording-reader.ts";
import { law } from "../support/law.ts";

const FIELDS = [
  { rule_type: "Header", param: "x-id" },
  { rule_type: "Header", param: ":authority" },
  { rule_type: "Header", param: ":path" },
  { rule_type: "Header", param: "cookie" },
  { rule_type: "Cookie", param: "sid" },
  { rule_type: "Cookie", param: "uid" },
  { rule_type: "Query", param: "id" },
  { rule_type: "Attribute", param: "tenant" },
] as const;

const text = fc.constantFrom(undefined, "", "a", "b");
const alias = fc.record({
  keys: fc.uniqueArray(fc.nat(FIELDS.length - 1), { minLength: 1, maxLength: 4 }),
  rules: fc.uniqueArray(fc.nat(FIELDS.length - 1), { maxLength: 3 }),
  missing: fc.constantFrom("primary", "random"),
});
const request = fc.record({
  id: text,
  host: text,
  sid: text,
  uid: text,
  query: text,
  tenant: text,
  inherited: fc.constantFrom(undefined, "x-id", "cookie", "host"),
});

function planOf({ keys, rules, missing }: typeof alias extends fc.Arbitrary<infer T> ? T : never): Plan {
  return plan({
    version: "v1",
    additional_version_weights: { v2: 40, v3: 5 },
    additional_version_strategy: Object.fromEntries(
      rules.map((at, index) => [`r${index}`, { rules: [{ ...(FIELDS[at] as (typeof FIELDS)[0]), op: "=", value: "b" }] }]),
    ),
    stickiness: { keys: keys.map((at) => FIELDS[at] as (typeof FIELDS)[0]), seed: "s", on_missing: missing as "primary" },
  });
}

function requestOf({
  id,
  host,
  sid,
  uid,
  query,
  tenant,
  inherited,
}: typeof request extends fc.Arbitrary<infer T> ? T : never): NodeRequest {
  const pairs = [sid === undefined ? [] : [`sid=${sid}`], uid === undefined ? [] : [`uid=${uid}`]].flat();
  const own = {
    ...(id !== undefined && { "x-id": id }),
    ...(host !== undefined && { host }),
    ...(pairs.length > 0 && { cookie: pairs.join("; ") }),
  };
  const headers =
    inherited === undefined ? own : Object.assign(Object.create({ [inherited]: inherited === "cookie" ? "sid=c; uid=c" : "c" }), own);
  return { headers, url: query === undefined ? "/" : `/?id=${query}`, method: "GET", attributes: tenant === undefined ? {} : { tenant } };
}

law(
  "the key that is overheard is the key that reading finds, request after request",
  fc.tuple(alias, fc.array(request, { minLength: 1, maxLength: 12 })),
  ([options, requests]) => {
    const subject = planOf(options);
    const fields = subject.split.kind === "arms" ? (subject.split.sticky?.keys ?? []).map(({ field }) => field) : [];
    const { reader, key } = recordingReader(fields);
    const route = compile(subject, { reader, random: () => 0.5 });
    const plain = compile(subject, { random: () => 0.5 });
    for (const each of requests.map(requestOf)) {
      expect(route(each)).toEqual(plain(each));
      if (route(each).reason !== "split") continue;
      const texts = fields.map((field) => readerOf(field)(each));
      expect(key()).toBe(texts.find((found) => found !== undefined && found !== ""));
    }
  },
);

test("nothing is overheard of fields that are no keys", () => {
  const { reader, key } = recordingReader([{ kind: "header", name: "x-id" }]);
  const route = compile(
    { version: "v1", additional_version_strategy: { v2: { rules: [{ rule_type: "Header", param: "x-a", op: "=", value: "a" }] } } },
    { reader },
  );
  expect(route({ headers: { "x-a": "a" } }).version).toBe("v2");
  expect(key()).toBeUndefined();
});
