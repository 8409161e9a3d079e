// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v2", reason: "rule", at: "/additional_version_strategy/v2", index: 0 },
    { version: "v1", reason: "default", at: "/version", index: 1 },
    { version: "v1", reason: "error", at: "", index: 2 },
  ].map(Object.freeze),
);

const SLOTS = 10_000;
const lastQuery = {
  target: undefined,
  parameters: undefined,
  values: undefined,
};
const plan = { rules: [{ test: { kind: "any", matches: [{ field: 0, values: ["on"] }, { field: 1, values: ["yes"] }] }, outcome: 0 }], split: { kind: "fixed", outcome: 1 }, error: 2 };

/** The decision for a request. Never throws; a second argument, a number in [0, 1), is the draw in place of the alias's own. */
export function route(request) {
  try {
    const carrier = fetchHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    const text0 = fetched(carrier, "x-canary");
    if (typeof text0 === "string" && text0 === "on") return decisions[0];
    const text2 = fetched(carrier, "cookie");
    const from3 = typeof text2 !== "string" ? -1 : cookieStart(text2, "beta");
    if ((from3 !== -1 && cookieIs(text2, from3, "yes"))) return decisions[0];
    return decisions[1];
  } catch {
    return routeByReference(request, arguments[1]);
  }
}

export default route;

/** The same, in the order of the alias and reading no more than needed: for a request of which some part throws. */
function routeByReference(request, draw) {
  try {
    const carrier = fetchHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    const fields = [
      () => {
        const text = fetched(carrier, "x-canary");
        return typeof text !== "string" ? undefined : valueIn({ kind: "header", name: "x-canary" }, text);
      },
      () => {
        const text = fetched(carrier, "cookie");
        return typeof text !== "string" ? undefined : valueIn({ kind: "cookie", name: "beta" }, text);
      },
    ];
    return decisions[decide(plan, (field) => fields[field](), draw, Math.random).outcome];
  } catch {
    return decisions[2];
  }
}

function fetchHeaders(request) {
  const headers = headersOf(request);
  if (headers !== undefined && typeof named(headers).get !== "function")
    throw new TypeError("the headers have no function `get`, as those of node: read them by `nodeReader`");
  return headers;
}

function fetched(carrier, name) {
  const value = typeof carrier.get === "function" ? carrier.get(name) : undefined;
  return typeof value === "string" ? value : undefined;
}

function cookieStart(line, name) {
  const at = line.indexOf(name);
  if (at === -1) return -1;
  let before = at - 1;
  while (before >= 0 && isBlank(line.charCodeAt(before))) before--;
  if (before < 0 || line.charCodeAt(before) === 59) {
    const from = valueBehind(line, at + name.length);
    if (from !== -1) return from;
  }
  const semicolon = line.indexOf(";", at);
  return semicolon === -1 ? -1 : cookieBehind(line, name, semicolon);
}

function cookieEnd(line, from) {
  let to = line.indexOf(";", from);
  if (to === -1) to = line.length;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return to;
}

function cookieIs(line, from, value) {
  if (!line.startsWith(value, from)) return false;
  const after = blanksEnd(line, from + value.length);
  return after === line.length || line.charCodeAt(after) === 59;
}

function decide({ rules, split, error }, read, draw, random, drawOfKey) {
  const rule = rules.find(({ test }) => testHolds(test, read));
  if (rule !== undefined) return { outcome: rule.outcome, draw: undefined };
  if (split.kind === "fixed") return { outcome: split.outcome, draw: undefined };
  const { arms, sticky } = split;
  const pick = (drawn) => ({
    outcome: arms.find(({ until }) => drawn.slot !== -1 && drawn.slot < until)?.outcome ?? error,
    draw: drawn,
  });
  if (draw !== undefined) return pick({ value: draw, slot: slotOf(draw), from: "given" });
  for (const [key, { field }] of sticky?.keys.entries() ?? []) {
    const text = read(field);
    if (text === undefined || text === "") continue;
    const value = drawOfKey(text);
    return pick({ value, slot: slotOf(value), from: "sticky", key, text });
  }
  if (sticky !== undefined && sticky.missing !== "random") return { outcome: sticky.missing, draw: undefined };
  const value = random();
  return pick({ value, slot: slotOf(value), from: "random" });
}

function valueIn(field, text) {
  switch (field.kind) {
    case "cookie":
      return cookieValue(text, field.name);
    case "query":
      return queryDecoded(text, field.name);
    case "path": {
      const from = pathStart(text);
      return text.slice(from, pathEnd(text, from));
    }
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return text;
  }
}

function headersOf(request) {
  const { headers } = request;
  return typeof headers === "object" && headers !== null ? headers : undefined;
}

function named(object) {
  return object;
}

function isBlank(unit) {
  return unit === 32 || unit === 9;
}

function valueBehind(line, at) {
  const equals = blanksEnd(line, at);
  return equals < line.length && line.charCodeAt(equals) === 61 ? blanksEnd(line, equals + 1) : -1;
}

function cookieBehind(line, name, semicolon) {
  const last = line.length - name.length;
  const first = name.charCodeAt(0);
  let at = semicolon + 1;
  for (let pairs = 0; at < last; pairs++) {
    if (line.charCodeAt(at) === 32) at++;
    const unit = line.charCodeAt(at);
    if (unit === first || isBlank(unit)) {
      at = blanksEnd(line, at);
      const end = at + name.length;
      if (end < line.length && endsName(line.charCodeAt(end)) && line.startsWith(name, at)) {
        const from = valueBehind(line, end);
        if (from !== -1) return from;
      }
    }
    at = pairs * 8 > at - semicolon + 64 ? unitAt(line, 59, at) : line.indexOf(";", at);
    if (at === -1) return -1;
    at++;
  }
  return -1;
}

function blanksEnd(line, from) {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at;
}

function testHolds({ kind, matches }, read) {
  const holds = ({ field, values }) => {
    const value = read(field);
    return value !== undefined && values.includes(value);
  };
  return kind === "all" ? matches.every(holds) : matches.some(holds);
}

function slotOf(draw) {
  return typeof draw === "number" && draw >= 0 && draw < 1 ? (draw * SLOTS) | 0 : -1;
}

function cookieValue(line, name) {
  const from = cookieStart(line, name);
  return from === -1 ? undefined : line.slice(from, cookieEnd(line, from));
}

function queryDecoded(target, name) {
  if (lastQuery.target !== target || lastQuery.parameters === undefined) {
    lastQuery.target = target;
    lastQuery.parameters = new URLSearchParams(queryOf(target));
    lastQuery.values = undefined;
    return isUnicode(name) ? (lastQuery.parameters.get(name) ?? undefined) : undefined;
  }
  if (lastQuery.values === undefined) {
    const values = new Map();
    for (const [key, value] of lastQuery.parameters) if (!values.has(key)) values.set(key, value);
    lastQuery.values = values;
  }
  return isUnicode(name) ? lastQuery.values.get(name) : undefined;
}

function pathStart(target) {
  if (target.startsWith("/")) return 0;
  const colon = target.indexOf("://");
  if (colon === -1) return 0;
  if (!/^[a-z]/i.test(target)) return 0;
  for (let at = 1; at < colon; at++) if (!/[a-z0-9+.-]/i.test(target.charAt(at))) return 0;
  const path = originEnd(target, colon + 3);
  return target.startsWith("/", path) ? path : colon + 1;
}

function pathEnd(target, from) {
  if (from > 0 && target.indexOf("://") === from - 1) return from + 1;
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 63 || unit === 35) return at;
  }
  return target.length;
}

function endsName(unit) {
  return unit === 61 || isBlank(unit);
}

function unitAt(line, unit, from) {
  for (let at = from; at < line.length; at++) if (line.charCodeAt(at) === unit) return at;
  return -1;
}

function queryOf(target) {
  const start = pathEnd(target, 0);
  if (start === target.length || target.charCodeAt(start) !== 63) return "";
  const hash = target.indexOf("#", start);
  return `&${target.slice(start + 1, hash === -1 ? target.length : hash)}`;
}

function isUnicode(text) {
  return !/\p{Surrogate}/u.test(text);
}

function originEnd(target, from) {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 47 || unit === 63 || unit === 35) return at;
  }
  return target.length;
}
