import { type Field, fieldName } from "../../request/index.ts";
import type { Version } from "../../alias/index.ts";
import { bytesDraw, type Match, type Plan, type Rule } from "../../plan/index.ts";
import { asBytes, bytesIn, pcreCookie, pcreEncoded, pcreLiteral, pcreTargetParameter } from "../bytes.ts";
import { libraryModel, type Model } from "../decide.ts";
import type { Target, WriteOptions, Written } from "../format.ts";
import { fieldsOf, refuseAttributes, refuseReplacement, Refusals } from "../refusals.ts";
import { rawParameter, readByNode, separatorOf } from "../wire.ts";

/**
 * Varnish 6 and later, without modules but its own: a subroutine that sets `req.http.X-Canary-Version`. What it hashes by SHA-256 are the
 * bytes of a request as they stand there.
 */
export const varnish: Target = {
  name: "varnish",
  says: "Varnish: the subroutine `canary`, which sets `req.http.X-Canary-Version`",
  standalone: true,
  write,
};

function write(plan: Plan, { standalone }: WriteOptions): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  refuseReplacement(plan, refusals, "`--to lua` in another router, which decodes as this library does");
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  if (sticky !== undefined && /\p{Cc}/u.test(sticky.seed))
    refusals.add("/stickiness/seed", "seed", "VCL has no control characters", "take a seed of other characters");
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  const text = [
    ...new Subroutine(plan).text(),
    ...(standalone === undefined ? RECEIVE : [`# varnishd -a ${standalone} -f this-file`, ...ANSWER]),
  ];
  return { text: `${(standalone === undefined ? text : ["vcl 4.1;", "", ...text]).join("\n")}\n`, refused: [], model: modelOf(plan) };
}

const RECEIVE: readonly string[] = ["sub vcl_recv {", "  call canary;", "}"];

const ANSWER: readonly string[] = [
  "backend default none;",
  "",
  "sub vcl_recv {",
  "  call canary;",
  "  return (synth(200));",
  "}",
  "",
  "sub vcl_synth {",
  '  set resp.http.Content-Type = "text/plain";',
  "  synthetic(req.http.X-Canary-Version);",
  "  return (deliver);",
  "}",
];

function modelOf(plan: Plan): Model {
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  return {
    read: readByNode,
    readKey: (field, request) => (field.kind === "query" ? rawParameter(field, request) : readByNode(field, request)),
    drawOf: sticky === undefined ? libraryModel(plan).drawOf : bytesDraw({ hash: "sha256", seed: sticky.seed }),
  };
}

/** A string. Short strings have no escapes; a double quote stands in a long one. */
function quoted(text: string): string {
  return text
    .split('"')
    .map((part) => `"${part}"`)
    .join(' + {"""} + ');
}

/** Lines of the subroutine. */
class Subroutine {
  readonly #lines: string[] = [];
  readonly #variables: Map<string, string> = new Map();
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  text(): readonly string[] {
    const { rules, split, outcomes } = this.#plan;
    const version = (outcome: number): Version => outcomes[outcome]?.version ?? "";
    for (const { field } of fieldsOf(this.#plan)) this.#collect(field);
    const conditions = rules.map((rule) => this.#condition(rule));
    const chain = conditions.flatMap((condition, index) => [
      `${index === 0 ? "if" : "elseif"} (${condition}) {`,
      `  ${setVersion(version(rules[index]?.outcome ?? 0))}`,
      "}",
    ]);
    const rest = split.kind === "fixed" ? [setVersion(version(split.outcome))] : this.#split(split, version);
    const decided = chain.length === 0 ? rest : [...chain.slice(0, -1), "} else {", ...rest.map((line) => `  ${line}`), "}"];
    const temporary = [...this.#variables.values(), "req.http.X-Canary-Key", "req.http.X-Canary-Draw"].filter((name) =>
      name.startsWith("req.http.X-Canary-"),
    );
    return [
      "import std;",
      "import directors;",
      "",
      "sub vcl_init {",
      "  new canary_hash = directors.shard();",
      "}",
      "",
      "sub canary {",
      ...["req.http.X-Canary-Version", ...temporary].map((name) => `  unset ${name};`),
      ...[...this.#lines, ...decided].map((line) => `  ${line}`),
      ...temporary.map((name) => `  unset ${name};`),
      "}",
      "",
    ];
  }

  /** Makes one line of a header that is repeated. */
  #collect(field: Field): void {
    const name = field.kind === "cookie" ? "cookie" : field.kind === "header" ? field.name : undefined;
    const separator = name === undefined ? undefined : separatorOf(name);
    if (name === undefined || separator === undefined) return;
    const line = `std.collect(${headerOf(name)}, "${separator}");`;
    if (!this.#lines.includes(line)) this.#lines.push(line);
  }

  #condition({ test: { kind, matches } }: Rule): string {
    return matches.map((match) => this.#match(match)).join(kind === "all" ? " && " : " || ");
  }

  #match({ field, values }: Match): string {
    const patterns = bytesIn(field, values).map((bytes) => (field.kind === "query" ? pcreEncoded(bytes) : pcreLiteral(bytes)));
    if (patterns.length === 0) return "false";
    const one = `(?:${patterns.join("|")})`;
    switch (field.kind) {
      case "method":
        return `req.method ~ "^${one}\\z"`;
      case "path":
        return `req.url ~ "^${one}(?:[?#]|\\z)"`;
      case "header":
      case "authority":
        return `${this.#variable(field)} ~ "^${one}\\z"`;
      case "cookie":
      case "query":
      case "attribute":
        return `${this.#variable(field)} ~ "^=${one}\\z"`;
    }
  }

  /** What has the value of a field: of cookies and parameters, behind `=`. */
  #variable(field: Field): string {
    if (field.kind === "header") return headerOf(field.name);
    if (field.kind === "authority") return "req.http.host";
    const known = this.#variables.get(fieldName(field));
    if (known !== undefined) return known;
    const name = `req.http.X-Canary-${this.#variables.size}`;
    this.#variables.set(fieldName(field), name);
    const [source, pattern] =
      field.kind === "cookie"
        ? (["req.http.cookie", pcreCookie(field.name)] as const)
        : (["req.url", pcreTargetParameter(field.kind === "query" ? field.name : "")] as const);
    this.#lines.push(`if (${source} ~ "${pattern}") {`, `  set ${name} = regsub(${source}, "${pattern}.*\\z", "=\\1");`, "}");
    return name;
  }

  #split({ arms, sticky }: Extract<Plan["split"], { readonly kind: "arms" }>, version: (outcome: number) => Version): readonly string[] {
    const pick = (below: (until: number) => string): readonly string[] =>
      arms.flatMap(({ until, outcome }, index) => {
        const set = setVersion(version(outcome));
        if (arms.length === 1) return [set];
        if (index === arms.length - 1) return [`} else {`, `  ${set}`, "}"];
        return [`${index === 0 ? "if" : "} elseif"} (${below(until)}) {`, `  ${set}`];
      });
    const random = [
      "set req.http.X-Canary-Draw = std.random(0, 10000);",
      ...pick((until) => `std.real(req.http.X-Canary-Draw, 0.0) < ${until}.0`),
    ];
    if (sticky === undefined) return random;
    const keys = sticky.keys.flatMap(({ field }) => {
      const isSet = ['if (req.http.X-Canary-Key == "") {', `  set req.http.X-Canary-Key = ${this.#key(field)};`, "}"];
      return isSet;
    });
    const hashed = [
      `set req.http.X-Canary-Draw = canary_hash.key(${quoted(sticky.seed)} + req.http.X-Canary-Key);`,
      // A slot is below a bound where the hash is: slot = floor(hash * 10,000 / 2^32).
      ...pick((until) => `std.integer(req.http.X-Canary-Draw, 0) < ${Math.ceil((until * 2 ** 32) / 10_000)}`),
    ];
    const missing = sticky.missing === "random" ? random : [setVersion(version(sticky.missing))];
    return [
      'set req.http.X-Canary-Key = "";',
      ...keys,
      'if (req.http.X-Canary-Key != "") {',
      ...hashed.map((line) => `  ${line}`),
      "} else {",
      ...missing.map((line) => `  ${line}`),
      "}",
    ];
  }

  /** The value of a field as an expression, empty where there is none. */
  #key(field: Field): string {
    switch (field.kind) {
      case "method":
        return "req.method";
      case "path":
        return 'regsub(req.url, "[?#].*\\z", "")';
      case "header":
      case "authority":
        return this.#variable(field);
      case "cookie":
      case "query":
      case "attribute":
        return `regsub(${this.#variable(field)}, "^=", "")`;
    }
  }
}

function setVersion(version: Version): string {
  return `set req.http.X-Canary-Version = ${quoted(asBytes(version))};`;
}

/** A header of the request; a name that is no word of VCL stands in quotes. */
function headerOf(name: string): string {
  return `req.http.${/^[a-z][a-z0-9-]*$/.test(name) ? name : `"${name}"`}`;
}
