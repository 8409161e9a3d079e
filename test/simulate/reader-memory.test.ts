import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { type LineFormat, lineReader } from "../../src/simulate/traffic/format/formats.ts";
import { readLog } from "../../src/simulate/traffic/traffic.ts";
import { law } from "../support/law.ts";

// Readers remember what the lines before had: the second, the day, the host, the user agent. What a line means may not depend on these.

const DAYS = ["24/Nov/2026", "25/Nov/2026", "24/Dec/2026", "24/Nov/2025", "31/Feb/2026"];
const DATES = ["2026-11-24", "2026-11-25", "2026-12-24", "2025-11-24", "2026-02-31"];
const CLOCKS = ["12:00:00", "12:00:01", "12:01:00", "13:00:00", "25:00:00"];
const ZONES = ["+0000", "+0100", "-0530"];
const HOSTS = ["shop.example", "www.example:8443", "not a host", "_", "shop.example:99999999"];
// Some begin as others do.
const AGENTS = [
  "Mozilla/5.0+(X11;+Linux)",
  "Mozilla/5.0+(X11;+L",
  "a+b+c",
  "curl/8.5",
  "Mozilla/5.0 (X11)",
  "a%20b",
  "a+b",
  "-",
  'q\\"uoted',
];
const USERS = ["-", "alice", "bob"];

interface Parts {
  readonly day: number;
  readonly clock: string;
  readonly zone: string;
  readonly fraction: string;
  readonly host: string;
  readonly agent: string;
  readonly user: string;
}

const parts: fc.Arbitrary<Parts> = fc.record({
  day: fc.nat(DAYS.length - 1),
  clock: fc.constantFrom(...CLOCKS),
  zone: fc.constantFrom(...ZONES),
  fraction: fc.constantFrom("000", "641"),
  host: fc.constantFrom(...HOSTS),
  agent: fc.constantFrom(...AGENTS),
  user: fc.constantFrom(...USERS),
});

const combined = ({ day, clock, zone, agent, user }: Parts): string =>
  `192.0.2.7 - ${user} [${DAYS[day]}:${clock} ${zone}] "GET /cart HTTP/1.1" 200 5 "-" "${agent}"`;

/** Formats, and a line of each. Together they have every kind of field that is remembered. */
const WRITERS: readonly (readonly [name: string, format: LineFormat, write: (of: Parts) => string])[] = [
  ["combined", { name: "combined" }, combined],
  ["vhost_combined", { name: "vhost_combined" }, (of) => `${of.host} ${combined(of)}`],
  [
    "ingress-nginx",
    { name: "ingress-nginx" },
    (of) => `${combined(of)} 430 0.${of.fraction} [shop-web-80] [] 10.0.0.7:8080 5 0.001 200 id`,
  ],
  [
    "envoy",
    { name: "envoy" },
    ({ day, clock, fraction, host, agent }) =>
      `[${DATES[day]}T${clock}.${fraction}Z] "GET /cart HTTP/2" 200 - 0 5 7 7 "192.0.2.7" "${agent}" "id" "${host}" "10.0.0.7:8080"`,
  ],
  [
    "haproxy",
    { name: "haproxy" },
    ({ day, clock, fraction }) =>
      `192.0.2.7:443 [${DAYS[day]}:${clock}.${fraction}] in static/srv1 10/0/30/69/109 200 5 - - ---- 1/1/1/1/0 0/0 {} {} "GET / HTTP/1.1"`,
  ],
  [
    "w3c",
    { name: "w3c", fields: { fields: ["date", "time", "c-ip", "cs-uri-stem", "cs-host", "cs(User-Agent)"], separator: " " } },
    ({ day, clock, host, agent }) => `${DATES[day]} ${clock} 192.0.2.7 /cart ${host} ${agent}`,
  ],
  [
    "cloudfront",
    {
      name: "cloudfront",
      fields: { fields: ["date", "time", "c-ip", "cs-uri-stem", "x-host-header", "x-edge-x", "cs(User-Agent)"], separator: "\t" },
    },
    ({ day, clock, host, agent }) => `${DATES[day]}\t${clock}\t192.0.2.7\t/cart\t${host}\tx\t${agent}`,
  ],
];

for (const [name, format, write] of WRITERS)
  law(`a line of ${name} means the same whatever was read before it`, fc.array(parts, { minLength: 2, maxLength: 30 }), (lines) => {
    const read = lineReader(format);
    for (const line of lines.map(write)) expect(read(line), line).toEqual(lineReader(format)(line));
  });

// With a name for the version that no format has, a line is read by the layout alone.
for (const [name, format, write] of WRITERS.slice(0, 3))
  law(
    `a line of ${name} that is read quickly means what its layout says, damaged or not`,
    fc.tuple(parts, fc.nat(200), fc.constantFrom("", '"', " ", "\\", "-", "[", "x", ", ", " : "), fc.nat(3)),
    ([of, place, put, cut]) => {
      const whole = write(of);
      const line = whole.slice(0, place) + put + whole.slice(place + cut);
      const byLayout = lineReader(format, "$none")(line);
      const expected = byLayout !== undefined && "request" in byLayout ? { ...byLayout, served: undefined } : byLayout;
      expect(lineReader(format)(line), line).toEqual(expected);
    },
  );

/** What is done to a line: at a place something is put in, and so many characters are taken away. */
const damage = fc.tuple(fc.nat(160), fc.constantFrom("", '"', " ", "\\", "-"), fc.constantFrom(0, 0, 1, 400));

for (const [name, format, write] of WRITERS.slice(0, 3))
  law(
    `a line of ${name} means the same wherever it stands in a text`,
    fc.tuple(
      fc.array(fc.tuple(parts, fc.option(damage, { nil: undefined })), { minLength: 2, maxLength: 12 }),
      fc.constantFrom("\n", "\r\n", ""),
      fc.boolean(),
    ),
    ([written, end, backwards]) => {
      const lines = written.map(([of, damaged]) => {
        const [place, put, cut] = damaged ?? [0, "", 0];
        const whole = write(of);
        return whole.slice(0, place) + put + whole.slice(place + cut);
      });
      const text = lines.join(end);
      const read = lineReader(format);
      let next = 0;
      const places = lines.map((line) => {
        const from = next;
        next += line.length + end.length;
        return { line, from };
      });
      for (const { line, from } of backwards ? places.toReversed() : places)
        expect(read(text, from, from + line.length), line).toEqual(lineReader(format)(line));
    },
  );

test("a quote that the next line has does not close one of this line", () => {
  const line = '192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8';
  const read = lineReader({ name: "combined" });
  expect(read(`${line}\n" more\n`, 0, line.length)).toEqual({ fault: expect.stringContaining('no `"`'), fields: 8 });
});

test("of lines that break off, each character is searched a few times at most", () => {
  const whole = '192.0.2.7 - alice [24/Nov/2026:12:00:00 +0000] "GET /cart HTTP/1.1" 200 5 "https://shop.example/" "curl/8"';
  const indexOf = String.prototype.indexOf;
  let searched = 0;
  const spy = vi.spyOn(String.prototype, "indexOf").mockImplementation(function search(this: string, part, from = 0) {
    const found = indexOf.call(this, part, from);
    searched += (found === -1 ? this.length : found) - from;
    return found;
  });
  try {
    for (const name of ["common", "combined", "ingress-nginx"])
      for (let length = 0; length < whole.length; length += 7) {
        const read = lineReader({ name });
        const text = `${whole.slice(0, length)}\n`.repeat(500);
        searched = 0;
        for (let line = 0; line < 500; line++) read(text, line * (length + 1), line * (length + 1) + length);
        // It is 2.8 at most.
        expect(searched / text.length, `${name}, ${length} characters of a line`).toBeLessThan(6);
      }
  } finally {
    spy.mockRestore();
  }
});

test("so it does where there are more user agents than are remembered, and where one is long", () => {
  const [, format, write] = WRITERS.at(-1) ?? [];
  if (format === undefined || write === undefined) throw new Error("no format");
  const read = lineReader(format);
  const made = (agent: string): string =>
    write({ day: 0, clock: "12:00:00", zone: "+0000", fraction: "000", host: "shop.example", agent, user: "-" });
  for (const round of [1, 2])
    for (let at = 0; at < 1_500; at++) {
      const entry = read(made(`agent%20${at}${"x".repeat(at % 3 === 0 ? 600 : 0)}`));
      const found = entry !== undefined && "request" in entry ? entry.request.headers["user-agent"] : undefined;
      expect(found, String(round)).toBe(`agent ${at}${"x".repeat(at % 3 === 0 ? 600 : 0)}`);
    }
});

test("a log that names its fields again is read by the new ones", async () => {
  async function* log(): AsyncGenerator<string> {
    yield "#Fields: date time c-ip cs-uri-stem cs-uri-query\n2026-11-24 12:00:00 192.0.2.7 /first a=1\n";
    yield "#Fields: date time c-ip cs-uri-query cs-uri-stem\n2026-11-24 12:00:00 192.0.2.8 b=2 /second\n";
    yield "#Fields: date time c-ip cs-uri-stem cs-uri-query\n2026-11-24 12:00:00 192.0.2.9 /third c=3\n";
  }
  const read: (string | undefined)[] = [];
  for await (const entry of readLog(log(), { format: "w3c" })) read.push("visit" in entry ? entry.visit.request.url : undefined);
  expect(read).toEqual(["/first?a=1", "/second?b=2", "/third?c=3"]);
});
