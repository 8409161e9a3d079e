import { type Field, fieldName } from "../../request/index.ts";
import type { Version } from "../../alias/index.ts";
import type { Arm, Match, Plan, Rule } from "../../plan/index.ts";
import { asBytes, bytesIn, pcreEncoded, pcreLiteral } from "../bytes.ts";
import { libraryModel, type Model } from "../decide.ts";
import type { Target, WriteOptions, Written } from "../format.ts";
import { fieldsOf, refuseAttributes, refuseHash, refuseReplacement, refuseVersions, Refusals } from "../refusals.ts";
import { below32 } from "../threshold.ts";
import { linesOf, readByNode, type WireRequest } from "../wire.ts";

/**
 * Apache 2.4 by `SetEnvIfExpr`, which sets the variable `CANARY_VERSION`. Apache joins the lines of every header with `, `, those of cookies
 * too. What is drawn at random is the MD5 of the id that `mod_unique_id` gives to a request.
 */
export const apache: Target = {
  name: "apache",
  says: "Apache: `SetEnvIfExpr` directives that set the variable `CANARY_VERSION`",
  standalone: true,
  write,
};

function write(plan: Plan, { standalone }: WriteOptions): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  refuseReplacement(plan, refusals, "`--to lua` with `mod_lua`, which decodes as this library does");
  refuseHash(plan, refusals, "Apache", "`--to lua` with `mod_lua`");
  refuseVersions(plan, refusals, "Apache");
  for (const { field, at } of fieldsOf(plan))
    if (field.kind === "header" && !/^[a-z0-9_-]+$/.test(field.name))
      refusals.add(at, fieldName(field), "an expression of Apache takes names of letters, digits, `_` and `-`", "rename the header");
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  const lines = directivesOf(plan);
  return { text: `${(standalone === undefined ? lines : whole(lines, standalone)).join("\n")}\n`, refused: [], model: modelOf(plan) };
}

/** Modules are where Debian has them; the folder of the file is that of the process. */
function whole(lines: readonly string[], standalone: string): readonly string[] {
  const modules = ["mpm_event", "authz_core", "setenvif", "rewrite", "unique_id"];
  return [
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    "PidFile apache.pid",
    "ErrorLog error.log",
    "ServerName canary",
    `Listen ${standalone.replace(/^:/, "")}`,
    "MaxKeepAliveRequests 0",
    "HttpProtocolOptions Unsafe",
    ...lines,
    "RewriteEngine On",
    "RewriteRule ^ - [R=200,L]",
    'ErrorDocument 200 "%{reqenv:CANARY_VERSION}"',
  ];
}

function modelOf(plan: Plan): Model {
  const read = (field: Field, request: WireRequest): string | undefined => {
    if (field.kind !== "header" && field.kind !== "cookie") return readByNode(field, request);
    const name = field.kind === "cookie" ? "cookie" : field.name;
    const lines = linesOf(request, name);
    return lines.length === 0 ? undefined : readByNode(field, { ...request, headers: [[name, lines.join(", ")]] });
  };
  return { ...libraryModel(plan), read };
}

/** Characters of the values of one directive: Apache reads lines of up to 8,192. */
const MOST_PATTERN = 4_000;

function directivesOf({ rules, split, outcomes }: Plan): readonly string[] {
  const version = (outcome: number): Version => outcomes[outcome]?.version ?? "";
  const lines: string[] = [];
  const set = (condition: string, text: string): void => void lines.push(`SetEnvIfExpr "${condition}" ${text}`);
  const isOpen = "-z reqenv('CANARY_VERSION')";
  let names = 0;
  const matchOf = (match: Match): string => {
    const name = `canary_m${names++}`;
    for (const condition of conditionsOf(match)) set(condition, `${name}=1`);
    return `-n reqenv('${name}')`;
  };
  const ruleOf = ({ test: { kind, matches }, outcome }: Rule): void => {
    const conditions = matches.map(matchOf);
    if (kind === "any") for (const condition of conditions) set(`${isOpen} && ${condition}`, `CANARY_VERSION=${version(outcome)}`);
    else set([isOpen, ...conditions].join(" && "), `CANARY_VERSION=${version(outcome)}`);
  };
  rules.forEach(ruleOf);
  if (split.kind === "fixed") set(isOpen, `CANARY_VERSION=${version(split.outcome)}`);
  else armsOf(split.arms, (condition, outcome) => set([isOpen, ...condition].join(" && "), `CANARY_VERSION=${version(outcome)}`));
  return lines;
}

function armsOf(arms: readonly Arm[], set: (condition: readonly string[], outcome: number) => void): void {
  arms.forEach(({ until, outcome }, index) => {
    set(index === arms.length - 1 ? [] : [`md5(reqenv('UNIQUE_ID')) =~ m#^(?:${below32(until)})#`], outcome);
  });
}

/** Each is enough. */
function conditionsOf({ field, values }: Match): readonly string[] {
  const literals = bytesIn(field, values).map((bytes) => (field.kind === "query" ? pcreEncoded(bytes) : pcreLiteral(bytes)));
  const chunks: string[] = [];
  for (const literal of literals) {
    const last = chunks.at(-1);
    if (last === undefined || last.length + literal.length > MOST_PATTERN) chunks.push(literal);
    else chunks[chunks.length - 1] = `${last}|${literal}`;
  }
  return chunks.map((chunk) => conditionOf(field, `(?:${chunk})`, field.kind === "query" && values.includes("")));
}

function conditionOf(field: Field, one: string, isEmpty: boolean): string {
  const is = (source: string, pattern: string): string => `${source} =~ m#${pattern}#`;
  switch (field.kind) {
    case "header":
      return is(`%{HTTP:${field.name}}`, `^${one}$`);
    case "authority":
      return is("%{HTTP:host}", `^${one}$`);
    case "method":
      return is("%{REQUEST_METHOD}", `^${one}$`);
    case "path":
      return is("%{THE_REQUEST}", `^\\S+ (?:[A-Za-z][A-Za-z0-9+.-]*://[^/?\\x23 ]*)?${one}(?:[?\\x23]\\S*)? `);
    case "cookie": {
      const name = `[\\x09\\x20]*${pcreLiteral(field.name)}[\\x09\\x20]*=`;
      return is("%{HTTP:cookie}", `^(?:(?!${name})[^;]*;)*${name}[\\x09\\x20]*${one}[\\x09\\x20]*(?:;|$)`);
    }
    case "query": {
      const name = pcreEncoded(asBytes(field.name), true);
      return is("%{QUERY_STRING}", `^(?:(?!${name}(?:=|&|$))[^&]*&)*${name}(?:=${one}${isEmpty ? "|" : ""})(?:&|$)`);
    }
    case "attribute":
      return "false";
  }
}
