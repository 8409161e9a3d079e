import type { Figure } from "../../src/simulate/plot/figure.ts";
import type { ReportData } from "../../src/simulate/report/html.ts";

/** One figure of each kind. */
export const figures: readonly Figure[] = [
  {
    kind: "strip",
    data: {
      title: "Slots by step",
      slots: 10_000,
      versions: ["v1", "v2", "v3"],
      steps: [
        { name: "before", note: "", runs: [{ version: "v1", until: 10_000 }] },
        {
          name: "step 1",
          note: "1 h",
          runs: [
            { version: "v2", until: 500 },
            { version: "v1", until: 10_000 },
          ],
        },
        {
          name: "step 2",
          note: "until resumed",
          runs: [
            { version: "v2", until: 2_500 },
            { version: "v1", until: 9_000 },
            { version: "v3", until: 10_000 },
          ],
        },
      ],
    },
  },
  {
    kind: "funnel",
    data: {
      title: "What the strategies hold for",
      requests: 20_000,
      unread: 12,
      versions: ["v1", "v2", "v3"],
      steps: [
        { name: "v2", rule: "header x-canary is always", version: "v2", reached: 19_988, held: 1_500 },
        { name: "v3", rule: "cookie beta is on or query preview is one of v3, next", version: "v3", reached: 18_488, held: 0 },
      ],
    },
  },
  {
    kind: "share",
    data: {
      title: "What the draw gives v2",
      version: "v2",
      axis: "step",
      points: [
        { x: 1, name: "step 1", share: 0.052, low: 0.046, high: 0.059, expected: 0.05 },
        { x: 2, name: "step 2", share: 0.247, low: 0.235, high: 0.259, expected: 0.25 },
      ],
    },
  },
  {
    kind: "arms",
    data: {
      title: "Keys by version",
      unit: "keys",
      versions: ["v1", "v2"],
      arms: [
        { version: "v2", count: 1_030, share: 0.103, low: 0.097, high: 0.109, expected: 0.1 },
        { version: "v1", count: 8_970, share: 0.897, low: 0.891, high: 0.903, expected: 0.9 },
      ],
    },
  },
  {
    kind: "mixed",
    data: {
      title: "Mixed sessions",
      who: "sessions",
      points: [
        { within: 2, of: 5_214, share: 0.182, low: 0.172, high: 0.193, expected: 0.18 },
        { within: 10, of: 2_171, share: 0.655, low: 0.635, high: 0.675, expected: 0.6513 },
        { within: 50, of: 381, share: 0.995, low: 0.981, high: 0.999, expected: 0.9948 },
      ],
    },
  },
  {
    kind: "matrix",
    data: {
      title: "Slots from version to version",
      unit: "slots",
      whole: 10_000,
      versions: ["v1", "v2", "v3"],
      cells: [
        { from: "v1", to: "v1", count: 7_000 },
        { from: "v1", to: "v2", count: 2_000 },
        { from: "v2", to: "v3", count: 1_000 },
      ],
    },
  },
];

/** A report with all of them. */
export const report: ReportData = {
  title: "A report",
  partial: undefined,
  summary: ["20,000 requests were simulated."],
  keyFigures: [
    { name: "v1", value: "89.70 %", note: "90.00 % expected" },
    { name: "v2", value: "10.30 %", note: "" },
  ],
  verdicts: [
    { kind: "pass", text: "the draw agrees with the weights." },
    { kind: "fail", text: "500 slots move that would not have to." },
    { kind: "note", text: "12 lines are no requests." },
  ],
  sections: figures.map((figure) => ({
    heading: figure.data.title,
    text: ["What is to be seen."],
    figure,
    tables: [{ caption: "More", head: ["A", "B"], rows: [["a text with a/very/long/pointer/that/would/not/fit/on/a/telephone", "1"]] }],
  })),
};
