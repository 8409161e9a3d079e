/** How a format writes the characters that would break it. */
export type Escape = "backslash" | "percent" | "plus" | "none";

/** How many texts are remembered, and the longest of them: less than 2 MB. */
const MOST_REMEMBERED = 1_024;
const LONGEST_REMEMBERED = 512;

/**
 * Makes the function that reads user agents, of which most logs have few. Where every blank is escaped, those that were read are
 * remembered.
 */
export function agentReader(escape: Escape): (raw: string, how: Escape) => string {
  if (escape !== "percent" && escape !== "plus") return unescaped;
  const known = new Map<string, string>();
  return (raw, how) => {
    const before = known.get(raw);
    if (before !== undefined) return before;
    const agent = unescaped(raw, how);
    if (raw.length > LONGEST_REMEMBERED) return agent;
    if (known.size === MOST_REMEMBERED) known.clear();
    // A part of a text keeps the whole text in memory. What is put together and cut again is a text of its own.
    known.set(` ${raw}`.slice(1), agent);
    return agent;
  };
}

/** The character that every escape begins with. */
const MARKS: { readonly [escape in Escape]: string | undefined } = { backslash: "\\", percent: "%", plus: "+", none: undefined };

/** Whether anything in a line may be escaped: one search for a line is less than one for each field. */
export function isEscapedIn(line: string, escape: Escape): boolean {
  const mark = MARKS[escape];
  return mark !== undefined && line.indexOf(mark) !== -1;
}

const CONTROLS: { readonly [letter: string]: string | undefined } = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v" };

/**
 * The text as it was before it was escaped. `backslash` is what Apache, nginx and JSON write: `\"`, `\n`, `\xHH` for a byte, `\uHHHH`.
 * `percent` is CloudFront's percent-encoding, of which a text that is none is left alone. `plus` is what IIS writes for a blank.
 */
export function unescaped(raw: string, escape: Escape): string {
  switch (escape) {
    case "none":
      return raw;
    case "backslash":
      return raw.includes("\\") ? raw.replaceAll(ESCAPES, letterOf) : raw;
    case "percent":
      return raw.includes("%") ? percentDecoded(raw) : raw;
    case "plus":
      return raw.includes("+") ? raw.replaceAll("+", " ") : raw;
  }
}

const ESCAPES = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))/g;

function letterOf(_: string, byte: string | undefined, unit: string | undefined, letter: string): string {
  const code = byte ?? unit;
  return code === undefined ? (CONTROLS[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16));
}

/** Bytes, each a character, as hosts hand out header values. Of ASCII alone the runtime's own function makes the same, without a call for each escape. */
function percentDecoded(raw: string): string {
  if (ASCII_ESCAPES.test(raw)) return decodeURIComponent(raw);
  return raw.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, byte: string) => String.fromCharCode(Number.parseInt(byte, 16)));
}

/** Text in which every `%` begins an escape of ASCII. */
const ASCII_ESCAPES = /^(?:[^%]|%[0-7][0-9A-Fa-f])*$/;
