/** What loggers put in front of a line, or around it. */
export type PrefixName = "syslog" | "docker" | "compose" | "cri" | "kubectl";

/** A prefix: how it is known, and what it leaves of a line. */
export interface Prefix {
  readonly name: PrefixName;
  readonly description: string;
  /** The line without it; undefined where the line does not have it. */
  readonly strip: (line: string) => string | undefined;
}

const STAMP = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`;

/** RFC 3164, as it is sent and as daemons write it to files: `<190>Jan 31 09:44:00 edge1 nginx[7]: ` */
const BSD = new RegExp(
  String.raw`^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})?|${STAMP}) (?:\S{1,255} )?[^\s:[\]]{1,128}(?:\[[^\]\s]{1,64}\])?: ?`,
);

/** RFC 5424: `<190>1 2024-01-31T09:44:00Z edge1 nginx 7 - - ` */
const RFC5424 = new RegExp(
  String.raw`^<\d{1,3}>1 (?:${STAMP}|-) \S{1,255} \S{1,48} \S{1,128} \S{1,32} (?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*")*\])+)(?: \uFEFF?|$)`,
);

/** `2024-01-31T09:44:00.123456789Z stdout F `, of container runtimes; `P` marks a part of a line. */
const CRI = new RegExp(`^${STAMP} (?:stdout|stderr) F `);

/** `web-1  | `, perhaps coloured, and with a time behind it where it was asked for. */
const COMPOSE = new RegExp(
  String.raw`^(?:\u001B\[[\d;]*m)*[A-Za-z0-9][\w.-]{0,127} *(?:\u001B\[[\d;]*m)*\|(?:\u001B\[[\d;]*m)* (?:${STAMP} )?`,
);

/** `[pod/web-7d4b/nginx] `, of `kubectl logs --prefix`. */
const KUBECTL = new RegExp(String.raw`^\[pod/[^\]\s]{1,512}\] (?:${STAMP} )?`);

/** The prefixes that are known. */
export const PREFIXES: readonly Prefix[] = [
  { name: "docker", description: "Docker's json-file: the line as `log` of an object", strip: dockerLine },
  { name: "cri", description: "container runtimes of Kubernetes: time, stream and flag", strip: stripper(CRI) },
  { name: "kubectl", description: "`kubectl logs --prefix`: pod and container in brackets", strip: stripper(KUBECTL) },
  {
    name: "syslog",
    description: "syslog, RFC 3164 and RFC 5424",
    strip: (line) => cut(line, RFC5424) ?? cut(line, BSD),
  },
  { name: "compose", description: "`docker compose logs`: the container and a bar", strip: stripper(COMPOSE) },
];

function stripper(pattern: RegExp): (line: string) => string | undefined {
  return (line) => cut(line, pattern);
}

function cut(line: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(line);
  return match === null ? undefined : line.slice(match[0].length);
}

function dockerLine(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { log, stream, time } = JSON.parse(line) as { readonly log?: unknown; readonly stream?: unknown; readonly time?: unknown };
    if (typeof log !== "string" || (stream === undefined && time === undefined)) return undefined;
    return log.replace(/\r?\n$/, "");
  } catch {
    return undefined;
  }
}
