import type { Row } from "../state.ts";

/** A pasted text as a request: what it was taken for, its rows, and what of it says nothing of the request. */
export type Pasted =
  | { readonly kind: "curl" | "HAR" | "JSON" | "HTTP"; readonly rows: readonly Row[]; readonly left: readonly string[] }
  | { readonly fault: string };

/** The path, the query and the host of a URL or a target. */
export function targetRows(url: string): readonly Row[] | undefined {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : url.startsWith("/") ? `http://placeholder.invalid${url}` : `http://${url}`;
  if (!URL.canParse(whole)) return undefined;
  const { host, pathname, searchParams } = new URL(whole);
  return [
    { part: "path", name: "", value: pathname },
    ...(host === "placeholder.invalid" ? [] : [{ part: "host", name: "", value: host } as const]),
    ...[...searchParams].map(([name, value]): Row => ({ part: "query", name, value })),
  ];
}

/** A header line as rows; undefined for one without a value, with which curl takes a header away. */
export function headerRows(line: string): readonly Row[] | undefined {
  const [, name = "", value = ""] = /^(:?[^:]+):\s*(.*?)\s*$/s.exec(line) ?? [];
  if (name === "" || value === "") return undefined;
  return namedRows(name.trim(), value);
}

/** A header field as rows. */
export function namedRows(name: string, value: string): readonly Row[] {
  switch (name.toLowerCase()) {
    case "cookie":
      return cookieRows(value);
    case "host":
    case ":authority":
      return [{ part: "host", name: "", value }];
    case ":path":
      return targetRows(value) ?? [];
    case ":method":
      return [{ part: "method", name: "", value }];
    default:
      return name.startsWith(":") ? [] : [{ part: "header", name: name.toLowerCase(), value }];
  }
}

/** The cookies of a Cookie field as rows. */
export function cookieRows(line: string): readonly Row[] {
  return line.split(";").flatMap((pair): readonly Row[] => {
    const at = pair.indexOf("=");
    return at === -1 ? [] : [{ part: "cookie", name: pair.slice(0, at).trim(), value: pair.slice(at + 1).trim() }];
  });
}

/** A host of the URL gives way to a Host header that is given. */
export function withoutDouble(target: readonly Row[], rows: readonly Row[]): readonly Row[] {
  return rows.some(({ part }) => part === "host") ? target.filter(({ part }) => part !== "host") : target;
}

/** A request, with each thing once that says nothing of it. */
export function done(kind: "curl" | "HAR" | "JSON" | "HTTP", rows: readonly Row[], left: readonly string[]): Pasted {
  return { kind, rows, left: [...new Set(left)] };
}
