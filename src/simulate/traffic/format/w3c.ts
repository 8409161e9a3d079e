import { IGNORED, type Layout, type Role } from "./layout.ts";

/** The fields of a log that names them itself, in a line that begins with `#Fields:`. Plain data. */
export interface FieldsLine {
  readonly fields: readonly string[];
  readonly separator: " " | "\t";
}

/** What begins the line that names the fields. https://www.w3.org/TR/WD-logfile.html */
export const FIELDS_PREFIX = "#Fields:";

/** The fields that a line names, where it is such a line. Their values are separated as in the first line behind it. */
export function fieldsOf(line: string, next: string | undefined): FieldsLine | undefined {
  if (!line.startsWith(FIELDS_PREFIX)) return undefined;
  const fields = line
    .slice(FIELDS_PREFIX.length)
    .trim()
    .split(/[ \t]+/);
  if (fields.length < 2 || fields.length > 512) return undefined;
  const separator = (next ?? line.slice(FIELDS_PREFIX.length).trim()).includes("\t") ? "\t" : " ";
  return { fields, separator };
}

/** Whether the fields are those of CloudFront. */
export function isCloudFront(fields: readonly string[]): boolean {
  return fields.some((field) => field.startsWith("x-edge-"));
}

const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["date", { kind: "date" }],
  ["time", { kind: "clock" }],
  ["timestamp", { kind: "time", clock: "seconds" }],
  ["c-ip", { kind: "address", optional: true }],
  ["cs-method", { kind: "method" }],
  ["cs-uri", { kind: "target" }],
  ["cs-uri-stem", { kind: "path" }],
  ["cs-uri-query", { kind: "query" }],
  ["cs-host", { kind: "host" }],
  ["cs-username", { kind: "attribute", name: "remote_user" }],
  ["sc-status", { kind: "status" }],
]);

/** The layout of lines that have these fields. CloudFront percent-encodes values, IIS writes `+` for a blank. */
export function w3cLayout({ fields, separator }: FieldsLine): Layout {
  const cloudFront = isCloudFront(fields);
  // The host that the client named; `cs(Host)` is that of the distribution.
  const hostField = fields.includes("x-host-header")
    ? "x-host-header"
    : fields.some((field) => /^cs\(host\)$/i.test(field))
      ? "cs(Host)"
      : "cs-host";
  const roleOf = (field: string): Role => {
    if (field.toLowerCase() === hostField.toLowerCase()) return { kind: "host" };
    const header = /^cs\(([!#$%&'*+.^_`|~0-9A-Za-z-]+)\)$/.exec(field)?.[1]?.toLowerCase();
    if (header !== undefined) return header === "host" ? IGNORED : { kind: "header", name: header };
    return ROLES.get(field) ?? IGNORED;
  };
  const tokens = fields.flatMap((field, index) => [...(index === 0 ? [] : [separator]), { name: field, role: roleOf(field) }]);
  return { tokens, escape: cloudFront ? "percent" : "plus", tail: "none", separator };
}

/** What the fields of a log must have, so that requests can be read from it. */
export function lacksRequest(fields: readonly string[]): boolean {
  return !fields.includes("cs-uri-stem") && !fields.includes("cs-uri");
}
