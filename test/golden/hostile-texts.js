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
    let text0 = carrier["x-a"];
    if (typeof text0 === "object") text0 = joined(text0, ", ");
    if (text0 === "\"];process.exit()//" && Object.hasOwn(carrier, "x-a")) return decisions[0];
    const text2 = ownAttribute(request, "`${x}`");
    if (text2 === "*/ \u2028 \u003c/script> \\ \n") return decisions[0];
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
      let text = carrier["x-a"];
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" || !Object.hasOwn(carrier, "x-a") ? undefined : text;
    };
    const read1 = () => {
      const text = ownAttribute(request, "`${x}`");
      return typeof text !== "string" ? undefined : text;
    };
    const read2 = () => {
      let text = request.url;
      if (typeof text === "object") text = joined(text, ", ");
      return typeof text !== "string" ? undefined : queryDecoded(text, "'");
    };
    if (["\"];process.exit()//"].includes(read0()) || ["*/ \u2028 \u003c/script> \\ \n"].includes(read1()) || ["\ud800"].includes(read2())) return decisions[0];
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

function ownAttribute(request, name) {
  const attributes = property(request, "attributes");
  if (typeof attributes !== "object" || attributes === null) return undefined;
  const value = property(attributes, name);
  return typeof value === "string" && Object.hasOwn(attributes, name) ? value : undefined;
}

function queryDecoded(target, name) {
  const start = pathEnd(target, 0);
  if (start === target.length || target.charCodeAt(start) !== 63) return undefined;
  const hash = target.indexOf("#", start);
  if (/\p{Surrogate}/u.test(name)) return undefined;
  return new URLSearchParams(`&${target.slice(start + 1, hash === -1 ? target.length : hash)}`).get(name) ?? undefined;
}

function property(carrier, name) {
  return carrier[name];
}

function pathEnd(target, from) {
  if (from > 0 && target.indexOf("://") === from - 1) return from + 1;
  for (let at = from; at < target.length; at++) {
    const unit = target.charCodeAt(at);
    if (unit === 63 || unit === 35) return at;
  }
  return target.length;
}
