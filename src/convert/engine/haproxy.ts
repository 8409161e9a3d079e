import { type Field, fieldName } from "../../request/index.ts";
import type { Version } from "../../alias/index.ts";
import { keyDraw, type Match, type Plan, type Rule, type Sticky } from "../../plan/index.ts";
import { asBytes, bytesIn, hexOf, pcreCookie, pcreLiteral, pcreParameter } from "../bytes.ts";
import { libraryModel, type Model } from "../decide.ts";
import type { Target, WriteOptions, Written } from "../format.ts";
import { fieldsOf, refuseAttributes, Refusals } from "../refusals.ts";
import { separatorOf } from "../wire.ts";

/**
 * HAProxy 2.6 and later, without Lua: rules of a frontend that set `txn.canary_version`. Fields are read as this library reads them:
 * repeated headers are joined, cookies and parameters are found by a regular expression, and values are compared in hexadecimal.
 */
export const haproxy: Target = {
  name: "haproxy",
  says: "HAProxy: rules of a frontend that set `txn.canary_version`",
  standalone: true,
  write,
};

function write(plan: Plan, { standalone }: WriteOptions): Written {
  const refusals = new Refusals();
  refuseAttributes(plan, refusals);
  for (const { field, at } of fieldsOf(plan))
    if (field.kind === "query" && field.name.includes("\ufffd"))
      refusals.add(at, fieldName(field), "U+FFFD stands for any bytes that are no UTF-8", "rename the parameter");
  if (refusals.all.length > 0) return { text: "", refused: refusals.all };
  const { lines } = new Frontend(plan);
  const rules = lines.map((line) => `  ${line}`);
  const text = standalone === undefined ? rules : whole(rules, standalone);
  return { text: `${text.join("\n")}\n`, refused: [], model: modelOf(plan) };
}

function whole(rules: readonly string[], standalone: string): readonly string[] {
  return [
    "defaults",
    "  mode http",
    "  timeout client 30s",
    "  timeout server 30s",
    "  timeout connect 5s",
    "",
    "frontend canary",
    `  bind ${standalone}`,
    ...rules,
    '  http-request return status 200 content-type text/plain lf-string "%[var(txn.canary_version)]"',
  ];
}

/** HAProxy has two of the hashes; it splits by XXH32 where the alias names another one. */
function modelOf(plan: Plan): Model {
  const library = libraryModel(plan);
  const sticky = plan.split.kind === "arms" ? plan.split.sticky : undefined;
  if (sticky === undefined || hashOf(sticky) === sticky.hash) return library;
  return { ...library, drawOf: keyDraw({ hash: "xxh32", seed: sticky.seed }) };
}

function hashOf({ hash }: Sticky): "xxh32" | "sha256" {
  return hash === "sha256" ? "sha256" : "xxh32";
}

/** The slot of a key whose bytes are `expression`: of SHA-256, the last four bytes are turned round to be a number. */
const SLOT: Readonly<Record<"xxh32" | "sha256", string>> = {
  xxh32: "xxh32,mul(10000),div(4294967296)",
  sha256: 'sha2(256),hex,regsub("^.*(..)(..)(..)(..)$","\\4\\3\\2\\1"),hex2i,mul(10000),div(4294967296)',
};

/** Patterns of one line: HAProxy reads lines of up to 64 words. */
const PATTERNS = 40;

/** Conditions of one line. */
const CONDITIONS = 30;

/** A byte that UTF-8 would write as two: node reads bytes as the characters U+0080 to U+00FF, and those are what is hashed. */
const TO_UTF8 = [
  "hex",
  regsub("(..)", "%\\1"),
  ...["C8", "D9", "EA", "FB"].map(([from = "", to = ""]) => regsub(`%${from}(.)`, `%c3~${to}\\1`)),
  regsub("%([89AB].)", "%c2~\\1"),
  regsub("~", "%"),
  "url_dec",
].join(",");

/** Bytes of UTF-8 as they should be, and then each longest run of others that could begin a character: U+FFFD stands for one. */
const NO_UTF8 = [
  "(?:[\\x00-\\x7F]|[\\xC2-\\xDF][\\x80-\\xBF]|\\xE0[\\xA0-\\xBF][\\x80-\\xBF]|[\\xE1-\\xEC\\xEE\\xEF][\\x80-\\xBF]{2}|\\xED[\\x80-\\x9F][\\x80-\\xBF]",
  "|\\xF0[\\x90-\\xBF][\\x80-\\xBF]{2}|[\\xF1-\\xF3][\\x80-\\xBF]{3}|\\xF4[\\x80-\\x8F][\\x80-\\xBF]{2})(*SKIP)(*F)",
  "|\\xE0[\\xA0-\\xBF]?|[\\xE1-\\xEC\\xEE\\xEF][\\x80-\\xBF]?|\\xED[\\x80-\\x9F]?|\\xF0(?:[\\x90-\\xBF][\\x80-\\xBF]?)?",
  "|[\\xF1-\\xF3][\\x80-\\xBF]{0,2}|\\xF4(?:[\\x80-\\x8F][\\x80-\\xBF]?)?|[\\x80-\\xFF]",
].join("");

/** An escape that is none stands for itself, and HAProxy would not decode the text. */
const DECODED = [regsub("%(?![0-9A-Fa-f]{2})", "%25"), "url_dec(1)", regsub(NO_UTF8, "\\xEF\\xBF\\xBD")].join(",");

function regsub(pattern: string, by: string): string {
  return `regsub("${pattern}","${by}",g)`;
}

/** A word of the configuration, whatever is in it. */
function word(text: string): string {
  if (/^[\w.,:()=!-]+$/.test(text)) return text;
  if (/^[ -&(-~]*$/.test(text)) return `'${text}'`;
  return `"${text.replaceAll(/[^0-9A-Za-z_]/g, (unit) => `\\x${hexOf(unit)}`)}"`;
}

/** A constant as an expression: what is no plain ASCII is written as a query would be, and decoded. */
function constant(bytes: string): string {
  if (/^[\w.-]*$/.test(bytes)) return `str(${bytes})`;
  if (/^[ -~]*$/.test(bytes)) return `str("${bytes.replaceAll(/["\\]/g, "\\$&")}")`;
  return `str("${bytes.replaceAll(/[^0-9A-Za-z_]/g, (unit) => `%${hexOf(unit)}`)}"),url_dec`;
}

/** Collects the rules of a frontend. */
class Frontend {
  readonly lines: string[] = [];
  readonly #variables: Map<string, string> = new Map();
  #acls = 0;

  constructor({ rules, split, outcomes }: Plan) {
    this.lines.push("acl canary_decided var(txn.canary_version) -m found");
    const version = (outcome: number): Version => outcomes[outcome]?.version ?? "";
    for (const rule of rules) this.#rule(rule, version(rule.outcome));
    if (split.kind === "fixed") {
      this.#decide(version(split.outcome));
      return;
    }
    const { arms, sticky } = split;
    if (sticky === undefined) this.#set("canary_slot", "rand(10000)");
    else {
      for (const { field } of sticky.keys) this.#key(field);
      this.#set(
        "canary_slot",
        `${constant(asBytes(sticky.seed))},concat(,txn.canary_key),${SLOT[hashOf(sticky)]}`,
        "{ var(txn.canary_key) -m found }",
      );
      if (sticky.missing === "random") this.#set("canary_slot", "rand(10000)", "!{ var(txn.canary_slot) -m found }");
      else this.#decide(version(sticky.missing), "!{ var(txn.canary_slot) -m found }");
    }
    arms.forEach(({ until, outcome }, index) => {
      this.#decide(version(outcome), ...(index === arms.length - 1 ? [] : [`{ var(txn.canary_slot) -m int lt ${until} }`]));
    });
  }

  #set(variable: string, expression: string, ...conditions: readonly string[]): void {
    const condition = conditions.length === 0 ? "" : ` if ${conditions.join(" ")}`;
    this.lines.push(`http-request set-var(txn.${variable}) ${word(expression)}${condition}`);
  }

  #decide(version: Version, ...conditions: readonly string[]): void {
    this.#set("canary_version", constant(version), "!canary_decided", ...conditions);
  }

  #rule({ test: { kind, matches } }: Rule, version: Version): void {
    const acls = matches.map((match) => this.#acl(match));
    if (kind === "any") {
      for (const acl of acls) this.#decide(version, acl);
      return;
    }
    let names: readonly string[] = acls;
    while (names.length > CONDITIONS) {
      const name = `canary_m${this.#acls++}`;
      this.#set(name, "bool(true)", ...names.slice(0, CONDITIONS));
      this.lines.push(`acl ${name} var(txn.${name}) -m found`);
      names = [name, ...names.slice(CONDITIONS)];
    }
    this.#decide(version, ...names);
  }

  /** The name of a condition that holds where the field has one of the values. */
  #acl({ field, values }: Match): string {
    const name = `canary_m${this.#acls++}`;
    const expression = `${this.#variable(field)},hex`;
    const patterns = bytesIn(field, values).map(hexOf);
    if (patterns.length === 0) this.lines.push(`acl ${name} always_false`);
    // An empty pattern matches nothing, so that the empty value of a parameter is asked by its length.
    if (patterns.includes("")) this.lines.push(`acl ${name} ${expression} -m len 0`);
    const texts = patterns.filter((pattern) => pattern !== "");
    for (let at = 0; at < texts.length; at += PATTERNS)
      this.lines.push(`acl ${name} ${expression} -m str ${texts.slice(at, at + PATTERNS).join(" ")}`);
    return name;
  }

  #key(field: Field): void {
    const variable = this.#variable(field);
    const isFree = ["!canary_decided", "!{ var(txn.canary_key) -m found }"];
    const has = [`{ ${variable} -m found }`, `!{ ${variable} -m len 0 }`];
    if (field.kind === "query") return this.#set("canary_key", variable, ...isFree, ...has);
    this.#set("canary_key", `${variable},${TO_UTF8}`, ...isFree, ...has, `{ ${variable} -m reg [\\\\x80-\\\\xFF] }`);
    this.#set("canary_key", variable, ...isFree, ...has);
  }

  /** The expression of a variable that has the value of a field, where the request has one. */
  #variable(field: Field): string {
    const known = this.#variables.get(fieldName(field));
    if (known !== undefined) return known;
    const variable = `canary_${field.kind}${this.#variables.size}`;
    const expression = `var(txn.${variable})`;
    this.#variables.set(fieldName(field), expression);
    switch (field.kind) {
      case "header":
        this.#header(variable, field.name);
        break;
      case "authority":
        this.#header(variable, "host");
        break;
      case "cookie":
        this.#part(variable, this.#variable({ kind: "header", name: "cookie" }), pcreCookie(field.name), "");
        break;
      case "query":
        this.#part(variable, "query", pcreParameter(field.name), `,${DECODED}`);
        break;
      case "path":
        this.#set(variable, "path");
        break;
      case "method":
        this.#set(variable, "method");
        break;
      case "attribute":
        break;
    }
    return expression;
  }

  /** Lines of a header as one. They are taken out of the text of all headers, in which names are in lower case. */
  #header(variable: string, name: string): void {
    const separator = separatorOf(name);
    const line = word(`req.fhdr("${name}",1)`);
    if (separator === undefined)
      return void this.lines.push(`http-request set-var(txn.${variable}) ${line} if { ${word(`req.fhdr_cnt("${name}")`)} gt 0 }`);
    const head = `\\r\\n${pcreLiteral(name)}:`;
    const all = [
      `str("%0D%0A"),url_dec`,
      "concat(,txn.canary_headers)",
      `regsub("\\r\\n(?!${pcreLiteral(name)}:)[^\\r\\n]*","",g)`,
      `regsub("^${head}\\x20?","")`,
      `regsub("${head}\\x20?","${separator}",g)`,
    ];
    const count = word(`req.fhdr_cnt("${name}")`);
    this.lines.push(`http-request set-var(txn.${variable}) ${line} if { ${count} eq 1 }`);
    this.lines.push(`http-request set-var(txn.canary_headers) req.hdrs if { ${count} gt 1 }`);
    this.lines.push(`http-request set-var(txn.${variable}) ${word(all.join(","))} if { ${count} gt 1 }`);
  }

  /** The first group of an expression, where it matches. */
  #part(variable: string, text: string, pattern: string, behind: string): void {
    this.#set(variable, `${text},regsub("${pattern}.*$","\\1")${behind}`, `{ ${text} -m reg ${word(pattern)} }`);
  }
}
