import type { Field } from "../index.ts";
import type { LogForm } from "../simulate/index.ts";
import { choice } from "./arguments.ts";
import { Refusal } from "./terminal/host.ts";

/** The formats of logs, each with what it is. */
const FORMATS: Readonly<Record<LogForm, string>> = {
  ndjson: "a JSON object a line",
  har: "HTTP Archive 1.2",
  "access-log": "the combined log format of Apache and nginx",
};

/** The option that says how a log is read. */
export const TRAFFIC_FORMAT: {
  readonly type: "string";
  readonly value: "NAME";
  readonly choices: Readonly<Record<LogForm, string>>;
  readonly description: string;
} = {
  type: "string",
  value: "NAME",
  choices: FORMATS,
  description: "the format of the log; where it is left out, its extension or its first bytes say it",
};

/** `Header:X-User-Id` as a field. */
export function fieldOf(text: string, option: string): Field {
  const at = text.indexOf(":");
  if (at < 1 || at === text.length - 1) throw new Refusal(`\`${option} ${text}\` is not TYPE:NAME`, `write \`${option} Header:X-User-Id\``);
  const kind = choice(option, text.slice(0, at).toLowerCase(), ["header", "cookie", "query", "attribute"]);
  const name = text.slice(at + 1);
  return { kind, name: kind === "header" ? name.toLowerCase() : name };
}
