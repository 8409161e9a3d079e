/** The text cut to so many characters, counted by code points: `…` stands for the rest. */
function cut(text: string, most: number): string {
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : text;
}

/**
 * A text for one line of a terminal, a log or a message: what could steer a terminal, break the line or turn the direction of
 * writing is escaped, as `\u{1b}` where `escapeOf` does not say otherwise. Names and values of configs and requests are other
 * people's.
 */
export function visible(text: string, escapeOf: (codePoint: number) => string = inBraces): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, (unit) => escapeOf(unit.codePointAt(0) ?? 0));
}

/** A value as JSON. Characters that `visible` would escape are escaped as JSON does it. */
export function jsonOf(value: unknown, indent?: number): string {
  const lines = JSON.stringify(value, null, indent).split("\n");
  return lines.map((line) => visible(line, jsonEscape)).join("\n");
}

function jsonEscape(codePoint: number): string {
  const units = String.fromCodePoint(codePoint).split("");
  return units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

function inBraces(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}

/** The user's text as messages show it: in backticks, on one line, invisible characters and unusual spaces escaped, cut after 60 characters. */
export function shown(text: string | number): string {
  return `\`${cut(String(text), 60).replaceAll(/(?! )[\p{C}\p{Z}]/gu, (unit) => inBraces(unit.codePointAt(0) ?? 0))}\``;
}

/**
 * A part of a whole in percent, with two places: `12.35 %`. One significant digit if two places would be 0.00 and it is not 0: `0.004 %`.
 * `–` if the whole is 0. Text, HTML and SVG all use it, so a share reads alike in each.
 */
export function formatPercent(part: number, whole = 1): string {
  return whole === 0 ? "–" : `${places((100 * part) / whole)} %`;
}

/** Where a share lies, both ends in parts of 1, in percent as `formatPercent` writes it: `0.60–1.40 %`. */
export function formatInterval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${places(100 * low)}–${places(100 * high)} %`;
}

function places(value: number): string {
  const fixed = value.toFixed(2);
  return (value !== 0 && Number(fixed) === 0 ? String(Number(value.toPrecision(1))) : fixed).replace(/^-/, "−");
}

/** A count with its thousands apart: `20,000`. Rounded to a whole number. `toLocaleString` would load `Intl`, which takes 19 ms at the start of a program. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A count and its noun: `1 request`, `2,400 requests`. */
export function plural(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

/** Seconds in the largest units that they fill: `1 d 6 h`. */
export function duration(seconds: number): string {
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const;
  let left = Math.round(seconds);
  const parts = units.flatMap(([unit, size]) => {
    const whole = Math.floor(left / size);
    left -= whole * size;
    return whole === 0 ? [] : [`${whole} ${unit}`];
  });
  return parts.length === 0 ? "0 s" : parts.slice(0, 2).join(" ");
}
