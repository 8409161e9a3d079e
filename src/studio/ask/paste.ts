import { type LooseParts, requestOf, visible } from "../../index.ts";
import type { Row } from "../state.ts";
import { readCurl } from "./curl.ts";
import { done, headerRows, namedRows, type Pasted, targetRows, withoutDouble } from "./pasted.ts";

/** Reads a request that was copied from a terminal, a browser or a log. What it is shows in its first letters. */
export function readPaste(text: string): Pasted {
  const trimmed = text.trim();
  if (trimmed === "") return { fault: "the text is empty" };
  if (/^curl(?:\.exe)?\s/.test(trimmed)) return readCurl(trimmed);
  if (/^[[{]/.test(trimmed)) return readJSON(trimmed);
  return readHTTP(trimmed);
}

/** A request line, where there is one, and header lines. */
function readHTTP(text: string): Pasted {
  const lines = text.split(/\r?\n/);
  const rows: Row[] = [];
  const left: string[] = [];
  const [first = ""] = lines;
  const [, method, target] = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first.trim()) ?? [];
  if (method !== undefined && target !== undefined) {
    rows.push({ part: "method", name: "", value: method }, ...(targetRows(target) ?? []));
    lines.shift();
  }
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") {
      if (lines.slice(index).some((rest) => rest.trim() !== "")) left.push("body");
      break;
    }
    const row = headerRows(line.replace(/^[><] /, ""));
    if (row === undefined && !/^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+:\s*$/.test(line))
      return { fault: `\`${visible(line.slice(0, 60))}\` is no header line` };
    rows.push(...(row ?? []));
  }
  return rows.length === 0 ? { fault: "there are no headers" } : done("HTTP", rows, left);
}

type Loose = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An entry of an archive, an archive of one entry, or a request as suites and logs have it. */
function readJSON(text: string): Pasted {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { fault: error instanceof Error ? error.message : "no JSON" };
  }
  if (!isObject(value)) return { fault: "expected an object" };
  const { log } = value;
  const entries = isObject(log) && Array.isArray(log["entries"]) ? (log["entries"] as readonly unknown[]) : undefined;
  const entry = entries === undefined ? value : entries[0];
  const request = isObject(entry) && isObject(entry["request"]) ? entry["request"] : undefined;
  if (entries !== undefined && request === undefined) return { fault: "the archive has no request" };
  if (request !== undefined && typeof request["url"] === "string" && Array.isArray(request["headers"])) {
    const left = [
      ...(request["postData"] === undefined ? [] : ["postData"]),
      ...((entries?.length ?? 1) > 1 ? [`entries 2–${entries?.length}`] : []),
    ];
    return fromParts(
      "HAR",
      { method: request["method"], url: request["url"], headers: request["headers"], cookies: undefined },
      left,
      request["cookies"],
    );
  }
  return fromParts("JSON", request ?? value, [], undefined);
}

/** The parts that a request can be written in. */
const KEYS: readonly string[] = ["headers", "cookies", "query", "attributes", "method", "path", "url", "host", "authority"];

function fromParts(kind: "HAR" | "JSON", parts: Loose, left: readonly string[], archived: unknown): Pasted {
  if (!KEYS.some((key) => parts[key] !== undefined && parts[key] !== null)) return { fault: "it has none of the keys of a request" };
  const unknown = Object.keys(parts).filter((key) => !KEYS.includes(key));
  const loose: LooseParts = parts;
  const hasCookie =
    Array.isArray(parts["headers"]) && parts["headers"].some((each) => isObject(each) && String(each["name"]).toLowerCase() === "cookie");
  const request = requestOf(kind === "HAR" && !hasCookie ? { ...loose, cookies: archived } : loose, {});
  if ("fault" in request) return request;
  const { headers, url, method, attributes = {} } = request;
  const rows: Row[] = [
    ...(method === undefined ? [] : [{ part: "method", name: "", value: method } as const]),
    ...(url === undefined ? [] : (targetRows(url) ?? [{ part: "path", name: "", value: url } as const])),
  ];
  const named = Object.entries(headers).flatMap(([name, value]) =>
    namedRows(name, typeof value === "string" ? value : (value ?? []).join(", ")),
  );
  const said = Object.entries(attributes).map(([name, value]): Row => ({ part: "attribute", name, value: value ?? "" }));
  return done(kind, [...withoutDouble(rows, named), ...named, ...said], [...left, ...(kind === "JSON" ? unknown : [])]);
}
