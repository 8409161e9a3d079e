import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { writeReports, checkReports } from "../../src/cli/reporters/reports.ts";
import { population, populationTraffic, simulate as run } from "../../src/simulate/index.ts";
import { command, type Ended, hostOf, scratch } from "../support/command.ts";

const { folder, file } = scratch();

// One thread: workers run what the build wrote, and here the sources run.
const simulate = (...args: readonly string[]): Promise<Ended> => command(["simulate", ...args, "--workers", "1"]);

const alias = file("alias.json", {
  name: "shop",
  version: "v1",
  additional_version_weights: { v2: 25 },
  additional_version_strategy: { v3: { rules: [{ rule_type: "Header", param: "x-staff", op: "=", value: "yes" }] } },
});
const model = file("users.yaml", "users: 100\nsessions: 2\nrequests: 5\nidentity: { rule_type: Header, param: X-User-Id }\n");
const log = file(
  "log.ndjson",
  [{ headers: { "x-staff": "yes" } }, { headers: {} }, { headers: {} }].map((entry) => JSON.stringify(entry)).join("\n") + "\nnot a line\n",
);

describe("simulate", () => {
  test("a model of users: who got what, with a verdict", async () => {
    const { code, stdout, stderr } = await simulate(alias, "--population", model);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^1,000 requests, seed 0\n/);
    expect(stdout).toContain("random draws, one for each request, made here with the seed:");
    expect(stdout).toMatch(/the random numbers made here follow the weights \(p = 0\.\d{4}, binomial, 1,000 requests\)/);
    expect(stdout).toMatch(/within 10 draws: 9\d\.\d\d % \(\d+ of 100\), expected 94\.37 %/);
  });

  test("a log: malformed lines are counted and shown", async () => {
    const { code, stdout, stderr } = await simulate(alias, "--traffic", log);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `canary-router: ${log}: 1 line is no request, 25.00 % of all, more than the 5 % of \`--max-malformed\`\n  line 4: not JSON\n`,
    );
    expect(stdout).toMatch(/^3 requests, seed 0\n/);
    expect(stdout).toMatch(/v3 +3 +1 +33\.33 %/);
  });

  test("standard input in a form that is named", async () => {
    const { stdout } = await command(["simulate", alias, "--traffic", "-", "--traffic-format", "ndjson", "--workers", "1"], {
      stdin: '{"headers":{"x-staff":"yes"}}\n',
    });
    expect(stdout).toMatch(/v3 +1 +100\.00 %/);
  });

  test("a user who is alone is one user", async () => {
    const one = file("one.ndjson", '{"user":"a"}\n{"user":"a"}\n');
    const { stdout } = await simulate(alias, "--traffic", one);
    expect(stdout).toContain("\n1 user:\n");
    expect(stdout).toMatch(/ {2}more than one version: .*; mixed by the draw: /);
  });

  test("a log is what its name or its first bytes say it is", async () => {
    const line = '192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5\n';
    const har = { log: { entries: [{ request: { method: "GET", url: "https://shop.example/", headers: [] } }] } };
    for (const [name, text] of [
      ["a.ndjson", '{"path":"/"}\n'],
      ["a.log", '{"path":"/"}\n'],
      ["a.txt", line],
      ["a.har", JSON.stringify(har)],
      ["a.json", JSON.stringify(har, null, 2)],
    ] as const) {
      const named = file(`named/${name}`, text);
      expect((await simulate(alias, "--traffic", named)).stdout, name).toMatch(/^1 request, seed 0\n/);
      expect((await command(["route", alias, "--traffic", named])).stdout, name).toMatch(/^shop: 1 request from /);
      expect((await command(["route", alias, "--traffic", "-"], { stdin: text })).stdout, name).toMatch(/^shop: 1 request from /);
    }
  });

  test("the same seed gives the same, another seed another", async () => {
    const [one, same, other] = await Promise.all(
      ["a", "a", "b"].map((seed) => simulate(alias, "--population", model, "--seed", seed, "--format", "json")),
    );
    expect(same?.stdout).toBe(one?.stdout);
    expect(other?.stdout).not.toBe(one?.stdout);
    expect(JSON.parse(one?.stdout ?? "")).toMatchObject({ requests: 1000, partial: false });
  });

  test("a rollout as a cluster has it: one of several documents, with what does not split told in every format", async () => {
    const manifest = [
      "kind: Service\napiVersion: v1\n",
      "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  strategy:\n    canary:\n      trafficRouting: { nginx: {} }\n      steps:\n        - setWeight: 20\n        - analysis: { templates: [{ templateName: latency }] }\n",
    ].join("---\n");
    const rollout = file("argo.yaml", manifest);
    const run = (...more: readonly string[]) => simulate(alias, "--rollout", rollout, "--population", model, ...more);
    expect((await run("--canary", "v9")).stdout).toContain("step 1: waits for the analysis `latency` (analysis)");
    const { stdout } = await run("--canary", "v9", "--format", "json");
    const told = JSON.parse(stdout) as { readonly forecast: { readonly stages: readonly { readonly marks: unknown }[] } };
    expect(told.forecast.stages[1]?.marks).toEqual([
      { at: "/1/spec/strategy/canary/steps/1/analysis", kind: "analysis", text: "waits for the analysis `latency`" },
    ]);
    const page = join(folder, "argo.html");
    expect(await run("--canary", "v9", "--html", page)).toMatchObject({ code: 0 });
    expect(readFileSync(page, "utf8")).toContain("waits for the analysis");
    const blue = file("blue.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  strategy:\n    blueGreen: {}\n");
    expect(await simulate(alias, "--rollout", blue, "--population", model, "--canary", "v9")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("blue.yaml:5:5 error[rollout-strategy]") as string,
    });
  });

  test("a rollout of the alias: a forecast, every stage, and what moved", async () => {
    const rollout = file("rollout.yaml", "canary: v2\nsteps:\n  - setWeight: 50\n  - pause: { duration: 1h }\n");
    const { code, stdout, stderr } = await simulate(alias, "--rollout", rollout, "--population", model, "--per-user", "10");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^stage +canary +lasts/);
    expect(stdout).toMatch(/before → step 1 +25\.00 % +25\.00 %/);
    expect(stdout).toMatch(/requests whose version comes back, A→B→A: 0\n$/);
  });

  test("the fault to see is set by options, named in text, JSON and HTML, and nonsense is refused", async () => {
    const sticky = file(
      "sticky.yaml",
      "name: shop\nversion: v1\nstickiness: { keys: [{ rule_type: Header, param: X-User-Id }], on_missing: primary }\n",
    );
    const rollout = file("fault.yaml", "canary: v2\nsteps:\n  - setWeight: 50\n  - pause: { duration: 1h }\n");
    const page = join(folder, "fault.html");
    const of = (...more: readonly string[]) => simulate(sticky, "--rollout", rollout, "--population", model, ...more);
    const options = ["--error-rate", "2", "--difference", "0.5%", "--risk", "1", "--power", "90", "--correlation", "0.1"];
    const { code, stdout } = await of(...options, "--html", page);
    expect(code).toBe(0);
    expect(stdout).toContain("requests to see +0.50 %");
    // Each of the users has 2 sessions of 5 requests: 1 + 9 · 0.1.
    const said =
      "to see an error rate of 2.50 % instead of 2.00 %, at a risk of 1.00 % and a power of 90.00 %; design effect 1.90 with 10.00 requests of a user (weighted) and a correlation of 0.1";
    expect(stdout).toContain(said);
    expect(readFileSync(page, "utf8")).toContain(said.slice(3));
    const json = JSON.parse((await of(...options, "--format", "json")).stdout) as unknown;
    expect(json).toMatchObject({
      forecast: {
        assumptions: { errorRate: 0.02, difference: 0.005, alpha: 0.01, power: 0.9, correlation: 0.1, requestsPerUser: 10 },
      },
    });
    for (const [args, message] of [
      [["--error-rate", "0"], "`--error-rate 0` is not between 0 and 100"],
      [["--risk", "x"], "`--risk x` is not a percentage"],
      [["--correlation", "1.5"], "`--correlation 1.5` is no correlation"],
      [["--error-rate", "60", "--difference", "40"], "are 100 % or more together"],
      [["--power", "5"], "`--power 5` is not above `--risk 5`"],
    ] as const) {
      const refused = await of(...args);
      expect(refused, args.join(" ")).toMatchObject({ code: 2, stdout: "" });
      expect(refused.stderr).toContain(message);
    }
    const random = await simulate(alias, "--rollout", rollout, "--population", model, "--correlation", "0.1");
    expect(random).toMatchObject({ code: 2, stderr: expect.stringContaining("`--correlation` does nothing") as string });
    const alone = await simulate(alias, "--population", model, "--difference", "2");
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining("does nothing without `--rollout`") as string });
  });

  describe("what was served", () => {
    const half = file("half.yaml", "version: v1\nadditional_version_weights: { v2: 50 }\n");
    const lines = (v1: number, v2: number, more: readonly string[] = []): string =>
      Array.from({ length: v1 + v2 }, (_, at) =>
        JSON.stringify({ url: "/", headers: { "x-user": `u${at}` }, version: (at * v1) % (v1 + v2) < v1 ? "v1" : "v2" }),
      )
        .concat(more)
        .join("\n");
    const uneven = file("uneven.ndjson", lines(600, 400));
    const even = file("even.ndjson", lines(500, 500));

    test("is judged beside the weights, and the random numbers made here are called that", async () => {
      const { code, stdout, stderr } = await simulate(half, "--traffic", uneven, "--served", "version");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/what was served does not fit the weights \(p = 2\.7e-10, binomial, 1,000 requests\)/);
      expect(stdout).toMatch(/random draw → v1 +600\n/);
      expect(stdout).not.toContain("no more than chance");
      expect(stdout.indexOf("what was served does not fit")).toBeLessThan(stdout.indexOf("made here with the seed"));
      const right = await simulate(half, "--traffic", even, "--served", "version");
      expect(right.stdout).toContain("what was served fits the weights (p = 1.0000");
    });

    test("is said not to be judged where no field is named", async () => {
      const { stdout } = await simulate(half, "--traffic", uneven);
      expect(stdout).toContain("what was served is not judged: `--served` names the field with the version that answered");
    });

    test("gates set the exit code, and say why", async () => {
      const gated = await simulate(half, "--traffic", uneven, "--served", "version", "--user", "Header:x-user", "--fail-on", "srm,mixed");
      expect(gated.code).toBe(1);
      expect(gated.stderr).toMatch(
        /the gate `srm` failed: v2 40\.00\s% for 50\.00\s%, v1 60\.00\s% for 50\.00\s% of 1,000 requests, p = 2\.7e-10/,
      );
      expect(gated.stderr).toContain("the gate `mixed` passed: no user was served more than one version at the split");
      expect(await simulate(half, "--traffic", even, "--served", "version", "--fail-on", "srm")).toMatchObject({ code: 0 });
    });

    test("in JSON and HTML as in text", async () => {
      const out = join(folder, "served.html");
      const { code, stdout } = await simulate(
        half,
        "--traffic",
        uneven,
        "--served",
        "version",
        "--fail-on",
        "srm",
        "--format",
        "json",
        "--html",
        out,
      );
      expect(code).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({
        served: { told: 1_000, draws: [{ fits: false, verdict: { chance: false } }] },
        gates: [{ gate: "srm", outcome: "failed" }],
      });
      const html = readFileSync(out, "utf8");
      expect(html).toMatch(/Look into this: <\/span>What was served does not fit the weights/);
      expect(html).toContain("From decided to served");
      expect(html).toContain("the gate srm failed");
    });

    test("a gate that cannot be judged ends with 2", async () => {
      const rollout = file("gated.yaml", "canary: v2\nsteps:\n  - setWeight: 50\n  - pause: { duration: 1h }\n");
      for (const [gate, args, message] of [
        ["srm", [], "`--fail-on srm` cannot be judged: nothing says which version answered"],
        ["differs", [], "`--fail-on differs` cannot be judged: nothing says which version answered"],
        ["moved", [], "`--fail-on moved` cannot be judged: there is no rollout"],
        ["moved", ["--rollout", rollout], "`--fail-on moved` cannot be judged: the draw is random"],
        ["short", ["--rollout", rollout], "`--fail-on short` cannot be judged: no step has a length and a rate of requests"],
        ["srn", [], "did you mean `srm`?"],
        ["", [], "`--fail-on` cannot be ``"],
      ] as const) {
        const { code, stdout, stderr } = await simulate(half, "--traffic", even, "--fail-on", gate, ...args);
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
        expect(stderr).toContain(message);
      }
      expect(await simulate(half, "--population", model, "--fail-on", "malformed")).toMatchObject({ code: 2 });
      const untold = file("untold.ndjson", `${lines(1, 0)}\n`);
      const later = await simulate(half, "--traffic", untold, "--served", "version", "--fail-on", "differs");
      expect(later).toMatchObject({ code: 2, stderr: expect.stringContaining("the gate `differs` cannot be judged") as string });
    });

    test("lines that are no requests fail their gate, one by one, or beyond what may be", async () => {
      const some = file("some.ndjson", lines(50, 49, ["not a line"]));
      expect(await simulate(half, "--traffic", some)).toMatchObject({ code: 0 });
      expect(await simulate(half, "--traffic", some, "--fail-on", "malformed")).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /the gate `malformed` failed: 1\.00\s% of the lines are no requests \(1\), 0\.00\s% may be/,
        ) as string,
      });
      expect(await simulate(half, "--traffic", some, "--fail-on", "malformed", "--max-malformed", "2")).toMatchObject({ code: 0 });
    });

    test("lines that name a version which the alias does not have are said, and refused where there are no others", async () => {
      const other = file("other.ndjson", lines(5, 5, ['{"url":"/","version":"v9"}', '{"url":"/","version":"v9"}']));
      const { code, stdout, stderr } = await simulate(half, "--traffic", other, "--served", "version");
      expect(code).toBe(0);
      expect(stderr).toContain("2 lines name a version that the alias does not have (`v9`)");
      expect(stdout).toContain("2 lines name a version that the alias does not have (`v9`)");
      const none = file("no-version.ndjson", '{"url":"/","version":"web-1"}\n{"url":"/","version":"web-1"}\n');
      expect(await simulate(half, "--traffic", none, "--served", "version")).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining("2 lines name a version that the alias does not have (`web-1`)") as string,
      });
    });

    test.each([
      [["--served", "verson"], "`--served` matches nothing: no request of LOG has `verson`"],
      [["--user", "Header:x-usr"], "`--user` matches nothing: no request of LOG has `header x-usr`"],
      [["--session", "Cookie:sid"], "`--session` matches nothing: no request of LOG has `cookie sid`"],
      [["--segment", "Attribute:land"], "`--segment` matches nothing: no request of LOG has `attribute land`"],
      [["--segment", "Attribute:land", "--user", "Query:u"], "no request of LOG has `query u`; `--segment` matches nothing"],
    ])("an option that matches nothing is refused: %s", async (args, message) => {
      const { code, stdout, stderr } = await simulate(half, "--traffic", even, ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(message.replaceAll("LOG", even));
    });

    test("a segment that no user of a model has is refused", async () => {
      const { code, stderr } = await simulate(half, "--population", model, "--segment", "Attribute:land");
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: "canary-router: `--segment` matches nothing: no request of the population has `attribute land`\n",
      });
    });
  });

  test("segments are in the text, and so are the format and what was skipped", async () => {
    const har = file("skips.har", {
      log: {
        entries: [
          { request: { method: "GET", url: "https://shop.example/a", headers: [{ name: "x-staff", value: "yes" }] } },
          { request: { method: "GET", url: "https://shop.example/b", headers: [{ name: "x-staff", value: "no" }] } },
          { request: { method: "GET", url: "data:text/plain,x", headers: [] } },
        ],
      },
    });
    const { stdout } = await simulate(alias, "--traffic", har, "--segment", "Header:x-staff");
    expect(stdout).toMatch(
      /^2 requests, seed 0\nformat har, found from the first lines; 3 lines\nskipped 1 line that holds no request to a server: 1 a `data:` URL\n/,
    );
    expect(stdout).toMatch(/segment +requests +share +expected\nyes +1 +\n {2}v1 +0 +0\.00 % +0\.00 %\n/);
  });

  test("a report with plots, in one file", async () => {
    const out = join(folder, "report.html");
    const { code } = await simulate(alias, "--population", model, "--html", out);
    const html = readFileSync(out, "utf8");
    expect(code).toBe(0);
    expect(html).toMatch(/^<!doctype html>/i);
    expect(html).toContain("<svg");
    expect(html).not.toMatch(/<script|<link rel="stylesheet|src=|https?:\/\/(?!www\.w3\.org)/);
  });

  test("each plot as a file of its own, named after what it shows", async () => {
    const out = join(folder, "plots");
    const steps = file("plotted.yaml", "canary: v2\nsteps:\n  - setWeight: 50\n  - pause: { duration: 1h }\n");
    expect(await simulate(alias, "--rollout", steps, "--population", model, "--svg", out)).toMatchObject({ code: 0 });
    const names = readdirSync(out).toSorted();
    expect(names).toContain("the-slots-of-each-step.svg");
    for (const name of names) expect(readFileSync(join(out, name), "utf8")).toMatch(/^<svg [^>]*viewBox[\s\S]*<\/svg>$/);
  });

  test("plots of a part of the traffic have that in their names", async () => {
    const out = join(folder, "part");
    const stopped = { seed: "s", signal: AbortSignal.abort() };
    const simulation = await run(
      parseYaml(readFileSync(alias, "utf8")),
      populationTraffic(population({ users: 9, sessions: 1, requests: 1 })),
      stopped,
    );
    await checkReports({ svg: out });
    const { host, texts } = hostOf();
    await writeReports({ svg: out }, { title: "t", simulation }, host);
    expect(readdirSync(out)).toEqual(["the-funnel-of-rules.partial.svg"]);
    expect(texts.stderr).toBe(`canary-router: wrote 1 plot in ${out}\n`);
    await writeReports({ svg: out }, { title: "t", simulation: { ...simulation, partial: false } }, host);
    expect(readdirSync(out)).toEqual(["the-funnel-of-rules.svg"]);
  });

  test("versions whose names are alike but for their signs have a plot each", async () => {
    const weights = { "v-2": 10, v_2: 10, "v-2-2": 10 };
    const similar = file("similar.json", { name: "shop", version: "v1", additional_version_weights: weights });
    const out = join(folder, "similar");
    await simulate(similar, "--population", model, "--count", "40000", "--svg", out);
    expect(readdirSync(out).filter((name) => name.startsWith("the-share"))).toHaveLength(3);
  });

  test("a plot that cannot be written after all loses nothing", async () => {
    const out = join(folder, "blocked");
    mkdirSync(join(out, "the-funnel-of-rules.svg"), { recursive: true });
    const { code, stdout, stderr } = await simulate(alias, "--population", model, "--svg", out);
    expect(code).toBe(2);
    expect(stdout).toContain("1,000 requests");
    expect(stderr).toContain("the-funnel-of-rules.svg: cannot be written: is a directory");
  });

  test("an interrupt ends it, with what there is", async () => {
    const stop = new AbortController();
    stop.abort();
    const { code, stdout } = await command(["simulate", alias, "--population", model, "--workers", "1"], { interrupted: stop.signal });
    expect(code).toBe(130);
    if (stdout !== "") expect(stdout).toContain("partial");
  });

  test.each<[string, readonly string[], string]>([
    ["no traffic", [alias], "`simulate` needs either `--traffic FILE` or `--warehouse WHERE` or `--population FILE`"],
    ["two kinds of traffic", [alias, "--traffic", log, "--population", model], "`simulate` needs either"],
    ["a number of requests of a log", [alias, "--traffic", log, "--count", "5"], "`--count` does nothing without `--population`"],
    ["users of a model", [alias, "--population", model, "--user", "Header:x"], "`--user` does nothing without `--traffic`"],
    ["rates without a rollout", [alias, "--population", model, "--per-user", "1"], "`--per-user` does nothing without `--rollout`"],
    ["an empty log", [alias, "--traffic", file("empty.ndjson", "")], "empty.ndjson: the file is empty"],
    ["a log without a request", [alias, "--traffic", file("none.ndjson", "x\n")], "the format of the log is not known"],
    ["a log that is not there", [alias, "--traffic", join(folder, "none.log")], "none.log: no such file"],
    ["a folder as a log", [alias, "--traffic", folder], "is a directory"],
    ["a model that is not there", [alias, "--population", join(folder, "none.yaml")], "none.yaml: no such file"],
    ["a number that is none", [alias, "--population", model, "--count", "many"], "`--count many` is not a whole number"],
    ["a field that is none", [alias, "--traffic", log, "--user", "X-User"], "`--user X-User` is not TYPE:NAME"],
    ["a type of field that is none", [alias, "--traffic", log, "--user", "Heder:x"], "did you mean `Header`?"],
    ["a header that none can be", [alias, "--traffic", log, "--user", "Header:x user"], "`x user` is no header name"],
    [
      "a report that cannot be written",
      [alias, "--population", model, "--html", join(folder, "none", "out.html")],
      "cannot be written: its folder is not there",
    ],
    [
      "a folder of plots that cannot be made",
      [alias, "--population", model, "--svg", join(alias, "plots")],
      "plots: cannot be written: a part of its path is a file",
    ],
    ["a folder of plots that is a file", [alias, "--population", model, "--svg", alias], "is a file, not a folder"],
    ["a report without a name", [alias, "--population", model, "--html", ""], "a file to be written has no name"],
    [
      "a report and plots in one place",
      [alias, "--population", model, "--html", join(folder, "same"), "--svg", join(folder, "same")],
      "same: cannot be written: is a directory",
    ],
    [
      "a folder in a folder that is not there",
      [alias, "--population", model, "--svg", join(folder, "none", "plots")],
      "plots: cannot be written: its folder is not there",
    ],
    ["a form that is none", [alias, "--traffic", log, "--traffic-format", "csv"], "`--traffic-format` cannot be `csv`"],
  ])("refuses %s", async (_, args, message) => {
    const { code, stdout, stderr } = await simulate(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("says what is wrong with a model, a rollout and an alias, at line and column, before anything runs", async () => {
    const faulty = file(
      "faulty.yaml",
      "users: 100\nsessions: 2\nrequests: 5\ntraits:\n  - field: { rule_type: Attribute, param: a }\n    values: { x: 60, y: 60 }\n",
    );
    expect(await simulate(alias, "--population", faulty)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/faulty\.yaml:6:\d+ error\[/) as string,
    });
    const steps = file("steps.yaml", "canary: v2\nsteps:\n  - setWeight: 101\n");
    expect(await simulate(alias, "--rollout", steps, "--population", model)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/steps\.yaml:3:\d+ error\[/) as string,
    });
    const broken = file("broken.json", { version: 1 });
    expect(await simulate(broken, "--population", model)).toMatchObject({ code: 1, stdout: "" });
  });
});
