import { type NodeRequest, requestOf as readRequest } from "../index.ts";
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
  readonly method: Valued;
  readonly path: Valued;
} = {
  header: { ...PAIR, description: "a header; the name in any case, also :method, :path and :authority" },
  cookie: { ...PAIR, description: "a cookie, as it is sent: nothing is decoded" },
  query: { ...PAIR, description: "a query parameter, in plain text" },
  attribute: { ...PAIR, description: "what the host vouches for: tenant, country, a claim" },
  method: { type: "string", value: "METHOD", group: GROUP, description: "the method; GET where it is left out" },
  path: { type: "string", value: "PATH", group: GROUP, description: "the path, which may have a query; / where it is left out" },
};

/** What stands for a header of such a name; `:scheme` is looked at by nothing. */
const PSEUDO: Readonly<Record<string, string | undefined>> = {
  ":method": "`--method`",
  ":path": "`--path`",
  ":authority": "`--header Host=`",
};

/** The request of these options, read as the record of a log is. */
export function requestOf({
  header,
  cookie,
  query,
  attribute,
  method,
  path,
}: {
  readonly [option in "header" | "cookie" | "query" | "attribute"]: readonly Pair[];
} & { readonly method?: string | undefined; readonly path?: string | undefined }): NodeRequest {
  const [twice] = attribute.map(([name]) => name).filter((name, index, names) => names.indexOf(name) < index);
  if (twice !== undefined) throw new Refusal(`the attribute \`${twice}\` is given twice`, "an attribute has one value");
  const seen = new Set<string>();
  for (const [name] of header) {
    if (!name.startsWith(":")) continue;
    const known = name.toLowerCase();
    const other = Object.hasOwn(PSEUDO, known) ? PSEUDO[known] : undefined;
    if (other === undefined)
      throw new Refusal(`\`--header ${name}\` is looked at by nothing`, "with a colon there are `:method`, `:path` and `:authority`");
    if (seen.has(known) || (known === ":method" && method !== undefined) || (known === ":path" && path !== undefined))
      throw new Refusal(`\`--header ${name}\` is given beside ${seen.has(known) ? "another" : other}`, "leave one of them out");
    seen.add(known);
  }
  const request = readRequest({ headers: header, cookies: cookie, query, attributes: Object.fromEntries(attribute), method, path });
  if ("fault" in request) throw new Refusal(request.fault);
  return request;
}

/** Splits `name=value` at the first `=`. */
function pairOf(text: string, option: string): Pair {
  const at = text.indexOf("=");
  if (at < 1) throw new Refusal(`\`${option} ${text}\` is not NAME=VALUE`, `write \`${option} name=value\``);
  return [text.slice(0, at), text.slice(at + 1)];
}
