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
  {
    kind: "bars",
    data: {
      title: "Requests and users by version",
      unit: "requests",
      versions: ["v1", "v2", "v3"],
      bars: [
        { version: "v1", count: 16_010, share: 0.8005, expected: 0.81, drawn: 16_010, users: 0.92 },
        { version: "v2", count: 3_990, share: 0.1995, expected: 0.19, drawn: 1_800, users: 0.24 },
        { version: "v3", count: 1, share: 0.000_05, expected: 0.000_05, drawn: 0, users: undefined },
      ],
    },
  },
  {
    kind: "stack",
    data: {
      title: "Requests by version and step",
      unit: "requests",
      versions: ["v1", "v2"],
      steps: [
        { name: "before", shares: [{ version: "v1", count: 20_000, share: 1, expected: 1, drawn: 0, users: 1 }] },
        {
          name: "step 1",
          shares: [
            { version: "v1", count: 15_100, share: 0.755, expected: 0.75, drawn: 15_100, users: 0.76 },
            { version: "v2", count: 4_900, share: 0.245, expected: 0.25, drawn: 4_900, users: 0.24 },
          ],
        },
      ],
    },
  },
  {
    kind: "moves",
    data: {
      title: "Users who change version",
      whole: "users",
      versions: ["v1", "v2", "v3"],
      steps: [
        { name: "step 1", ways: [{ from: "v1", to: "v2", share: 0.05 }], least: 0.05 },
        {
          name: "step 2",
          ways: [
            { from: "v1", to: "v2", share: 0.3 },
            { from: "v2", to: "v3", share: 0.1 },
          ],
          least: 0.3,
        },
        { name: "step 3", ways: [], least: 0 },
      ],
    },
  },
  {
    kind: "course",
    data: {
      title: "What the draw gives v2",
      version: "v2",
      steps: [
        { name: "step 1", seconds: 3_600, weight: 0.01, share: 0.012, low: 0.008, high: 0.017, of: 2_000 },
        { name: "step 2", seconds: undefined, weight: 0.05, share: 0.048, low: 0.04, high: 0.058, of: 2_000 },
        { name: "step 3", seconds: 86_400, weight: 0.5, share: 0.51, low: 0.488, high: 0.532, of: 2_000 },
      ],
    },
  },
  {
    kind: "heat",
    data: {
      title: "Shares by attribute country",
      by: "attribute country",
      versions: ["v1", "v2", "v3"],
      rows: [
        {
          name: "DE",
          requests: 12_000,
          cells: [
            { share: 0.9, expected: 0.89 },
            { share: 0.1, expected: 0.11 },
            { share: 0, expected: 0 },
          ],
        },
        {
          name: "all others",
          requests: 7,
          cells: [
            { share: 0, expected: 0.2 },
            { share: 0, expected: 0 },
            { share: 1, expected: 0.8 },
          ],
        },
      ],
    },
  },
  {
    kind: "power",
    data: {
      title: "How surely the fault is seen",
      target: 0.8,
      curves: [
        {
          name: "step 1",
          weight: 0.01,
          needed: 158_192,
          canary: 1_582,
          seconds: 7_910,
          within: false,
          reached: { requests: 72_000, power: 0.53 },
          points: [
            { requests: 2_000, power: 0.06 },
            { requests: 72_000, power: 0.53 },
            { requests: 158_192, power: 0.8 },
            { requests: 700_000, power: 0.999 },
          ],
        },
        {
          name: "step 2",
          weight: 0.25,
          needed: 9_146,
          canary: 2_287,
          seconds: undefined,
          within: undefined,
          reached: undefined,
          points: [
            { requests: 400, power: 0.06 },
            { requests: 9_146, power: 0.8 },
            { requests: 40_000, power: 0.999 },
          ],
        },
      ],
    },
  },
  {
    kind: "drift",
    data: {
      title: "The canary's part of users by a cookie",
      version: "v2",
      steps: [
        { name: "step 1", seconds: undefined, requests: undefined, weight: 0, canaryCookie: [0, 0], bothCookies: 0 },
        { name: "step 2", seconds: 3_600, requests: 4, weight: 0.01, canaryCookie: [0, 0.02, 0.0394], bothCookies: 0.01 },
        { name: "step 3", seconds: 21_600, requests: 24, weight: 0.05, canaryCookie: [0.0394, 0.5, 0.7195], bothCookies: 0.01 },
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
