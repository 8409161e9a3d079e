import { plural } from "../../document/index.ts";
import { SLOTS } from "../../alias/index.ts";
import { percent, probability } from "../plot/number.ts";
import type { Verdict } from "../statistics/ratio.ts";
import type { Served, ServedDraws, Way } from "./report.ts";

/** What the test of a ratio says, as a part of a sentence. */
export function ratioText({ unit, count: all, sampled, arms, verdict, sequential, impossible, tooFew }: ServedDraws): string {
  const shares = arms.map(({ version, share, slots }) => `${version} ${percent(share)} for ${percent(slots / SLOTS)}`).join(", ");
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

/** A p-value behind the letter: `= 0.5`, `< 0.0001`. */
export function probabilityText(p: number): string {
  const text = probability(p);
  return text.startsWith("<") ? text : `= ${text}`;
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
