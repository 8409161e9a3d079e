import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIGHT, DARK, type Theme } from "../../src/simulate/plot/theme.ts";
import { spansOf } from "../../src/simulate/plot/time.ts";
import { tableHTML } from "../../src/simulate/plot/table.ts";
import { escaped } from "../../src/simulate/plot/markup.ts";
import { probabilityText } from "../../src/simulate/served/words.ts";
import { duration, interval, percent, percentTicks, points, pointTicks } from "../../src/simulate/plot/number.ts";
import { logarithmicTicks, ticksBetween } from "../../src/simulate/plot/axis.ts";
import { fitted, widthOf } from "../../src/simulate/plot/drawing.ts";
import { type Figure, plotSVG, plotTable } from "../../src/simulate/plot/figure.ts";
import { type ReportData, reportHTML } from "../../src/simulate/report/html.ts";
import { law } from "../support/law.ts";
import { figures, report } from "./plot-data.ts";

/** The names of elements in a text, if it is well-formed XML as far as these plots use it. */
function elementsOf(xml: string): readonly string[] {
  const names: string[] = [];
  const open: string[] = [];
  let rest = xml;
  while (rest !== "") {
    const tag = /^<(\/?)([a-zA-Z][\w-]*)((?: [\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)>/.exec(rest);
    const text = /^(?:[^<&>]|&(?:amp|lt|gt|quot|#39);)+/.exec(rest);
    if (tag !== null) {
      const [, end, name = "", attributes = ""] = tag;
      if (end === "/") expect(open.pop()).toBe(name);
      else if (name !== "wbr") open.push(name);
      const keys = [...attributes.matchAll(/ ([\w:-]+)="/g)].map(([, key]) => key);
      expect(new Set(keys).size).toBe(keys.length);
      if (end !== "/") names.push(name);
    } else if (text === null) throw new Error(`not well-formed at ${rest.slice(0, 60)}`);
    rest = rest.slice((tag ?? text)?.[0].length);
  }
  expect(open).toEqual([]);
  return names;
}

test("the check of well-formedness refuses what is not", () => {
  for (const wrong of ["<a>", "<a></b>", "<a>&</a>", '<a x="<"></a>', "<a x=1></a>", '<a x="1" x="2"></a>', "a > b"]) {
    expect(() => elementsOf(wrong), wrong).toThrow(Error);
  }
  expect(elementsOf('<a x="&lt;"><b>&amp;</b></a>')).toEqual(["a", "b"]);
});

describe("each plot", () => {
  test.each(figures.map((figure) => [figure.kind, figure] as const))("%s is as stored", async (kind, figure) => {
    const svg = plotSVG(figure);
    elementsOf(svg);
    await expect(`${svg}\n`).toMatchFileSnapshot(`../golden/plot-${kind}.svg`);
  });

  test.each(figures.map((figure) => [figure.kind, figure] as const))(
    "%s has a name and a description, and refers to nothing outside",
    (kind, figure) => {
      const svg = plotSVG(figure, { id: "p" });
      expect(svg).toContain('role="img"');
      expect(svg).toContain('aria-labelledby="p-title p-desc"');
      expect(svg).toContain(`<title id="p-title">${escaped(figure.data.title)}</title>`);
      expect(svg).toMatch(/<desc id="p-desc">[^<]{10,}<\/desc>/);
      expect(svg).toContain('<rect x="0.5" y="0.5"');
      expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:|href|<script|@import/);
      const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id = ""] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids, kind).toContain(id);
    },
  );

  test.each(figures.map((figure) => [figure.kind, figure] as const))("%s has a text at its marks", (_, figure) => {
    expect(plotSVG(figure).match(/<g class="tip">/g)?.length).toBeGreaterThan(1);
  });

  test.each(figures.map((figure) => [figure.kind, figure] as const))(
    "%s has the style, the ground and the title of a page, where it is for one",
    (_, figure) => {
      const svg = plotSVG(figure, { id: "p", theme: "page" });
      elementsOf(svg);
      expect(svg).not.toMatch(/<style|style=|class="ground"|class="head"|fill="#/);
    },
  );

  test.each(figures.map((figure) => [figure.kind, figure] as const))("%s keeps its own colours in either theme", (_, figure) => {
    for (const [theme, { ground, text }] of [["light", LIGHT] as const, ["dark", DARK] as const]) {
      const svg = plotSVG(figure, { theme });
      expect(svg).toContain(`.plot .ground{fill:${ground}`);
      expect(svg).toContain(`.plot text{fill:${text}}`);
      expect(svg).not.toMatch(/@media|var\(/);
    }
  });

  test.each(figures.map((figure) => [figure.kind, figure] as const))("%s has a table with a cell for each heading", (_, figure) => {
    const { head, rows } = plotTable(figure);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row.length !== head.length)).toEqual([]);
  });

  test.each(figures.map((figure) => [figure.kind, figure] as const))("%s stands without data", (_, figure) => {
    const data = Object.fromEntries(Object.entries(figure.data).map(([key, value]) => [key, Array.isArray(value) ? [] : value]));
    const svg = plotSVG({ kind: figure.kind, data } as unknown as Figure);
    elementsOf(svg);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

const ATTACKS = [
  "<script>alert(1)</script>",
  "</svg></style><script src=//evil.example></script>",
  `"><img src=x onerror=alert(1)>`,
  "' onload='alert(1)",
  "]]><!--",
  "a\u2028b\u2029c",
  "\u202egnp.exe",
  "\0\u0007\ud800",
  "&lt;&#x3c;",
];

/** The same data with every text another one. */
function poisoned<T>(value: T, text: string): T {
  const deep = (part: unknown, key: string): unknown => {
    if (typeof part === "string") return key === "kind" ? part : text;
    if (Array.isArray(part)) return part.map((each) => deep(each, ""));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, deep(each, name)]));
  };
  return deep(value, "") as T;
}

describe("text of others", () => {
  const own = new Set(elementsOf(bodyOf(reportHTML({ ...report, title: "a/b" }))));

  test.each(ATTACKS)("stays text: %j", (attack) => {
    const html = reportHTML(poisoned(report, attack));
    expect([...new Set(elementsOf(bodyOf(html)))].filter((name) => !own.has(name))).toEqual([]);
    expect(own.has("script") || own.has("img")).toBe(false);
    expect(html).not.toMatch(/[\u2028\u2029\u202e]|(?!\n)\p{Cc}|\p{Surrogate}/u);
    for (const figure of figures) elementsOf(plotSVG(poisoned(figure, attack)));
  });

  law("is one text again for whoever reads the markup", fc.string({ unit: "binary" }), (text) => {
    const markup = escaped(text);
    expect(markup).not.toMatch(/[<>"']/);
    elementsOf(`<a x="${markup}">${markup}</a>`);
  });

  test("is shown where it cannot be written", () => {
    expect(escaped(`<a b="c" d='e'>&\u2028\ud800\u202e\n`)).toBe(
      "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\\u2028\\ud800\\u202e\\u000a",
    );
  });
});

function bodyOf(html: string): string {
  return html.slice(html.indexOf("<body>"), html.indexOf("</body>") + "</body>".length);
}

describe("the report", () => {
  test("has no script, and a policy that forbids everything from outside", () => {
    const html = reportHTML(report);
    expect(html).not.toMatch(/<script|<img|<iframe|@import|src=/);
    expect(html).toContain("default-src &#39;none&#39;");
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual(["data:,"]);
  });

  test("is marked where it is partial, and only there", () => {
    expect(reportHTML(report)).not.toContain("Partial");
    const html = reportHTML({ ...report, partial: "It was stopped." });
    expect(html).toContain("<title>A report (partial)</title>");
    expect(html).toContain('<p class="partial" role="note"><strong>Partial. </strong>It was stopped.</p>');
  });

  test("gives every element that is referred to one place", () => {
    const html = bodyOf(reportHTML(report));
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const used = [...html.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap(([, list = ""]) => list.split(" "));
    expect(used.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test("says first what is to be looked into", () => {
    const html = reportHTML({ ...report, verdicts: [...report.verdicts].toReversed() });
    const places = ["✗ Look into this", "• ", "✓ As expected"].map((mark) => html.indexOf(mark));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  test("has its key figures, and a title that breaks behind slashes", () => {
    const html = reportHTML({ ...report, title: "docs/examples/shop.yaml" });
    expect(html).toContain('<dt>v1</dt><dd>89.70 %</dd><dd class="note">90.00 % expected</dd>');
    expect(html).toContain("<h1>docs/<wbr>examples/<wbr>shop.yaml</h1>");
  });

  test("pairs sections of half a page, and gives a row to those without a neighbour", () => {
    const wideOf = (kinds: readonly string[]): readonly boolean[] => {
      const sections = kinds.map((kind) => {
        const figure = figures.find((each) => each.kind === kind);
        return { heading: kind, text: [], figure, tables: [] };
      });
      return [...reportHTML({ ...report, sections }).matchAll(/<section class="card( wide)?"/g)].map(([, wide]) => wide !== undefined);
    };
    expect(wideOf(["bars", "funnel"])).toEqual([false, false]);
    expect(wideOf(["bars", "funnel", "arms"])).toEqual([false, false, true]);
    expect(wideOf(["bars", "strip", "funnel", "arms"])).toEqual([true, true, false, false]);
    expect(wideOf(["bars", "", ""])).toEqual([true, false, false]);
  });

  test("says the kind of a verdict in words, not by colour alone", () => {
    const verdicts: ReportData["verdicts"] = [
      { kind: "pass", text: "x" },
      { kind: "fail", text: "y" },
    ];
    const html = reportHTML({ ...report, verdicts });
    expect(html).toContain("✓ As expected: </span>x");
    expect(html).toContain("✗ Look into this: </span>y");
  });
});

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** CIE lightness, 0 to 100. */
function lightness(colour: string): number {
  return 116 * Math.cbrt(luminance(colour)) - 16;
}

test("the formula gives the contrast of black on white", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 10);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

describe.each<[string, Theme]>([
  ["light", LIGHT],
  ["dark", DARK],
])("in the %s theme", (_, theme) => {
  test.each(["text", "quiet", "good", "bad"] as const)("%s can be read", (part) => {
    expect(contrast(theme[part], theme.ground)).toBeGreaterThanOrEqual(4.5);
  });

  test("fills stand out from the ground", () => {
    for (const colour of theme.series) expect(contrast(colour, theme.ground), colour).toBeGreaterThanOrEqual(3);
  });

  test("text on fills can be read", () => {
    for (const [index, colour] of theme.series.entries())
      expect(contrast(colour, theme.ink[index] ?? ""), colour).toBeGreaterThanOrEqual(4.5);
    for (const [index, colour] of theme.heat.entries())
      expect(contrast(colour, theme.warm[index] ?? ""), colour).toBeGreaterThanOrEqual(4.5);
    for (const part of ["text", "quiet", "good", "bad"] as const)
      expect(contrast(theme[part], theme.page), part).toBeGreaterThanOrEqual(4.5);
  });

  test("each fill differs from the next in lightness", () => {
    const steps = theme.series.slice(1).map((colour, index) => Math.abs(lightness(colour) - lightness(theme.series[index] ?? "")));
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(8);
  });
});

describe("a table", () => {
  const table = (...cells: readonly string[]): string =>
    tableHTML({ caption: "c", head: ["Name", "Share"], rows: cells.map((cell) => ["v1", cell]) }).markup;

  test("aligns the points of a column", () => {
    const html = table("12.35\u00a0%", "0.004\u00a0%", "–");
    expect(html).toContain('<td class="number">12.35<i class="pad1"></i>\u00a0%</td>');
    expect(html).toContain('<td class="number">0.004\u00a0%</td>');
    expect(html).toContain('<td class="number">–</td>');
  });

  test("aligns intervals by their ends, and counts not at all", () => {
    expect(table("0.60–1.40\u00a0%", "0.004–0.012\u00a0%")).toContain('1.40<i class="pad1"></i>\u00a0%');
    expect(table("1,200", "7")).not.toContain("<i");
  });

  test("says on a phone that there is more, only where there is", () => {
    const wide = {
      caption: "c",
      head: ["A", "B", "C", "D", "E"],
      rows: [["step 1", "100.00\u00a0%", "until resumed", "v1 → v2: 100", "x"]],
    };
    expect(tableHTML(wide).markup).toContain('class="hint"');
    expect(table("1.00\u00a0%")).not.toContain('class="hint"');
  });
});

describe("steps on an axis of time", () => {
  const widths = (...seconds: readonly (number | undefined)[]): readonly number[] =>
    spansOf(
      seconds.map((each) => ({ name: "s", seconds: each })),
      { left: 0, right: 500 },
    ).map(({ from, to }) => Math.round(to - from));

  test("are as wide as they are long", () => {
    expect(widths(3_600, 3_600, 7_200)).toEqual([125, 125, 250]);
  });

  test("can be seen, however short they are", () => {
    const [minute = 0, day = 0] = widths(60, 86_400);
    expect(minute).toBe(6);
    expect(minute + day).toBe(500);
  });

  test("have a fixed width where they wait for someone, and the same where all do", () => {
    expect(widths(undefined, 3_600)).toEqual([44, 456]);
    expect(widths(undefined, undefined)).toEqual([250, 250]);
  });

  law(
    "fill the axis, one after the other",
    fc.array(fc.option(fc.integer({ min: 0, max: 1e7 }), { nil: undefined }), { minLength: 1, maxLength: 60 }),
    (seconds) => {
      const spans = spansOf(
        seconds.map((each) => ({ name: "s", seconds: each })),
        { left: 10, right: 400 },
      );
      expect(spans[0]?.from).toBe(10);
      expect(spans.at(-1)?.to).toBeCloseTo(400, 6);
      for (const [index, { from, to }] of spans.entries()) {
        expect(to).toBeGreaterThanOrEqual(from);
        if (index > 0) expect(from).toBe(spans[index - 1]?.to);
      }
    },
  );
});

test("numbers are written for people", () => {
  expect([0, 0.125, 1, 0.00004, -0.006].map((share) => percent(share))).toEqual(
    ["0.00", "12.50", "100.00", "0.004", "−0.60"].map((text) => `${text}\u00a0%`),
  );
  expect([0.01, -0.004, 0, 0.000_04].map(points)).toEqual(["+1.00", "−0.40", "0.00", "+0.004"]);
  expect([0, 90, 3_600, 108_000].map(duration)).toEqual(["0 s", "1 min 30 s", "1 h", "1 d 6 h"]);
  expect(percent(1, 3)).toBe("33.33\u00a0%");
  expect(percent(0, 0)).toBe("–");
  expect(interval({ low: 0.000_04, high: 1 })).toBe("0.004–100.00\u00a0%");
  expect(percentTicks([0, 0.1, 0.125])).toEqual(["0.0", "10.0", "12.5"].map((text) => `${text}\u00a0%`));
  expect(percentTicks([0, 0.1])).toEqual(["0\u00a0%", "10\u00a0%"]);
  expect(pointTicks([-0.005, 0, 0.01])).toEqual(["−0.5", "0.0", "+1.0"]);
  expect([0.043_21, 0.000_001, 0].map(probabilityText)).toEqual(["= 0.0432", "= 1.0e-6", "< 1e-300"]);
});

law(
  "ticks begin at or below what is shown, end at or above it, and are few",
  fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true })),
  ([low, span]) => {
    fc.pre(span > low * 1e-6);
    const ticks = ticksBetween(low, low + span);
    expect(ticks[0]).toBeLessThanOrEqual(low + span * 0.001);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(low + span * 0.998);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect(ticks.every((each, index) => index === 0 || each > (ticks[index - 1] ?? 0))).toBe(true);
  },
);

law(
  "logarithmic ticks lie within what is shown",
  fc.tuple(fc.double({ min: 1, max: 1e6, noNaN: true }), fc.double({ min: 10, max: 1e6, noNaN: true })),
  ([low, ratio]) => {
    const ticks = logarithmicTicks(low, low * ratio);
    expect(ticks.length).toBeGreaterThanOrEqual(1);
    expect(ticks.length).toBeLessThanOrEqual(14);
    for (const each of ticks) {
      expect(each).toBeGreaterThanOrEqual(low * 0.999);
      expect(each).toBeLessThanOrEqual(low * ratio * 1.001);
    }
  },
);

law(
  "a text that is cut fits, and is the begin of the whole",
  fc.tuple(fc.string({ unit: "binary" }), fc.integer({ min: 20, max: 400 })),
  ([text, width]) => {
    const cut = fitted(text, width);
    expect(widthOf(cut)).toBeLessThanOrEqual(width);
    expect(text.startsWith(cut.replace(/…$/, ""))).toBe(true);
  },
);
