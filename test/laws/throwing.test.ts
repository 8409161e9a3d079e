import * as fc from "fast-check";
import { describe, expect } from "vitest";
import { compile, type Decision, type NodeRequest } from "../../src/index.ts";
import { requests, type Scene, scenes } from "../support/arbitrary.ts";
import { backEnds, detours } from "../support/backends.ts";
import { readsWhatThrows, takesOrForAnd } from "../support/faults.ts";
import { everywhere, law } from "../support/law.ts";
import { decide, type Verdict } from "../support/oracle.ts";

type Loose = { readonly [name: string]: unknown };

/** A part of a request: one of its own properties, or one of its headers or attributes. */
type Path = readonly [of: "headers" | "attributes" | undefined, name: string];

const PATHS: readonly Path[] = [
  ...["x-a", "x-b", "host", ":authority", "cookie", "__proto__", "constructor"].map((name) => ["headers", name] as const),
  ...["a", "b\u2028`${0}", "__proto__"].map((name) => ["attributes", name] as const),
  ...["url", "method", "attributes", "headers"].map((name) => [undefined, name] as const),
];

const boom = (): never => {
  throw new Error("boom");
};

/** Properties of an object with one put in, or taken out where there is none. Getters stay getters. */
function put(object: object, name: string, property: PropertyDescriptor | undefined): object {
  const { [name]: _, ...others } = Object.getOwnPropertyDescriptors(object) as Record<string, PropertyDescriptor>;
  return Object.defineProperties(
    {},
    Object.fromEntries([...Object.entries(others), ...(property === undefined ? [] : [[name, property]])]),
  );
}

function propertyAt(request: object, [of, name]: Path): PropertyDescriptor | undefined {
  const object = of === undefined ? request : (request as Loose)[of];
  return typeof object === "object" && object !== null ? Object.getOwnPropertyDescriptor(object, name) : undefined;
}

/** The request with another property at the path. */
function replaced(request: object, [of, name]: Path, property: PropertyDescriptor | undefined): object {
  if (of === undefined) return put(request, name, property);
  const object = (request as Loose)[of];
  const inner = put(typeof object === "object" && object !== null ? object : {}, name, property);
  return put(request, of, { value: inner, enumerable: true, configurable: true });
}

/** A scene of which parts of the request throw, and requests whose parts may stand there. */
interface Throwing extends Scene {
  readonly paths: readonly Path[];
  readonly others: readonly object[];
}

const throwing: fc.Arbitrary<Throwing> = fc
  .tuple(scenes, fc.subarray([...PATHS], { minLength: 1, maxLength: 4 }), fc.array(requests, { minLength: 2, maxLength: 4 }))
  .map(([scene, paths, others]) => ({
    ...scene,
    // The innermost first: where all headers throw, none of them is asked.
    paths: paths.toSorted(([one], [other]) => Number(one === undefined) - Number(other === undefined)),
    others,
  }));

const thrower: PropertyDescriptor = { get: boom, enumerable: true, configurable: true };

const withThrowers = ({ request, paths }: Throwing): object => paths.reduce((made, path) => replaced(made, path, thrower), request);

/** What the request may be where what throws does not matter: without it, and with that of the others in its place. */
const alternatives = ({ request, paths, others }: Throwing): readonly object[] =>
  [{}, ...others].map((other) => paths.reduce((made, path) => replaced(made, path, propertyAt(other, path)), request));

const verdict = ({ version, reason, at }: Decision): Verdict => ({ version, reason, at });

describe("a part of a request that throws", () => {
  everywhere(
    "7.4-2: leads to an error, or to the decision that is the same without it and with anything else in its place",
    throwing,
    { catches: readsWhatThrows, runs: 500, on: [...backEnds, ...detours] },
    (compile, example) => {
      const { config, draw, random } = example;
      const answer = verdict(compile(config, { random: () => random })(withThrowers(example), draw));
      if (answer.reason === "error") return expect(answer).toEqual({ version: config.version, reason: "error", at: "" });
      for (const request of alternatives(example)) expect(answer).toEqual(decide(config, request, draw, () => random));
    },
  );

  everywhere(
    "leads to nothing else where a header cannot be asked whether it is the request's own",
    throwing,
    { catches: takesOrForAnd, runs: 300 },
    (compile, { config, request, draw, random, paths }) => {
      const headers = (request as Loose)["headers"] as object;
      const names = paths.map(([, name]) => name);
      const refuses = (_: object, name: string | symbol): PropertyDescriptor | undefined =>
        names.includes(String(name)) ? boom() : Reflect.getOwnPropertyDescriptor(headers, name);
      const asked = put(request, "headers", {
        value: new Proxy(headers, { getOwnPropertyDescriptor: refuses }),
        enumerable: true,
      });
      const answer = verdict(compile(config, { random: () => random })(asked, draw));
      if (answer.reason === "error") return expect(answer).toEqual({ version: config.version, reason: "error", at: "" });
      const as = decide(config, request, draw, () => random);
      const without = names.reduce((made, name) => replaced(made, ["headers", name], undefined), request);
      expect([as, decide(config, without, draw, () => random)]).toContainEqual(answer);
    },
  );

  law(
    "leads to either often, so that the laws above say something",
    throwing,
    (example, meet) => {
      const { config, draw, random } = example;
      const { reason } = compile(config, { random: () => random })(withThrowers(example) as NodeRequest, draw);
      meet(reason === "error" ? "an error" : "a decision");
    },
    500,
    { "an error": 100, "a decision": 100 },
  );
});
