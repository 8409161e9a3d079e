import { sourceName } from "../../request/index.ts";
import type { Plan } from "../../plan/index.ts";
import { dispatchStep } from "./dispatch.ts";
import { ruleStep } from "./rule.ts";
import { splitStep } from "./split.ts";
import { NO_TEXTS, type Step } from "./step.ts";
import type { Decision } from "../decision.ts";
import { fallback, type Runtime } from "../fallback.ts";

/**
 * A plan as nested closures: no code is generated, so it runs where `eval` is refused. `unoptimized` is the plan before it was
 * optimized. Rules that look at different things are asked one after the other; as soon as two want the same header, a
 * dispatch reads it once for both.
 */
export function closure<R>(
  plan: Plan,
  unoptimized: Plan,
  decisions: readonly Decision[],
  host: Runtime<R>,
): (request: R, draw?: number) => Decision {
  const { open } = host.reader;
  const failed = fallback(unoptimized, decisions, host);
  const first = firstStep(plan, decisions, host);
  return (request, draw) => {
    try {
      const carrier = open(request);
      return carrier === undefined ? failed(request, draw) : first(carrier, request, draw, NO_TEXTS);
    } catch (error) {
      return failed(request, draw, error);
    }
  };
}

function firstStep<R>(plan: Plan, decisions: readonly Decision[], host: Runtime<R>): Step<R> {
  const asked = plan.rules.flatMap(({ test }) => test.matches.map(({ field }) => sourceName(field)));
  const keys = plan.split.kind === "arms" ? (plan.split.sticky?.keys ?? []).map(({ field }) => sourceName(field)) : [];
  const sources = [...asked, ...keys];
  if (new Set(sources).size === sources.length) {
    const split = splitStep(plan, decisions, host, []);
    return plan.rules.reduceRight<Step<R>>(
      (next, { test, outcome }) => ruleStep(host.reader, test, decisions[outcome] as Decision, next),
      split,
    );
  }
  const shared = [...new Set(keys)].filter((source) => asked.includes(source));
  return dispatchStep(plan, decisions, host.reader, shared, splitStep(plan, decisions, host, shared));
}
