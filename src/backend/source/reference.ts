import { quote } from "../../document/index.ts";
import { accessOf, type Field, fieldName, type Reader } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import type { Decidable } from "../decide.ts";
import type { GeneratedCode } from "./generate.ts";
import { literal } from "./literal.ts";

/**
 * The reference as code: `decide` itself, over the plan as data. It reads in the order of the config and no sooner than it needs
 * to: what a request means of which a part throws. It stands behind the faster code, and is only reached by an exception.
 */
export function reference<R>(plan: Plan, reader: Reader<R>): GeneratedCode {
  const calls = new Set<string>(["decide"]);
  const call = (name: string): string => {
    calls.add(name);
    return name;
  };
  const expression = (text: string): string => {
    for (const part of Object.keys(reader.parts)) if (text.startsWith(`${part}(`)) calls.add(part);
    return text;
  };
  const fields = new Map<string, { readonly index: number; readonly lines: readonly string[] }>();
  const numberOf = (field: Field): number => {
    const known = fields.get(fieldName(field));
    if (known !== undefined) return known.index;
    const index = fields.size;
    const { text, list, ownsText } = accessOf(reader, field);
    const owned = ownsText === undefined ? "" : ` || !${ownsText()}`;
    const joined = list === undefined ? [] : [`    if (typeof text === "object") text = ${call("joined")}(text, ${quote(list)});`];
    fields.set(fieldName(field), {
      index,
      lines: [
        "  () => {",
        `    ${list === undefined ? "const" : "let"} text = ${expression(text())};`,
        ...joined,
        `    return typeof text !== "string"${owned} ? undefined : ${call("valueIn")}(${literal({ ...field })}, text);`,
        "  },",
      ],
    });
    return index;
  };
  const decidable = byNumber(plan, numberOf);
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  const keyed = sticky === undefined ? "" : `, (key) => ${call(`${sticky.hash}Draw`)}(${quote(sticky.seed)} + key)`;
  return {
    body: [
      `const carrier = ${expression(reader.openText)};`,
      `if (typeof carrier !== "object" || carrier === null) return decisions[${plan.error}];`,
      "const fields = [",
      ...[...fields.values()].flatMap(({ lines }) => lines),
      "];",
      `return decisions[decide(plan, (field) => fields[field](), draw, Math.random${keyed}).outcome];`,
    ],
    constants: new Map([["plan", decidable]]),
    calls,
  };
}

/** What of a plan decides, with numbers in place of fields. */
function byNumber({ rules, split, error }: Plan, numberOf: (field: Field) => number): Decidable<number> {
  return {
    rules: rules.map(({ test, outcome }) => ({
      test: { kind: test.kind, matches: test.matches.map(({ field, values }) => ({ field: numberOf(field), values })) },
      outcome,
    })),
    split:
      split.kind === "fixed"
        ? split
        : {
            kind: "arms",
            arms: split.arms,
            sticky: split.sticky && {
              missing: split.sticky.missing,
              keys: split.sticky.keys.map(({ field }) => ({ field: numberOf(field) })),
            },
          },
    error,
  };
}
