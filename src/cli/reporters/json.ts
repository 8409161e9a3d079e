import { jsonOf } from "../../alias/surface.ts";
import { ratio, scoreOf } from "../../testing/index.ts";
import { linesOf } from "./lines.ts";
import { type CoverageResult, type MutationResult, type RunResult, type SuiteResult, totalsOf } from "./result.ts";

/** The result of a run as one JSON object. */
export function json({ suites, leftOut, coverage, mutation }: RunResult): string {
  const value = {
    totals: { ...totalsOf(suites), leftOut },
    suites: suites.map(suiteOf),
    ...(coverage !== undefined && { coverage: coverageValue(coverage) }),
    ...(mutation !== undefined && { mutation: mutation.map(mutationOf) }),
  };
  return `${jsonOf(value, 2)}\n`;
}

/** Coverage as JSON, for `--coverage-file`. */
export function coverageJson(results: readonly CoverageResult[]): string {
  return `${jsonOf(coverageValue(results), 2)}\n`;
}

function suiteOf(suite: SuiteResult): object {
  switch (suite.kind) {
    case "unread":
      return { file: suite.file, ran: false, failure: suite.message };
    case "faulty":
      return { file: suite.file, ran: false, diagnostics: suite.diagnostics };
    case "ran": {
      const cases = suite.cases.map(({ title, failure, proof, pending }) => {
        if (pending !== undefined) {
          const { kind, reason, position } = pending;
          return { title, pending: kind, ...(reason !== undefined && { reason }), position };
        }
        const law = proof === undefined ? {} : { law: proof };
        if (failure === undefined) return { title, passed: true, ...law };
        const { position, message, explanation } = failure;
        return { title, passed: false, ...law, position, message, explanation };
      });
      return { file: suite.file, ran: true, ...(suite.title !== undefined && { title: suite.title }), cases };
    }
  }
}

/** Coverage of one alias; `ratio` is from 0 to 1. */
function coverageValue(results: readonly CoverageResult[]): object {
  return {
    ratio: ratio(results.map(({ coverage }) => coverage)),
    aliases: results.map((result) => {
      const { source, coverage } = result;
      const { points, seen, possible } = coverage;
      const lines = linesOf(result).map(({ number, state }) => ({ line: number, state }));
      return { file: source.name, seen, possible, lines, points: points.map((point) => ({ ...point, position: source.locate(point.at) })) };
    }),
  };
}

function mutationOf(result: MutationResult): object {
  const { source, outcomes } = result;
  const mutants = outcomes.map((outcome) => {
    const { kind, mutant } = outcome;
    const difference = outcome.kind === "survived" ? { difference: outcome.difference } : {};
    return { outcome: kind, at: mutant.at, position: source.locate(mutant.at), mistake: mutant.mistake, ...difference };
  });
  return { file: source.name, score: scoreOf(result.outcomes), failing: result.failing, mutants };
}
