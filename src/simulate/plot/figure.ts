import { arms, type ArmShares, armsTable } from "./arms.ts";
import { type VersionBars, versionBars, versionBarsTable } from "./bars.ts";
import { type RolloutCourse, rolloutCourse, rolloutCourseTable } from "./course.ts";
import { type Drawing, type Frame, type PlotTheme, svg } from "./drawing.ts";
import { type AffinityDrift, affinityDrift, affinityDriftTable } from "./drift.ts";
import { funnel, type Funnel, funnelTable } from "./funnel.ts";
import { type HeatTable, heatTable, heatTableTable } from "./heat.ts";
import { matrix, type Matrix, matrixTable } from "./matrix.ts";
import { mixed, type MixedCurve, mixedTable } from "./mixed.ts";
import { type Moves, moves, movesTable } from "./moves.ts";
import { type PowerCurves, powerCurves, powerCurvesTable } from "./power.ts";
import { share, type ShareCurve, shareTable } from "./share.ts";
import { type StackedShares, stackedShares, stackedSharesTable } from "./stack.ts";
import { strip, type Strip, stripTable } from "./strip.ts";
import type { Table } from "./table.ts";

/** The data of each kind of plot. */
export interface PlotData {
  readonly strip: Strip;
  readonly funnel: Funnel;
  readonly share: ShareCurve;
  readonly arms: ArmShares;
  readonly mixed: MixedCurve;
  readonly matrix: Matrix;
  readonly bars: VersionBars;
  readonly stack: StackedShares;
  readonly moves: Moves;
  readonly course: RolloutCourse;
  readonly heat: HeatTable;
  readonly power: PowerCurves;
  readonly drift: AffinityDrift;
}

/** A plot: its kind, and its data. */
export type Figure = { readonly [Kind in keyof PlotData]: FigureOf<Kind> }[keyof PlotData];

interface FigureOf<Kind extends keyof PlotData> {
  readonly kind: Kind;
  readonly data: PlotData[Kind];
}

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

/** How each kind is drawn, and its numbers as a table. */
const MARKS: { readonly [Kind in keyof PlotData]: Mark<PlotData[Kind]> } = {
  strip: { draw: strip, table: stripTable },
  funnel: { draw: funnel, table: funnelTable },
  share: { draw: share, table: shareTable },
  arms: { draw: arms, table: armsTable },
  mixed: { draw: mixed, table: mixedTable },
  matrix: { draw: matrix, table: matrixTable },
  bars: { draw: versionBars, table: versionBarsTable },
  stack: { draw: stackedShares, table: stackedSharesTable },
  moves: { draw: moves, table: movesTable },
  course: { draw: rolloutCourse, table: rolloutCourseTable },
  heat: { draw: heatTable, table: heatTableTable },
  power: { draw: powerCurves, table: powerCurvesTable },
  drift: { draw: affinityDrift, table: affinityDriftTable },
};

interface Mark<Data> {
  readonly draw: (data: Data, frame: Frame) => Drawing;
  readonly table: (data: Data) => Table;
}

/** The SVG of a plot, to stand alone or in a document. The same data give the same text, and nothing of them becomes markup. */
export function plotSVG(figure: Figure, { id = figure.kind, width = 560, theme = "light" }: PlotOptions = {}): string {
  const frame: Frame = { id, width: Math.max(width, 280) };
  return svg(frame, figure.data.title, theme, drawn(figure, frame));
}

/** Whether a plot is wider than it is wanted, so that it must be scrolled. */
export function isTooWide(figure: Figure, width: number): boolean {
  return drawn(figure, { id: "p", width }).width > width;
}

function drawn<Kind extends keyof PlotData>({ kind, data }: FigureOf<Kind>, frame: Frame): Drawing {
  return MARKS[kind].draw(data, frame);
}

/** The numbers of a plot as a table. */
export function plotTable<Kind extends keyof PlotData>({ kind, data }: FigureOf<Kind>): Table {
  return MARKS[kind].table(data);
}
