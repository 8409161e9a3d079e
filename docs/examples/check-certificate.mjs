/**
 * Checks what `canary-router analyze --certify` and `diff --certify` write, without canary-router: it reads the aliases of a certificate
 * as docs/semantics.md says, and follows the cases of each proof. Ends with 0 if every claim is proved, and with 1 where one is not.
 * `node check-certificate.mjs CERTIFICATE.json [ALIAS.json ...]`; the aliases, where they are given, must be those of the certificate.
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const need = (condition, why) => condition || process.exit((console.error(`refused: ${why}`), 1));
/** A field is absent, has one of the values that the rules mention, or another one. */
const [ABSENT, OTHER] = [null, Symbol("other")];

/** Whether a request can have the value (semantics 3.4 to 3.7). */
function isPossible(field, value) {
  if (field.startsWith("cookie ")) return value !== "" && !/;|^[ \t]|[ \t]$/.test(value);
  if (field.startsWith("query ")) return field.isWellFormed() && value.isWellFormed();
  return field !== ":path" || !/[?#]|^[a-z][a-z0-9+.-]*:\/\//i.test(value);
}

function fieldOf({ rule_type: type, param }) {
  if (type.toLowerCase() !== "header") return `${type.toLowerCase()} ${param}`;
  return /^:(method|path|authority)$/i.test(param) ? param.toLowerCase() : `header ${param.toLowerCase()}`;
}

/** A literal: a field, and the values of which it has one. */
function literalOf({ op, value, ...rule }) {
  const field = fieldOf(rule);
  const values = op.toLowerCase() === "in" ? value.match(/[^, \t](?:[^,]*[^, \t])?/g) : [value];
  return [field, new Set(values.filter((each) => isPossible(field, each)))];
}

/** Versions in the order that is stated, and then by name, with numbers as numbers (semantics 4.2). */
function byRank(order) {
  const rank = (version) => (order.includes(version) ? order.indexOf(version) : order.length);
  const key = (version) => version.replaceAll(/\d+/g, (run) => run.replace(/^0+(?=.)/, "").padStart(256, "0"));
  const compare = (x, y) => (x < y ? -1 : x > y ? 1 : 0);
  return (a, b) => rank(a) - rank(b) || compare(key(a), key(b)) || compare(a, b);
}

/** Strategies in order; runs of slots (5.2) and the draw (6.2), which make two splits the same; the version of a split that is certain. */
function readAlias({ name, version: primary, stickiness: sticky, additional_version_weights: weights, ...more }) {
  const order = more.additional_version_order ?? [];
  const strategies = Object.entries(more.additional_version_strategy ?? {})
    .map(([version, { combine_type: type, rules }]) => ({ version, isAnd: type?.toLowerCase() !== "or", rules: rules.map(literalOf) }))
    .toSorted((a, b) => byRank(order)(a.version, b.version));
  const slots = new Map(Object.entries(weights ?? {}).map(([version, percent]) => [version, Math.round(percent * 100)]));
  const named = [...new Set([...order, ...slots.keys()])].filter((version) => version !== primary);
  const [first, second, ...others] = named.toSorted(byRank(order));
  const rest = [...slots.values()].reduce((left, width) => left - width, 10_000);
  const widths = [first, ...others, primary, second].map((version) => [version, version === primary ? rest : (slots.get(version) ?? 0)]);
  const runs = widths.filter(([, width]) => width > 0);
  const missing = sticky?.on_missing.toLowerCase() === "primary" ? primary : undefined;
  const draw = sticky && [sticky.keys.map(fieldOf), sticky.seed ?? name, sticky.hash?.toLowerCase() ?? "murmur3", missing];
  const versions = new Set([...runs.map(([version]) => version), ...(missing === undefined ? [] : [missing])]);
  return { strategies, runs, draw, versions, certain: versions.size === 1 ? [...versions][0] : undefined };
}

/** What a cookie is in a line of the header: the first of its name. An empty one is as good as none to rules. */
function cookieIn(line, field) {
  const pairs = line.split(";").map((pair) => /^[ \t]*([^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*$/s.exec(pair) ?? []);
  return pairs.find(([, name]) => `cookie ${name}` === field)?.[2] || ABSENT;
}

/** What each field can be, and clauses for what a line of the header `Cookie` says of each cookie. */
function fieldsOf(aliases) {
  const domain = new Map();
  const add = (field, value) => (domain.get(field) ?? domain.set(field, new Set([ABSENT])).get(field)).add(value);
  for (const [field, values] of aliases.flatMap(({ strategies }) => strategies.flatMap(({ rules }) => rules)))
    for (const value of [isPossible(field, "x") ? OTHER : ABSENT, ...values]) add(field, value);
  const lines = [...(domain.get("header cookie") ?? [])].filter((line) => typeof line === "string");
  const not = ([field, values]) => [field, new Set([...domain.get(field)].filter((value) => !values.has(value)))];
  const links = [];
  for (const field of domain.keys()) {
    if (!field.startsWith("cookie ") || !domain.has("header cookie")) continue;
    const found = new Map([[ABSENT, new Set([ABSENT])]]);
    for (const line of lines) found.set(cookieIn(line, field), (found.get(cookieIn(line, field)) ?? new Set()).add(line));
    for (const [value, having] of found) links.push([not(["header cookie", having]), [field, new Set([value])]]);
    for (const value of found.keys()) add(field, value);
  }
  return { domain, not, links };
}

/** A clause of each literal, or one of all of them, with one literal for each field. */
const every = (literals) => literals.map((literal) => [literal]);
const joined = (clause, [field, values]) => clause.set(field, new Set([...(clause.get(field) ?? []), ...values]));
const some = (literals) => [[...literals.reduce(joined, new Map())]];
const holds = ({ isAnd, rules }) => (isAnd ? every : some)(rules);
const fails = ({ isAnd, rules }, { not }) => (isAnd ? some : every)(rules.map(not));

/** Whether clauses contradict each other: of each, one literal is true, and where only one can be, it is that one. */
function isContradiction({ domain }, clauses) {
  const left = new Map(domain);
  const isFalse = (clause) => {
    const possible = clause.map(([field, values]) => [field, new Set([...left.get(field)].filter((value) => values.has(value)))]);
    const open = possible.filter(([, values]) => values.size > 0);
    if (open.length === 1) left.set(...open[0]);
    return open.length === 0;
  };
  const size = () => [...left.values()].reduce((sum, values) => sum + values.size, 0);
  for (let before; before !== (before = size());) if (clauses.some(isFalse)) return true;
  return false;
}

/** Follows a proof that no request satisfies the clauses: each case in turn is true, and then false, until nothing is left. */
function refute(fields, clauses, cases, what) {
  let rest = clauses;
  for (const { field, in: values, notIn, cases: then } of cases) {
    const literal = values ? [field, new Set(values)] : fields.not([field, new Set(notIn)]);
    refute(fields, [...rest, [literal]], then, what);
    rest = [...rest, [fields.not(literal)]];
  }
  need(isContradiction(fields, rest), `${what}: a request is left`);
}

/** The requests that come to a strategy, and those that it decides; the number behind the last strategy stands for the split. */
const comingTo = (fields, all, index) => [...fields.links, ...all.slice(0, index).flatMap((each) => fails(each, fields))];
const decidedBy = (fields, all, index) => [...comingTo(fields, all, index), ...all.slice(index, index + 1).flatMap(holds)];
const CHECKS = {
  "decides-nothing": (fields, [{ strategies: all }], at, { version, cases }) => refute(fields, decidedBy(fields, all, at), cases, version),
  "same-rules": (fields, [{ strategies }], index, { version, rules, more, less }) => {
    const [old, coming] = [strategies[index], comingTo(fields, strategies, index)];
    const kept = { isAnd: old.isAnd, rules: rules.map(({ rule, values }) => [old.rules[rule][0], new Set(values)]) };
    refute(fields, [...coming, ...holds(kept), ...fails(old, fields)], more, version);
    refute(fields, [...coming, ...holds(old), ...fails(kept, fields)], less, version);
  },
  "no-share": (_, [{ versions }], index, { version }) => need(index === -1 && !versions.has(version), `${version} has requests`),
  equivalent: (fields, [one, other], _, { cells }) => {
    const isSame = isDeepStrictEqual([one.runs, one.draw], [other.runs, other.draw]);
    const versions = ({ strategies, certain }) => [...strategies.map(({ version }) => version), certain];
    for (const [i, x] of versions(one).entries())
      for (const [j, y] of versions(other).entries()) {
        if (x === y && (x !== undefined || isSame)) continue;
        const cases = cells.find(({ before, after }) => before === i && after === j)?.cases ?? [];
        refute(fields, [...decidedBy(fields, one.strategies, i), ...decidedBy(fields, other.strategies, j)], cases, `${i} and ${j}`);
      }
  },
};
const [{ aliases: configs, claims }, ...given] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
need(claims.length > 0 && (given.length === 0 || isDeepStrictEqual(given, configs)), "no claim, or one of other aliases");
for (const claim of claims) {
  const aliases = configs.map(readAlias);
  need(Object.hasOwn(CHECKS, claim.claim) && aliases.length === (claim.claim === "equivalent" ? 2 : 1), `unknown claim ${claim.claim}`);
  const index = aliases[0].strategies.findIndex(({ version }) => version === claim.version);
  need(index !== -1 || /^(no-share|equivalent)$/.test(claim.claim), `no strategy for ${claim.version}`);
  CHECKS[claim.claim](fieldsOf(aliases), aliases, index, claim);
  console.log(`proved: ${claim.claim} ${claim.version ?? ""}`.trimEnd());
}
