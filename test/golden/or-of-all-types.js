// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v2", reason: "rule", at: "/additional_version_strategy/v2", index: 0 },
    { version: "v1", reason: "default", at: "/version", index: 1 },
    { version: "v1", reason: "error", at: "", index: 2 },
  ].map(Object.freeze),
);

/** The decision for a request. Never throws; `draw`, a number in [0, 1), replaces the alias's own. */
export function route(request, draw) {
  try {
    const carrier = request.headers;
    if (typeof carrier !== "object" || carrier === null) return decisions[2];
    let text0 = request.url;
    if (typeof text0 === "object") text0 = joined(text0, ", ");
    let text1 = request.method;
    if (typeof text1 === "object") text1 = joined(text1, ", ");
    if (text1 === "PUT") return decisions[0];
    const text3 = ownAuthority(carrier);
    if (text3 === "canary.example") return decisions[0];
    const text5 = ownAttribute(request, "tenant");
    if (text5 === "acme") return decisions[0];
    const from7 = typeof text0 !== "string" ? -1 : pathStart(text0);
    const to7 = from7 === -1 ? -1 : pathEnd(text0, from7);
    if ((from7 !== -1 && to7 - from7 === 5 && text0.startsWith("/cart", from7))) return decisions[0];
    const query8 = typeof text0 !== "string" ? undefined : queryValue(text0, "preview");
    if (query8 === "v2") return decisions[0];
    return decisions[1];
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
    const read0 = () => {
      let text = request.url;
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" ? undefined : text.slice(pathStart(text), pathEnd(text, pathStart(text)));
    };
    const read1 = () => {
      let text = request.method;
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" ? undefined : text;
    };
    const read2 = () => {
      const text = ownAuthority(carrier);
      return typeof text !== "string" ? undefined : text;
    };
    const read3 = () => {
      let text = request.url;
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" ? undefined : queryDecoded(text, "preview");
    };
    const read4 = () => {
      const text = ownAttribute(request, "tenant");
      return typeof text !== "string" ? undefined : text;
    };
    if (["/cart"].includes(read0()) || ["PUT"].includes(read1()) || ["canary.example"].includes(read2()) || ["v2"].includes(read3()) || ["acme"].includes(read4())) return decisions[0];
    return decisions[1];
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

function ownAuthority(carrier) {
  return ownField(carrier, ":authority") ?? ownField(carrier, "host");
}

function ownAttribute(request, name) {
  const attributes = property(request, "attributes");
  if (typeof attributes !== "object" || attributes === null) return undefined;
  const value = property(attributes, name);
  return typeof value === "string" && Object.hasOwn(attributes, name) ? value : undefined;
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

function queryValue(target, name) {
  const from = queryStart(target, name);
  if (from === -1) return undefined;
  const value = from === -2 ? undefined : target.slice(from, queryEnd(target, from));
  return value !== undefined && isPlain(value) ? value : queryDecoded(target, name);
}

function queryDecoded(target, name) {
  const start = pathEnd(target, 0);
  if (start === target.length || target.charCodeAt(start) !== 63) return undefined;
  const hash = target.indexOf("#", start);
  if (/\p{Surrogate}/u.test(name)) return undefined;
  return new URLSearchParams(`&${target.slice(start + 1, hash === -1 ? target.length : hash)}`).get(name) ?? undefined;
}

function ownField(carrier, name) {
  return Object.hasOwn(carrier, name) ? stringOf(property(carrier, name)) : undefined;
}

function property(carrier, name) {
  return carrier[name];
}

function originEnd(target, from) {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 47 || unit === 63 || unit === 35) return at;
  }
  return target.length;
}

function queryStart(target, name) {
  let at = pathEnd(target, 0);
  if (at === target.length || target.charCodeAt(at) !== 63) return -1;
  const hash = target.indexOf("#", at);
  const end = hash === -1 ? target.length : hash;
  while (at < end) {
    at++;
    let next = target.indexOf("&", at);
    if (next === -1 || next > end) next = end;
    let equals = at;
    let escaped = false;
    for (; equals < next; equals++) {
      const unit = target.charCodeAt(equals);
      if (unit === 61) break;
      if (unit === 37 || unit === 43) escaped = true;
    }
    if (escaped) return -2;
    if (equals - at === name.length && target.startsWith(name, at)) {
      const from = equals < next ? equals + 1 : next;
      for (let i = from; i < next; i++) {
        const unit = target.charCodeAt(i);
        if (unit === 37 || unit === 43) return -2;
      }
      return from;
    }
    at = next;
  }
  return -1;
}

function queryEnd(target, from) {
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 38 || unit === 35) return at;
  }
  return target.length;
}

function isPlain(text) {
  return /^[^\p{Surrogate}\ufffd]*$/u.test(text);
}

function stringOf(value) {
  return typeof value === "string" ? value : value === undefined ? undefined : joined(value, ", ");
}
