import { type NodeRequest, toRequest } from "../index.ts";
import { Refusal } from "./terminal/host.ts";

/** The options with which a command takes one request. */
export const REQUEST: {
  readonly header: { readonly type: "string"; readonly multiple: true };
  readonly cookie: { readonly type: "string"; readonly multiple: true };
  readonly query: { readonly type: "string"; readonly multiple: true };
  readonly attribute: { readonly type: "string"; readonly multiple: true };
  readonly method: { readonly type: "string" };
  readonly path: { readonly type: "string" };
} = {
  header: { type: "string", multiple: true },
  cookie: { type: "string", multiple: true },
  query: { type: "string", multiple: true },
  attribute: { type: "string", multiple: true },
  method: { type: "string" },
  path: { type: "string" },
};

/** The request of these options. Throws a `Refusal` for what is not `NAME=VALUE`. */
export function requestOf(
  values: {
    readonly [option in "header" | "cookie" | "query" | "attribute"]?: readonly string[] | undefined;
  } & { readonly method?: string | undefined; readonly path?: string | undefined },
): NodeRequest {
  const headers = pairs("--header", values.header);
  const cookies = pairs("--cookie", values.cookie).map(([name, value]) => ["Cookie", `${name}=${value}`] as const);
  const query = new URLSearchParams(pairs("--query", values.query)).toString();
  const { method = "GET", path = "/" } = values;
  return toRequest({
    headers: [...headers, ...cookies],
    method,
    url: query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`,
    attributes: Object.fromEntries(pairs("--attribute", values.attribute)),
  });
}

/** `name=value`, split at the first `=`. */
function pairs(option: string, texts: readonly string[] = []): readonly [string, string][] {
  return texts.map((text): [string, string] => {
    const at = text.indexOf("=");
    if (at < 1) throw new Refusal(`\`${option} ${text}\` is not NAME=VALUE`, `write \`${option} name=value\``);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}
