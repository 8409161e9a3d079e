import type { Field } from "../index.ts";
import { formats, type LogOptions, parseField } from "../simulate/index.ts";
import { percentage } from "./arguments.ts";
import type { Conflict } from "./declaration.ts";
import { Refusal } from "./terminal/host.ts";

/** The values of `--traffic-format`, each with its meaning. `ndjson` and `access-log` are the names of 0.1.0. */
const FORMATS: Readonly<Record<string, string>> = {
  auto: "found from the first lines",
  ...Object.fromEntries(formats.map(({ name, description }) => [name, description])),
  json: "JSON records in any of the formats that are objects, this library's own among them",
  ndjson: "the same",
  "access-log": "lines of text in any of the formats of access logs",
};

/** The default of `--max-malformed`, in percent of the lines of a log. Empty lines and comments do not count. */
export const MAX_MALFORMED = 5;

/** The options for reading a log. */
export const LOG_OPTIONS: {
  readonly "traffic-format": {
    readonly type: "string";
    readonly value: "NAME";
    readonly choices: typeof FORMATS;
    readonly default: "auto";
    readonly description: string;
  };
  readonly "log-format": { readonly type: "string"; readonly value: "PATTERN"; readonly description: string };
  readonly map: { readonly type: "string"; readonly value: "FIELD=PATH"; readonly multiple: true; readonly description: string };
  readonly "max-malformed": {
    readonly type: "string";
    readonly value: "PERCENT";
    readonly read: typeof percentage;
    readonly description: string;
  };
} = {
  "traffic-format": {
    type: "string",
    value: "NAME",
    choices: FORMATS,
    default: "auto",
    description: "the format of the log",
  },
  "log-format": {
    type: "string",
    value: "PATTERN",
    description: "the format of the log in the syntax of nginx's log_format or of Apache's LogFormat",
  },
  map: {
    type: "string",
    value: "FIELD=PATH",
    multiple: true,
    description: "where a JSON record has a field, such as `header x-user=req.user`; may be repeated",
  },
  "max-malformed": {
    type: "string",
    value: "PERCENT",
    read: percentage,
    description: `exit with 1 where more of the lines are no requests; ${MAX_MALFORMED} where it is left out`,
  },
};

/** Options for reading a log that exclude each other. */
export const LOG_CONFLICTS: readonly Conflict[] = [
  { options: ["log-format", "traffic-format"], why: "both name a format" },
  { options: ["log-format", "map"], why: "both say where the fields are" },
];

/** The values of these options. */
export interface LogValues {
  readonly "traffic-format": string;
  readonly "log-format"?: string | undefined;
  readonly map?: readonly string[] | undefined;
}

/** The options of `logTraffic` that the values of these options give. */
export function logOptionsOf({
  "traffic-format": name,
  "log-format": pattern,
  map = [],
}: LogValues): Pick<LogOptions, "form" | "format" | "map"> {
  if (pattern !== undefined) {
    return { format: pattern.includes("$") ? { nginx: pattern } : { apache: pattern } };
  }
  const paths = map.map((text): readonly [string, string] => {
    const at = text.lastIndexOf("=");
    if (at < 1) throw new Refusal(`\`--map ${text}\` is not FIELD=PATH`, "write `--map 'header x-user=req.user'`");
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return {
    ...(name === "ndjson" || name === "access-log" ? { form: name } : { format: name }),
    ...(paths.length > 0 && { map: Object.fromEntries(paths) }),
  };
}

/** Whether the share of malformed lines, from 0 to 1, is over `most` percent. */
export function hasTooMany(share: number, most: number = MAX_MALFORMED): boolean {
  return share > most / 100;
}

/** Reads a field such as `Header:X-User-Id`. */
export function fieldOf(text: string, option: string): Field {
  const [rule_type = "", param = ""] = text.split(/:(.*)/s);
  if (rule_type === "" || param === "") throw new Refusal(`\`${option} ${text}\` is not TYPE:NAME`, `write \`${option} Header:X-User-Id\``);
  const checked = parseField({ rule_type, param });
  if (checked.ok) return checked.value;
  const [first] = checked.diagnostics;
  throw new Refusal(`\`${option} ${text}\`: ${first?.message}`, first?.help);
}
