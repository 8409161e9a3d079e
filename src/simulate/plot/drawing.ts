import { type Attributes, element, type Markup, raw, together } from "./markup.ts";
import { LIGHT, PLOT_STYLE } from "./theme.ts";

/** The width of every plot in its own units. Text of size 13 is then 10 to 11 pixels high on a phone of 390 pixels. */
export const WIDTH = 440;

/** The title and the text alternative of a plot. */
export interface Words {
  readonly title: string;
  readonly description: string;
}

/** A whole SVG. `id` is of letters, digits and hyphens, and no other of a document begins with it. */
export function svg(id: string, { title, description }: Words, height: number, parts: readonly Markup[]): string {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    class: "plot",
    viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}`,
    role: "img",
    "aria-labelledby": `${id}-title ${id}-desc`,
  };
  const content = [
    element("title", { id: `${id}-title` }, title),
    element("desc", { id: `${id}-desc` }, description),
    element("style", {}, raw(PLOT_STYLE)),
    rect(0, 0, WIDTH, height, { class: "ground" }),
    ...parts,
  ];
  return element("svg", attributes, raw("\n"), together(content, "\n"), raw("\n")).markup;
}

export function rect(x: number, y: number, width: number, height: number, attributes: Attributes): Markup {
  return element("rect", { x, y, width, height, ...attributes });
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes): Markup {
  return element("line", { x1, y1, x2, y2, ...attributes });
}

/** Text at a base line. */
export function label(x: number, y: number, text: string, classes?: string): Markup {
  return element("text", { x, y, class: classes }, text);
}

/** An upper estimate of the width of a text, in units of a plot. */
export function widthOf(text: string): number {
  let width = 0;
  for (const unit of text) width += unit > "\u024f" ? 13.5 : /[A-Z@mwMW%]/.test(unit) ? 9.7 : /[ .,:;|!'ijlft]/.test(unit) ? 5 : 7.7;
  return width;
}

/** A text cut so that it is no wider than this. */
export function fitted(text: string, width: number): string {
  if (text.length * 5 <= width && widthOf(text) <= width) return text;
  let kept = "";
  let used = 13.5;
  for (const unit of text) {
    used += widthOf(unit);
    if (used > width) return `${kept}…`;
    kept += unit;
  }
  return widthOf(text) <= width ? text : `${kept}…`;
}

/** Fills by version: a colour and a hatching, so that colour is not the only mark. 36 versions have different fills. */
export interface Palette {
  /** The attributes of a rectangle for a version. */
  readonly fill: (version: string) => Attributes;
  /** The definitions of the hatchings, which must stand before their use. */
  readonly defs: Markup;
  readonly versions: readonly string[];
  readonly id: string;
}

export function palette(id: string, versions: readonly string[]): Palette {
  const known = [...new Set(versions)];
  const places = new Map(known.map((version, index) => [version, index]));
  const defs = element("defs", {}, ...known.map((_, index) => hatching(`${id}-fill${index}`, index)));
  return { id, versions: known, defs, fill: (version) => ({ fill: `url(#${id}-fill${places.get(version) ?? 0})` }) };
}

function hatching(id: string, index: number): Markup {
  const colours = LIGHT.series.length;
  const sign = HATCHINGS[(index + Math.floor(index / colours)) % HATCHINGS.length] ?? [];
  return element(
    "pattern",
    { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
    rect(0, 0, 8, 8, { class: `series${index % colours}` }),
    ...sign,
  );
}

/** No hatching, and then signs in the colour of the background. */
const HATCHINGS: readonly (readonly Markup[])[] = [
  [],
  [element("path", { class: "hatch", d: "M-2 2L2 -2M0 8L8 0M6 10L10 6" })],
  [element("circle", { class: "speck", cx: 2, cy: 2, r: 1.3 }), element("circle", { class: "speck", cx: 6, cy: 6, r: 1.3 })],
  [element("path", { class: "hatch", d: "M0 4H8" })],
  [element("path", { class: "hatch", d: "M-2 6L2 10M0 0L8 8M6 -2L10 2" })],
  [element("path", { class: "hatch", d: "M0 4H8M4 0V8" })],
];

/** The names of the versions beside their fills, in as many rows as they need, and the height of these. */
export function legend({ versions, fill }: Palette, y: number): { readonly parts: readonly Markup[]; readonly height: number } {
  const parts: Markup[] = [];
  let [x, row] = [0, 0];
  for (const version of versions) {
    const name = fitted(version, WIDTH - 24);
    const width = 22 + widthOf(name) + 14;
    if (x > 0 && x + width > WIDTH) [x, row] = [0, row + 1];
    parts.push(rect(x, y + row * 22, 16, 14, fill(version)), label(x + 22, y + row * 22 + 12, name));
    x += width;
  }
  return { parts, height: versions.length === 0 ? 0 : (row + 1) * 22 };
}
