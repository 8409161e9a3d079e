import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type AliasConfig, type Plan, plan } from "../../src/index.ts";
import { fieldName } from "../../src/request/index.ts";
import { exportAlias, type Report, type WireRequest } from "../../src/convert/index.ts";
import { AT_RANDOM, deciderOf, libraryModel, type Model } from "../../src/convert/decide.ts";
import { TARGETS } from "../../src/convert/formats.ts";
import { type Engine, freePort } from "./engine.ts";
import { userRequests, wireConfigs, wireRequests } from "./wire.ts";

/** The same aliases and requests at every run; `LAW_SEED` takes others, and `LAW_RUNS` so many times as many requests. */
const seed = Number(process.env["LAW_SEED"] ?? 1_000_003);
const factor = Number(process.env["LAW_RUNS"] ?? 1);

/** Starts an engine by a configuration that listens on a port; `index` numbers the configurations of a test. */
export type Start = (text: string, port: number, index: number, config: AliasConfig) => Promise<Engine>;

/** How much is judged, and of which host. */
interface Judged {
  readonly aliases?: number;
  readonly requests?: number;
  /** What a host makes of a request before what is exported reads it. */
  readonly handed?: (request: WireRequest) => WireRequest;
}

/**
 * Aliases drawn from the whole language, each exported and run by the real engine: it must answer every request as its model does, which
 * is how witnesses are found; and as this library does, but where the report tells of a difference. Every example of a report is
 * sent, and must show what it says.
 */
export function judgeTarget(to: string, start: Start, { aliases = 20, requests = 150, handed = (request) => request }: Judged = {}): void {
  test(
    `${aliases} aliases: the engine decides as its model, and as the library where the report is silent`,
    { timeout: 120_000 * factor },
    async () => {
      const seen = { exported: 0, refused: 0, requests: 0, keyed: 0, versions: 0, declared: 0, handed: 0 };
      for (let index = 0; seen.exported < aliases; index++) {
        const [config] = fc.sample(wireConfigs.filter(decides), { seed: seed + index, numRuns: 1 }) as [AliasConfig];
        const port = await freePort();
        const { text, report } = exportAlias(config, { to, ...standaloneAt(to, port) });
        if (text === undefined) {
          seen.refused++;
          continue;
        }
        seen.exported++;
        const engine = await start(text, port, index, config).catch((error: unknown) => {
          throw new Error(`${JSON.stringify(config)}\n${text}`, { cause: error });
        });
        try {
          const asked: readonly WireRequest[] = [
            ...report.lossy.map(({ example }) => example.request),
            ...fc.sample(wireRequests, { seed: seed + index, numRuns: Math.round(requests * factor) }),
            ...(config.stickiness === undefined
              ? []
              : fc.sample(userRequests, { seed: seed + index, numRuns: Math.round((requests * factor) / 4) })),
          ];
          const answers = await engine.ask(asked);
          judgeAnswers(config, to, report, asked, answers, seen, handed);
        } finally {
          await engine.stop();
        }
      }
      console.info(`${to}: ${JSON.stringify(seen)}`);
      expect(seen.versions).toBeGreaterThan(seen.requests / 2);
    },
  );
}

/** Whether an alias has something to decide. */
function decides(config: AliasConfig): boolean {
  const { rules, split } = plan(config);
  return rules.length > 0 || split.kind === "arms";
}

/** Texts that are made to break out of what they stand in. */
const hostile: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        "'",
        "`",
        "\\",
        "\\x41",
        "\\n",
        "$",
        "${",
        "}",
        "{",
        "%",
        "%[",
        "#",
        "//",
        "/*",
        "*/",
        "--",
        "]]",
        ";",
        " ",
        ")",
        "(",
        "^",
        "|",
        "~",
        "=",
        "!",
        "@",
        "\t",
        "1",
      ),
      fc
        .integer({ min: 0x20, max: 0xff })
        .filter((byte) => byte !== 0x7f)
        .map((byte) => String.fromCharCode(byte)),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));

/** Values, versions and seeds that attack the quoting of a target: the real engine must take each for one literal. */
export function attackTarget(to: string, start: Start, hash: string, rounds = 4): void {
  test("values, versions and seeds that attack the quoting are one literal each", { timeout: 120_000 * factor }, async () => {
    for (let round = 0; round < Math.ceil(rounds * factor); round++) {
      const values = fc.sample(
        fc.uniqueArray(
          hostile.filter((text) => !/[,;]/.test(text) && /^[^ \t](?:.*[^ \t])?$/.test(text)),
          { minLength: 40, maxLength: 40 },
        ),
        { seed: seed + round, numRuns: 1 },
      )[0] as string[];
      const versions = fc.sample(
        fc.uniqueArray(
          hostile.map((text) => `v${text.replaceAll(/[^!-~]/g, "_")}`),
          { minLength: 40, maxLength: 40 },
        ),
        { seed: seed - round, numRuns: 1 },
      )[0] as string[];
      const [seedText = ""] = fc.sample(fc.string({ unit: "grapheme" }), { seed: seed + round, numRuns: 1 });
      const kinds = ["Header", "Cookie", "Query", "Header"];
      const config: AliasConfig = {
        version: "primary",
        additional_version_strategy: Object.fromEntries(
          versions.map((version, index) => [
            version,
            { rules: [{ rule_type: kinds[index % 4] ?? "", param: "x-a", op: "=", value: values[index] ?? "" }] },
          ]),
        ),
        additional_version_weights: { [versions[0] ?? ""]: 50 },
        stickiness: { keys: [{ rule_type: "Header", param: "x-b" }], on_missing: "primary", seed: seedText.replaceAll("\0", ""), hash },
      };
      const port = await freePort();
      const { text, report } = exportAlias(config, { to, ...standaloneAt(to, port) });
      expect(report.refused).toEqual([]);
      const engine = await start(text ?? "", port, 1_000 + round, config);
      try {
        const asked = versions.flatMap((_, index): WireRequest[] => {
          const value = values[index] as string;
          const search = new URLSearchParams([["x-a", value]]).toString();
          const key = ["x-b", `user-${index}`] as const;
          const request = (target: string, ...headers: (readonly [string, string])[]): WireRequest => ({ method: "GET", target, headers });
          switch (index % 4) {
            case 1:
              return [request("/", ["cookie", `x-a=${value}`])];
            case 2:
              return [request(`/?${search}`)];
            default:
              return [request("/", ["x-a", value]), request("/", key)];
          }
        });
        const meaning = plan(config);
        const library = deciderOf(meaning, libraryModel(meaning));
        expect(await engine.ask(asked)).toEqual(asked.map(library));
      } finally {
        await engine.stop();
      }
    }
  });
}

function judgeAnswers(
  config: AliasConfig,
  to: string,
  report: Report,
  asked: readonly WireRequest[],
  answers: readonly string[],
  seen: { requests: number; keyed: number; versions: number; declared: number; handed: number },
  handed: (request: WireRequest) => WireRequest,
): void {
  const meaning = plan(config);
  const library = deciderOf(meaning, libraryModel(meaning));
  const other = deciderOf(meaning, modelOf(to, config));
  const differing = constructsOf(meaning, modelOf(to, config));
  const keys = meaning.split.kind === "arms" ? (meaning.split.sticky?.keys ?? []) : [];
  const drawable = new Set(meaning.outcomes.filter(({ reason }) => reason === "split").map(({ version }) => version));
  asked.forEach((request, index) => {
    const answer = answers[index] as string;
    seen.requests++;
    // What an engine does not take for a request has no version.
    if (/^\((?:4\d\d|501)\)$/.test(answer)) return;
    seen.versions++;
    if (keys.some(({ field }) => (libraryModel(meaning).read(field, request) ?? "") !== "")) seen.keyed++;
    const [expected, modelled] = [library(request), other(handed(request))];
    const told = { config, request, answer, library: expected };
    if (modelled === AT_RANDOM) expect(drawable, JSON.stringify(told)).toContain(answer);
    else expect(answer, JSON.stringify({ ...told, modelled })).toBe(modelled);
    if (modelled !== expected && other(request) === expected) seen.handed++;
    else if (modelled !== expected) {
      seen.declared++;
      const declared = new Set(report.lossy.map(({ construct }) => construct));
      expect(
        differing(request).some((construct) => declared.has(construct)),
        JSON.stringify(told),
      ).toBe(true);
    }
    const example = report.lossy[index]?.example;
    if (example !== undefined) expect({ alias: expected, other: modelled }).toEqual({ alias: example.alias, other: example.other });
  });
}

/** What of a request a model reads or draws in another way than this library, as reports name it. */
function constructsOf(meaning: Plan, model: Model): (request: WireRequest) => readonly string[] {
  const own = libraryModel(meaning);
  const { readKey = model.read } = model;
  const sticky = meaning.split.kind === "arms" ? meaning.split.sticky : undefined;
  const fields = meaning.rules.flatMap(({ test: { matches } }) => matches.map(({ field }) => field));
  return (request) => {
    const read = fields.filter((field) => own.read(field, request) !== model.read(field, request)).map(fieldName);
    const keys = (sticky?.keys ?? []).map(({ field }) => field);
    const other = keys.filter((field) => own.read(field, request) !== readKey(field, request));
    const drawn = keys.filter((field) => own.drawOf(own.read(field, request) ?? "") !== model.drawOf(own.read(field, request) ?? ""));
    const hash = drawn.length > 0 && sticky !== undefined ? [`hash ${sticky.hash}`] : [];
    const isKeyless = model.isRandom === true && keys.every((field) => (own.read(field, request) ?? "") === "");
    const missing = isKeyless ? ["no sticky key"] : [];
    return [...read, ...hash, ...missing, ...[...other, ...drawn].map((field) => `sticky key ${fieldName(field)}`)];
  };
}

function standaloneAt(to: string, port: number): { readonly standalone?: string } {
  return TARGETS.find(({ name }) => name === to)?.standalone === true ? { standalone: `127.0.0.1:${port}` } : {};
}

function modelOf(to: string, config: AliasConfig): Model {
  const model = TARGETS.find(({ name }) => name === to)?.write(plan(config), {}).model;
  if (model === undefined) throw new Error(`${to} has no model`);
  return model;
}
