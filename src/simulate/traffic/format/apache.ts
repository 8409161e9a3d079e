import { shown } from "../../../document/index.ts";
import { IGNORED, type Role } from "./layout.ts";
import { layoutOf, meant, type PatternFault, type PatternResult, type Piece } from "./pattern.ts";

/** What Apache's directives without a name are. */
const ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["h", { kind: "client" }],
  ["a", { kind: "address" }],
  ["l", IGNORED],
  ["u", { kind: "attribute", name: "remote_user" }],
  ["t", { kind: "time", clock: "clf" }],
  ["r", { kind: "request" }],
  ["m", { kind: "method" }],
  ["U", { kind: "path" }],
  ["q", { kind: "query" }],
  ["s", { kind: "status" }],
  ["b", { kind: "number" }],
  ["B", { kind: "number" }],
  ["I", { kind: "number" }],
  ["O", { kind: "number" }],
  ["S", { kind: "number" }],
  ["D", { kind: "number" }],
  ["T", { kind: "number" }],
  ["k", { kind: "number" }],
  ["p", { kind: "number" }],
  ["P", { kind: "number" }],
  ["v", { kind: "vhost" }],
  ["V", { kind: "vhost" }],
  ["A", IGNORED],
  ["f", IGNORED],
  ["H", IGNORED],
  ["L", IGNORED],
  ["R", IGNORED],
  ["X", IGNORED],
]);

/**
 * Reads the syntax of Apache's `LogFormat`: the format alone, or the whole directive with its quotes. `\"` is a quote in both.
 * https://httpd.apache.org/docs/2.4/mod/mod_log_config.html#formats
 */
export function readApachePattern(written: string): PatternResult {
  const head = /^\s*(?:LogFormat|CustomLog\s+\S+)\s+"/i.exec(written);
  const begin = head?.[0].length ?? 0;
  const pieces: Piece[] = [];
  const faults: PatternFault[] = [];
  let at = begin;
  while (at < written.length) {
    const letter = written.charAt(at);
    if (head !== null && letter === '"') break;
    if (letter === "\\" && at + 1 < written.length) {
      const next = written.charAt(at + 1);
      pieces.push({ token: next === "t" ? "\t" : next === "n" ? "\n" : next, offset: at });
      at += 2;
      continue;
    }
    if (letter !== "%") {
      pieces.push({ token: letter, offset: at });
      at++;
      continue;
    }
    const match = DIRECTIVE.exec(written.slice(at, at + 512));
    const found = match === null ? undefined : pieceOf(match, at);
    if (match === null || found === undefined) {
      const text = written.slice(at, at + (match?.[0].length ?? 2));
      const help = meant(text, KNOWN, "see the directives of `mod_log_config`; `%%` is a percent sign");
      faults.push({ offset: at, message: `${shown(text)} is no directive of a log format`, help });
      at += Math.max(1, match?.[0].length ?? 1);
      continue;
    }
    pieces.push(...found);
    at += match[0].length;
  }
  if (head !== null && at >= written.length)
    faults.push({ offset: head[0].length - 1, message: "the quote of the format is not closed", help: 'end the format with `"`' });
  if (faults.length > 0) return { ok: false, faults };
  return layoutOf(pieces, "backslash", "`%r`, or `%m` and `%U%q`");
}

const KNOWN = ["%h", "%a", "%l", "%u", "%t", "%r", "%m", "%U", "%q", "%>s", "%b", "%{Referer}i", "%{User-Agent}i"];

/** The percent sign, statuses it is kept to, `<` or `>`, a name in braces, and the letter or the two of `^ti` and `^to`. */
const DIRECTIVE = /^%(?:!?\d{3}(?:,\d{3})*)?[<>]?(?:\{([^}]*)\})?(%|\^t[io]|[A-Za-z])/;

function pieceOf([written, name, letter = ""]: RegExpExecArray, offset: number): readonly Piece[] | undefined {
  const piece = (role: Role): readonly Piece[] => [{ token: { name: written, role }, offset }];
  if (letter === "%") return name === undefined ? [{ token: "%", offset }] : undefined;
  if (name === undefined) {
    const role = ROLES.get(letter);
    if (role === undefined) return undefined;
    // Apache writes the time in brackets of its own.
    return letter === "t" ? [{ token: "[", offset }, ...piece(role), { token: "]", offset }] : piece(role);
  }
  switch (letter) {
    case "i":
      return piece(/^host$/i.test(name) ? { kind: "host" } : { kind: "header", name: name.toLowerCase() });
    case "C":
      return piece({ kind: "cookie", name });
    case "a":
      return piece(name === "c" ? IGNORED : { kind: "address" });
    case "h":
      return piece({ kind: "client" });
    case "t":
      return piece(timeIn(name));
    case "p":
    case "P":
    case "T":
      return piece({ kind: "number" });
    case "e":
    case "n":
    case "o":
    case "x":
    case "c":
    case "^ti":
    case "^to":
      return piece(IGNORED);
    default:
      return undefined;
  }
}

/** `%{sec}t` and the like; what `strftime` would write is read and ignored. */
function timeIn(name: string): Role {
  switch (name.replace(/^(?:begin|end):/, "")) {
    case "sec":
      return { kind: "time", clock: "seconds" };
    case "msec":
      return { kind: "time", clock: "milliseconds" };
    case "%Y-%m-%dT%H:%M:%S%z":
    case "%FT%T%z":
      return { kind: "time", clock: "iso" };
    case "%d/%b/%Y:%H:%M:%S %z":
      return { kind: "time", clock: "clf" };
    default:
      return IGNORED;
  }
}
