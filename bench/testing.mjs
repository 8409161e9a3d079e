// What testing and proving cost: cases a second, and proofs on the alias of 64 strategies of 16 rules (W9).
// Passing cases are compared with the bare decisions on the same requests, in turn, so that the machine's noise meets both.

import { parseArgs } from "node:util";
import { distURL } from "./harness.mjs";
import { alias, workload } from "./workloads.mjs";

const { values: options } = parseArgs({ options: { dist: { type: "string" }, short: { type: "boolean", default: false } } });
const dist = distURL(options.dist);
const { analyze, compile, equivalent, parse, toRequest } = await import(new URL("index.js", dist));
const { coverage, mutate, parseSuite, suggestCases, verifySuite } = await import(new URL("testing/index.js", dist));

const ROUNDS = options.short ? 3 : 15;
const CASES = options.short ? 1000 : 10_000;

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const time = (run) => {
  const start = performance.now();
  const result = run();
  return [performance.now() - start, result];
};

/** A suite of so many cases for a workload, as it is written. */
function suiteFor(id) {
  const { config, requests } = { config: alias(id).config ?? alias(id), requests: workload(id).requests };
  const route = compile(config);
  const cases = Array.from({ length: CASES }, (_, index) => {
    const { headers, url, method } = requests.reused(index % requests.size);
    const request = { headers, url, method };
    const draw = 0.5;
    return { name: `case ${index}`, request, draw, expect: { version: route(toRequest(request), draw).version } };
  });
  return { alias: config, cases };
}

console.log(`| workload | read, µs a case | verify, cases/s | a case, in bare decisions | requests made anew, in bare decisions |`);
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const id of ["W1", "W2", "W5", "W6"]) {
  const written = suiteFor(id);
  const [reading, checked] = time(() => parseSuite(written));
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
  const suite = checked.value;
  const route = compile(written.alias);
  const bare = () => {
    let sink = 0;
    for (const { request, draw } of suite.cases) sink += route(request, draw).version.length;
    return sink;
  };
  const rounds = Array.from({ length: ROUNDS }, () => {
    const [ofBare, sink] = time(bare);
    const [ofVerify, report] = time(() => verifySuite(suite));
    const [ofMaking] = time(() => written.cases.map(({ request }) => toRequest(request)));
    if (report.failures.length > 0 || sink === 0) throw new Error(`${id}: a case fails`);
    return { ofVerify, ratio: ofVerify / ofBare, making: ofMaking / ofBare };
  });
  const perSecond = (CASES / median(rounds.map(({ ofVerify }) => ofVerify))) * 1000;
  console.log(
    `| ${id} | ${((reading * 1000) / CASES).toFixed(1)} | ${Math.round(perSecond).toLocaleString("en-US")} | ${median(rounds.map(({ ratio }) => ratio)).toFixed(2)} | ${median(rounds.map(({ making }) => making)).toFixed(1)} |`,
  );
}

const w9 = alias("W9").config ?? alias("W9");
const other = structuredClone(w9);
for (const { rules } of Object.values(other.additional_version_strategy).slice(60)) rules.length = 1;
const small = suiteFor("W6");
const suggested = suggestCases(small.alias);
const proofs = {
  "parse (the same alias, for comparison)": () => parse(w9),
  analyze: () => analyze(w9),
  "equivalent to itself": () => equivalent(w9, w9),
  "equivalent, and it differs": () => equivalent(w9, other),
  "suggestCases for W6": () => suggestCases(small.alias),
  "mutate W6 with them": () => mutate(small.alias, suggested),
  "coverage of them": () => coverage(parseSuite({ ...suggested, alias: small.alias }).value),
};
console.log(`\n| on 64 strategies of 16 rules | ms | in \`parse\` |`);
console.log("| --- | ---: | ---: |");
const table = Array.from({ length: options.short ? 1 : 5 }, () =>
  Object.fromEntries(Object.entries(proofs).map(([name, run]) => [name, time(run)[0]])),
);
for (const name of Object.keys(proofs)) {
  const [first] = Object.keys(proofs);
  const milliseconds = median(table.map((round) => round[name]));
  console.log(`| ${name} | ${milliseconds.toFixed(1)} | ${median(table.map((round) => round[name] / round[first])).toFixed(1)} |`);
}
