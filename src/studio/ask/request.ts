import { type Field, type NodeRequest, type Plan, requestOf, type RequestParts } from "../../index.ts";
import type { Part, Row } from "../state.ts";

/** The request of a form, or what is wrong with it. */
export function requestOfRows(rows: readonly Row[]): NodeRequest | { readonly fault: string } {
  return requestOf(partsOfRows(rows), {});
}

/** What the rows of a form say of a request, and nothing else: a path, too, only where a row has one. */
export function partsOfRows(rows: readonly Row[]): RequestParts {
  const value = (part: Part): string | undefined => rows.find((row) => row.part === part && row.value !== "")?.value;
  const [method, path, host] = [value("method"), value("path"), value("host")];
  const [headers, cookies, query] = [namedIn(rows, "header"), namedIn(rows, "cookie"), namedIn(rows, "query")];
  const attributes = rows.flatMap((row) => (row.part === "attribute" && row.name !== "" ? [[row.name, row.value] as const] : []));
  return {
    ...(method !== undefined && { method }),
    ...(path !== undefined && { path }),
    ...(host !== undefined && { host }),
    ...(headers !== undefined && { headers }),
    ...(cookies !== undefined && { cookies }),
    ...(query !== undefined && { query }),
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
  };
}

type Named = Readonly<Record<string, string | readonly string[]>>;

/** The values of a part by their names, those of one name in their order; undefined where there are none. */
function namedIn(rows: readonly Row[], part: Part): Named | undefined {
  const values = new Map<string, readonly string[]>();
  for (const row of rows) {
    if (row.part === part && row.name !== "") values.set(row.name, [...(values.get(row.name) ?? []), row.value]);
  }
  if (values.size === 0) return undefined;
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? "") : all]));
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
