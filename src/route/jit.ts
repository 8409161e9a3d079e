/**
 * The compiler that generates code: the same signature and the same decisions as `compile` of `canary-router`, faster where the
 * host allows code generation.
 */
import type { NodeRequest } from "../request/index.ts";
import type { VersionOf } from "../alias/index.ts";
import type { Compilable, Plan } from "../plan/index.ts";
import { closure, type Decision, fallback, functions, generate, MATH_RANDOM, type Route, type Runtime } from "../backend/index.ts";
import { type CompileOptions, compileWith, type Literal } from "./compile.ts";

/**
 * `compile` by generated code: the same signature, the same decisions. Where generating code is refused (a content security
 * policy, `--disallow-code-generation-from-strings`, a hardened realm without `eval`), which is found out by the first alias and
 * not asked again, it falls back to closures. So it does for an alias whose code an engine cannot take.
 * @throws ConfigError with everything that is wrong
 */
export function compile<const C extends Compilable>(config: Literal<C>, options?: CompileOptions): Route<NodeRequest, VersionOf<C>>;
export function compile<const C extends Compilable, R>(config: Literal<C>, options: CompileOptions<R>): Route<R, VersionOf<C>>;
export function compile<const C extends Compilable, R>(config: Literal<C>, options?: CompileOptions<R>): Route<R, VersionOf<C>> {
  return compileWith(byCode, config, options);
}

let refused = false;

function byCode<R>(
  plan: Plan,
  unoptimized: Plan,
  decisions: readonly Decision[],
  host: Runtime<R>,
): (request: R, draw?: number) => Decision {
  if (refused) return closure(plan, unoptimized, decisions, host);
  try {
    return generated(plan, unoptimized, decisions, host);
  } catch {
    refused = refusesCode();
    return closure(plan, unoptimized, decisions, host);
  }
}

/**
 * Whether the host refuses all code, and not only that of one alias: it then refuses even code without a statement. Hosts throw what they like, an
 * EvalError or a TypeError. A RangeError is of the stack, where a caller has used it up, and says nothing of the host.
 */
function refusesCode(): boolean {
  try {
    return !new Function("");
  } catch (error) {
    return !(error instanceof RangeError);
  }
}

function generated<R>(
  plan: Plan,
  unoptimized: Plan,
  decisions: readonly Decision[],
  host: Runtime<R>,
): (request: R, draw?: number) => Decision {
  const { body, constants, calls } = generate(
    plan,
    host.reader,
    "return failed(request, arguments[1]);",
    host.random === Math.random ? MATH_RANDOM : "random()",
  );
  const known: { readonly [name: string]: unknown } = { ...functions, ...host.reader.parts };
  const scope: { readonly [name: string]: unknown } = {
    decisions,
    random: host.random,
    failed: fallback(unoptimized, decisions, host),
    ...Object.fromEntries(constants),
    ...Object.fromEntries([...calls].map((name) => [name, known[name]])),
  };
  // One parameter that is taken apart: a function has 65,535 of them at most.
  const text = [
    '"use strict";',
    `const { ${Object.keys(scope).join(", ")} } = scope;`,
    "return function route(request) {",
    "try {",
    ...body,
    "} catch (error) {",
    "return failed(request, arguments[1], error);",
    "}",
    "};",
  ].join("\n");
  return (new Function("scope", text) as (names: typeof scope) => (request: R, draw?: number) => Decision)(scope);
}
