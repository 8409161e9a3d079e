import type { ParseOptions } from "../alias/index.ts";
import { type Compilable, type Plan, planOf } from "../plan/index.ts";
import { nearest, shown } from "../document/index.ts";
import { fieldName } from "../request/index.ts";
import { optimize } from "../optimize/index.ts";
import { deciderOf } from "./decide.ts";
import type { Target, WriteOptions } from "./format.ts";
import { TARGETS } from "./formats.ts";
import { differences } from "./probe.ts";
import type { Lossless, Lossy, Refused, Report } from "./report.ts";

/** What to write, and how to read the config. */
export interface ExportOptions extends WriteOptions, ParseOptions {
  /** The name of a format: `haproxy`. */
  readonly to: string;
  /** Refuses what is lossy. */
  readonly strict?: boolean;
}

/** An alias in another form. */
export interface Exported {
  /** Undefined where a part is refused. */
  readonly text: string | undefined;
  readonly report: Report;
}

/**
 * Writes an alias for another router, and says of each part whether it means the same there. Where a part is read or drawn in another
 * way, requests are run on a model of the router until one shows it; what cannot be said is refused, and nothing is written.
 * @throws ConfigError with everything that is wrong with the config; RangeError for a format that is not known, or an option that
 * the format does not have
 */
export function exportAlias(config: Compilable, { to, strict = false, ...options }: ExportOptions): Exported {
  const target = targetOf(to);
  if (options.standalone !== undefined) checkStandalone(target, options.standalone);
  const plan = planOf(config, options);
  const written = target.write(optimize(plan), options);
  const { refused, model, lossy = [] } = written;
  const found = refused.length > 0 ? [] : [...lossy, ...(model === undefined ? [] : differences(plan, deciderOf(plan, model), model))];
  const report = reportOf(plan, found, refused, strict);
  return { text: report.refused.length > 0 ? undefined : written.text, report };
}

function targetOf(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target !== undefined) return target;
  const names = TARGETS.map((each) => each.name);
  const near = nearest(name, names);
  throw new RangeError(
    `there is no format ${shown(name)}: ${near === undefined ? `one of ${names.join(", ")}` : `did you mean \`${near}\`?`}`,
  );
}

/** A host and a port: `127.0.0.1:8080`, `[::1]:8080`, `:8080`. */
const ADDRESS = /^(?:[0-9A-Za-z.-]*|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

function checkStandalone({ name, standalone }: Target, address: string): void {
  if (!standalone) throw new RangeError(`\`${name}\` has no standalone form`);
  const [, port] = ADDRESS.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new RangeError(`${shown(address)} is no host and port`);
}

/** The parts of a plan, those that differ aside. */
function reportOf(plan: Plan, lossy: readonly Lossy[], refused: readonly Refused[], strict: boolean): Report {
  const all = strict ? [...refused, ...lossy.map(refusedAsLossy)] : refused;
  const odd = new Set([...lossy, ...refused].map(({ at }) => at));
  return { lossless: partsOf(plan).filter(({ at }) => !odd.has(at)), lossy: strict ? [] : lossy, refused: all };
}

function refusedAsLossy({ at, construct, why }: Lossy): Refused {
  return { at, construct, why: `decided otherwise: requests with ${why}`, help: "leave `--strict` out to accept that" };
}

/** The parts of which a plan is made: matches, the split, and what makes it sticky. */
function partsOf({ rules, split }: Plan): readonly Lossless[] {
  const matches = rules.flatMap(({ test }) => test.matches.map(({ at, field }) => ({ at, construct: fieldName(field) })));
  if (split.kind === "fixed") return [...matches, { at: "/version", construct: "primary" }];
  const { sticky } = split;
  const weights = { at: "/additional_version_weights", construct: "split" };
  if (sticky === undefined) return [...matches, weights];
  return [
    ...matches,
    weights,
    ...sticky.keys.map(({ at, field }) => ({ at, construct: `sticky key ${fieldName(field)}` })),
    { at: "/stickiness/hash", construct: `hash ${sticky.hash}` },
    { at: "/stickiness/on_missing", construct: "no sticky key" },
  ];
}
