// A flag definition in the packed form that the service sends, evaluated by the exported `evaluate`: without the client around it, which is
// asynchronous. The raw request is the entities; cookies are put into them by the host. A random split: the library hashes a key and draws
// nothing, so the host puts a number there. Its split hashes by xxHash32 with a number for a seed: only the shares agree.

import { evaluate } from "@vercel/flags-core";
import { arms, cookieNames, cookiesOf, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";
export const agrees = (id) => (id === "W5" ? "share" : "each");

const condition = ({ cookie, param, values }) => [
  [cookie ? "cookies" : "headers", param],
  ...(values.length === 1 ? ["eq", values[0]] : ["oneOf", values]),
];

export function prepare({ config }) {
  const parts = arms(config);
  const variants = [
    ...new Set([config.version, ...strategies(config).map(({ version }) => version), ...parts.map(({ version }) => version)]),
  ];
  const outcomeOf = (version) => variants.indexOf(version);
  const header = stickyHeader(config);
  const rules = strategies(config).flatMap(({ version, all, rules: asked }) => {
    const conditions = asked.map(condition);
    return (all ? [conditions] : conditions.map((each) => [each])).map((together) => ({
      conditions: together,
      outcome: outcomeOf(version),
    }));
  });
  let until = 0;
  if (header === undefined) {
    for (const { version, percent } of parts.slice(0, -1)) {
      rules.push({ conditions: [[["draw"], "lt", (until += percent) / 100]], outcome: outcomeOf(version) });
    }
  }
  const weights = variants.map((version) => parts.find((part) => part.version === version)?.percent ?? 0);
  const last = outcomeOf(parts.at(-1)?.version ?? config.version);
  const fallthrough =
    header === undefined ? last : { type: "split", base: ["headers", header], weights, defaultVariant: outcomeOf(config.version) };
  const params = { environment: "production", definition: { variants, seed: 1, environments: { production: { rules, fallthrough } } } };
  const cookies = cookieNames(config);
  const draws = parts.length > 0 && header === undefined;
  if (!draws && cookies.length === 0) return (request) => evaluate({ ...params, entities: request }).value;
  return (request, draw) =>
    evaluate({
      ...params,
      entities: {
        headers: request.headers,
        cookies: cookiesOf(request, cookies),
        draw: draw === undefined ? Math.random() : draw,
      },
    }).value;
}
