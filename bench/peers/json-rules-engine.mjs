// Conditions over facts; a run is asynchronous. The facts are put together by the host for each request: fields flat, since a path
// into the request is looked up by JSONPath, which is slower. A split is conditions over a fact `draw`, which the host draws or
// hashes.

import { Engine } from "json-rules-engine";
import { murmur3 } from "../murmur3.mjs";
import { arms, cookieNames, cookiesOf, headerNames, stickyHeader, strategies } from "./alias.mjs";

export const gives = "version";
export const awaits = true;

export function prepare({ config }) {
  const tried = strategies(config);
  const parts = arms(config);
  const engine = new Engine([], { allowUndefinedFacts: true });
  let priority = tried.length + 2;
  for (const { version, all, rules } of tried) {
    const conditions = rules.map(({ param, values }) =>
      values.length === 1 ? { fact: param, operator: "equal", value: values[0] } : { fact: param, operator: "in", value: values },
    );
    engine.addRule({ conditions: { [all ? "all" : "any"]: conditions }, event: { type: version }, priority: priority-- });
  }
  let from = 0;
  for (const { version, percent } of parts) {
    const until = from + percent;
    engine.addRule({
      conditions: {
        all: [
          { fact: "draw", operator: "greaterThanInclusive", value: from / 100 },
          { fact: "draw", operator: "lessThan", value: until / 100 },
        ],
      },
      event: { type: version },
      priority: 1,
    });
    from = until;
  }
  engine.on("success", () => engine.stop());
  const headers = headerNames(config);
  const cookies = cookieNames(config);
  const sticky = stickyHeader(config);
  return async (request, draw) => {
    const facts = cookiesOf(request, cookies);
    for (let i = 0; i < headers.length; i++) facts[headers[i]] = request.headers[headers[i]];
    if (sticky !== undefined) {
      const key = request.headers[sticky];
      if (key !== undefined) facts.draw = murmur3(config.name + key) / 4294967296;
    } else if (parts.length > 0) facts.draw = draw === undefined ? Math.random() : draw;
    const { events } = await engine.run(facts);
    return events.length === 0 ? config.version : events[0].type;
  };
}
