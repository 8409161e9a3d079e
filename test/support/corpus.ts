import { readdirSync, readFileSync } from "node:fs";
import { type Case, casesOf, type Suite } from "./case.ts";

export type { Case } from "./case.ts";

const folder = new URL("../corpus/", import.meta.url);

/** The texts of the corpus, in the order of the sections. */
export const corpusTexts: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))
  .map((file) => readFileSync(new URL(file, folder), "utf8"));

/** The corpus by section, in the order of the sections. */
export const corpus: readonly { readonly title: string; readonly cases: readonly Case[] }[] = corpusTexts.map((text) => {
  const suite = JSON.parse(text) as Suite;
  return { title: suite.title, cases: casesOf(suite) };
});
