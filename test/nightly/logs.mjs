/**
 * Lines of logs that nearly fit: the samples of docs/logs.md, cut, doubled, swapped and mixed with each other. Whatever comes of them, reading
 * must not throw, and what is read must be what it is said to be.
 *
 *     npm run build && node test/nightly/logs.mjs [--runs 200000] [--seed S] [--dist DIR]
 *
 * Ends with 1 at the first line that is read wrongly, and prints it. The seed is the day where none is given, and is printed.
 */
import { faultOf, logSamples, pick as pickOf, randomOf, runFuzzer } from "./fuzz.mjs";

const SAMPLES = logSamples();

/** What is put into lines: what separates fields, what escapes, what other formats and attackers write. */
const BITS = [
  '"',
  "\\",
  " ",
  "\t",
  "-",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "|",
  "#",
  "\r",
  "\n",
  "\u0000",
  "\u001B[31m",
  "\u2028",
  "é",
  "\uD800",
  "\uFEFF",
  "\\x22",
  "\\u0022",
  "%20",
  "%zz",
  "null",
  "0",
  "-1",
  "1e999",
  "999",
  "[]",
  "{}",
  '""',
  "true",
  "__proto__",
  "constructor",
  "unix:",
  "web-1",
  "shop.example:443",
  "192.0.2.256",
  "::ffff:192.0.2.1",
  "fe80::1%eth0",
  "GET / HTTP/1.1",
  "<BADREQ>",
  "#Fields: date c-ip cs-uri-stem\n",
];

const PREFIXES = ["", "", "", "web-1  | ", "Jan 31 09:44:00 edge1 nginx: ", "2026-11-24T12:00:00.1Z stdout F ", "[pod/a/b] "];

/** Reads so many logs, and throws at the first that is read wrongly. Returns how many lines came to what. */
export async function fuzz({ readLog, TrafficError }, { seed, runs }) {
  const random = randomOf(seed);
  const pick = (list) => pickOf(random, list);
  const found = { visit: 0, fault: 0, skipped: 0, unknown: 0 };
  const mutate = (text) => {
    // Now and then a connection that brought no request.
    let mutated =
      random() < 0.1
        ? text.replace(/"[A-Z]+ [^"]* HTTP[^"]*"/, pick(['"-"', '"- - -"', '"\\x16\\x03"', '"<BADREQ>"'])).replace(" 200 ", " 400 ")
        : text;
    for (let times = Math.floor(random() * 4); times > 0; times--) {
      const at = Math.floor(random() * mutated.length);
      const gone = random() < 0.5 ? 0 : Math.floor(random() ** 3 * 40);
      const other = pick(SAMPLES).text;
      const put = random() < 0.7 ? pick(BITS) : other.slice(Math.floor(random() * other.length)).slice(0, Math.floor(random() * 60));
      mutated = mutated.slice(0, at) + put + mutated.slice(at + gone);
    }
    return mutated;
  };
  for (let run = 0; run < runs; run++) {
    const { name, text } = pick(SAMPLES);
    const prefix = pick(PREFIXES);
    const whole = `${random() < 0.5 ? text : ""}${mutate(text)}`
      .split("\n")
      .map((line) => (line === "" || line.startsWith("#") ? line : prefix + line))
      .join("\n");
    const options = random() < 0.6 ? {} : { format: random() < 0.7 ? name : pick(SAMPLES).name };
    const cut = Math.floor(random() * whole.length);
    async function* stream() {
      yield whole.slice(0, cut);
      yield whole.slice(cut);
    }
    const say = (fault) => new Error(`${fault} in ${JSON.stringify(whole)}, read with ${JSON.stringify(options)}`);
    let last = 0;
    try {
      for await (const line of readLog(stream(), options)) {
        const fault = line.line > last ? faultOf(line) : `the line ${line.line} after ${last}`;
        if (fault !== undefined) throw say(fault);
        last = line.line;
        found["visit" in line ? "visit" : "fault" in line ? "fault" : "skipped"]++;
      }
    } catch (error) {
      // Only where the format is to be found may it not be known.
      if (!(error instanceof TrafficError) || options.format !== undefined)
        throw error instanceof TrafficError ? say(error.message) : error;
      found.unknown++;
    }
  }
  return found;
}

await runFuzzer(
  import.meta.url,
  { runs: 200_000, what: "logs", entries: ["simulate/index.js"] },
  (library) => (options) => fuzz(library, options),
);
