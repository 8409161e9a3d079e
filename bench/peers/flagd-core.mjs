// A flag with targeting. Where only headers are asked for, the raw request is the context; cookies are put into one by the host.
// A random split: flagd hashes a key and draws nothing, so the host puts a number into the context.
// Its `fractional` is the hash of the alias's own sticky split: every decision agrees.

import { FlagdCore } from "@openfeature/flagd-core";
import { arms, cookieNames, cookiesOf, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";

const silent = { error() {}, warn() {}, info() {}, debug() {} };

function condition({ all, rules }) {
  const each = rules.map((rule) => {
    const value = { var: `${rule.cookie ? "cookies" : "headers"}.${rule.param}` };
    return rule.values.length === 1 ? { "===": [value, rule.values[0]] } : { in: [value, rule.values] };
  });
  return each.length === 1 ? each[0] : { [all ? "and" : "or"]: each };
}

function split(config) {
  const parts = arms(config);
  if (parts.length === 0) return [config.version];
  const header = stickyHeader(config);
  if (header === undefined) {
    let until = 0;
    const chain = parts.slice(0, -1).flatMap(({ version, percent }) => [{ "<": [{ var: "draw" }, (until += percent) / 100] }, version]);
    return [...chain, parts.at(-1).version];
  }
  const key = { var: `headers.${header}` };
  const buckets = parts.map(({ version, percent }) => [version, percent * 100]);
  return [key, { fractional: [{ cat: [{ var: "$flagd.flagKey" }, key] }, ...buckets] }, config.version];
}

export function prepare({ config }) {
  const tried = strategies(config);
  const chain = [...tried.flatMap((strategy) => [condition(strategy), strategy.version]), ...split(config)];
  const versions = new Set([config.version, ...tried.map(({ version }) => version), ...arms(config).map(({ version }) => version)]);
  const core = new FlagdCore(undefined, silent);
  core.setConfigurations(
    JSON.stringify({
      flags: {
        [config.name]: {
          state: "ENABLED",
          variants: Object.fromEntries([...versions].map((version) => [version, version])),
          defaultVariant: config.version,
          targeting: chain.length === 1 ? {} : { if: chain },
        },
      },
    }),
  );
  const cookies = cookieNames(config);
  const draws = arms(config).length > 0 && stickyHeader(config) === undefined;
  const { name, version } = config;
  if (!draws && cookies.length === 0) return (request) => core.resolveStringEvaluation(name, version, request, silent).value;
  return (request, draw) =>
    core.resolveStringEvaluation(
      name,
      version,
      { headers: request.headers, cookies: cookiesOf(request, cookies), draw: draw === undefined ? Math.random() : draw },
      silent,
    ).value;
}
