import {
  compile,
  type CompileOptions,
  type Compilable,
  type Decision,
  explain,
  type NodeRequest,
  type Plan,
  plan,
} from "../../src/index.ts";
import { compile as jit } from "../../src/jit.ts";
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

/** Every way to run an alias that is at hand. */
export const backEnds: readonly BackEnd[] = [
  { name: "interpreter", compile: interpreter },
  { name: "interpreter of the optimized plan", compile: (config, options) => interpreter(optimize(plan(config, options)), options) },
  { name: "closures", compile: (config, options) => compile(config, options) as Run },
  { name: "jit", compile: (config, options) => jit(config, options) as Run },
  {
    name: "closures of the plan through JSON",
    compile: (config, options) => compile(JSON.parse(JSON.stringify(plan(config, options))) as Plan, options) as Run,
  },
  {
    name: "closures of the plan through structured cloning",
    compile: (config, options) => compile(structuredClone(plan(config, options)), options) as Run,
  },
];
