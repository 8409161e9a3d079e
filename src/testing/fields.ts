import { cookieNames, type Field, fieldName, nodeReader, type NodeRequest, queryNames, textOf, valueIn } from "../request/index.ts";

/** The value of every field that a request has, by the name of the field (`fieldName`). */
export type FieldValues = ReadonlyMap<string, string>;

/**
 * Reads every field that a request has. It costs what the request has, and not what an alias asks for: of 10,000 rules, a request
 * is about a few.
 */
export function fieldsOf(request: NodeRequest): FieldValues {
  const values = new Map<string, string>();
  const carrier = nodeReader.open(request);
  if (carrier === undefined) return values;
  const read = (field: Field): void => {
    const text = textOf(nodeReader, field, carrier, request);
    const value = text === undefined ? undefined : valueIn(field, text);
    if (value !== undefined) values.set(fieldName(field), value);
  };
  for (const name of Object.keys(request.headers)) read({ kind: "header", name });
  for (const name of Object.keys(request.attributes ?? {})) read({ kind: "attribute", name });
  for (const kind of ["method", "path", "authority"] as const) read({ kind });
  const cookies = values.get("header cookie");
  if (cookies !== undefined) for (const name of cookieNames(cookies)) read({ kind: "cookie", name });
  if (typeof request.url === "string") for (const name of queryNames(request.url)) read({ kind: "query", name });
  return values;
}
