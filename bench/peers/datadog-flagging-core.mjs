// A configuration in the form that the service sends as protobuf: the form as JSON is validated, and its rules are written out as text, at
// every evaluation. The raw request is the context; cookies are put into it by the host. A random split: the library hashes a key and draws
// nothing, so the host puts a number there. Its split hashes by MD5: only the shares agree.

import { createRequire } from "node:module";
import { arms, cookieNames, cookiesOf, stickyHeader, strategies } from "./alias.mjs";

// Its ES modules import each other without file endings, which node does not resolve.
const { evaluate } = createRequire(import.meta.url)("@datadog/flagging-core");

export const gives = "version";
export const agrees = (id) => (id === "W5" ? "share" : "each");

/** Numbers of the enumerations in its schema. */
const LESS_THAN = 1;
const STRING = 1;
const STATIC = 3;
const SHARDS = 10_000;

/** A list in which equal items have one number. */
function interned() {
  const items = [];
  const numbers = new Map();
  const numberOf = (item) => {
    const key = JSON.stringify(item);
    if (!numbers.has(key)) numbers.set(key, items.push(item) - 1);
    return numbers.get(key);
  };
  return { items, numberOf };
}

export function prepare({ config }) {
  const [strings, attributes, conditions] = [interned(), interned(), interned()];
  const attribute = (...path) => {
    const segments = path.map((key) => ({ kind: { case: "objectKeyStringIndex", value: strings.numberOf(key) } }));
    return attributes.numberOf({ kind: { case: "attributePath", value: { segments } } });
  };
  const condition = (kind, value) => conditions.numberOf({ kind: { case: kind, value } });
  const match = ({ cookie, param, values }) =>
    condition("stringMembership", {
      attributeIndex: attribute(cookie ? "cookies" : "headers", param),
      stringIndexes: values.map(strings.numberOf),
      negate: false,
    });
  const parts = arms(config);
  const versions = interned();
  const split = (version, ranges = []) => ({ ranges, variationIndex: versions.numberOf(version), reason: STATIC });
  const allocation = (targetingConditionIndex, splits, partitionKey = []) => ({
    key: "allocation",
    targetingConditionIndex,
    partitionKey,
    splits,
    logExposureEvent: false,
  });
  const allocations = strategies(config).map(({ version, all, rules }) => {
    const matches = rules.map(match);
    return allocation(matches.length === 1 ? matches[0] : condition(all ? "all" : "any", { conditionIndexes: matches }), [split(version)]);
  });
  const header = stickyHeader(config);
  let until = 0;
  if (header === undefined) {
    for (const { version, percent } of parts.slice(0, -1)) {
      const value = { attributeIndex: attribute("draw"), comparator: LESS_THAN, comparand: (until += percent) / 100 };
      allocations.push(allocation(condition("numeric", value), [split(version)]));
    }
  } else {
    const key = attribute("headers", header);
    const shard = { kind: { case: "shardMd5", value: { salt: config.name, attributeIndex: key, totalShards: SHARDS } } };
    const splits = parts.map(({ version, percent }) => split(version, [{ from: until, to: (until += percent * (SHARDS / 100)) }]));
    allocations.push(allocation(condition("attributePresence", { attributeIndex: key, expectNull: false }), splits, [shard]));
  }
  allocations.push(allocation(undefined, [split(header === undefined ? (parts.at(-1)?.version ?? config.version) : config.version)]));
  const variations = versions.items.map((version) => {
    const index = strings.numberOf(version);
    return { keyStringIndex: index, value: { case: "stringValueIndex", value: index } };
  });
  const { name, version } = config;
  const response = {
    $typeName: "datadog.ffe.flagging.ufc.v1.FlagsConfiguration",
    flags: { [name]: { minimumFeatureLevel: 0, variationType: STRING, variations, allocations } },
    attributes: attributes.items,
    strings: strings.items,
    conditions: conditions.items,
    regexes: [],
    versions: [],
    jsonStrings: [],
    observeFullEvaluationData: false,
  };
  const configuration = { rules: { response } };
  const cookies = cookieNames(config);
  const draws = parts.length > 0 && header === undefined;
  if (!draws && cookies.length === 0) return (request) => evaluate(configuration, "string", name, version, request).value;
  return (request, draw) => {
    const context = {
      headers: request.headers,
      cookies: cookiesOf(request, cookies),
      draw: draw === undefined ? Math.random() : draw,
    };
    return evaluate(configuration, "string", name, version, context).value;
  };
}
