import * as fc from "fast-check";
import { describe, expect } from "vitest";
import { type AliasConfig, compile, ConfigError, parse, parseText } from "../../src/index.ts";
import { configs, requests, scenes } from "../support/arbitrary.ts";
import { law } from "../support/law.ts";
import { decide } from "../support/oracle.ts";

/** A valid config with one part of it replaced by something else, mostly wrong. */
const damaged: fc.Arbitrary<unknown> = fc
  .record({
    config: configs,
    at: fc.nat(),
    value: fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), fc.constantFrom("", -1, "__proto__", [])),
  })
  .map(({ config, at, value }) => {
    const copy = structuredClone(config) as object;
    const places: [object, string][] = [];
    const walk = (part: object): void => {
      for (const [key, child] of Object.entries(part)) {
        places.push([part, key]);
        if (typeof child === "object" && child !== null) walk(child);
      }
    };
    walk(copy);
    const [part, key] = places[at % places.length]!;
    Object.defineProperty(part, key, { value, enumerable: true });
    return copy;
  });

describe("reading", () => {
  law(
    "what `parse` accepts compiles, and what it refuses does not",
    fc.oneof(configs, damaged),
    (value) => {
      const { ok, diagnostics } = parse(value);
      if (ok) return void compile(value as AliasConfig);
      expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
      try {
        compile(value as AliasConfig);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect((error as ConfigError).diagnostics).toEqual(diagnostics);
      }
    },
    2000,
  );

  law(
    "every complaint points into what was read, or to a key that is missing there",
    damaged,
    (value) => {
      for (const { at, code } of parse(value).diagnostics) {
        const keys = at
          .split("/")
          .slice(1)
          .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
        const parents =
          code === "missing-key" ||
          code === "rules-empty" ||
          code === "sticky-keys" ||
          code === "combine-type" ||
          code === "sticky-seed" ||
          code === "on-missing"
            ? keys.slice(0, -1)
            : keys;
        let part = value;
        for (const key of parents) {
          expect(Object.hasOwn(part as object, key)).toBe(true);
          part = (part as { readonly [key: string]: unknown })[key];
        }
      }
    },
    2000,
  );

  law("a printed alias reads as it was", configs, (config) => {
    expect(parse(JSON.parse(JSON.stringify(config)))).toEqual(parse(config));
    expect(parseText(JSON.stringify(config))).toMatchObject({
      ok: true,
      value: parse(config).ok && (parse(config) as { value: unknown }).value,
    });
  });

  law(
    "a text with one character changed is refused, or routes to a version that it names",
    fc.record({
      scene: scenes,
      at: fc.nat(),
      character: fc.oneof(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 1 }), fc.constantFrom("", '"', "}", ",", "\\", "0")),
    }),
    ({ scene: { config, request, draw, random }, at, character }) => {
      const text = JSON.stringify(config);
      const place = at % text.length;
      const other = text.slice(0, place) + character + text.slice(place + 1);
      const read = parseText(other);
      if (!read.ok) {
        expect(read.diagnostics.filter(({ position }) => position === undefined)).toEqual([]);
        return;
      }
      const changed = JSON.parse(other) as AliasConfig;
      const { version, reason, at: pointer } = compile(read.value, { random: () => random })(request as never, draw);
      expect({ version, reason, at: pointer }).toEqual(decide(changed, request, draw, () => random));
    },
    2000,
  );

  law(
    "a config that changes after it was compiled changes nothing",
    fc.record({ config: configs, other: configs, request: requests }),
    ({ config, other, request }) => {
      const mutable = structuredClone(config);
      const route = compile(mutable, { random: () => 0 });
      const before = route(request as never);
      for (const part of [mutable.additional_version_strategy, mutable.additional_version_weights]) {
        for (const key of Object.keys(part ?? {})) delete (part as Record<string, unknown>)[key];
      }
      Object.assign(mutable, other, { version: "changed" });
      expect(route(request as never)).toBe(before);
    },
  );
});
