// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v2", reason: "rule", at: "/additional_version_strategy/v2", index: 0 },
    { version: "v3", reason: "rule", at: "/additional_version_strategy/v3", index: 1 },
    { version: "v4", reason: "rule", at: "/additional_version_strategy/v4", index: 2 },
    { version: "v1", reason: "default", at: "/version", index: 3 },
    { version: "v1", reason: "error", at: "", index: 4 },
  ].map(Object.freeze),
);

const cells0 = Int32Array.of(2, 0, 1, 0, 4, 5, 7, 0, 3, 0, 8, 6, 0, 0, 0, 0);
const hashes0 = Int32Array.of(1570663264, 0, -1323153806, 0, -1949792556, -1710426204, -1471109484, 0, -457105384, 0, 1183441658, 1422724091, 0, 0, 0, 0);
const values0 = ["two", "three", "alpha", "bravo", "charlie", "delta", "echo", "foxtrot"];
const keeps0 = Int32Array.of(0, 1, 0, 4, 4, 4, 4, 4, 4);
const adds0 = Int32Array.of(0, 0, 2, 0, 0, 0, 0, 0, 0);
const values1 = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf"];
const numbers0 = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const keeps1 = Int32Array.of(4, 5, 5, 5, 5, 5, 5, 4);
const adds1 = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 2);

/** The decision for a request. Never throws; `draw`, a number in [0, 1), replaces the alias's own. */
export function route(request, draw) {
  try {
    const carrier = request.headers;
    if (typeof carrier !== "object" || carrier === null) return decisions[4];
    let all0 = 5, any0 = 0;
    let text0 = carrier["x-stage"];
    if (typeof text0 === "object") text0 = joined(text0, ", ");
    let number5 = 0;
    if (typeof text0 === "string" && text0.length >= 3 && text0.length <= 7) {
      let hash5 = text0.length;
      hash5 = Math.imul(hash5 ^ text0.charCodeAt(1), 0x9e3779b1);
      hash5 ^= hash5 >>> 15;
      for (let cell5 = hash5 & 15; cells0[cell5] !== 0; cell5 = (cell5 + 1) & 15) {
        if (hashes0[cell5] === hash5 && values0[cells0[cell5] - 1] === text0) {
          number5 = cells0[cell5];
          break;
        }
      }
    }
    let n0 = number5;
    if (n0 !== 0 && !Object.hasOwn(carrier, "x-stage")) n0 = 0;
    all0 &= keeps0[n0];
    any0 |= adds0[n0];
    let text2 = carrier.cookie;
    if (typeof text2 === "object") text2 = joined(text2, "; ");
    const from3 = typeof text2 !== "string" ? -1 : cookieStart(text2, "lab");
    let number24 = 0;
    if (from3 !== -1 && text2.length > from3 + 0) {
      number24 = numbers0[text2.charCodeAt(from3 + 0) & 63];
      if (number24 !== 0 && !(cookieIs(text2, from3, values1[number24 - 1]))) number24 = 0;
    }
    let n1 = number24;
    if (n1 !== 0 && !Object.hasOwn(carrier, "cookie")) n1 = 0;
    all0 &= keeps1[n1];
    any0 |= adds1[n1];
    const held0 = all0 | any0;
    if (held0 !== 0) return decisions[31 - Math.clz32(held0 & -held0)];
    return decisions[3];
  } catch {
    return routeByReference(request, draw);
  }
}

export default route;

/** The same, in the order of the alias and reading no more than needed: for a request of which some part throws. */
function routeByReference(request, draw) {
  try {
    const carrier = request.headers;
    if (typeof carrier !== "object" || carrier === null) return decisions[4];
    const read0 = () => {
      let text = carrier["x-stage"];
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" || !Object.hasOwn(carrier, "x-stage") ? undefined : text;
    };
    const read1 = () => {
      let text = carrier.cookie;
      if (typeof text === "object") text = joined(text, "; ");
      return typeof text !== "string" || !Object.hasOwn(carrier, "cookie") ? undefined : cookieValue(text, "lab");
    };
    if (["two"].includes(read0()) && ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"].includes(read1())) return decisions[0];
    if (["three"].includes(read0()) || ["golf"].includes(read1())) return decisions[1];
    if (["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"].includes(read0())) return decisions[2];
    return decisions[3];
  } catch {
    return decisions[4];
  }
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

function cookieValue(line, name) {
  const from = cookieStart(line, name);
  return from === -1 ? undefined : line.slice(from, cookieEnd(line, from));
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
