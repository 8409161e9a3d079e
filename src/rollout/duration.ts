import { fail, type Input, shown } from "../document/index.ts";

/** Seconds of each unit of Go's `time.ParseDuration`; `µ` and `μ` are two characters that look alike. */
const GO_UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, μs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3_600 };

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|[uµμ]s|ms|[smhd])/g;

const WHOLE = /^\+?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|[uµμ]s|ms|[smhd]))+$/;

/** Which durations are read. */
export interface DurationRules {
  /** Whether a number without a unit is seconds. */
  readonly bare: boolean;
  /** Whether `d` is a unit, which Go does not have. */
  readonly days: boolean;
}

/** The seconds of a duration, from 0: `1h30m`, `1.5h`, `500ms`. Complains of what is none. */
export function readDuration(input: Input, rules: DurationRules): number | undefined {
  const { value } = input;
  const seconds = typeof value === "number" || typeof value === "string" ? secondsOf(value, rules) : NaN;
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  const what = typeof value === "number" || typeof value === "string" ? shown(value) : "this";
  const examples = ["`30s`", "`10m`", "`1h30m`", ...(rules.days ? ["`2d`"] : [])].join(", ");
  const help = !rules.days && /\dd/.test(String(value)) ? `Go has no unit \`d\`: write hours, such as \`48h\`` : undefined;
  return fail(input, "duration", `${what} is no duration`, help ?? `write ${rules.bare ? "seconds, or such as" : "such as"} ${examples}`);
}

/** NaN where it is no duration. */
function secondsOf(duration: string | number, { bare, days }: DurationRules): number {
  if (typeof duration === "number") return bare ? duration : NaN;
  if (/^\d+$/.test(duration)) return bare || Number(duration) === 0 ? Number(duration) : NaN;
  if (!WHOLE.test(duration)) return NaN;
  let seconds = 0;
  for (const [, amount, unit = ""] of duration.matchAll(PART)) {
    const size = unit === "d" && days ? 86_400 : (GO_UNITS[unit] ?? NaN);
    seconds += Number(amount) * size;
  }
  // A sum of decimals has digits that no duration has: nanoseconds are the smallest unit.
  return Math.round(seconds * 1e9) / 1e9;
}
