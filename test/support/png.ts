import { inflateSync } from "node:zlib";

/** A picture as lightness, 0 to 255, row after row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly light: Uint8Array;
}

/** Reads a PNG of 8 bits a channel, RGB or RGBA, not interlaced: what browsers write. */
export function readPNG(file: Buffer): Picture {
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const [depth, colour, , , interlaced] = file.subarray(24, 29);
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlaced !== 0) throw new Error("a PNG of another form");
  const bytes = colour === 2 ? 3 : 4;
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    if (file.toString("latin1", at + 4, at + 8) === "IDAT") parts.push(file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const packed = inflateSync(Buffer.concat(parts));
  const row = width * bytes;
  const pixels = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const filter = packed[y * (row + 1)] ?? 0;
    for (let x = 0; x < row; x++) {
      const at = y * row + x;
      const left = x < bytes ? 0 : (pixels[at - bytes] ?? 0);
      const up = y === 0 ? 0 : (pixels[at - row] ?? 0);
      const corner = x < bytes || y === 0 ? 0 : (pixels[at - row - bytes] ?? 0);
      pixels[at] = (packed[y * (row + 1) + 1 + x] ?? 0) + predicted(filter, left, up, corner);
    }
  }
  const light = new Uint8Array(width * height);
  for (let at = 0; at < light.length; at++) {
    const [red = 0, green = 0, blue = 0] = pixels.subarray(at * bytes, at * bytes + 3);
    light[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return { width, height, light };
}

/** The five filters of the PNG specification, section 9. */
function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

/** Means over `columns` by `rows` equal tiles: what is left of a picture if fonts and edges do not count. */
export function tiles({ width, height, light }: Picture, columns: number, rows: number): readonly number[] {
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const tile = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
      sums[tile] = (sums[tile] ?? 0) + (light[y * width + x] ?? 0);
      counts[tile] = (counts[tile] ?? 0) + 1;
    }
  }
  return Array.from(sums, (sum, tile) => sum / Math.max(1, counts[tile] ?? 0));
}
