/**
 * Where the value of the first cookie of that name begins in a Cookie field, or -1. The field is scanned for the name, not
 * parsed: pairs are split at `;`, name from value at the first `=`, spaces and tabs around both do not count, and a pair
 * without `=` is no cookie. Where the name first stands elsewhere in a pair, the search goes on pair by pair. `name` is not
 * empty and holds none of these characters.
 */
export function cookieStart(line: string, name: string): number {
  const at = line.indexOf(name);
  if (at === -1) return -1;
  let before = at - 1;
  while (before >= 0 && isBlank(line.charCodeAt(before))) before--;
  if (before < 0 || line.charCodeAt(before) === 59) {
    const from = valueBehind(line, at + name.length);
    if (from !== -1) return from;
  }
  const semicolon = line.indexOf(";", at);
  return semicolon === -1 ? -1 : cookieBehind(line, name, semicolon);
}

/**
 * The same from a `;` on, pair by pair: what looks like the name makes it no dearer. `indexOf` takes 10 ns to find the end of a
 * pair, a loop 1.65 ns a unit; so where pairs are shorter than 8 units on average, a loop looks for it, or a line of semicolons
 * would cost a call for each.
 */
function cookieBehind(line: string, name: string, semicolon: number): number {
  const last = line.length - name.length;
  const first = name.charCodeAt(0);
  let at = semicolon + 1;
  for (let pairs = 0; at < last; pairs++) {
    if (line.charCodeAt(at) === 32) at++;
    const unit = line.charCodeAt(at);
    if (unit === first || isBlank(unit)) {
      at = blanksEnd(line, at);
      const end = at + name.length;
      if (end < line.length && endsName(line.charCodeAt(end)) && line.startsWith(name, at)) {
        const from = valueBehind(line, end);
        if (from !== -1) return from;
      }
    }
    at = pairs * 8 > at - semicolon + 64 ? unitAt(line, 59, at) : line.indexOf(";", at);
    if (at === -1) return -1;
    at++;
  }
  return -1;
}

/** `indexOf` of one unit, for where it is near. */
function unitAt(line: string, unit: number, from: number): number {
  for (let at = from; at < line.length; at++) if (line.charCodeAt(at) === unit) return at;
  return -1;
}

/** Where a value begins whose name ends at `at`: behind an `=` and blanks; -1 where no `=` follows. */
function valueBehind(line: string, at: number): number {
  const equals = blanksEnd(line, at);
  return equals < line.length && line.charCodeAt(equals) === 61 ? blanksEnd(line, equals + 1) : -1;
}

/**
 * Where the blanks from `from` on end. The length is asked first, here and elsewhere: once `charCodeAt` has been asked behind
 * the end, V8 calls it as a function for ever after, at several times the cost.
 */
function blanksEnd(line: string, from: number): number {
  let at = from;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at;
}

/** Where the cookie value that begins at `from` ends: before the next `;` and the spaces and tabs ahead of it. */
export function cookieEnd(line: string, from: number): number {
  let to = line.indexOf(";", from);
  if (to === -1) to = line.length;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return to;
}

/** The value of the first cookie of that name in a Cookie field. */
export function cookieValue(line: string, name: string): string | undefined {
  const from = cookieStart(line, name);
  return from === -1 ? undefined : line.slice(from, cookieEnd(line, from));
}

/** The names of the cookies of a Cookie field, each once. */
export function cookieNames(line: string): ReadonlySet<string> {
  const names = line.split(";").map((pair) => (pair.includes("=") ? pair.slice(0, pair.indexOf("=")).replace(/^[ \t]+|[ \t]+$/g, "") : ""));
  return new Set(names.filter((name) => name !== ""));
}

/** Whether the cookie value that begins at `from` is `value`, which has no `;` and no blank at an end, and is not empty. */
export function cookieIs(line: string, from: number, value: string): boolean {
  if (!line.startsWith(value, from)) return false;
  const after = blanksEnd(line, from + value.length);
  return after === line.length || line.charCodeAt(after) === 59;
}

/** Whether a cookie can have this value: one that can not never matches. */
export function isCookieValue(value: string): boolean {
  return value !== "" && !value.includes(";") && !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(value.length - 1));
}

/** Asked ahead of the name, for it is cheaper. */
function endsName(unit: number): boolean {
  return unit === 61 || isBlank(unit);
}

function isBlank(unit: number): boolean {
  return unit === 32 || unit === 9;
}
