import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as main from "../../src/index.ts";
import * as edge from "../../src/route/edge.ts";
import * as emit from "../../src/route/emit.ts";
import * as jit from "../../src/route/jit.ts";
import * as simulate from "../../src/simulate/index.ts";
import * as testing from "../../src/testing/index.ts";
import { ALIAS, hostCases, type HostSetup } from "../gateway/hosts/host-cases.ts";
import type { HostRequest } from "../runtimes/app.ts";
import { answersOf } from "../support/answers.ts";
import { type CaseAnswer, corpusAnswers } from "../support/corpus-answers.ts";
import { corpus, corpusTexts } from "../support/corpus.ts";
import { type Runtime, runtimes } from "../support/runtimes.ts";
import { upstream } from "../support/upstream.ts";

const cases = corpus.flatMap((suite) => suite.cases);
const expected = corpusAnswers({ main, jit, edge }, cases);

/** As JSON has it, so that what is undefined is left out. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("the corpus says what it should, on every back end that is asked", () => {
  expect(expected.length).toBeGreaterThan(300);
  for (const [index, { expect: wanted }] of cases.entries()) {
    const { id, decisions } = expected[index] as CaseAnswer;
    const versions = new Set(Object.values(decisions).map(({ version }) => version));
    if (wanted.version !== undefined) expect([...versions], id).toEqual([wanted.version]);
  }
  // Most requests of the corpus can be a `Request`.
  expect(expected.filter(({ fetched }) => fetched !== undefined).length).toBeGreaterThan(200);
});

for (const { name, isThere, start } of runtimes) {
  describe.skipIf(!isThere)(`what is built, in ${name}`, () => {
    let runtime: Runtime | undefined;

    beforeAll(async () => {
      runtime = await start();
    });

    afterAll(() => runtime?.stop());

    const ask = async (path: string, body?: string): Promise<unknown> => {
      const init = body === undefined ? {} : { method: "POST", body: body };
      const response = await fetch(`${runtime?.origin}${path}`, init);
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      return JSON.parse(text);
    };

    test("decides every case of the corpus as the source does in node", async () => {
      const answers = (await ask("/corpus", `[${corpusTexts.join(",")}]`)) as readonly CaseAnswer[];
      const wanted = plain(expected) as readonly CaseAnswer[];
      expect(answers.filter((answer, index) => JSON.stringify(answer) !== JSON.stringify(wanted[index]))).toEqual([]);
      expect(answers).toHaveLength(wanted.length);
    });

    test("simulates, explains, proves and reports as the source does in node", async () => {
      const answers = (await ask("/answers")) as Readonly<Record<string, unknown>>;
      const wanted = JSON.parse(await answersOf({ main, jit, emit, simulate, testing })) as Readonly<Record<string, unknown>>;
      const others = Object.keys({ ...answers, ...wanted }).filter((key) => JSON.stringify(answers[key]) !== JSON.stringify(wanted[key]));
      expect(others).toEqual([]);
    });

    const hostIn =
      (kind: HostRequest["kind"]) =>
      async ({ affinity, unknown }: HostSetup): Promise<string> => {
        const asked: HostRequest = {
          kind,
          upstream: await upstream(),
          config: ALIAS,
          alias: unknown === true ? "other" : "shop",
          affinity,
        };
        return `${runtime?.origin}/host/${Buffer.from(JSON.stringify(asked)).toString("base64url")}`;
      };

    describe("a host of the fetch standard", () => hostCases(hostIn("fetch")));
    describe("Hono", () => hostCases(hostIn("hono")));
  });
}
