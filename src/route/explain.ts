import { formatPercent, visible } from "../document/index.ts";
import { fieldName, type NodeRequest } from "../request/index.ts";
import { SLOTS, type Version, type VersionOf } from "../alias/index.ts";
import { type Compilable, planOf } from "../plan/index.ts";
import { type DrawSource, type Explanation, interpret, type Step, type StrategyStep } from "../backend/index.ts";
import { type CompileOptions, runtimeOf } from "./compile.ts";

/**
 * Decides a request and tells everything that led to the decision: each rule with what it wanted and what it saw, the draw,
 * its slot, where it came from, and the arm.
 * @throws ConfigError with everything that is wrong with the config; never for a request
 */
export function explain<const C extends Compilable, R = NodeRequest>(
  config: C,
  request: R,
  draw?: number,
  options: CompileOptions<R> = {},
): Explanation<VersionOf<C>> {
  const { reader, random } = runtimeOf(options);
  return interpret(planOf(config, options), reader, request, draw, random) as Explanation<VersionOf<C>>;
}

/**
 * An explanation as text for people, in lines of its own; no line ends the last. With `anyDraw`, a draw of the random source
 * is not told: the answer is the shares of the arms.
 */
export function formatExplanation({ decision, draw: drawn, steps, arms, failure }: Explanation, anyDraw = false): string {
  const isOpen = anyDraw && drawn?.from.kind === "random";
  const draw = isOpen ? undefined : drawn;
  const lines = isOpen
    ? [`${arms.map(({ version, from, until }) => `${version} ${formatPercent(until - from, SLOTS)}`).join(", ")}  (${decision.reason})`]
    : [`${decision.version}  (${decision.reason}${decision.at === "" ? "" : ` at ${decision.at}`})`];
  if (failure !== undefined) lines.push(`  failed: ${failure}`);
  for (const step of steps) lines.push("", ...strategyLines(step));
  if (draw !== undefined)
    lines.push("", `draw ${show(draw.value)}${draw.slot === undefined ? "" : ` → slot ${draw.slot} of 10000`}, ${source(draw.from)}`);
  else if (isOpen) lines.push("", "the draw is random");
  else if (arms.length > 0)
    lines.push("", decision.reason === "default" ? "no draw: none of the sticky keys is present" : "no draw was needed");
  const width = Math.max(0, ...arms.map(({ version }) => version.length));
  for (const { version, at, from, until } of arms) {
    const here = draw?.slot !== undefined && draw.slot >= from && draw.slot < until;
    lines.push(
      `  ${here ? "▸" : " "} ${version.padEnd(width)}  slots ${`${from}–${until - 1}`.padEnd(9)}  ${formatPercent(until - from, SLOTS).padStart(7)}  ${at}`,
    );
  }
  return lines.join("\n");
}

function strategyLines({ at, version, combine, tried, holds, rules }: StrategyStep): readonly string[] {
  const verdict = tried ? (holds ? "holds" : "does not hold") : "not tried, decided before";
  const wants = rules.length === 1 ? "" : combine === "and" ? ", wants every rule" : ", wants one rule";
  return [`strategy ${version}: ${verdict}${wants}  ${at}`, ...rules.map(ruleLine)];
}

function ruleLine({ field, expected, actual, failure, holds }: Step): string {
  const wanted = expected.length === 1 ? `= ${show(expected[0])}` : `in ${listed(expected)}`;
  const seen = failure !== undefined ? `cannot be read: ${failure}` : actual === undefined ? "absent" : `is ${show(actual)}`;
  return `  ${holds ? "✓" : "✗"} ${visible(fieldName(field))} ${wanted}: ${seen}`;
}

/** At most so many items of a list, and units of a text, are shown. */
const SHOWN_ITEMS = 5;
const SHOWN_UNITS = 80;

function listed(values: readonly Version[]): string {
  const shown = values.slice(0, SHOWN_ITEMS).map(show).join(", ");
  return values.length > SHOWN_ITEMS ? `${shown} and ${values.length - SHOWN_ITEMS} more` : shown;
}

/** A value of the request or the config, with control characters escaped so that a hostile one cannot steer a terminal. */
function show(value: unknown): string {
  if (typeof value !== "string") return String(value);
  const text = value.length > SHOWN_UNITS ? `${value.slice(0, SHOWN_UNITS)}…` : value;
  return `\`${visible(text)}\`${value.length > SHOWN_UNITS ? ` (${value.length} characters)` : ""}`;
}

function source(from: DrawSource): string {
  switch (from.kind) {
    case "given":
      return "given by the caller";
    case "random":
      return "from the random source";
    case "sticky":
      return `${from.algorithm} of seed ${show(from.seed)} and ${visible(fieldName(from.field))} ${show(from.key)} = ${from.hash}  ${from.at}`;
  }
}
