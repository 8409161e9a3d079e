// Requests made to hurt: what a byte of them costs, against a byte of an ordinary request, and whether cost grows in line with
// size. Every text is cut anew for every decision.

import seedrandom from "seedrandom";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { contender } from "./contenders.mjs";
import { distURL, machine, quantile } from "./harness.mjs";

const { values: options } = parseArgs({
  options: {
    contenders: { type: "string", default: "closures,jit" },
    rounds: { type: "string" },
    short: { type: "boolean", default: false },
    json: { type: "string" },
    dist: { type: "string" },
  },
});
const dist = distURL(options.dist);
const rounds = Number(options.rounds ?? (options.short ? 5 : 21));

/** What is wanted: the cost of a byte, at the largest size, over that of an ordinary request. */
const GOAL = 10;

const only = (rule) => ({ name: "checkout", version: "v1", additional_version_strategy: { v2: { rules: [rule] } } });
const oneCookie = only({ rule_type: "Cookie", param: "rollout", op: "=", value: "on" });
const oneHeader = only({ rule_type: "Header", param: "x-canary", op: "=", value: "always" });
const inThousand = only({
  rule_type: "Header",
  param: "x-canary",
  op: "in",
  value: Array.from({ length: 1000 }, (_, n) => `acc_${(n * 2654435761) % 4294967296}`).join(","),
});
const oneQuery = only({ rule_type: "Query", param: "rollout", op: "=", value: "on" });
const sticky = {
  name: "checkout",
  version: "v1",
  additional_version_weights: { v2: 10 },
  stickiness: { keys: [{ rule_type: "Header", param: "x-canary" }], on_missing: "primary" },
};

const cookie = (text) => ({ headers: { cookie: text } });
const header = (text) => ({ headers: { "x-canary": text } });
const query = (text) => ({ headers: { host: "example.com" }, url: text });

/** So much of a pattern as fits into `bytes`; `pattern` makes its n-th piece. */
function fill(bytes, pattern, end = "") {
  const pieces = [];
  let length = end.length;
  for (let n = 0; ; n++) {
    const piece = pattern(n);
    if (length + piece.length > bytes) break;
    pieces.push(piece);
    length += piece.length;
  }
  return pieces.join("") + end;
}

const MIB = 1 << 20;
const cookies = 100_000 * 15;
/** As the cookies of W8 are: values of 48 letters and digits. Values without the letters of the wanted name would be searched in no time. */
const letters = seedrandom.alea("ordinary");
const value = () => Array.from({ length: 48 }, () => Math.floor(letters() * 36).toString(36)).join("");
const ordinaryCookies = fill(1000, (n) => `name-${n}=${value()}; `, "rollout=on");
const ordinaryQuery = `/v1/orders?${fill(60, (n) => `key${n}=value${n}&`, "rollout=on")}`;

/** `make` gives a text of about so many bytes, which leads to `version`; `ordinary` is what it is compared with. */
const CASES = [
  {
    title: "100,000 cookies, the last one wanted",
    config: oneCookie,
    request: cookie,
    size: cookies,
    ordinary: ordinaryCookies,
    version: "v2",
    make: (bytes) => fill(bytes, (n) => `c${String(n).padStart(6, "0")}=abcd; `, "rollout=on"),
  },
  {
    title: "100,000 cookies whose names end in the wanted one",
    config: oneCookie,
    request: cookie,
    size: cookies,
    ordinary: ordinaryCookies,
    version: "v1",
    make: (bytes) => fill(bytes, (n) => `not_rollout=${n % 10}; `),
  },
  {
    title: "100,000 wanted names without a value",
    config: oneCookie,
    request: cookie,
    size: cookies,
    ordinary: ordinaryCookies,
    version: "v1",
    make: (bytes) => fill(bytes, () => "rollout;rollout; "),
  },
  {
    title: "the wanted name over and over in one value",
    config: oneCookie,
    request: cookie,
    size: cookies,
    ordinary: ordinaryCookies,
    version: "v1",
    make: (bytes) => fill(bytes, () => "rollout= "),
    starts: "x=",
  },
  {
    title: "semicolons alone",
    config: oneCookie,
    request: cookie,
    size: MIB,
    ordinary: ordinaryCookies,
    version: "v1",
    make: (bytes) => ";".repeat(bytes),
  },
  {
    title: "spaces alone",
    config: oneCookie,
    request: cookie,
    size: MIB,
    ordinary: ordinaryCookies,
    version: "v1",
    make: (bytes) => " ".repeat(bytes),
  },
  {
    title: "spaces before every semicolon",
    config: oneCookie,
    request: cookie,
    size: MIB,
    ordinary: ordinaryCookies,
    version: "v1",
    make: (bytes) => fill(bytes, () => `rollout${" ".repeat(200)};`),
  },
  {
    title: "a 1 MiB header, compared",
    config: oneHeader,
    request: header,
    size: MIB,
    ordinary: "always",
    version: "v1",
    make: (bytes) => "a".repeat(bytes),
  },
  {
    title: "a 1 MiB header, looked up in 1,000 values",
    config: inThousand,
    request: header,
    size: MIB,
    ordinary: "acc_2654435761",
    version: "v1",
    make: (bytes) => "acc_2654435761".repeat(Math.floor(bytes / 14)),
  },
  {
    title: "a 1 MiB sticky key",
    config: sticky,
    request: header,
    size: MIB,
    ordinary: "usr_3f9a0c1b",
    make: (bytes) => "usr_3f9a0c1b".repeat(Math.floor(bytes / 12)),
  },
  {
    title: "a 1 MiB sticky key, not ASCII",
    config: sticky,
    request: header,
    size: MIB,
    ordinary: "usr_3f9a0c1b",
    make: (bytes) => "é".repeat(bytes),
  },
  {
    title: "64 KiB of query, the last parameter wanted",
    config: oneQuery,
    request: query,
    size: 64 << 10,
    ordinary: ordinaryQuery,
    version: "v2",
    make: (bytes) => `/v1/orders?${fill(bytes, (n) => `k${n}=v${n}&`, "rollout=on")}`,
  },
  {
    title: "64 KiB of query, every name percent-encoded",
    config: oneQuery,
    request: query,
    size: 64 << 10,
    ordinary: ordinaryQuery,
    version: "v1",
    make: (bytes) => `/v1/orders?${fill(bytes, () => "%72ollou=1&")}`,
  },
  {
    title: "64 KiB of query, ampersands alone",
    config: oneQuery,
    request: query,
    size: 64 << 10,
    ordinary: ordinaryQuery,
    version: "v1",
    make: (bytes) => `/v1/orders?${"&".repeat(bytes)}`,
  },
  {
    title: "64 KiB of query, percent signs alone",
    config: oneQuery,
    request: query,
    size: 64 << 10,
    ordinary: ordinaryQuery,
    version: "v1",
    make: (bytes) => `/v1/orders?${"%".repeat(bytes)}`,
  },
  {
    title: "a wanted parameter of 64 KiB, all encoded",
    config: oneQuery,
    request: query,
    size: 64 << 10,
    ordinary: ordinaryQuery,
    version: "v1",
    make: (bytes) => `/v1/orders?rollout=${"%6f".repeat(Math.floor(bytes / 3))}`,
  },
];

/** Nanoseconds of one decision on a text that is cut anew each time, the median of a few, and the version. */
function time(route, request, bytes, times) {
  const texts = Array.from({ length: times }, () => bytes.latin1Slice(0, bytes.length));
  const requests = texts.map(request);
  let version;
  const before = process.hrtime.bigint();
  for (const each of requests) ({ version } = route(each));
  const after = process.hrtime.bigint();
  return { nanoseconds: Number(after - before) / times, version };
}

/** The median of the ratios, round by round. */
const over = (one, other) => quantile(one.map((each, round) => each / other[round]));

function measure(route, { request, size, ordinary, make, starts = "", version }) {
  const texts = [ordinary, ...[size / 16, size / 4, size].map((bytes) => starts + make(Math.floor(bytes) - starts.length))];
  const buffers = texts.map((text) => Buffer.from(text, "latin1"));
  const perByte = buffers.map(() => []);
  for (let round = -3; round < rounds; round++) {
    buffers.forEach((bytes, n) => {
      const found = time(route, request, bytes, n === 0 ? 4096 : Math.max(1, Math.floor((256 << 10) / bytes.length)));
      if (n > 0 && version !== undefined && found.version !== version) throw new Error(`\`${found.version}\` and not \`${version}\``);
      if (round >= 0) perByte[n].push(found.nanoseconds / bytes.length);
    });
  }
  const [normal, small, middle, large] = perByte;
  return {
    normal: quantile(normal),
    large: quantile(large),
    ratio: over(large, normal),
    linear: [over(middle, small), over(large, middle)],
  };
}

const about = machine();
console.log(`${about.cpu}, ${about.cores} cores, node ${about.node}, ${about.platform}; medians of ${rounds} rounds`);
const rows = [];
for (const name of options.contenders.split(",")) {
  const { prepare } = await contender(name, dist);
  console.log(
    `\n| ${name} | size, KiB | a byte, over an ordinary request's | a byte at 4 times the size, twice |\n| --- | ---: | ---: | ---: |`,
  );
  for (const each of CASES) {
    const route = await prepare({ config: each.config });
    const row = { contender: name, title: each.title, bytes: each.size, ...measure(route, each) };
    rows.push(row);
    const mark = row.ratio <= GOAL ? "" : ` **> ${GOAL}**`;
    console.log(
      `| ${each.title} | ${(each.size / 1024).toFixed(0)} | ${row.ratio.toFixed(2)}${mark} | ${row.linear.map((n) => n.toFixed(2)).join(", ")} |`,
    );
  }
}
if (options.json !== undefined) await writeFile(options.json, JSON.stringify({ machine: about, rows }, null, 2));
