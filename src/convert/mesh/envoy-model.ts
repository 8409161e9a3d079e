import type { Field } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import { libraryModel, type Model } from "../decide.ts";
import { readByNode, type WireRequest } from "../wire.ts";

/**
 * What Envoy sees: it joins the lines of a header with a comma alone, and does not decode the names of parameters. Its configuration is
 * UTF-8, so that a rule is compared with a request as UTF-8, and bytes that are none match nothing.
 */
export function envoyModel(plan: Plan): Model {
  const read = (field: Field, request: WireRequest): string | undefined => {
    switch (field.kind) {
      case "header":
      case "cookie": {
        const name = field.kind === "cookie" ? "cookie" : field.name;
        const lines = request.headers
          .filter(([each]) => each.toLowerCase() === name)
          .map(([, value]) => value.replace(/^[ \t]+|[ \t]+$/g, ""));
        // RE2 finds nothing in a line that is no UTF-8, whatever else the line has.
        const line = lines.length === 0 ? undefined : asText(lines.join(","));
        return line === undefined ? undefined : asText(readByNode(field, { ...request, headers: [[name, lines.join(",")]] }));
      }
      case "query": {
        const [, query = ""] = /^[^?#]*\?([^#]*)/.exec(request.target) ?? [];
        const pair = query.split("&").find((each) => each.split("=")[0] === field.name);
        return pair === undefined ? undefined : readByNode(field, { ...request, target: `/?${pair}` });
      }
      case "path":
      case "method":
      case "authority":
      case "attribute":
        return asText(readByNode(field, request));
    }
  };
  return { ...libraryModel(plan), read };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes, one for each unit; undefined where they are no UTF-8. */
function asText(bytes: string | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return UTF8.decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
