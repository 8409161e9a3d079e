// A toggle whose strategies have constraints and variants, evaluated by the client's own evaluator over toggles in memory, so
// that nothing is fetched. Where only headers are asked for, they are the context as they are.
// Its splits, sticky and random, are its own: only the shares agree.

import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { arms, cookieNames, cookiesOf, stickyHeader, strategies } from "./alias.mjs";

const require = createRequire(import.meta.url);
const root = dirname(require.resolve("unleash-client"));
const { default: Evaluator } = require(join(root, "client.js"));
const { defaultStrategies } = require(join(root, "strategy", "index.js"));

export const gives = "version";
export const agrees = (id) => (["W4", "W5", "W6"].includes(id) ? "share" : "each");

const everyone = { name: "flexibleRollout", parameters: { rollout: "100", stickiness: "random", groupId: "all" } };
const constraint = ({ param, values }) => ({ contextName: param, operator: "IN", values, inverted: false, caseInsensitive: false });
const variant = (name, weight, stickiness) => ({ name, weight, stickiness, payload: { type: "string", value: name } });

class Toggles extends EventEmitter {
  constructor(toggle) {
    super();
    this.toggle = toggle;
  }
  getToggle(name) {
    return name === this.toggle.name ? this.toggle : undefined;
  }
  getSegment() {
    return undefined;
  }
}

export function prepare({ config }) {
  const cookies = cookieNames(config);
  const ruled = strategies(config).flatMap(({ version, all, rules }) =>
    (all || rules.length === 1 ? [rules] : rules.map((rule) => [rule])).map((together) => ({
      ...everyone,
      constraints: together.map(constraint),
      variants: [variant(version, 1000, "random")],
    })),
  );
  const header = stickyHeader(config);
  const parts = arms(config);
  const stickiness = header ?? "random";
  const split = {
    ...everyone,
    parameters: { ...everyone.parameters, groupId: config.name },
    constraints: [],
    variants: parts.map(({ version, percent }) => variant(version, percent * 10, stickiness)),
  };
  const toggle = {
    name: config.name,
    type: "release",
    enabled: true,
    stale: false,
    impressionData: false,
    project: "default",
    strategies: parts.length === 0 ? ruled : [...ruled, split],
  };
  const evaluator = new Evaluator(new Toggles(toggle), defaultStrategies);
  const primary = { name: config.version, enabled: false };
  if (header !== undefined) {
    // Without a key it would draw at random: the host must see to that.
    return ({ headers }) => (headers[header] === undefined ? config.version : evaluator.getVariant(config.name, headers, primary).name);
  }
  if (cookies.length === 0) return (request) => evaluator.getVariant(config.name, request.headers, primary).name;
  const headers = strategies(config).flatMap(({ rules }) => rules.filter((rule) => !rule.cookie).map(({ param }) => param));
  return (request) => {
    const properties = cookiesOf(request, cookies);
    for (let i = 0; i < headers.length; i++) properties[headers[i]] = request.headers[headers[i]];
    return evaluator.getVariant(config.name, { properties }, primary).name;
  };
}
