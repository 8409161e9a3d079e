import { shown } from "../../document/index.ts";
import { type Field, fieldName } from "../../request/index.ts";
import type { Version } from "../../alias/index.ts";
import { type Arm, bytesDraw, type Match, type Plan, type Rule } from "../../plan/index.ts";
import { bytesIn, pcreCookie, pcreEncoded, pcreLiteral, pcreTargetParameter } from "../bytes.ts";
import { libraryModel, type Model } from "../decide.ts";
import type { Target, WriteOptions, Written } from "../format.ts";
import { fieldsOf, refuseAttributes, refuseReplacement, Refusals } from "../refusals.ts";
import { linesOf, rawParameter, readByNode, type WireRequest } from "../wire.ts";

/**
 * nginx, by `map` and `split_clients`: directives of the context `http` that set `$canary_version`. Strings of a `map` ignore the case of
 * letters, so every value is a regular expression. nginx before 1.23 has the first of a repeated header alone, and it hashes what a request
 * carries byte by byte, escapes included.
 */
export const nginx: Target = {
  name: "nginx",
  says: "nginx: `map` and `split_clients` of the context `http`, which set `$canary_version`",
  standalone: true,
  write,
};

function write(plan: Plan, { standalone }: WriteOptions): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  refuseNames(plan, refusals);
  refuseReplacement(plan, refusals, "`--to njs`, which decodes as this library does");
  const maps = new Maps(refusals);
  maps.write(plan);
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  const lines =
    standalone === undefined ? maps.lines : nginxServer(maps.lines, standalone, '    location / { return 200 "$canary_version"; }');
  return { text: `${lines.join("\n")}\n`, refused: [], model: modelOf(plan) };
}

/** A whole configuration with these directives in its context `http`. Files are kept where nginx is told to look: `-p PREFIX`. */
export function nginxServer(
  http: readonly string[],
  standalone: string,
  location: string,
  modules: readonly string[] = [],
): readonly string[] {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `  ${name}_temp_path temp_${name};`);
  return [
    ...modules,
    "daemon off;",
    "worker_processes 1;",
    "pid nginx.pid;",
    "error_log stderr;",
    "events { worker_connections 256; }",
    "http {",
    "  access_log off;",
    "  default_type text/plain;",
    "  keepalive_requests 1000000;",
    ...temporary,
    ...http.map((line) => `  ${line}`),
    "  server {",
    `    listen ${standalone.replace(/^:/, "")};`,
    location,
    "  }",
    "}",
  ];
}

function refuseNames(plan: Plan, refusals: Refusals): void {
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  if (sticky?.seed.includes("\0") === true)
    refusals.add("/stickiness/seed", "seed", "a word of nginx ends at U+0000", "take a seed of other characters");
  for (const { field, at } of fieldsOf(plan)) {
    if (field.kind === "header" && !/^[a-z0-9-]+$/.test(field.name)) {
      const help = "rename the header with letters, digits and `-`";
      refusals.add(
        at,
        fieldName(field),
        `nginx drops headers whose names have more than letters, digits and \`-\`: ${shown(field.name)}`,
        help,
      );
    }
  }
}

/** The fields of which nginx 1.22 joins the lines. */
const JOINED: readonly string[] = ["cookie", "x-forwarded-for"];

function modelOf(plan: Plan): Model {
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  const read = (field: Field, request: WireRequest): string | undefined => {
    const isFirst = field.kind === "header" && !JOINED.includes(field.name);
    return isFirst ? linesOf(request, field.name)[0] : readByNode(field, request);
  };
  return {
    read,
    readKey: (field, request) => (field.kind === "query" ? rawParameter(field, request) : read(field, request)),
    drawOf: sticky === undefined ? libraryModel(plan).drawOf : bytesDraw({ hash: "murmur2", seed: sticky.seed }),
  };
}

/** Characters of a regular expression: nginx reads words of up to 4,096 bytes. */
const MOST_PATTERN = 3_500;

/** Variables that one `map` looks at together. */
const MOST_TOGETHER = 100;

/** A text as a word of the configuration. `$` cannot be escaped: a variable has it. */
function word(text: string): string {
  const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", $: "${canary_dollar}" };
  return `"${text.replaceAll(/["\\$\n\r\t]/g, (unit) => escapes[unit] ?? `\\${unit}`)}"`;
}

/** A field that has a name of its own. */
type NamedField = Extract<Field, { readonly name: string }>;

/** Collects maps. */
class Maps {
  readonly lines: string[] = ['geo $canary_dollar { default "$"; }'];
  readonly #refusals: Refusals;
  readonly #sources: Map<string, string> = new Map();
  #names = 0;

  constructor(refusals: Refusals) {
    this.#refusals = refusals;
  }

  write({ rules, split, outcomes }: Plan): void {
    const version = (outcome: number): Version => outcomes[outcome]?.version ?? "";
    const decided = rules.map((rule) => [this.#rule(rule), version(rule.outcome)] as const);
    let rest = split.kind === "fixed" ? word(version(split.outcome)) : this.#split(split, version);
    // The last rules first, so that each map falls back on the one behind it.
    for (let at = decided.length; at > 0; at -= MOST_TOGETHER) {
      const some = decided.slice(Math.max(0, at - MOST_TOGETHER), at);
      const name = at <= MOST_TOGETHER ? "$canary_version" : this.#name("rest");
      const lines = some.map(([, each], index) => `"~^0{${index}}1" ${word(each)};`);
      this.#map(`"${some.map(([variable]) => variable).join("")}"`, name, [`default ${rest};`, ...lines]);
      rest = name;
    }
    if (decided.length === 0) this.#map('""', "$canary_version", [`default ${rest};`]);
  }

  #name(kind: string): string {
    return `$canary_${kind}${this.#names++}`;
  }

  #map(source: string, name: string, lines: readonly string[]): void {
    this.lines.push(`map ${source} ${name} {`, ...lines.map((line) => `  ${line}`), "}");
  }

  /** A variable that is 1 where the rule holds, and else 0. */
  #rule({ test: { kind, matches } }: Rule): string {
    let variables: readonly string[] = matches.map((match) => this.#match(match));
    while (variables.length > 1) {
      const some = variables.slice(0, MOST_TOGETHER);
      const name = this.#name("rule");
      const holds = kind === "all" ? `${"1".repeat(some.length)} 1;` : '"~1" 1;';
      this.#map(`"${some.join("")}"`, name, ["default 0;", holds]);
      variables = [name, ...variables.slice(MOST_TOGETHER)];
    }
    return variables[0] ?? (kind === "all" ? "1" : "0");
  }

  #match({ field, values, at }: Match): string {
    const name = this.#name("match");
    const { source, around } = this.#source(field);
    const patterns: string[] = [];
    let length = Infinity;
    for (const bytes of bytesIn(field, values)) {
      const literal = field.kind === "query" ? pcreEncoded(bytes) : pcreLiteral(bytes);
      if (literal.length > MOST_PATTERN) {
        const help = "take a shorter value, or use `--to njs`";
        this.#refusals.add(at, fieldName(field), `nginx reads words of up to 4,096 bytes, and ${shown(bytes)} is longer`, help);
        continue;
      }
      length += literal.length + 1;
      if (length > MOST_PATTERN) {
        patterns.push(literal);
        length = literal.length;
      } else patterns.push(`${patterns.pop()}|${literal}`);
    }
    this.#map(source, name, ["default 0;", ...patterns.map((pattern) => `"${around(pattern)}" 1;`)]);
    return name;
  }

  /** What a match looks at, and the expression around its values. */
  #source(field: Field): { readonly source: string; readonly around: (pattern: string) => string } {
    switch (field.kind) {
      case "header":
        return { source: `$http_${field.name.replaceAll("-", "_")}`, around: inBlanks };
      case "authority":
        return { source: "$http_host", around: inBlanks };
      case "method":
        return { source: "$request_method", around: (pattern) => `~^(?:${pattern})$` };
      case "path":
        return { source: "$request_uri", around: (pattern) => `~^(?:${pattern})(?:[?#]|$)` };
      case "cookie":
      case "query":
        return { source: this.#part(field), around: (pattern) => `~^=(?:${pattern})$` };
      case "attribute":
        return { source: '""', around: (pattern) => pattern };
    }
  }

  /** A variable with the value of a cookie or parameter behind `=`; empty where there is none. */
  #part(field: NamedField): string {
    const known = this.#sources.get(fieldName(field));
    if (known !== undefined) return known;
    const name = this.#name(field.kind);
    const group = `?<${name.slice(1)}_value>`;
    const pattern = field.kind === "cookie" ? pcreCookie(field.name, group) : pcreTargetParameter(field.name, group);
    this.#map(field.kind === "cookie" ? "$http_cookie" : "$request_uri", name, ['default "";', `"~${pattern}" "=${name}_value";`]);
    this.#sources.set(fieldName(field), name);
    return name;
  }

  #split({ arms, sticky }: Extract<Plan["split"], { readonly kind: "arms" }>, version: (outcome: number) => Version): string {
    if (sticky === undefined) return this.#arms("$request_id", arms, version);
    const keys = sticky.keys.map(({ field }) => this.#key(field));
    let key = keys.pop() ?? '""';
    for (const earlier of keys.toReversed()) {
      const name = this.#name("key");
      this.#map(earlier, name, [`default ${earlier};`, `"" ${key};`]);
      key = name;
    }
    const drawn = this.#arms(`${word(sticky.seed).slice(0, -1)}${key}"`, arms, version);
    const missing = sticky.missing === "random" ? this.#arms("$request_id", arms, version) : word(version(sticky.missing));
    const name = this.#name("split");
    this.#map(key, name, [`default ${drawn};`, `"" ${missing};`]);
    return name;
  }

  /** A variable with the value of a field where it is a key: empty where there is none. */
  #key(field: Field): string {
    const name = this.#name("key");
    const value = `${name.slice(1)}_value`;
    const { source } = this.#source(field);
    const pattern =
      field.kind === "path"
        ? `^(?<${value}>[^?#]*)`
        : field.kind === "cookie" || field.kind === "query"
          ? `^=(?<${value}>.*)$`
          : `^[\\x09\\x20]*(?<${value}>.*?)[\\x09\\x20]*$`;
    this.#map(source, name, ['default "";', `"~${pattern}" $${value};`]);
    return name;
  }

  /** A variable with the version into whose part of the split a text is hashed. The last part has to be what is left. */
  #arms(source: string, arms: readonly Arm[], version: (outcome: number) => Version): string {
    const [arm, name] = [this.#name("arm"), this.#name("arm")];
    const parts = arms.map(({ until }, index) => `${((until - (arms[index - 1]?.until ?? 0)) / 100).toFixed(2)}% ${index};`);
    this.lines.push(`split_clients ${source} ${arm} {`, ...parts.slice(0, -1).map((part) => `  ${part}`), `  * ${arms.length - 1};`, "}");
    this.#map(
      arm,
      name,
      arms.map(({ outcome }, index) => `${index} ${word(version(outcome))};`),
    );
    return name;
  }
}

function inBlanks(pattern: string): string {
  return `~^[\\x09\\x20]*(?:${pattern})[\\x09\\x20]*$`;
}
