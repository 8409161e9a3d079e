/**
 * HAR files as browsers write them, with bodies of any content between, cut into chunks anywhere; and such files damaged. Each entry of a sound file
 * must come to the request that it holds or be skipped for its reason, and what is read of any file must not depend on how it is cut.
 *
 *     npm run build && node test/nightly/har.mjs [--runs 50000] [--seed S] [--dist DIR]
 *
 * It was seen to fail where backslashes at the end of a chunk were forgotten, and where a status of 0 was counted as an answer.
 */
import { chunked, faultOf, pick, randomOf, runFuzzer } from "./fuzz.mjs";

const BITS = [
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "\n",
  "null",
  "0",
  '"log"',
  '"entries":[',
  '"request":{',
  "\\u0022",
  "\uFEFF",
  "é",
  " ",
];

/** Text with what a scanner of JSON may trip over. */
function textOf(random) {
  let text = "";
  for (let parts = Math.floor(random() ** 2 * 12); parts > 0; parts--)
    text += random() < 0.5 ? pick(random, BITS) : "ab".repeat(Math.floor(random() * 4));
  return text;
}

const PLACES = [
  { url: "https://shop.example/a?b=1", host: "shop.example" },
  { url: "http://user@shop.example:8080/", host: "shop.example:8080" },
  { url: "wss://[::1]:9000/socket", host: "[::1]:9000" },
  { url: "data:text/plain,hello", skipped: "`data:`" },
  { url: "blob:https://shop.example/1", skipped: "`blob:`" },
  { url: "chrome-extension://abc/x.js", skipped: "extension" },
  { url: "about:blank", skipped: "no server" },
];

/** An entry, and what it must come to. */
function entryOf(random) {
  const place = pick(random, PLACES);
  const method = pick(random, ["GET", "POST", "OPTIONS"]);
  const headers = [];
  const cookie = random() < 0.3 ? "beta=on; a=1" : undefined;
  if (cookie !== undefined) headers.push({ name: pick(random, ["Cookie", "cookie"]), value: cookie });
  const named = random() < 0.3 ? "named.example" : undefined;
  if (named !== undefined) headers.push({ name: pick(random, ["Host", ":authority"]), value: named });
  // A value of a header has none of these.
  const team = textOf(random).replaceAll(/[\n\uFEFF]/g, "");
  headers.push({ name: "X-Team", value: team });
  const cached = random() < 0.15;
  const status = random() < 0.15 ? 0 : 200;
  const request = { method, url: place.url, httpVersion: textOf(random), headers, queryString: [], bodySize: 0 };
  if (cookie === undefined && random() < 0.3) request.cookies = [{ name: "beta", value: "listed", [textOf(random)]: textOf(random) }];
  if (random() < 0.3)
    request.postData = { mimeType: "text/plain", text: textOf(random), params: [{ name: textOf(random), value: [textOf(random)] }] };
  const parts = [
    ["request", request],
    ["response", { content: { text: textOf(random), size: 3 }, status, headers: [{ name: textOf(random), value: textOf(random) }] }],
    ["startedDateTime", "2026-11-24T12:00:00.000Z"],
    [`_${textOf(random)}`, { [textOf(random)]: [textOf(random), { deep: [[textOf(random)]] }], request: textOf(random) }],
    ["timings", { send: -1, wait: 2.5e-3 }],
  ];
  if (cached) parts.push(["_fromCache", "disk"]);
  parts.sort(() => random() - 0.5);
  const socket = place.url.startsWith("wss:");
  const skipped = place.skipped ?? (cached ? "cache" : status === 0 && !socket ? "before an answer" : undefined);
  const expected =
    skipped === undefined
      ? { method, url: place.url, host: named ?? place.host, team, cookie: cookie ?? (request.cookies && "beta=listed") }
      : { skipped };
  return { entry: Object.fromEntries(parts), expected };
}

/** What is wrong with a line that must come to this; undefined where nothing is. */
function differenceOf(line, { skipped, ...wanted }) {
  if (skipped !== undefined) return line.skipped?.includes(skipped) === true ? undefined : `not skipped: ${skipped}`;
  if (!("visit" in line)) return "not a request";
  const { method, url, headers } = line.visit.request;
  const found = { method, url, host: headers.host ?? headers[":authority"], team: headers["x-team"], cookie: headers.cookie };
  for (const [name, value] of Object.entries(wanted))
    if (found[name] !== value) return `${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(value)}`;
  return undefined;
}

/** Reads so many files, and throws at the first that is read wrongly. Returns how many lines came to what. */
export async function fuzz({ readLog, TrafficError }, { seed, runs }) {
  const random = randomOf(seed);
  const found = { visit: 0, fault: 0, skipped: 0, unknown: 0 };
  const linesOf = async (stream, options) => {
    const lines = [];
    try {
      for await (const line of readLog(stream, options)) lines.push(line);
    } catch (error) {
      if (!(error instanceof TrafficError)) throw error;
      return error.diagnostics;
    }
    return lines;
  };
  for (let run = 0; run < runs; run++) {
    const entries = Array.from({ length: Math.floor(random() * 5) }, () => entryOf(random));
    const log = { version: "1.2", creator: { name: textOf(random), entries: [textOf(random)] }, pages: [{ title: textOf(random) }] };
    const document = { log: { ...log, entries: entries.map(({ entry }) => entry), comment: textOf(random) } };
    const sound = JSON.stringify(document, undefined, pick(random, [0, 0, 1, "\t"]));
    let text = sound;
    const damages = random() < 0.5 ? 0 : 1 + Math.floor(random() * 3);
    for (let times = 0; times < damages; times++) {
      const at = Math.floor(random() * text.length);
      text = text.slice(0, at) + pick(random, ["", ...BITS]) + text.slice(at + Math.floor(random() ** 3 * 60));
    }
    const options = random() < 0.8 ? { format: "har" } : {};
    const say = (fault) => new Error(`${fault}, run ${run} of the seed ${seed}, in ${JSON.stringify(text)}`);
    const lines = await linesOf(chunked(random, text), options);
    const whole = await linesOf(
      chunked(() => 1, text),
      options,
    );
    if (JSON.stringify(lines) !== JSON.stringify(whole)) throw say("the chunks count");
    if (options.format === undefined && lines[0]?.line === undefined) {
      found.unknown++;
      continue;
    }
    for (const line of lines) {
      const fault = faultOf(line);
      if (fault !== undefined) throw say(fault);
      found["visit" in line ? "visit" : "fault" in line ? "fault" : "skipped"]++;
    }
    if (damages > 0) continue;
    if (lines.length !== entries.length) throw say(`${lines.length} lines of ${entries.length} entries`);
    for (const [index, { expected }] of entries.entries()) {
      const difference = differenceOf(lines[index], expected);
      if (difference !== undefined) throw say(`entry ${index}: ${difference}`);
    }
  }
  return found;
}

await runFuzzer(
  import.meta.url,
  { runs: 50_000, what: "files", entries: ["simulate/index.js"] },
  (library) => (options) => fuzz(library, options),
);
