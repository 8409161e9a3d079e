import { PARTS, PROGRAMS } from "../house/parts.ts";
import { arrow, label, rect, svg, wrapped } from "./drawing.ts";

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly layer: number;
  /** Whether another box of its layer stands to the left. */
  readonly isRight: boolean;
}

const WIDTH = 760;
const MARGIN = 60;
const GAP = 24;

/** The programs stand on top: they import entries of the package, and no part imports them. */
const TOP: readonly string[] = [...PROGRAMS];

function layerOf(part: string): number {
  const imports = PARTS[part]?.imports ?? [];
  return imports.length === 0 ? 0 : 1 + Math.max(...imports.map(layerOf));
}

/** The parts of `test/house/parts.ts` in layers: a part stands above all that it imports, and each arrow is one import of its row. */
export function partsPicture(): string {
  const library = Object.keys(PARTS).filter((part) => !PROGRAMS.has(part));
  const layers: string[][] = [];
  for (const part of library) (layers[layerOf(part)] ??= []).push(part);
  const rows = [TOP, ...layers.toReversed()];

  const boxes = new Map<string, Box>();
  let y = 16;
  rows.forEach((row, index) => {
    const width = (WIDTH - 2 * MARGIN - GAP * (row.length - 1)) / row.length;
    const height = 34 + 17 * Math.max(...row.map((part) => linesOf(part, width).length));
    row.forEach((part, at) => {
      boxes.set(part, { x: MARGIN + at * (width + GAP), y, width, height, layer: rows.length - 1 - index, isRight: at > 0 });
    });
    y += height + 34;
  });

  const drawn = [...boxes].flatMap(([part, { x, y: top, width, height }]) => [
    rect("box", x, top, width, height),
    label("strong", x + 12, top + 22, part),
    ...linesOf(part, width).map((line, at) => label("quiet", x + 12, top + 41 + 17 * at, line)),
  ]);
  const arrows = library.flatMap((part) => (PARTS[part]?.imports ?? []).map((other) => between(boxes.get(part), boxes.get(other))));
  const description = library.map((part) => `${part} imports ${(PARTS[part]?.imports ?? []).join(" and ") || "no part"}`).join("; ");
  return svg(WIDTH, y - 18, "The parts of the source", `${description}; ${TOP.join(" and ")} import public entries only.`, [
    ...drawn,
    ...arrows,
  ]);
}

function linesOf(part: string, width: number): readonly string[] {
  const says = PARTS[part]?.says ?? "";
  return wrapped(PROGRAMS.has(part) ? `${says}: imports public entries only` : says, Math.floor((width - 24) / 6.6));
}

/** Straight down to the layer below, or round the side past those between. */
function between(from: Box | undefined, to: Box | undefined): string {
  if (from === undefined || to === undefined) throw new Error("a part imports one that is not in the table");
  const layers = from.layer - to.layer;
  if (layers === 1) {
    const x = (Math.max(from.x, to.x) + Math.min(from.x + from.width, to.x + to.width)) / 2;
    return arrow(`M${x} ${from.y + from.height}V${to.y}`);
  }
  const side = from.isRight ? 1 : -1;
  const out = side * (8 + 8 * layers);
  const start = { x: edge(from, side), y: from.y + from.height * 0.65 };
  const end = { x: edge(to, side), y: to.y + to.height * 0.35 };
  return arrow(`M${start.x} ${start.y}C${start.x + out} ${start.y + 12} ${end.x + out} ${end.y - 12} ${end.x} ${end.y}`);
}

function edge({ x, width }: Box, side: number): number {
  return side < 0 ? x : x + width;
}
