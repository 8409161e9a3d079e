// A feature with rules, evaluated by the client that servers share between requests. Where only headers are asked for, the raw
// request is the attributes; cookies and the sticky key are put into some by the host.
// Its sticky split has a hash of its own: only the shares agree. A random split: the host puts a number into the attributes.

import { GrowthBookClient } from "@growthbook/growthbook";
import { arms, cookieNames, cookiesOf, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";
export const agrees = (id) => (id === "W5" ? "share" : "each");

function condition({ all, rules }) {
  const each = rules.map(({ cookie, param, values }) => ({
    [`${cookie ? "cookies" : "headers"}.${param}`]: values.length === 1 ? values[0] : { $in: values },
  }));
  return all ? Object.assign({}, ...each) : each.length === 1 ? each[0] : { $or: each };
}

function split(config) {
  const parts = arms(config);
  if (parts.length === 0) return [];
  if (stickyHeader(config) !== undefined) {
    return [
      {
        variations: parts.map(({ version }) => version),
        weights: parts.map(({ percent }) => percent / 100),
        hashAttribute: "key",
        hashVersion: 2,
        seed: config.name,
        coverage: 1,
      },
    ];
  }
  let until = 0;
  return parts.map(({ version, percent }) => ({ condition: { draw: { $lt: (until += percent) / 100 } }, force: version }));
}

export function prepare({ config }) {
  const tried = strategies(config);
  // Two rules of one field cannot stand in one condition object; W9 has four.
  if (tried.some(({ all, rules }) => all && new Set(rules.map(({ param }) => param)).size < rules.length)) return undefined;
  const rules = [...tried.map((strategy) => ({ condition: condition(strategy), force: strategy.version })), ...split(config)];
  const client = new GrowthBookClient().initSync({ payload: { features: { [config.name]: { defaultValue: config.version, rules } } } });
  const cookies = cookieNames(config);
  const header = stickyHeader(config);
  const { name, version } = config;
  if (header !== undefined) {
    return (request) => client.getFeatureValue(name, version, { attributes: { key: request.headers[header] } });
  }
  if (arms(config).length === 0 && cookies.length === 0) {
    return (request) => client.getFeatureValue(name, version, { attributes: request });
  }
  return (request, draw) =>
    client.getFeatureValue(name, version, {
      attributes: {
        headers: request.headers,
        cookies: cookiesOf(request, cookies),
        draw: draw === undefined ? Math.random() : draw,
      },
    });
}
