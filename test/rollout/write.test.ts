import * as fc from "fast-check";
import { expect, test } from "vitest";
import { rollout, rolloutConfigOf } from "../../src/rollout/index.ts";
import { law } from "../support/law.ts";

const alias = { name: "shop", version: "v1" };
const rules = (value: string): object => ({ rules: [{ rule_type: "Header", param: "x", op: "=", value }] });

test("steps that change weights, strategies, both and nothing", () => {
  const steps = [
    { setHeaderRoute: { name: "staff", match: [{ headerName: "x", headerValue: { exact: "yes" } }] } },
    { pause: {} },
    { setWeight: 5 },
    { setHeaderRoute: { name: "staff" } },
    { pause: { duration: "1h" } },
    { setWeight: 5 },
    { pause: { duration: 0 } },
    { setWeights: { v2: 10, v3: 20 } },
  ];
  const config = rolloutConfigOf(rollout({ alias, canary: "v2", steps, promote: false }));
  expect(config).toEqual({
    alias,
    canary: "v2",
    steps: [
      { setStrategy: { v2: { combine_type: "or", rules: rules("yes")["rules" as never] } } },
      { pause: {} },
      { setWeight: 5 },
      { setStrategy: {} },
      { pause: { duration: 3600 } },
      { setWeight: 5 },
      { pause: { duration: 0 } },
      { setWeights: { v2: 10, v3: 20 } },
    ],
    promote: false,
  });
});

const weights = fc.dictionary(
  fc.constantFrom("v2", "v3"),
  fc.integer({ min: 0, max: 4_900 }).map((slots) => slots / 100),
);
const change = fc.oneof(
  weights.map((all): object => ({ setWeights: all })),
  fc.nat(49).map((weight): object => ({ setWeight: weight })),
  fc.dictionary(fc.constantFrom("v2", "v3"), fc.constantFrom("a", "b").map(rules)).map((all): object => ({ setStrategy: all })),
);
const pause = fc.constantFrom<object>({ pause: {} }, { pause: { duration: "90s" } }, { pause: { duration: 0 } });
const steps = fc
  .array(fc.tuple(change, fc.option(pause)), { minLength: 1, maxLength: 8 })
  .map((pairs) => pairs.flat().filter((step) => step !== null));

law(
  "a rollout that is written has the same stages when it is read again",
  fc.record({ steps, promote: fc.boolean() }),
  ({ steps: written, promote }, meet) => {
    const read = rollout({ alias: { ...alias, additional_version_weights: { v3: 1 } }, canary: "v2", steps: written, promote });
    const again = rollout(rolloutConfigOf(read));
    const course = ({ stages }: typeof read): unknown => stages.map(({ name, plan, seconds }) => ({ name, plan, seconds }));
    expect(course(again)).toEqual(course(read));
    if (read.stages.length > 4) meet("several stages");
  },
  300,
  { "several stages": 50 },
);
