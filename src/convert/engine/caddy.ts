import { type Field, fieldName } from "../../request/index.ts";
import type { Version } from "../../alias/index.ts";
import type { Match, Plan, Rule } from "../../plan/index.ts";
import { bytesIn } from "../bytes.ts";
import { libraryModel, type Model } from "../decide.ts";
import type { Target, WriteOptions, Written } from "../format.ts";
import { re2Cookie, re2Literal } from "../mesh/re2.ts";
import { fieldsOf, refuseAttributes, refuseHash, refuseReplacement, refuseVersions, Refusals } from "../refusals.ts";
import { below32 } from "../threshold.ts";
import { linesOf, readByNode, type WireRequest } from "../wire.ts";

/**
 * Caddy 2.6 by `map`, which sets `{vars.canary_version}`. Caddy joins the lines of a header with a comma alone. What is drawn at random is
 * the id that Caddy gives to a request.
 */
export const caddy: Target = {
  name: "caddy",
  says: "Caddy: directives of a Caddyfile that set `{vars.canary_version}`",
  standalone: true,
  write,
};

function write(plan: Plan, { standalone }: WriteOptions): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  refuseReplacement(plan, refusals, "another router");
  refuseHash(plan, refusals, "Caddy", "another router");
  refuseVersions(plan, refusals, "Caddy");
  for (const { field, at } of fieldsOf(plan)) {
    if ((field.kind === "header" || field.kind === "query") && !/^[A-Za-z0-9_-]+$/.test(field.name))
      refusals.add(at, fieldName(field), "a placeholder of Caddy takes names of letters, digits, `_` and `-`", "rename it");
  }
  for (const { test } of plan.rules)
    for (const { field, values, at } of test.matches) {
      if (values.some((value) => /[\x80-\uffff]/.test(value)))
        refusals.add(at, fieldName(field), "an expression of Caddy is of UTF-8, and a request of bytes", "ask for a value of ASCII");
      if (field.kind === "query" && values.includes(""))
        refusals.add(at, fieldName(field), "Caddy does not tell an empty parameter from none", "ask for a value");
    }
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  const lines = directivesOf(plan);
  const text = standalone === undefined ? lines : whole(lines, standalone);
  return { text: `${text.join("\n")}\n`, refused: [], model: modelOf(plan) };
}

function whole(lines: readonly string[], standalone: string): readonly string[] {
  const at = standalone.lastIndexOf(":");
  const [host, port] = [standalone.slice(0, at), standalone.slice(at)];
  return [
    "{",
    "  admin off",
    "  auto_https off",
    "}",
    `http://${port} {`,
    ...(host === "" ? [] : [`  bind ${host.replaceAll(/[[\]]/g, "")}`]),
    "  route {",
    ...lines.map((line) => `    ${line}`),
    '    respond "{vars.canary_version}"',
    "  }",
    "}",
  ];
}

function modelOf(plan: Plan): Model {
  const read = (field: Field, request: WireRequest): string | undefined => {
    if (field.kind === "query") return parameterOf(field.name, request);
    if (field.kind !== "header" && field.kind !== "cookie") return readByNode(field, request);
    const name = field.kind === "cookie" ? "cookie" : field.name;
    const lines = linesOf(request, name);
    return lines.length === 0 ? undefined : readByNode(field, { ...request, headers: [[name, lines.join(",")]] });
  };
  return { ...libraryModel(plan), read };
}

/** Every parameter of a name, joined with commas. Go leaves out pairs with `;` or an escape that is none. */
function parameterOf(name: string, request: WireRequest): string | undefined {
  const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(request.target) ?? [];
  const values = query.split("&").flatMap((pair) => {
    if (pair === "" || pair.includes(";") || /%(?![0-9A-Fa-f]{2})/.test(pair)) return [];
    const value = readByNode({ kind: "query", name }, { ...request, target: `/?${pair}` });
    return value === undefined ? [] : [value];
  });
  return values.length === 0 ? undefined : values.join(",");
}

function directivesOf({ rules, split, outcomes }: Plan): readonly string[] {
  const version = (outcome: number): Version => outcomes[outcome]?.version ?? "";
  const lines: string[] = [];
  let names = 0;
  const map = (source: string, entries: readonly string[]): string => {
    const name = `{canary_${names++}}`;
    lines.push(`map ${source} ${name} {`, ...entries.map((entry) => `  ${entry}`), "}");
    return name;
  };
  const matchOf = (match: Match): string => {
    const { source, pattern } = sourceOf(match);
    return map(source, [`\`~${pattern}\` 1`, "default 0"]);
  };
  const ruleOf = ({ test: { kind, matches } }: Rule): string => {
    const each = matches.map(matchOf);
    if (each.length === 1) return each[0] ?? "";
    return map(`"${each.join("")}"`, [kind === "all" ? `\`~^1+$\` 1` : "`~1` 1", "default 0"]);
  };
  const decided = rules.map((rule) => [ruleOf(rule), version(rule.outcome)] as const);
  const rest =
    split.kind === "fixed"
      ? version(split.outcome)
      : map(
          "{http.request.uuid}",
          split.arms.map(({ until, outcome }, index) =>
            index === split.arms.length - 1 ? `default ${version(outcome)}` : `\`~^(?:${below32(until)})\` ${version(outcome)}`,
          ),
        );
  const source = decided.map(([name]) => name).join("");
  const all =
    decided.length === 0
      ? rest
      : map(`"${source}"`, [...decided.map(([, each], index) => `\`~^${"0".repeat(index)}1\` ${each}`), `default ${rest}`]);
  return [...lines, `vars canary_version ${all}`];
}

function sourceOf({ field, values }: Match): { readonly source: string; readonly pattern: string } {
  const bytes = bytesIn(field, values);
  const one = `(?:${bytes.length === 0 ? "[^\\x00-\\x{10FFFF}]" : bytes.map(re2Literal).join("|")})`;
  switch (field.kind) {
    case "header":
      return { source: field.name === "host" ? "{http.request.hostport}" : `{http.request.header.${field.name}}`, pattern: `^${one}$` };
    case "authority":
      return { source: "{http.request.hostport}", pattern: `^${one}$` };
    case "method":
      return { source: "{http.request.method}", pattern: `^${one}$` };
    case "path":
      return { source: "{http.request.orig_uri}", pattern: `^${one}(?:\\?.*)?$` };
    case "cookie":
      return { source: "{http.request.header.cookie}", pattern: `^(?:${values.map((value) => re2Cookie(field.name, value)).join("|")})$` };
    case "query":
      return { source: `{http.request.uri.query.${field.name}}`, pattern: `^${one}$` };
    case "attribute":
      return { source: '""', pattern: one };
  }
}
