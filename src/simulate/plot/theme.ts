/** Colours of one theme, as `#rrggbb`. */
export interface Theme {
  readonly ground: string;
  readonly text: string;
  /** Secondary text. */
  readonly quiet: string;
  /** Lines of grids and tables. They carry no information of their own. */
  readonly line: string;
  readonly good: string;
  readonly bad: string;
  /** By version. They differ in lightness, and each has a hatching, so that hue is not needed. */
  readonly series: readonly string[];
}

/**
 * Text has a contrast of at least 4.5 and fills of at least 3 with the ground (WCAG 2.2, 1.4.3 and 1.4.11); test/simulate/plot.test.ts
 * computes both.
 */
export const LIGHT: Theme = {
  ground: "#ffffff",
  text: "#1b1f24",
  quiet: "#57606a",
  line: "#d0d7de",
  good: "#14652f",
  bad: "#a51d0d",
  series: ["#7d8590", "#0a3069", "#c2500a", "#0a4d49", "#8a3fb0", "#5c3d00"],
};

export const DARK: Theme = {
  ground: "#0d1117",
  text: "#e6edf3",
  quiet: "#a0aab5",
  line: "#3a424c",
  good: "#6fdd8b",
  bad: "#ff9b8e",
  series: ["#8b949e", "#b6dcff", "#ff9d4d", "#8ff0df", "#b184f5", "#ffe08a"],
};

/** The style of a plot, alone or within a page. In print it is light. */
export const PLOT_STYLE: string = `${rules(LIGHT)}
.plot{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.plot .end{text-anchor:end}
.plot .middle{text-anchor:middle}
.plot .strong{font-weight:600}
.plot .frame,.plot .mark,.plot .expected{fill:none}
.plot .expected{stroke-width:2;stroke-dasharray:5 4}
.plot .mark{stroke-width:1.5}
.plot .hatch{stroke-width:1.6;fill:none}
@media screen and (prefers-color-scheme:dark){
${rules(DARK)}
}`;

function rules({ ground, text, quiet, line, series }: Theme): string {
  return [
    `.plot .ground,.plot .knot{fill:${ground}}`,
    `.plot text,.plot .dot{fill:${text}}`,
    `.plot .quiet{fill:${quiet}}`,
    `.plot .grid{stroke:${line}}`,
    `.plot .frame,.plot .expected{stroke:${quiet}}`,
    `.plot .mark,.plot .knot{stroke:${text}}`,
    `.plot .hatch{stroke:${ground}}`,
    `.plot .speck{fill:${ground}}`,
    ...series.map((colour, index) => `.plot .series${index}{fill:${colour}}`),
  ].join("\n");
}
