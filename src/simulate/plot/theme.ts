/** Colours of one theme, as `#rrggbb`. */
export interface Theme {
  /** Behind plots and text. */
  readonly ground: string;
  /** Behind the frames of a page, and empty parts of bars. */
  readonly page: string;
  readonly text: string;
  /** Secondary text. */
  readonly quiet: string;
  /** Lines of grids and tables. They carry no information of their own. */
  readonly line: string;
  readonly good: string;
  readonly bad: string;
  /** By version. Neighbours differ in lightness, so that hue is not needed; from the seventh on there is a hatching too. */
  readonly series: readonly string[];
  /** Text on each of these. */
  readonly ink: readonly string[];
  /** Cells of a heat table, from the palest to the darkest, and text on each. */
  readonly heat: readonly string[];
  readonly warm: readonly string[];
}

/**
 * Text has a contrast of at least 4.5 and fills of at least 3 with the ground (WCAG 2.2, 1.4.3 and 1.4.11); test/simulate/plot.test.ts
 * computes both.
 */
export const LIGHT: Theme = {
  ground: "#ffffff",
  page: "#f4f6f8",
  text: "#171c24",
  quiet: "#586271",
  line: "#dfe4ea",
  good: "#12663a",
  bad: "#b42318",
  series: ["#7b899d", "#1f4fd6", "#e0620d", "#0a625f", "#9f5cf0", "#5f4708"],
  ink: ["#10151c", "#ffffff", "#10151c", "#ffffff", "#10151c", "#ffffff"],
  heat: ["#f8fafe", "#e9edfb", "#d7dff8", "#c3cff4", "#acbef0", "#96acec", "#6284e2", "#436bdd", "#1f4fd6"],
  warm: ["#171c24", "#171c24", "#171c24", "#171c24", "#171c24", "#171c24", "#171c24", "#ffffff", "#ffffff"],
};

export const DARK: Theme = {
  ground: "#161c24",
  page: "#0d1117",
  text: "#e8edf3",
  quiet: "#a3adba",
  line: "#2c3540",
  good: "#63d492",
  bad: "#ff9188",
  series: ["#8794a7", "#79b0ff", "#dd7426", "#6fe3cf", "#b083f7", "#f5d06b"],
  ink: ["#10151c", "#10151c", "#10151c", "#10151c", "#10151c", "#10151c"],
  heat: ["#19202b", "#202b3a", "#28374b", "#31445f", "#3b5375", "#45628b", "#5b84bd", "#6998dc", "#79b0ff"],
  warm: ["#e8edf3", "#e8edf3", "#e8edf3", "#e8edf3", "#e8edf3", "#e8edf3", "#10151c", "#10151c", "#10151c"],
};

/** Each colour of a theme with a name: `ground`, `series0`, … */
function named(theme: Theme): readonly (readonly [name: string, colour: string])[] {
  return Object.entries(theme).flatMap(([name, colour]: [string, string | readonly string[]]) =>
    typeof colour === "string" ? [[name, colour] as const] : colour.map((each, index) => [`${name}${index}`, each] as const),
  );
}

/** The colours of a theme as custom properties: `--plot-ground:#ffffff;…`. */
function themeProperties(theme: Theme): string {
  return named(theme)
    .map(([name, colour]) => `--plot-${name}:${colour}`)
    .join(";");
}

/** `var(--plot-ground)`, … : whatever the page has set. */
const OF_PAGE: Theme = {
  ground: "var(--plot-ground)",
  page: "var(--plot-page)",
  text: "var(--plot-text)",
  quiet: "var(--plot-quiet)",
  line: "var(--plot-line)",
  good: "var(--plot-good)",
  bad: "var(--plot-bad)",
  series: LIGHT.series.map((_, index) => `var(--plot-series${index})`),
  ink: LIGHT.ink.map((_, index) => `var(--plot-ink${index})`),
  heat: LIGHT.heat.map((_, index) => `var(--plot-heat${index})`),
  warm: LIGHT.warm.map((_, index) => `var(--plot-warm${index})`),
};

/** The properties of both themes, for the style sheet of a page. */
export const PLOT_THEMES: { readonly light: string; readonly dark: string } = {
  light: themeProperties(LIGHT),
  dark: themeProperties(DARK),
};

/** The style of a plot in these colours. */
export function plotStyle(theme: Theme): string {
  const { ground, page, text, quiet, line, series, ink, heat, warm } = theme;
  return [
    `.plot{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}`,
    `.plot text{fill:${text}}`,
    `.plot .quiet{fill:${quiet};font-size:12px}`,
    `.plot .ground{fill:${ground};stroke:${line}}`,
    `.plot .gap{stroke:${ground};stroke-width:1.5;fill:none}`,
    `.plot .empty{fill:${page}}`,
    `.plot .dot{fill:${text};stroke:${ground};stroke-width:1.5}`,
    `.plot .outline{fill:none;stroke:${quiet}}`,
    `.plot .grid{stroke:${line}}`,
    `.plot .axis{stroke:${quiet}}`,
    `.plot .mark{stroke:${text};stroke-width:1.5;fill:none}`,
    `.plot .goal{stroke:${text};stroke-width:2}`,
    `.plot .ring{stroke:${ground};stroke-width:2}`,
    `.plot .expected{stroke:${quiet};stroke-width:2;stroke-dasharray:6 4;fill:none}`,
    `.plot .hatch{stroke:${ground};stroke-width:1.6;fill:none}`,
    `.plot .speck{fill:${ground}}`,
    `.plot .end{text-anchor:end}`,
    `.plot .middle{text-anchor:middle}`,
    `.plot .strong{font-weight:600}`,
    `.plot .head{font-size:16px;font-weight:650}`,
    `.plot .hit{fill:transparent}`,
    `.plot .box{visibility:hidden;pointer-events:none}`,
    `.plot .box rect{fill:${text}}`,
    `.plot .box text{fill:${ground};font-size:12px}`,
    `.plot .tip:hover .box{visibility:visible}`,
    `.plot .tip:hover .hit{fill:${text};fill-opacity:.08}`,
    ...series.map((colour, index) => `.plot .series${index}{fill:${colour}}`),
    ...series.map((colour, index) => `.plot .curve${index}{stroke:${colour};stroke-width:2.25;fill:none}`),
    ...heat.map((colour, index) => `.plot .heat${index}{fill:${colour}}`),
    ...warm.map((colour, index) => `.plot text.warm${index}{fill:${colour};font-size:12px}`),
    `.plot text.small{font-size:10.5px}`,
    ...ink.map((colour, index) => `.plot text.ink${index}{fill:${colour};font-size:12px}`),
  ].join("\n");
}

/** The style of plots of the theme `page`. Their colours are the custom properties of `PLOT_THEMES`, which the page sets where it wants. */
export const PLOT_STYLE: string = plotStyle(OF_PAGE);
