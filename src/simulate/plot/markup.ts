/** Markup in which all text from outside has been escaped. */
export interface Markup {
  readonly markup: string;
}

/** A part of an element: markup as it is, text escaped. */
export type Part = Markup | string;

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * What no text may hold as it is: characters with a meaning in markup; those that XML 1.0 forbids (section 2.2); line
 * separators; and those that turn the direction of writing, by which a name can look like another one.
 */
const UNFIT = /[&<>"'\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/** Escapes a text for HTML or SVG, in content or in a quoted attribute. Characters that cannot be shown become escapes such as `\u2028`. */
export function escaped(text: string): string {
  return text.replace(UNFIT, (unit) => ENTITIES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Attributes by name; numbers are rounded to two places, those that are undefined left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element. Apart from `raw`, this is the only way to make markup. */
export function element(name: string, attributes: Attributes, ...parts: readonly Part[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) => {
    if (value === undefined) return "";
    return ` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`;
  });
  return { markup: `<${name}${written.join("")}>${together(parts).markup}</${name}>` };
}

/** An HTML element that has no content and no end, such as `meta`. */
export function empty(name: string, attributes: Attributes): Markup {
  return { markup: element(name, attributes).markup.slice(0, -`</${name}>`.length) };
}

/** Joins parts. */
export function together(parts: readonly Part[], between = ""): Markup {
  return { markup: parts.map((part) => (typeof part === "string" ? escaped(part) : part.markup)).join(between) };
}

/** Markup from a constant text of this project, such as a style sheet. Never pass data. */
export function raw(markup: string): Markup {
  return { markup };
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
