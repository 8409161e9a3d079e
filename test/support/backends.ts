import {
  compile,
  compileAll,
  type CompileOptions,
  type Compilable,
  type Decision,
  explain,
  type NodeRequest,
  type Plan,
  plan,
} from "../../src/index.ts";
import { emitModule } from "../../src/route/emit.ts";
import { compile as jit } from "../../src/route/jit.ts";
import { optimize } from "../../src/optimize/index.ts";

/** A compiled alias; it takes what no type allows, too. */
export type Run = (request: unknown, draw?: unknown) => Decision;

/** Compiles an alias. Options are those of the library. */
export type Compile = (config: Compilable, options?: CompileOptions) => Run;

/** One way to run an alias. */
export interface BackEnd {
  readonly name: string;
  readonly compile: Compile;
}

const interpreter: Compile = (config, options) => {
  const meaning = plan(config, options);
  return (request, draw) => explain(meaning, request as NodeRequest, draw as number, options).decision;
};

/** The text of the emitted module as a function body, so that thousands of them leave nothing behind. */
const standaloneFor =
  (target: "esm" | "quickjs"): Compile =>
  (config, options = {}) => {
    const text = emitModule(config, { ...options, target })
      .replace(/^export default .*$/m, "return route;")
      .replaceAll(/^export /gm, "");
    // A module takes its random draws from `Math.random`, so the injected source goes in as that.
    const math: unknown = Object.create(Math, options.random ? { random: { value: options.random } } : {});
    return (new Function("Math", `"use strict";\n${text}`) as (math: unknown) => Run)(math);
  };

/** Why emitted modules cannot be run here as function bodies; undefined where they can. */
export const refusal: string | undefined = (() => {
  try {
    return void new Function("");
  } catch (error) {
    return String(error);
  }
})();

/** What stands before and behind the alias in the program of a fleet. */
const neighbour = plan({
  version: "n1",
  additional_version_weights: { n2: 50 },
  additional_version_strategy: { n3: { rules: [{ rule_type: "Header", param: "x-neighbour", op: "=", value: "1" }] } },
});

const flat: Compile = (config, options) =>
  compileAll(
    new Map<string, Compilable>([
      ["before", neighbour],
      ["alias", config],
      ["behind", neighbour],
    ]),
    options,
  ).get("alias") as Run;

/** The plan of an alias, read back from the program of a fleet. */
const flatPlan = (config: Compilable, options?: CompileOptions): Plan => compileAll({ alias: config }, options).get("alias")?.plan as Plan;

/** Every way to run an alias that is at hand. */
export const backEnds: readonly BackEnd[] = [
  { name: "interpreter", compile: interpreter },
  { name: "closures", compile: (config, options) => compile(config, options) as Run },
  { name: "flat", compile: flat },
  { name: "jit", compile: (config, options) => jit(config, options) as Run },
  ...(refusal === undefined
    ? [
        { name: "standalone module", compile: standaloneFor("esm") },
        { name: "module for QuickJS", compile: standaloneFor("quickjs") },
      ]
    : []),
];

/** The back ends, on plans that were carried or rewritten on the way. */
export const detours: readonly BackEnd[] = [
  { name: "interpreter of the optimized plan", compile: (config, options) => interpreter(optimize(plan(config, options)), options) },
  {
    name: "closures of the plan through JSON",
    compile: (config, options) => compile(JSON.parse(JSON.stringify(plan(config, options))) as Plan, options) as Run,
  },
  { name: "flat program of the plan that it was written from", compile: (config, options) => flat(flatPlan(config, options), options) },
  {
    name: "jit of the plan through structured cloning",
    compile: (config, options) => jit(structuredClone(plan(config, options)), options) as Run,
  },
];
