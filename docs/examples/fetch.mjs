/**
 * A handler of the fetch standard: Workers, Deno and Bun serve it as it is. It sends a request to the origin of its version
 * and says in a header which that was.
 */
import { compile, fetchReader } from "canary-router";

const ORIGINS = { v1: "https://v1.shop.example", v2: "https://v2.shop.example" };

const route = compile(
  {
    name: "shop",
    version: "v1",
    additional_version_strategy: { v2: { rules: [{ rule_type: "Cookie", param: "beta", op: "=", value: "on" }] } },
    additional_version_weights: { v2: 5 },
    stickiness: { keys: [{ rule_type: "Cookie", param: "sid" }], on_missing: "primary" },
  },
  { reader: fetchReader },
);

export default {
  async fetch(request) {
    const { version, reason } = route(request);
    const { pathname, search } = new URL(request.url);
    const answer = await fetch(new Request(ORIGINS[version] + pathname + search, request));
    const headers = new Headers(answer.headers);
    headers.set("X-Served-By", `${version}; ${reason}`);
    return new Response(answer.body, { status: answer.status, headers });
  },
};
