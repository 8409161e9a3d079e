// An expression, parsed and checked ahead. The raw request is the context where there is no draw; cookies and the hash are functions
// of the host's. A random split: CEL draws nothing, so the host puts a number into the context.

import { Environment } from "@marcbachmann/cel-js";
import { murmur3 } from "../murmur3.mjs";
import { arms, cookie, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";

const environment = new Environment({ unlistedVariablesAreDyn: true })
  .registerVariable("headers", "map")
  .registerVariable("draw", "double")
  .registerFunction("cookie(map, string): string", (headers, name) => cookie(headers.cookie, name) ?? "")
  .registerFunction("hash(string, string): double", (seed, key) => murmur3(seed + key) / 4294967296);

const text = (value) => JSON.stringify(value);

function condition({ all, rules }) {
  const each = rules.map((rule) => {
    const name = text(rule.param);
    const value = rule.cookie ? `cookie(headers, ${name})` : `headers[${name}]`;
    const holds = rule.values.length === 1 ? `${value} == ${text(rule.values[0])}` : `${value} in [${rule.values.map(text).join(", ")}]`;
    return rule.cookie ? holds : `(${name} in headers && ${holds})`;
  });
  return each.join(all ? " && " : " || ");
}

function split(config) {
  const parts = arms(config);
  if (parts.length === 0) return text(config.version);
  const header = stickyHeader(config);
  const draw = header === undefined ? "draw" : `hash(${text(config.name)}, headers[${text(header)}])`;
  let until = 0;
  const chain = parts
    .slice(0, -1)
    .map(({ version, percent }) => `${draw} < ${((until += percent) / 100).toFixed(4)} ? ${text(version)} : `);
  const chosen = `${chain.join("")}${text(parts.at(-1).version)}`;
  return header === undefined ? chosen : `${text(header)} in headers ? (${chosen}) : ${text(config.version)}`;
}

export function prepare({ config }) {
  const rules = strategies(config).map((strategy) => `(${condition(strategy)}) ? ${text(strategy.version)} : `);
  const evaluate = environment.parse(`${rules.join("")}${split(config)}`);
  if (arms(config).length === 0 || stickyHeader(config) !== undefined) return (request) => evaluate(request);
  return (request, draw) => evaluate({ headers: request.headers, draw: draw === undefined ? Math.random() : draw });
}
