// "checkout", compiled by canary-router: what is decided, and why, is listed first.

/** Every decision that `route` can return; `at` points into the alias. */
export const decisions = Object.freeze(
  [
    { version: "v1", reason: "default", at: "/version", index: 0 },
    { version: "v1", reason: "error", at: "", index: 1 },
  ].map(Object.freeze),
);

/** The decision for a request. Never throws; a second argument, a number in [0, 1), is the draw in place of the alias's own. */
export function route(request) {
  try {
    const carrier = nodeHeaders(request);
    if (typeof carrier !== "object" || carrier === null) return decisions[1];
    return decisions[0];
  } catch {
    return decisions[1];
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

function headersOf(request) {
  const { headers } = request;
  return typeof headers === "object" && headers !== null ? headers : undefined;
}

function named(object) {
  return object;
}
