import * as fc from "fast-check";
import { describe, expect } from "vitest";
import { type AliasConfig, fetchReader, type FetchRequest, type NodeRequest, rawReader, type Reader, toRequest } from "../../src/index.ts";
import { configs, type Scene, scenes } from "../support/arbitrary.ts";
import {
  forgetsStickiness,
  readsTheFirstCookieOnly,
  readsTheFirstValueOnly,
  readsWhatItIsNotAskedFor,
  throwsWhereHeadersAreNot,
  writesOnTheRequest,
} from "../support/faults.ts";
import { backEnds } from "../support/backends.ts";
import { everywhere } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

interface Loose {
  readonly headers: { readonly [name: string]: unknown };
  readonly url?: string;
  readonly method?: string;
  readonly attributes?: { readonly [name: string]: string };
}

const loose = (request: object): Loose => request as Loose;
const answer = ({ version, reason, at }: ReturnType<typeof decide>): object => ({ version, reason, at });

/** The back ends that take a reader: the module for small engines has one of its own. */
const withReaders = backEnds.filter(({ name }) => name !== "module for QuickJS");

describe("requests", () => {
  everywhere(
    "what no rule asks for means nothing",
    fc.record({ scene: scenes, value: fc.constantFrom("1", "2", "") }),
    { catches: readsWhatItIsNotAskedFor },
    (compile, { scene: { config, request, draw, random }, value }) => {
      const { headers, url, attributes, ...rest } = loose(request);
      const more = {
        ...rest,
        unrelated: value,
        headers: {
          "x-unrelated": value,
          "x-aa": value,
          ...headers,
          ...(typeof headers["cookie"] === "string" && { cookie: `unrelated=${value}; ${headers["cookie"]}` }),
        },
        ...(url !== undefined && { url: url.replace(/^([^?#]*)\?/, `$1?unrelated=${value}&`) }),
        ...(attributes && { attributes: { unrelated: value, ...attributes } }),
      };
      // A query that begins with `?` names another parameter once something stands ahead of it.
      if (url?.includes("??")) return;
      const options = { random: () => random };
      expect(answer(compile(config, options)(more, draw))).toEqual(answer(compile(config, options)(request, draw)));
    },
  );

  everywhere(
    "the order of differently named cookies means nothing, nor how they are spread over fields",
    fc.record({
      config: configs,
      cookies: fc.uniqueArray(fc.tuple(fc.constantFrom("a", "b", "__proto__", "c"), fc.constantFrom("1", "2")), {
        selector: ([name]) => name,
      }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    { catches: readsTheFirstCookieOnly },
    (compile, { config, cookies, random }) => {
      const run = compile(config, { random: () => random });
      const lines = cookies.map(([name, value]) => `${name}=${value}`);
      if (lines.length === 0) return;
      const whole = answer(run({ headers: { cookie: lines.join("; ") } }));
      expect(answer(run({ headers: { cookie: lines.toReversed().join(";") } }))).toEqual(whole);
      expect(answer(run({ headers: { cookie: lines } }))).toEqual(whole);
      expect(answer(run({ headers: { cookie: [lines.slice(0, 1).join(), lines.slice(1).join("; ")] } }))).toEqual(whole);
    },
  );

  everywhere(
    "a field in a list is a field in one line",
    fc.record({
      config: configs,
      values: fc.array(fc.constantFrom("1", "2"), { minLength: 1, maxLength: 3 }),
      random: fc.constantFrom(0, 0.5),
    }),
    { catches: readsTheFirstValueOnly, runs: 400 },
    (compile, { config, values, random }) => {
      const joining: AliasConfig = {
        ...config,
        additional_version_strategy: {
          v2: { rules: [{ rule_type: "Header", param: "X-A", op: "=", value: "1, 2" }] },
          ...config.additional_version_strategy,
        },
      };
      const run = compile(joining, { random: () => random });
      expect(answer(run({ headers: { "x-a": values } }))).toEqual(answer(run({ headers: { "x-a": values.join(", ") } })));
    },
  );

  everywhere(
    "headers in any case, folded by `toRequest`, decide alike",
    scenes.map(stringsOnly),
    { catches: forgetsStickiness },
    (compile, { config, request, draw, random }) => {
      const { headers, ...rest } = loose(request);
      const pairs = Object.entries(headers as { [name: string]: string | string[] });
      const shouted = pairs.map(([name, value]): [string, string | string[]] => [name.toUpperCase(), value]);
      const expected = decide(config, request, draw, () => random);
      for (const given of [shouted, Object.fromEntries(shouted), new Map(shouted)]) {
        const folded = toRequest({ headers: given, ...rest });
        expect(answer(compile(config, { random: () => random })(folded, draw))).toEqual(expected);
      }
    },
  );

  everywhere("a frozen alias and a frozen request are left as they are", scenes, { catches: writesOnTheRequest }, (compile, scene) => {
    const { config, request, draw, random } = frozen(structuredCloneable(scene));
    const before = JSON.stringify([config, request]);
    const globals = [Object.prototype, Array.prototype, Function.prototype].map((each) => Object.getOwnPropertyNames(each).length);
    expect(compile(config, { random: () => random })(request, draw).reason).not.toBe("error");
    expect(JSON.stringify([config, request])).toBe(before);
    expect([Object.prototype, Array.prototype, Function.prototype].map((each) => Object.getOwnPropertyNames(each).length)).toEqual(globals);
  });

  everywhere(
    "`rawReader` decides as `nodeReader` does",
    scenes.map(stringsOnly),
    { catches: forgetsStickiness, on: withReaders },
    (compile, { config, request, draw, random }) => {
      const { headers, ...rest } = loose(request);
      const rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
        [value].flat().flatMap((each) => [name.toUpperCase(), String(each)]),
      );
      const run = compile(config, { reader: rawReader as unknown as Reader<NodeRequest>, random: () => random });
      expect(answer(run({ ...rest, rawHeaders }, draw))).toEqual(decide(config, request, draw, () => random));
    },
  );

  everywhere(
    "`fetchReader` decides as `nodeReader` does",
    scenes.map(stringsOnly).map(fetchable),
    { catches: forgetsStickiness, on: withReaders },
    (compile, { config, request, draw, random }) => {
      const { headers, url = "/", method = "GET", attributes } = loose(request);
      const pairs = Object.entries(headers).flatMap(([name, value]) =>
        [value].flat().map((each): [string, string] => [name, String(each)]),
      );
      const fetched: FetchRequest = { headers: new Headers(pairs), url, method, ...(attributes && { attributes }) };
      const run = compile(config, { reader: fetchReader as unknown as Reader<NodeRequest>, random: () => random });
      expect(answer(run(fetched, draw))).toEqual(decide(config, { ...request, url, method }, draw, () => random));
    },
  );

  everywhere(
    "a part that throws makes an error where it is needed, and no difference elsewhere",
    fc.record({ scene: scenes, which: fc.nat() }),
    { catches: throwsWhereHeadersAreNot },
    (compile, { scene: { config, request, draw, random }, which }) => {
      const { headers } = loose(request);
      const names = Object.keys(headers);
      const name = names[which % names.length];
      const { [name ?? ""]: _, ...others } = headers;
      const throwing = { ...request, headers: withThrowing(others, name ?? "x-a") };
      const error = { version: config.version, reason: "error", at: "" };
      const unread = decide(config, { ...request, headers: others }, draw, () => random);
      expect([error, unread]).toContainEqual(answer(compile(config, { random: () => random })(throwing, draw)));
      expect(answer(compile({ version: "v1" })(which % 2 === 0 ? throwing : {}))).toMatchObject({
        reason: which % 2 === 0 ? "default" : "error",
      });
    },
  );
});

/** The scene without headers that a wire cannot carry: values that are no strings, and empty lists. */
function stringsOnly(scene: Scene): Scene {
  const headers = Object.entries(loose(scene.request).headers).filter(([, value]) => {
    const values = [value].flat();
    return values.length > 0 && values.every((each) => typeof each === "string");
  });
  // Of these node takes the first line, and so does `rawReader`.
  const single = headers.map(([name, value]) => [name, ["host", ":authority"].includes(name) ? [value].flat()[0] : value]);
  return { ...scene, request: { ...scene.request, headers: Object.fromEntries(single) } };
}

/** The scene with headers that `Headers` takes and leaves as they are. */
function fetchable(scene: Scene): Scene {
  const plain = /^[!-~](?:[ -~]*[!-~])?$/;
  const headers = Object.entries(loose(scene.request).headers)
    .filter(([name, value]) => !name.startsWith(":") && [value].flat().every((each) => plain.test(String(each))))
    // `Headers` joins the lines of a Cookie field with a comma.
    .map(([name, value]) => [name, name === "cookie" ? [value].flat().join("; ") : value]);
  // Without a Host field it takes the authority from the URL.
  return { ...scene, request: { ...scene.request, headers: { host: "1", ...Object.fromEntries(headers) } } };
}

/** The scene without functions. */
function structuredCloneable(scene: Scene): Scene {
  return structuredClone(stringsOnly(scene));
}

/** The headers, and one more that cannot be read. */
function withThrowing(headers: object, name: string): object {
  return Object.defineProperty({ ...headers }, name, {
    enumerable: true,
    get: () => {
      throw new Error("unreadable");
    },
  });
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
