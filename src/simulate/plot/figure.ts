import { arms, type ArmShares, armsTable } from "./arms.ts";
import { type Drawing, type Frame, type PlotTheme, svg } from "./drawing.ts";
import { funnel, type Funnel, funnelTable } from "./funnel.ts";
import { matrix, type Matrix, matrixTable } from "./matrix.ts";
import { mixed, type MixedCurve, mixedTable } from "./mixed.ts";
import { share, type ShareCurve, shareTable } from "./share.ts";
import { strip, type Strip, stripTable } from "./strip.ts";
import type { Table } from "./table.ts";

/** The data of a plot. */
export type Figure =
  | { readonly kind: "strip"; readonly data: Strip }
  | { readonly kind: "funnel"; readonly data: Funnel }
  | { readonly kind: "share"; readonly data: ShareCurve }
  | { readonly kind: "arms"; readonly data: ArmShares }
  | { readonly kind: "mixed"; readonly data: MixedCurve }
  | { readonly kind: "matrix"; readonly data: Matrix };

/** How a plot is drawn. */
export interface PlotOptions {
  /** Of letters, digits and hyphens; nothing else in the document has an id that begins with it. The default is the kind of the plot. */
  readonly id?: string;
  /** The width of what is drawn, in pixels, from 280. The default is 560. */
  readonly width?: number;
  /**
   * `light`, the default, and `dark` have a title, a ground and colours of their own. `page` has none of these, and no style either, so that
   * a strict policy lets it pass: the page has `PLOT_STYLE` in its style sheet, and the properties of `PLOT_THEMES`.
   */
  readonly theme?: PlotTheme;
}

/** The SVG of a plot, to stand alone or in a document. The same data give the same text, and nothing of them becomes markup. */
export function plotSVG(figure: Figure, { id = figure.kind, width = 560, theme = "light" }: PlotOptions = {}): string {
  const frame: Frame = { id, width: Math.max(width, 280) };
  return svg(frame, figure.data.title, theme, drawingOf(figure, frame));
}

function drawingOf(figure: Figure, frame: Frame): Drawing {
  switch (figure.kind) {
    case "strip":
      return strip(figure.data, frame);
    case "funnel":
      return funnel(figure.data, frame);
    case "share":
      return share(figure.data, frame);
    case "arms":
      return arms(figure.data, frame);
    case "mixed":
      return mixed(figure.data, frame);
    case "matrix":
      return matrix(figure.data, frame);
  }
}

/** The numbers of a plot as a table. */
export function plotTable(figure: Figure): Table {
  switch (figure.kind) {
    case "strip":
      return stripTable(figure.data);
    case "funnel":
      return funnelTable(figure.data);
    case "share":
      return shareTable(figure.data);
    case "arms":
      return armsTable(figure.data);
    case "mixed":
      return mixedTable(figure.data);
    case "matrix":
      return matrixTable(figure.data);
  }
}
