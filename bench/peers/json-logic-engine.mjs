// Rules as JSON, compiled to a function. The raw request is the data; cookies and the hash are operators of the host's.
// A random split: JsonLogic draws nothing, so the host puts a number into the data.

import { LogicEngine } from "json-logic-engine";
import { murmur3 } from "../murmur3.mjs";
import { arms, cookie, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";

const engine = new LogicEngine();
engine.addMethod("cookie", { method: ([name], request) => cookie(request.headers.cookie, name) });
engine.addMethod("draw", { method: ([seed, key]) => murmur3(seed + key) / 4294967296 });

function condition({ all, rules }) {
  const each = rules.map((rule) => {
    const value = rule.cookie ? { cookie: [rule.param] } : { val: ["headers", rule.param] };
    return rule.values.length === 1 ? { "===": [value, rule.values[0]] } : { in: [value, rule.values] };
  });
  return each.length === 1 ? each[0] : { [all ? "and" : "or"]: each };
}

function split(config) {
  const parts = arms(config);
  if (parts.length === 0) return config.version;
  const header = stickyHeader(config);
  const draw = header === undefined ? { val: ["draw"] } : { draw: [config.name, { val: ["headers", header] }] };
  let until = 0;
  const chain = parts.slice(0, -1).flatMap(({ version, percent }) => [{ "<": [draw, (until += percent) / 100] }, version]);
  const chosen = { if: [...chain, parts.at(-1).version] };
  return header === undefined ? chosen : { if: [{ val: ["headers", header] }, chosen, config.version] };
}

export function prepare({ config }) {
  const rules = strategies(config).flatMap((strategy) => [condition(strategy), strategy.version]);
  const decide = engine.build(rules.length === 0 ? split(config) : { if: [...rules, split(config)] });
  const draws = arms(config).length > 0 && stickyHeader(config) === undefined;
  if (!draws) return decide;
  return (request, draw) => decide({ headers: request.headers, draw: draw === undefined ? Math.random() : draw });
}
