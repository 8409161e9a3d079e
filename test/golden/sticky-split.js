// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v2", reason: "split", at: "/additional_version_weights/v2", index: 0 },
    { version: "v1", reason: "split", at: "/version", index: 1 },
    { version: "v1", reason: "error", at: "", index: 2 },
  ].map(Object.freeze),
);

const SLOTS = 10_000;
const lastQuery = {
  target: undefined,
  parameters: undefined,
  values: undefined,
};
const plan = { rules: [], split: { kind: "arms", arms: [{ until: 1000, outcome: 0 }, { until: 10000, outcome: 1 }], sticky: { missing: "random", keys: [{ field: 0 }, { field: 1 }] } }, error: 2 };
const seed0 = { hash: 1171914790, carry: 0, bits: 0, bytes: 8, lead: 0 };

/** The decision for a request. Never throws; a second argument, a number in [0, 1), is the draw in place of the alias's own. */
export function route(request) {
  try {
    const carrier = nodeHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    const draw = arguments[1];
    if (draw === undefined) {
      let text0 = carrier["x-user"];
      if (typeof text0 === "object") text0 = joined(text0, ", ");
      if (typeof text0 === "string" && text0 !== "" && (Object.getPrototypeOf(carrier) === Object.prototype && !("x-user" in Object.prototype) || Object.hasOwn(carrier, "x-user"))) {
        const slot = slotOfKey(seed0, text0, 0, text0.length);
        return slot < 1000 ? decisions[0] : decisions[1];
      }
      let text2 = carrier.cookie;
      if (typeof text2 === "object") text2 = joined(text2, "; ");
      const from3 = typeof text2 !== "string" ? -1 : cookieStart(text2, "uid");
      if (from3 !== -1 && cookieEnd(text2, from3) > from3 && (Object.getPrototypeOf(carrier) === Object.prototype && !("cookie" in Object.prototype) || Object.hasOwn(carrier, "cookie"))) {
        const slot = slotOfKey(seed0, text2, from3, cookieEnd(text2, from3));
        return slot < 1000 ? decisions[0] : decisions[1];
      }
      const slot = slotOf(Math.random());
      return slot === -1 ? decisions[2] : slot < 1000 ? decisions[0] : decisions[1];
    }
    const slot = slotOf(draw);
    return slot === -1 ? decisions[2] : slot < 1000 ? decisions[0] : decisions[1];
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
        let text = carrier["x-user"];
        if (typeof text === "object") text = joined(text, ", ");
        return typeof text !== "string" || !(Object.getPrototypeOf(carrier) === Object.prototype && !("x-user" in Object.prototype) || Object.hasOwn(carrier, "x-user")) ? undefined : valueIn({ kind: "header", name: "x-user" }, text);
      },
      () => {
        let text = carrier.cookie;
        if (typeof text === "object") text = joined(text, "; ");
        return typeof text !== "string" || !(Object.getPrototypeOf(carrier) === Object.prototype && !("cookie" in Object.prototype) || Object.hasOwn(carrier, "cookie")) ? undefined : valueIn({ kind: "cookie", name: "uid" }, text);
      },
    ];
    return decisions[decide(plan, (field) => fields[field](), draw, Math.random, (key) => murmur3Draw("checkout" + key)).outcome];
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

function slotOfKey(seed, text, from, to) {
  if (seed.lead !== 0) return slotOfRest(seed, text, from, to);
  const shift = seed.bits;
  let { hash, carry } = seed;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const a = text.charCodeAt(at);
    const b = text.charCodeAt(at + 1);
    const c = text.charCodeAt(at + 2);
    const d = text.charCodeAt(at + 3);
    if ((a | b | c | d) > 127) break;
    const word = a | (b << 8) | (c << 16) | (d << 24);
    hash = block(hash, carry | (word << shift));
    carry = shift === 0 ? 0 : word >>> (32 - shift);
  }
  let bits = shift;
  for (; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 127) return slotOfRest({ hash, carry, bits, bytes: seed.bytes + at - from, lead: 0 }, text, at, to);
    carry |= unit << bits;
    bits += 8;
    if (bits < 32) continue;
    hash = block(hash, carry);
    carry = 0;
    bits = 0;
  }
  return slotOfHash(avalanche(hash ^ scramble(carry) ^ (seed.bytes + to - from)));
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

function slotOf(draw) {
  return typeof draw === "number" && draw >= 0 && draw < 1 ? (draw * SLOTS) | 0 : -1;
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

function murmur3Draw(text) {
  return murmur3(text) / 2 ** 32;
}

function headersOf(request) {
  const { headers } = request;
  return typeof headers === "object" && headers !== null ? headers : undefined;
}

function named(object) {
  return object;
}

function slotOfRest(state, text, from, to) {
  return slotOfHash(finish(absorb(state, text, from, to)));
}

function block(hash, word) {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function slotOfHash(hash) {
  return Math.floor((hash >>> 0) * (625 / 268435456));
}

function avalanche(hash) {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function scramble(word) {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
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

function testHolds({ kind, matches }, read) {
  const holds = ({ field, values }) => {
    const value = read(field);
    return value !== undefined && values.includes(value);
  };
  return kind === "all" ? matches.every(holds) : matches.some(holds);
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

function murmur3(text, seed = 0) {
  return finish(absorb({ hash: seed | 0, carry: 0, bits: 0, bytes: 0, lead: 0 }, text, 0, text.length)) >>> 0;
}

function finish(state) {
  const { hash, carry, bytes } = state.lead === 0 ? state : absorb({ ...state, lead: 0 }, "\ufffd", 0, 1);
  return avalanche(hash ^ scramble(carry) ^ bytes);
}

function absorb(prefix, text, from, to) {
  let { hash, carry, bits, bytes, lead } = prefix;
  for (let at = from; at < to; at++) {
    let point = text.charCodeAt(at);
    if (lead !== 0) {
      if ((point & 0xfc00) === 0xdc00) point = 0x10000 + ((lead & 0x3ff) << 10) + (point & 0x3ff);
      else {
        point = 0xfffd;
        at--;
      }
      lead = 0;
    } else if ((point & 0xfc00) === 0xd800) {
      lead = point;
      continue;
    } else if ((point & 0xfc00) === 0xdc00) point = 0xfffd;
    const length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (let left = length - 1; left >= 0; left--) {
      const first = length === 1 ? point : ((0xf00 >> length) & 0xff) | (point >> (6 * left));
      carry |= (left === length - 1 ? first : 0x80 | ((point >> (6 * left)) & 0x3f)) << bits;
      bits += 8;
      if (bits === 32) {
        hash = block(hash, carry);
        carry = 0;
        bits = 0;
      }
    }
    bytes += length;
  }
  return { hash, carry, bits, bytes, lead };
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
