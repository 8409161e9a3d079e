import { type Diagnostic, nearest, pointer, shown } from "../../document/index.ts";
import type { Field } from "../../request/index.ts";
import { TrafficError } from "./error.ts";
import type { Sought } from "./format/detect.ts";
import { formats, layoutIn, type LineFormat, type LogPattern, readPattern } from "./format/formats.ts";
import { type FieldMap, mapFaults } from "./format/map.ts";

/** The forms of 0.1.0. */
export type LogForm = "ndjson" | "har" | "access-log";

/** How a log is read. Plain data. */
export interface LogOptions {
  /**
   * The format: `auto`, which is what is taken where it is left out, finds it from the first lines; a name of `formats`; or a pattern
   * in the syntax of nginx's `log_format` or of Apache's `LogFormat`. `json` finds which of the formats of JSON records it is.
   */
  readonly format?: string | LogPattern | undefined;
  /** Where the parts of a request stand in records that no format knows: `{ ":path": "req.uri", "header x-user": "h.user" }`. */
  readonly map?: FieldMap | undefined;
  /**
   * The form of 0.1.0.
   * @deprecated `format` says more: `ndjson` is `json`, `har` is `har`, and an `access-log` is found by `auto`
   */
  readonly form?: LogForm | undefined;
  /** Where a user's id stands. What the log itself says of the user counts where a request has nothing there. */
  readonly user?: Field | undefined;
  /** Where a session's id stands. */
  readonly session?: Field | undefined;
  /** What holds the version that answered: the path of a JSON record's value, or the name of a field as the format writes it. */
  readonly served?: string | undefined;
  /**
   * Whether each request is given once its line has come, for a writer that is still at work; otherwise some hundred lines are read together,
   * which is faster. The format is then found from the first lines that tell it.
   */
  readonly live?: boolean | undefined;
}

/** Everything that the options ask for, checked. */
export interface Wanted {
  readonly sought: Sought;
  /** The format where none is found; undefined where it must be. */
  readonly otherwise: LineFormat | undefined;
}

const FORMS: Readonly<Record<LogForm, Wanted>> = {
  ndjson: { sought: "json", otherwise: { name: "json" } },
  har: { sought: { name: "har" }, otherwise: { name: "har", shape: "har" } },
  "access-log": { sought: "access-log", otherwise: undefined },
};

/**
 * What the options ask for.
 * @throws TrafficError with everything that is wrong with them
 */
export function wantedBy({ format = "auto", map, form }: LogOptions): Wanted {
  if (form !== undefined && !Object.hasOwn(FORMS, form))
    return refuse("log-format", "/form", `${shown(String(form))} is no form of a log`, "leave it out, or name a `format`");
  if (form !== undefined && format !== "auto")
    return refuse("log-format", "/form", "both `form` and `format` are there", "leave out `form`, which is of 0.1.0");
  if (map !== undefined) return wantedByMap(map, format, form);
  if (typeof format === "object") return wantedByPattern(format);
  return form === undefined ? wantedByName(format) : FORMS[form];
}

function wantedByMap(map: FieldMap, format: string | LogPattern, form: LogForm | undefined): Wanted {
  if (form !== undefined && form !== "ndjson")
    return refuse("log-map", "/map", `a map is for JSON records, and the form is ${shown(form)}`, "leave out `form`");
  if (format !== "auto" && format !== "json")
    return refuse("log-map", "/map", "a map is for JSON records, and another format is named", "leave out `format`, or write `json`");
  const faults = mapFaults(map);
  if (faults.length > 0)
    throw new TrafficError(
      faults.map(({ target, message, help }) =>
        error({ code: "log-map", at: target === undefined ? "/map" : pointer("/map", target), message, help }),
      ),
    );
  const mapped: LineFormat = { name: "map", map };
  return { sought: mapped, otherwise: mapped };
}

function wantedByPattern(format: LogPattern): Wanted {
  const [name = ""] = Object.keys(format);
  const text: unknown = Object.values(format)[0];
  if ((name !== "nginx" && name !== "apache") || Object.keys(format).length !== 1 || typeof text !== "string")
    return refuse(
      "log-format",
      "/format",
      "the format is neither a name nor a pattern",
      'write `{ nginx: "$remote_addr …" }` or `{ apache: "%h …" }`',
    );
  const read = readPattern(format);
  if (!read.ok)
    throw new TrafficError(
      read.faults.map(({ offset, message, help }) =>
        error({ code: "log-pattern", at: `/format/${name}`, message, help, position: placeIn(text, offset) }),
      ),
    );
  const described: LineFormat = { name, pattern: format };
  return { sought: described, otherwise: described };
}

function wantedByName(format: string): Wanted {
  switch (format) {
    case "auto":
      return { sought: "auto", otherwise: undefined };
    case "json":
      return FORMS.ndjson;
    case "har":
      return FORMS.har;
    default: {
      const names = ["auto", ...formats.map(({ name }) => name)];
      if (names.includes(format)) return { sought: { name: format }, otherwise: { name: format } };
      const near = nearest(String(format), names);
      const help = near === undefined ? `known: ${names.map(shown).join(", ")}` : `did you mean ${shown(near)}?`;
      return refuse("log-format", "/format", `${shown(String(format))} is no format of logs`, help);
    }
  }
}

function error(complaint: Omit<Diagnostic, "severity">): Diagnostic {
  return { ...complaint, severity: "error" };
}

function refuse(code: Diagnostic["code"], at: Diagnostic["at"], message: string, help: string): never {
  throw new TrafficError([error({ code, at, message, help })]);
}

/** Patterns may have several lines, as in a config of nginx. */
function placeIn(text: string, offset: number): NonNullable<Diagnostic["position"]> {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Throws a `TrafficError` where lines of this format have no such field. */
export function checkServed(format: LineFormat, served: string): void {
  const layout = layoutIn(format);
  if (layout === undefined) return;
  const names = layout.tokens.flatMap((token) => (typeof token === "string" ? [] : [token.name]));
  if (names.includes(served)) return;
  const near = nearest(served, names);
  const help = near === undefined ? `it has ${names.map(shown).join(", ")}` : `did you mean ${shown(near)}?`;
  refuse("log-served", "/served", `the format ${shown(format.name)} has no field ${shown(served)}`, help);
}
