import type { Entry } from "./visit.ts";

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

/** What logs write where a value is missing. */
const MISSING = "-";

/**
 * Reads one line of an access log in the combined format of Apache and nginx, or in the common one, which ends before the
 * referrer:
 *
 *     192.0.2.7 - alice [24/Nov/2026:12:00:00 +0000] "GET /cart?x=1 HTTP/1.1" 200 512 "https://shop.example/" "Mozilla/5.0"
 *
 * Whatever follows is the log's own. The address and the user become the attributes `remote_addr` and `remote_user`, and the
 * status `status`. The user is the one who signed in or else, as is the custom, the address with the agent: several people
 * behind one address and with one browser are then one.
 */
export function readLogLine(line: string): Entry {
  const first = line.indexOf(" ");
  const second = line.indexOf(" ", first + 1);
  const bracket = line.indexOf(" [", second + 1);
  const open = line.indexOf('] "', bracket + 2);
  if (first < 1 || second === -1 || bracket === -1 || open === -1) return { fault: "not in the combined or common log format" };

  const from = open + 3;
  const to = closing(line, from);
  if (to === -1) return { fault: "the request line has no closing quote" };
  const space = line.indexOf(" ", from);
  if (space === -1 || space >= to) return { fault: "no method and target between the quotes" };
  const last = line.lastIndexOf(" ", to);
  const method = line.slice(from, space);
  const url = text(line, space + 1, last <= space ? to : last);
  if (line.charCodeAt(to + 1) !== SPACE) return { fault: "no status after the request line" };
  const status = line.slice(to + 2, to + 5);
  if (!/^\d{3}$/.test(status)) return { fault: "the status is not a number of three digits" };

  const address = line.slice(0, first);
  const name = line.slice(second + 1, bracket);
  const headers: { [name: Lowercase<string>]: string } = {};
  let agent = "";
  const referrer = line.indexOf(' "', to + 5) + 2;
  if (referrer !== 1) {
    const end = closing(line, referrer);
    if (end === -1) return { fault: "the referrer has no closing quote" };
    const value = text(line, referrer, end);
    if (value !== MISSING) headers["referer"] = value;
    if (line.charCodeAt(end + 2) === QUOTE) {
      const close = closing(line, end + 3);
      if (close === -1) return { fault: "the user agent has no closing quote" };
      agent = text(line, end + 3, close);
      if (agent !== MISSING) headers["user-agent"] = agent;
    }
  }
  const signedIn = name !== MISSING && name !== "";
  const attributes = signedIn ? { remote_addr: address, status, remote_user: name } : { remote_addr: address, status };
  const user = signedIn ? name : `${address} ${agent}`;
  return { request: { headers, url, method, attributes }, user, session: undefined, draw: undefined, served: undefined };
}

/** The quote that ends a text: one that no backslash, or an even number of them, stands before. */
function closing(line: string, from: number): number {
  for (let end = line.indexOf('"', from); end !== -1; end = line.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (end - backslashes > from && line.charCodeAt(end - backslashes - 1) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}

/** The text between quotes: Apache writes `\"`, `\\` and `\n`, and both write `\xHH` for a byte. */
function text(line: string, from: number, to: number): string {
  const raw = line.slice(from, to);
  if (!raw.includes("\\")) return raw;
  return raw.replaceAll(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_, byte: string | undefined, letter: string) =>
    byte === undefined ? (CONTROLS[letter] ?? letter) : String.fromCharCode(Number.parseInt(byte, 16)),
  );
}

const CONTROLS: { readonly [letter: string]: string | undefined } = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v" };
