// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v2", reason: "split", at: "/additional_version_weights/v2", index: 0 },
    { version: "v1", reason: "split", at: "/version", index: 1 },
    { version: "v1", reason: "error", at: "", index: 2 },
  ].map(Object.freeze),
);

const seed0 = { hash: 1171914790, carry: 0, bits: 0, bytes: 8, lead: 0 };

/** The decision for a request. Never throws; `draw`, a number in [0, 1), replaces the alias's own. */
export function route(request, draw) {
  try {
    const carrier = request.headers;
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    if (draw === undefined) {
      let text0 = carrier["x-user"];
      if (typeof text0 === "object") text0 = joined(text0, ", ");
      if (typeof text0 === "string" && text0 !== "" && Object.hasOwn(carrier, "x-user")) {
        const slot = slotOfKey(seed0, text0, 0, text0.length);
        return slot < 1000 ? decisions[0] : decisions[1];
      }
      let text2 = carrier.cookie;
      if (typeof text2 === "object") text2 = joined(text2, "; ");
      const from3 = typeof text2 !== "string" ? -1 : cookieStart(text2, "uid");
      if (from3 !== -1 && cookieEnd(text2, from3) > from3 && Object.hasOwn(carrier, "cookie")) {
        const slot = slotOfKey(seed0, text2, from3, cookieEnd(text2, from3));
        return slot < 1000 ? decisions[0] : decisions[1];
      }
      const drawn = Math.random();
      if (typeof drawn !== "number" || !(drawn >= 0 && drawn < 1)) return decisions[2];
      const slot = drawn * 10000;
      return slot < 1000 ? decisions[0] : decisions[1];
    }
    if (typeof draw !== "number" || !(draw >= 0 && draw < 1)) return decisions[2];
    const slot = draw * 10000;
    return slot < 1000 ? decisions[0] : decisions[1];
  } catch {
    return routeByReference(request, draw);
  }
}

export default route;

/** The same, in the order of the alias and reading no more than needed: for a request of which some part throws. */
function routeByReference(request, draw) {
  try {
    const carrier = request.headers;
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    const arm = (slot) => slot < 1000 ? decisions[0] : decisions[1];
    const read0 = () => {
      let text = carrier["x-user"];
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" || !Object.hasOwn(carrier, "x-user") ? undefined : text;
    };
    const read1 = () => {
      let text = carrier.cookie;
      if (typeof text === "object") text = joined(text, "; ");
      return typeof text !== "string" || !Object.hasOwn(carrier, "cookie") ? undefined : cookieValue(text, "uid");
    };
    let value = draw;
    if (value === undefined) {
      const key = read0() || read1();
      if (key) return arm(slotOfKey(seed0, key, 0, key.length));
      value = Math.random();
    }
    return typeof value === "number" && value >= 0 && value < 1 ? arm(value * 10000) : decisions[2];
  } catch {
    return decisions[2];
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

function cookieValue(line, name) {
  const from = cookieStart(line, name);
  return from === -1 ? undefined : line.slice(from, cookieEnd(line, from));
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
