import { plural } from "../../document/index.ts";
import { SLOTS } from "../../alias/index.ts";
import { percent } from "../plot/number.ts";
import type { Verdict } from "../statistics/ratio.ts";
import type { Served, ServedDraws, Way } from "./report.ts";

/** What the test of a ratio says, as a part of a sentence. */
export function ratioText({ unit, count: all, sampled, arms, verdict, sequential, impossible, tooFew }: ServedDraws): string {
  const shares = arms.map(({ version, share, slots }) => `${version} ${percent(share)} for ${percent(slots, SLOTS)}`).join(", ");
  const sample = sampled < 1 ? `, a sample of ${percent(sampled)}` : "";
  const said = [
    ...(all === 0 ? [] : [`${shares} of ${plural(all, unit)}${sample}, p ${probabilityText(verdict.p)} by ${testName(verdict.test)}`]),
    ...(tooFew ? ["so few would fit whatever had been served"] : []),
    ...(sequential.alarm ? [`the test that holds at any time gives the alarm, p ${probabilityText(sequential.p)}`] : []),
    ...(impossible === 0 ? [] : [`${plural(impossible, unit)} got a version that the split cannot give`]),
  ];
  return said.join("; ");
}

/** The name of a test, in a sentence. */
export function testName(test: Verdict["test"]): string {
  return test === "binomial" ? "the exact binomial test" : "the chi-square test";
}

/** A p-value after the letter: `= 0.0432`, `= 2.7e-10`, and `< 1e-300` below what a number holds well. Text, HTML and gates use it. */
export function probabilityText(p: number): string {
  if (p < 1e-300) return "< 1e-300";
  return `= ${p < 0.0001 ? p.toExponential(1) : p.toFixed(4)}`;
}

/** What the alias decides: the version and why, or the draw. */
export function decidedText(from: Way["from"]): string {
  if (from === undefined) return "random draw";
  const { version, reason } = from;
  return `${version} (${reason})`;
}

/** The requests that name versions which the alias does not have, as the begin of a sentence. */
export function unknownText({ requests, versions }: Served["unknown"]): string {
  const more = versions.length > SHOWN ? ", …" : "";
  const named = versions.slice(0, SHOWN).map((version) => `\`${version}\``);
  return `${plural(requests, "line names", "lines name")} a version that the alias does not have (${named.join(", ")}${more})`;
}

/** Versions that a sentence names. */
const SHOWN = 5;
