/**
 * Where the value of the first cookie of that name begins in a Cookie field, or -1. The field is scanned for the name, not
 * parsed: pairs are split at `;`, name from value at the first `=`, spaces and tabs around both do not count, and a pair
 * without `=` is no cookie; where the name stands elsewhere in a pair, the search goes on behind that pair, so it is linear. `name` is not empty and holds none of these characters.
 */
export function cookieStart(line: string, name: string): number {
  let at = line.indexOf(name);
  for (let misses = 0; at !== -1; misses++) {
    let before = at - 1;
    while (before >= 0 && isBlank(line.charCodeAt(before))) before--;
    if (before < 0 || line.charCodeAt(before) === 59) {
      const from = valueBehind(line, at + name.length);
      if (from !== -1) return from;
    }
    const next = line.indexOf(";", at);
    if (next === -1) return -1;
    if (misses === 3) return cookieBehind(line, name, next);
    at = line.indexOf(name, next);
  }
  return -1;
}

/**
 * The same from a `;` on, pair by pair and unit by unit: a few times dearer on an ordinary field, but a field that is full of
 * what looks like the name cannot make it dearer still. Each unit is looked at once.
 */
function cookieBehind(line: string, name: string, semicolon: number): number {
  const length = line.length;
  const first = name.charCodeAt(0);
  let at = semicolon;
  while (at < length) {
    at = blanksEnd(line, at + 1);
    const end = at + name.length;
    if (end < length && line.charCodeAt(at) === first && endsName(line.charCodeAt(end)) && line.startsWith(name, at)) {
      at = blanksEnd(line, end);
      if (at < length && line.charCodeAt(at) === 61) return blanksEnd(line, at + 1);
    }
    while (at < length && line.charCodeAt(at) !== 59) at++;
  }
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
