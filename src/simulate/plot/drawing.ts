import { type Attributes, element, type Markup, raw, together } from "./markup.ts";
import { DARK, LIGHT, plotStyle } from "./theme.ts";

/** Where a mark is drawn. */
export interface Frame {
  /** Of letters, digits and hyphens; no other of a document begins with it. */
  readonly id: string;
  /** In pixels, if the plot is not scaled. Texts keep their size, and what does not fit is cut or set elsewhere. */
  readonly width: number;
}

/** What a mark draws: coordinates from 0 to its width and height. */
export interface Drawing {
  /** In words, what is seen. */
  readonly description: string;
  /** That of the frame, or more where it does not fit. */
  readonly width: number;
  readonly height: number;
  readonly parts: readonly Markup[];
  /** Areas that show a text below the pointer. They lie above everything else. */
  readonly tips: readonly Markup[];
}

/**
 * The colours of a plot: of its own, with a ground, a frame and its title, so that it can be seen on any page; or those of the page, which
 * has `PLOT_STYLE` and its own title.
 */
export type PlotTheme = "light" | "dark" | "page";

/** The space around a plot that stands alone. */
const PADDING = 20;

/** A whole SVG. */
export function svg(frame: Frame, title: string, theme: PlotTheme, drawing: Drawing): string {
  const { id } = frame;
  const { description, parts, tips } = drawing;
  const alone = theme !== "page";
  const head = alone ? wrapped(title, drawing.width / 1.3, 3) : [];
  const top = alone ? PADDING + head.length * 21 + 14 : 0;
  const [width, height] = alone ? [drawing.width + 2 * PADDING, drawing.height + top + PADDING] : [drawing.width, drawing.height];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    class: alone || drawing.width <= frame.width ? "plot" : "plot over",
    viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
    // Without a size, an image of it has that of what holds it.
    width: alone || drawing.width > frame.width ? Math.ceil(width) : undefined,
    height: alone ? Math.ceil(height) : undefined,
    role: "img",
    "aria-labelledby": `${id}-title ${id}-desc`,
  };
  const words = [element("title", { id: `${id}-title` }, title), element("desc", { id: `${id}-desc` }, description)];
  const content = alone
    ? [
        element("style", {}, raw(plotStyle(theme === "light" ? LIGHT : DARK))),
        rect(0.5, 0.5, Math.ceil(width) - 1, Math.ceil(height) - 1, { class: "ground", rx: 10 }),
        ...head.map((line, index) => label(PADDING, PADDING + 15 + index * 21, line, "head")),
        element("g", { transform: `translate(${PADDING} ${top})` }, raw("\n"), together([...parts, ...tips], "\n")),
      ]
    : [...parts, ...tips];
  return element("svg", attributes, raw("\n"), together([...words, ...content], "\n"), raw("\n")).markup;
}

export function rect(x: number, y: number, width: number, height: number, attributes: Attributes): Markup {
  return element("rect", { x, y, width: Math.max(width, 0), height, ...attributes });
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes): Markup {
  return element("line", { x1, y1, x2, y2, ...attributes });
}

/** Text at a base line. */
export function label(x: number, y: number, text: string, classes?: string): Markup {
  return element("text", { x, y, class: classes }, text);
}

/** A line through points; a gap where one is undefined. */
export function curve(points: readonly (readonly [x: number, y: number] | undefined)[], attributes: Attributes): Markup {
  let pen = "M";
  const d = points.map((point) => {
    if (point === undefined) {
      pen = "M";
      return "";
    }
    const drawn = `${pen}${at(point[0])} ${at(point[1])}`;
    pen = "L";
    return drawn;
  });
  return element("path", { d: d.join(""), ...attributes });
}

/** A coordinate in a path. */
export function at(place: number): string {
  return String(Math.round(place * 100) / 100);
}

/** An upper estimate of the width of a text of size 13. */
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

/** A text in at most so many lines of this width, broken at spaces; what is too much is cut. */
export function wrapped(text: string, width: number, lines: number): readonly string[] {
  const broken: string[] = [];
  let open = "";
  for (const word of text.split(" ")) {
    const longer = open === "" ? word : `${open} ${word}`;
    if (open !== "" && broken.length < lines - 1 && widthOf(longer) > width) {
      broken.push(open);
      open = word;
    } else open = longer;
  }
  return [...broken, open].map((each) => fitted(each, width));
}

/** An area that shows lines of text while the pointer is over it; the first line is a heading. */
export function tip(
  { width }: Pick<Frame, "width">,
  [x, y, wide, high]: readonly [x: number, y: number, width: number, height: number],
  [heading = "", ...lines]: readonly string[],
): Markup {
  const texts = [fitted(heading, width - 24), ...lines.map((each) => fitted(each, width - 24))];
  const boxWidth = Math.max(...texts.map(widthOf)) + 20;
  const boxHeight = texts.length * 17 + 12;
  const left = Math.min(Math.max(x + wide / 2 - boxWidth / 2, 0), Math.max(width - boxWidth, 0));
  const top = y - boxHeight - 6 >= 0 ? y - boxHeight - 6 : y + high + 6;
  return element(
    "g",
    { class: "tip" },
    rect(x, y, wide, high, { class: "hit" }),
    element(
      "g",
      { class: "box" },
      rect(left, top, boxWidth, boxHeight, { rx: 6 }),
      ...texts.map((text, index) => label(left + 10, top + 19 + index * 17, text, index === 0 ? "strong" : undefined)),
    ),
  );
}

/** Fills by version: a colour, and from the seventh on a hatching too. 36 versions have different fills. */
export interface Palette {
  /** The attributes of an area of a version. */
  readonly fill: (version: string) => Attributes;
  /** The class of a text on it. */
  readonly ink: (version: string) => string;
  /** The definitions of the hatchings, which must stand before their use. */
  readonly defs: readonly Markup[];
  readonly versions: readonly string[];
}

export function palette(id: string, versions: readonly string[]): Palette {
  const known = [...new Set(versions)];
  const places = new Map(known.map((version, index) => [version, index]));
  const colours = LIGHT.series.length;
  const hatched = known.map((_, index) => index).slice(colours);
  const place = (version: string): number => places.get(version) ?? 0;
  return {
    versions: known,
    defs: hatched.length === 0 ? [] : [element("defs", {}, ...hatched.map((index) => hatching(`${id}-fill${index}`, index)))],
    fill: (version) => (place(version) < colours ? { class: `series${place(version)}` } : { fill: `url(#${id}-fill${place(version)})` }),
    ink: (version) => (place(version) < colours ? `ink${place(version)}` : "none"),
  };
}

function hatching(id: string, index: number): Markup {
  const colours = LIGHT.series.length;
  const sign = HATCHINGS[(Math.floor(index / colours) - 1) % HATCHINGS.length] ?? [];
  return element(
    "pattern",
    { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" },
    rect(0, 0, 8, 8, { class: `series${index % colours}` }),
    ...sign,
  );
}

/** Signs in the colour of the ground. */
const HATCHINGS: readonly (readonly Markup[])[] = [
  [element("path", { class: "hatch", d: "M-2 2L2 -2M0 8L8 0M6 10L10 6" })],
  [element("circle", { class: "speck", cx: 2, cy: 2, r: 1.3 }), element("circle", { class: "speck", cx: 6, cy: 6, r: 1.3 })],
  [element("path", { class: "hatch", d: "M0 4H8" })],
  [element("path", { class: "hatch", d: "M-2 6L2 10M0 0L8 8M6 -2L10 2" })],
  [element("path", { class: "hatch", d: "M0 4H8M4 0V8" })],
];

/** The names of the versions beside their fills, in as many rows as they need, and the height of these with the space below. */
export function legend({ versions, fill }: Palette, width: number): { readonly parts: readonly Markup[]; readonly height: number } {
  const parts: Markup[] = [];
  let [x, row] = [0, 0];
  for (const version of versions) {
    const name = fitted(version, width - 24);
    const wide = 18 + widthOf(name) + 16;
    if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
    parts.push(rect(x, row * 22 + 2, 12, 12, { rx: 3, ...fill(version) }), label(x + 18, row * 22 + 13, name));
    x += wide;
  }
  return { parts, height: versions.length === 0 ? 0 : (row + 1) * 22 + 10 };
}

/** Rows of a plot at most; the table has all. */
export const MOST_ROWS = 40;

/** What a plot says of rows that it does not show. */
export function unshown(rows: number, y: number): readonly Markup[] {
  return rows <= MOST_ROWS ? [] : [label(0, y, `and ${rows - MOST_ROWS} more, in the table`, "quiet")];
}
