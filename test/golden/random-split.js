// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v2", reason: "split", at: "/additional_version_weights/v2", index: 0 },
    { version: "v1", reason: "split", at: "/version", index: 1 },
    { version: "v3", reason: "split", at: "/additional_version_weights/v3", index: 2 },
    { version: "v1", reason: "error", at: "", index: 3 },
  ].map(Object.freeze),
);

const SLOTS = 10_000;

/** The decision for a request. Never throws; a second argument, a number in [0, 1), is the draw in place of the alias's own. */
export function route(request) {
  try {
    const carrier = nodeHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[3];
    const draw = arguments[1];
    if (draw === undefined) {
      const slot = slotOf(Math.random());
      return slot === -1 ? decisions[3] : slot < 1000 ? decisions[0] : slot < 9750 ? decisions[1] : decisions[2];
    }
    const slot = slotOf(draw);
    return slot === -1 ? decisions[3] : slot < 1000 ? decisions[0] : slot < 9750 ? decisions[1] : decisions[2];
  } catch {
    return decisions[3];
  }
}

export default route;

function nodeHeaders(request) {
  const headers = headersOf(request);
  const get = headers === undefined ? undefined : named(headers).get;
  if (typeof get === "function" && get !== named(Object.prototype).get)
    throw new TypeError(
      "the headers have a function `get`, as those of the fetch standard: read them by `fetchReader`",
    );
  return headers;
}

function slotOf(draw) {
  return typeof draw === "number" && draw >= 0 && draw < 1 ? (draw * SLOTS) | 0 : -1;
}

function headersOf(request) {
  const { headers } = request;
  return typeof headers === "object" && headers !== null ? headers : undefined;
}

function named(object) {
  return object;
}
