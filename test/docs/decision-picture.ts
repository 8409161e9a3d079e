import { readFileSync } from "node:fs";
import { compileFunction } from "node:vm";
import { type AliasConfig, plan } from "../../src/index.ts";
import { SLOTS } from "../../src/alias/index.ts";
import { snippetsOf } from "../support/snippets.ts";
import { arrow, label, rect, svg } from "./drawing.ts";

/** The alias of the first example of the README. */
function exampleOfReadme(): AliasConfig {
  const example = snippetsOf(readFileSync("README.md", "utf8")).find(({ language }) => language === "ts");
  const literal = /compile\((\{[^]*?\n\})\)/.exec(example?.text ?? "")?.[1];
  if (literal === undefined) throw new Error("the README has no example `compile({ … })`");
  return compileFunction(`return (${literal});`)() as AliasConfig;
}

/** How the alias of the README decides: its rules in their order, then the slots of its split. */
export function decisionPicture(): string {
  const { rules, split, outcomes } = plan(exampleOfReadme());
  const arms = split.kind === "arms" ? split.arms : [];
  const body: string[] = [];
  const told: string[] = [];
  const [left, right, width] = [16, 520, 680];

  body.push(rect("box", left, 14, 200, 34), label("middle", left + 100, 36, "a request"));
  let y = 48;
  for (const { test, outcome } of rules) {
    const wanted = test.matches.map(({ field, values }) => `${"name" in field ? field.name : field.kind} is ${values.join(" or ")}`);
    const version = outcomes[outcome]?.version ?? "";
    const text = wanted.join(test.kind === "all" ? " and " : " or ");
    body.push(
      arrow(`M${left + 100} ${y}V${y + 32}`),
      rect("box", left, y + 32, 350, 46),
      label("", left + 12, y + 50, "a rule: the header"),
      label("code", left + 12, y + 68, text),
      arrow(`M${left + 350} ${y + 55}H${right}`),
      label("quiet middle", (left + 350 + right) / 2, y + 48, "yes"),
      label("strong", right + 10, y + 52, version),
      label("quiet", right + 10, y + 69, "reason: rule"),
      label("quiet", left + 110, y + 102, "no"),
    );
    told.push(`where ${text}: ${version}`);
    y += 78;
  }
  body.push(
    arrow(`M${left + 100} ${y}V${y + 38}`),
    label("", left, y + 58, `a split of ${SLOTS.toLocaleString("en")} slots; a random number picks one`),
  );
  const top = y + 68;
  let from = 0;
  const scale = (width - 2 * left) / SLOTS;
  for (const { until, outcome } of arms) {
    const version = outcomes[outcome]?.version ?? "";
    const percent = `${(until - from) / (SLOTS / 100)} %`;
    const x = left + from * scale;
    body.push(
      `<rect class="${outcomes[outcome]?.at === "/version" ? "primary" : "canary"}" x="${x}" y="${top}" width="${(until - from) * scale}" height="28"/>`,
      label("strong middle", x + ((until - from) * scale) / 2, top + 48, version),
      label("quiet middle", x + ((until - from) * scale) / 2, top + 66, percent),
    );
    told.push(`otherwise ${percent} ${version}`);
    from = until;
  }
  return svg(width, top + 78, "How an alias decides", `${told.join("; ")}.`, body);
}
