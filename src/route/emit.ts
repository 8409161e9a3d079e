/** Writes an alias as a standalone ES module, for hosts on which the library is not installed. */
import { quote } from "../document/index.ts";
import { nodeReader, type NodeRequest, type Reader } from "../request/index.ts";
import type { ParseOptions } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import { optimize } from "../optimize/index.ts";
import { generate, type GeneratedCode, literal, MATH_RANDOM, PARTS, reference } from "../backend/index.ts";
import { type PortableTarget, portableModule } from "./portable.ts";

export type { PortableTarget } from "./portable.ts";

/** How to emit a module. */
export interface EmitOptions<R = NodeRequest> extends ParseOptions {
  /** One of the library's readers: `nodeReader` where left out. */
  readonly reader?: Reader<R>;
  /**
   * What the module runs in: `esm` where left out. `quickjs` has no `URLSearchParams`, and `njs` is a module of nginx whose default has
   * `version(r)` for `js_set`, and `route(r)`. Both decode queries themselves, and have no reader.
   */
  readonly target?: "esm" | PortableTarget;
}

/**
 * The text of a standalone ES module, without imports, that decides as the compiled alias does: it exports `route(request,
 * draw?)`, also as its default, and `decisions`. Random draws are `Math.random`'s.
 * @throws ConfigError with everything that is wrong; TypeError for a reader whose parts have no text or that the target does not have, and
 * for an attribute in njs
 */
export function emitModule<R = NodeRequest>(config: Compilable, options: EmitOptions<R> = {}): string {
  const plan = planOf(config, options);
  const { target = "esm" } = options;
  if (target !== "esm") {
    if (options.reader !== undefined) throw new TypeError(`a module for ${target} has no reader`);
    return portableModule(plan, target);
  }
  const reader = options.reader ?? (nodeReader as unknown as Reader<R>);
  const fast = generate(optimize(plan), reader, `return decisions[${plan.error}];`, MATH_RANDOM);
  const slow = reference(plan, reader);
  const texts = fast.body.filter((line) => /^ *(const|let) text\d+ = /.test(line)).length;
  const backed = texts > 1;
  const calls = new Set(backed ? [...fast.calls, ...slow.calls] : fast.calls);
  const constants = new Map([...(backed ? slow.constants : []), ...fast.constants]);
  const parts = partsFor(calls);
  const sections = [
    [`// ${quote(plan.name ?? "an alias without a name")}, compiled by canary-router: what is decided, and why, is listed first.`],
    ["/** Every decision that `route` can return; `at` points into the alias. */", ...decisionLines(plan)],
    [...parts.filter(isConstant), ...[...constants].map(([name, value]) => `const ${name} = ${literal(value)};`)],
    [
      "/** The decision for a request. Never throws; a second argument, a number in [0, 1), is the draw in place of the alias's own. */",
      "export function route(request) {",
      "  try {",
      ...indent(fast.body, 2),
      "  } catch {",
      backed ? "    return routeByReference(request, arguments[1]);" : `    return decisions[${plan.error}];`,
      "  }",
      "}",
      "",
      "export default route;",
    ],
    backed ? byReference(slow, plan) : [],
    ...parts.filter((part) => !isConstant(part)).map((part) => [part]),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function byReference({ body }: GeneratedCode, { error }: Plan): readonly string[] {
  return [
    "/** The same, in the order of the alias and reading no more than needed: for a request of which some part throws. */",
    "function routeByReference(request, draw) {",
    "  try {",
    ...indent(body, 2),
    "  } catch {",
    `    return decisions[${error}];`,
    "  }",
    "}",
  ];
}

function decisionLines({ outcomes }: Plan): readonly string[] {
  return [
    "export const decisions = Object.freeze(",
    "  [",
    ...outcomes.map(
      ({ version, reason, at, index }) =>
        `    { version: ${quote(version)}, reason: ${quote(reason)}, at: ${quote(at)}, index: ${index} },`,
    ),
    "  ].map(Object.freeze),",
    ");",
  ];
}

function indent(lines: readonly string[], levels: number): readonly string[] {
  return lines.map((line) => "  ".repeat(levels) + line);
}

/** The texts of these parts and of those that they call, each once. */
function partsFor(calls: ReadonlySet<string>): readonly string[] {
  const needed = new Set(calls);
  for (const name of needed) {
    const text = PARTS[name];
    if (text === undefined)
      throw new TypeError(`the reader's part \`${name}\` has no text: a module can only be emitted for a reader of the library`);
    // Words within strings are none: `"header"` calls nothing.
    for (const [called] of text.matchAll(/"(?:[^"\\\n]|\\.)*"|\b\w+\b/g))
      if (called !== name && Object.hasOwn(PARTS, called)) needed.add(called);
  }
  return [...needed].map((name) => PARTS[name] ?? "");
}

function isConstant(part: string): boolean {
  return part.startsWith("const ");
}
