import { type Field, type NodeRequest, type Plan, requestOf } from "../../index.ts";
import type { Part, Row } from "../state.ts";

/** The request of a form, or what is wrong with it. It has what its rows say and nothing else: a path, too, only where a row has one. */
export function requestOfRows(rows: readonly Row[]): NodeRequest | { readonly fault: string } {
  const value = (part: Part): string | undefined => rows.find((row) => row.part === part && row.value !== "")?.value;
  const pairs = (part: Part): readonly (readonly [string, string])[] =>
    rows.flatMap((row) => (row.part === part && row.name !== "" ? [[row.name, row.value] as const] : []));
  const [method, path, host, cookies, query] = [value("method"), value("path"), value("host"), pairs("cookie"), pairs("query")];
  const parts = {
    headers: pairs("header"),
    attributes: Object.fromEntries(pairs("attribute")),
    ...(cookies.length > 0 && { cookies: cookies.map(([name, each]) => `${name}=${each}`).join("; ") }),
    ...(query.length > 0 && { query: new URLSearchParams(query.map(([name, each]): [string, string] => [name, each])).toString() }),
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(host !== undefined && { host }),
  };
  return requestOf(parts, {});
}

/** The row of a field, without a value. */
function rowOf(field: Field): Row {
  switch (field.kind) {
    case "header":
      return field.name === "host" ? { part: "host", name: "", value: "" } : { part: "header", name: field.name, value: "" };
    case "cookie":
    case "query":
    case "attribute":
      return { part: field.kind, name: field.name, value: "" };
    case "authority":
      return { part: "host", name: "", value: "" };
    case "method":
    case "path":
      return { part: field.kind, name: "", value: "" };
  }
}

/** What a plan looks at, each once, with the values that it compares with. */
export function fieldsOf({ rules, split }: Plan): readonly { readonly row: Row; readonly values: readonly string[] }[] {
  const fields = new Map<string, { readonly row: Row; values: readonly string[] }>();
  const add = (field: Field, values: readonly string[]): void => {
    const row = rowOf(field);
    const key = `${row.part} ${row.name}`;
    const known = fields.get(key);
    if (known === undefined) fields.set(key, { row, values });
    else known.values = [...new Set([...known.values, ...values])];
  };
  for (const { test } of rules) for (const { field, values } of test.matches) add(field, values);
  if (split.kind === "arms") for (const { field } of split.sticky?.keys ?? []) add(field, []);
  return [...fields.values()];
}
