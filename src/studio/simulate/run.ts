import {
  forecast,
  logTraffic,
  type KeyFigure,
  parsePopulation,
  parseRollout,
  PLOT_STYLE,
  PLOT_THEMES,
  plotSVG,
  populationTraffic,
  reportDataOf,
  type ReportData,
  type Rollout,
  simulate,
  type Table,
  plotTable,
  type Traffic,
  TrafficError,
} from "../../simulate/index.ts";
import { type Checked, format } from "../../index.ts";
import { readYaml } from "../../yaml/index.ts";
import { type AliasText, configOf, read } from "../read.ts";
import type { Step } from "./steps.ts";

/** What to simulate. */
export interface Trial {
  readonly source: AliasText;
  /** Requests of a model, or a log. */
  readonly traffic:
    | { readonly kind: "model"; readonly text: string; readonly count: number }
    | { readonly kind: "log"; readonly file: Blob };
  /** The steps of a rollout; undefined where the alias is simulated as it is. */
  readonly rollout: { readonly canary: string; readonly steps: readonly Step[] } | undefined;
}

/** What came of it: the report, its plots drawn. */
export interface TrialReport {
  readonly requests: number;
  readonly summary: readonly string[];
  readonly figures: readonly KeyFigure[];
  readonly verdicts: ReportData["verdicts"];
  readonly sections: readonly {
    readonly heading: string;
    readonly text: readonly string[];
    /** SVG without a style of its own. */
    readonly plot: string | undefined;
    readonly tables: readonly Table[];
    readonly hidden: readonly Table[];
  }[];
  readonly style: string;
  readonly themes: { readonly light: string; readonly dark: string };
}

/** The seed of every simulation of the page: the same alias and traffic give the same figures. */
const SEED = "studio";

/** Characters of a model. */
const MOST_MODEL = 262_144;

/** Runs a simulation. Throws an error whose message says what is wrong with its input. */
export async function runTrial({ source, traffic, rollout }: Trial, onProgress: (requests: number) => void): Promise<TrialReport> {
  const { plan } = read(source);
  if (plan === undefined) throw new Error("the alias has errors");
  const course = rollout === undefined ? undefined : rolloutOf(source, rollout);
  const options = { seed: SEED, onProgress };
  const requests = trafficOf(traffic);
  const simulation = await (course === undefined ? simulate(plan, requests, options) : simulate(course, requests, options)).catch(
    (error: unknown) => {
      throw error instanceof TrafficError ? new Error(error.diagnostics.map(format).join("\n")) : error;
    },
  );
  if (simulation.requests === 0) throw new Error("no request was read");
  const expected = course === undefined ? undefined : forecast(course, {});
  const { summary, keyFigures, verdicts, sections } = reportDataOf({
    title: plan.name ?? "alias",
    simulation,
    ...(course !== undefined && { rollout: course, forecast: expected }),
  });
  return {
    requests: simulation.requests,
    summary,
    figures: keyFigures,
    verdicts,
    sections: sections.map(({ heading, text, figure, tables, more = [] }, index) => ({
      heading,
      text,
      plot: figure === undefined ? undefined : plotSVG(figure, { id: `plot-${index}`, theme: "page" }),
      tables,
      hidden: figure === undefined ? more : [plotTable(figure), ...more],
    })),
    style: PLOT_STYLE,
    themes: PLOT_THEMES,
  };
}

function trafficOf(traffic: Trial["traffic"]): Traffic {
  if (traffic.kind === "log") return logTraffic(chunksOf(traffic.file));
  const read = readYaml(traffic.text, MOST_MODEL, { depth: 50 });
  const model = sound(read.ok ? parsePopulation(read.value.value) : read);
  return populationTraffic(model, traffic.count);
}

/** The bytes of a file, as they are read: a file of a gigabyte is never in memory as a whole. */
async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function rolloutOf(source: AliasText, { canary, steps }: NonNullable<Trial["rollout"]>): Rollout {
  const written = steps.flatMap(({ weight, lasts }) => [
    { setWeight: weight },
    { pause: lasts.trim() === "" ? {} : { duration: lasts.trim() } },
  ]);
  return sound(parseRollout({ alias: configOf(source), canary, steps: written }));
}

function sound<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(checked.diagnostics.map(format).join("\n"));
}
