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
const plan = { rules: [{ test: { kind: "any", matches: [{ field: 0, values: ["\"];process.exit()//"] }, { field: 1, values: ["*/ \u2028 \u003c/script> \\ \n"] }, { field: 2, values: ["\ud800"] }] }, outcome: 0 }], split: { kind: "fixed", outcome: 1 }, error: 2 };

/** The decision for a request. Never throws; a second argument, a number in [0, 1), is the draw in place of the alias's own. */
export function route(request) {
  try {
    const carrier = nodeHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    let text0 = carrier["x-a"];
    if (typeof text0 === "object") text0 = joined(text0, ", ");
    if (typeof text0 === "string" && text0 === "\"];process.exit()//" && (Object.getPrototypeOf(carrier) === Object.prototype && !("x-a" in Object.prototype) || Object.hasOwn(carrier, "x-a"))) return decisions[0];
    const text2 = ownAttribute(request, "`${x}`");
    if (typeof text2 === "string" && text2 === "*/ \u2028 \u003c/script> \\ \n") return decisions[0];
    return decisions[1];
  } catch {
    return routeByReference(request, arguments[1]);
  }
}

export default route;

/** The same, in the order of the alias and reading no more than needed: for a request of which some part throws. */
function routeByReference(request, draw) {
  try {
    const carrier = nodeHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    const fields = [
      () => {
        let text = carrier["x-a"];
        if (typeof text === "object") text = joined(text, ", ");
        return typeof text !== "string" || !(Object.getPrototypeOf(carrier) === Object.prototype && !("x-a" in Object.prototype) || Object.hasOwn(carrier, "x-a")) ? undefined : valueIn({ kind: "header", name: "x-a" }, text);
      },
      () => {
        const text = ownAttribute(request, "`${x}`");
        return typeof text !== "string" ? undefined : valueIn({ kind: "attribute", name: "`${x}`" }, text);
      },
      () => {
        let text = request.url;
        if (typeof text === "object") text = joined(text, ", ");
        return typeof text !== "string" ? undefined : valueIn({ kind: "query", name: "'" }, text);
      },
    ];
    return decisions[decide(plan, (field) => fields[field](), draw, Math.random).outcome];
  } catch {
    return decisions[2];
  }
}

function nodeHeaders(request) {
  const headers = headersOf(request);
  const get = headers === undefined ? undefined : named(headers).get;
  if (typeof get === "function" && get !== named(Object.prototype).get)
    throw new TypeError(
      "the headers have a function `get`, as those of the fetch standard: read them by `fetchReader`",
    );
  return headers;
}

function joined(value, separator) {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  let whole = "";
  for (let at = 0; at < value.length; at++) {
    const item = value[at];
    if (typeof item !== "string") return undefined;
    whole = at === 0 ? item : whole + separator + item;
  }
  return whole;
}

function ownAttribute(request, name) {
  const { attributes } = named(request);
  if (typeof attributes !== "object" || attributes === null) return undefined;
  if (name === "__proto__" && !Object.hasOwn(attributes, name)) return undefined;
  const value = property(attributes, name);
  return typeof value === "string" && Object.hasOwn(attributes, name) ? value : undefined;
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

function property(carrier, name) {
  return carrier[name];
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

function endsName(unit) {
  return unit === 61 || isBlank(unit);
}

function unitAt(line, unit, from) {
  for (let at = from; at < line.length; at++) if (line.charCodeAt(at) === unit) return at;
  return -1;
}
