import type { Field } from "../../request/index.ts";

/** The name under which a host puts a field into the context of a flag. */
export function contextName(field: Field): string {
  switch (field.kind) {
    case "header":
    case "cookie":
    case "query":
      return `${field.kind}.${field.name}`;
    case "attribute":
      return field.name;
    case "path":
    case "method":
    case "authority":
      return field.kind;
  }
}

/** The field that a name of a context stands for: an attribute, where it is none that this library puts there. */
export function contextField(name: string): Field {
  const [, kind, rest = ""] = /^(header|cookie|query)\.(.+)$/.exec(name) ?? [];
  switch (kind) {
    case "header":
      return { kind, name: rest.toLowerCase() };
    case "cookie":
    case "query":
      return { kind, name: rest };
  }
  return name === "path" || name === "method" || name === "authority" ? { kind: name } : { kind: "attribute", name };
}
