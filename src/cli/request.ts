import { type NodeRequest, toRequest } from "../index.ts";
import type { Valued } from "./declaration.ts";
import { Refusal } from "./terminal/host.ts";

type Pair = readonly [name: string, value: string];

interface PairOption extends Valued {
  readonly multiple: true;
  readonly read: (text: string, option: string) => Pair;
}

const GROUP = "The request, as much of it as matters";
const PAIR = { type: "string", value: "NAME=VALUE", multiple: true, read: pairOf, group: GROUP } as const;

/** The options that describe one request. */
export const REQUEST: {
  readonly header: PairOption;
  readonly cookie: PairOption;
  readonly query: PairOption;
  readonly attribute: PairOption;
  readonly method: Valued & { readonly default: string };
  readonly path: Valued & { readonly default: string };
} = {
  header: { ...PAIR, description: "a header; the name in any case" },
  cookie: { ...PAIR, description: "a cookie, as it is sent: nothing is decoded" },
  query: { ...PAIR, description: "a query parameter, in plain text" },
  attribute: { ...PAIR, description: "what the host vouches for: tenant, country, a claim" },
  method: { type: "string", value: "METHOD", default: "GET", group: GROUP, description: "the method" },
  path: { type: "string", value: "PATH", default: "/", group: GROUP, description: "the path; may have a query" },
};

/** The request that the values of these options describe. */
export function requestOf({
  header,
  cookie,
  query,
  attribute,
  method,
  path,
}: {
  readonly [option in "header" | "cookie" | "query" | "attribute"]: readonly Pair[];
} & { readonly method: string; readonly path: string }): NodeRequest {
  const parameters = new URLSearchParams(query.map(([name, value]): [string, string] => [name, value])).toString();
  return toRequest({
    headers: [...header, ...cookie.map(([name, value]) => ["Cookie", `${name}=${value}`] as const)],
    method,
    url: parameters === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${parameters}`,
    attributes: Object.fromEntries(attribute),
  });
}

/** Splits `name=value` at the first `=`. */
function pairOf(text: string, option: string): Pair {
  const at = text.indexOf("=");
  if (at < 1) throw new Refusal(`\`${option} ${text}\` is not NAME=VALUE`, `write \`${option} name=value\``);
  return [text.slice(0, at), text.slice(at + 1)];
}
