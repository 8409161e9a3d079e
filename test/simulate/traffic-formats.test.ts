import { isIP } from "node:net";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detectFormat, formats, TrafficError, type LogOptions } from "../../src/simulate/index.ts";
import { ACCESS_FORMATS } from "../../src/simulate/traffic/format/access.ts";
import { endpointAddress, isAddress, isAuthority } from "../../src/simulate/traffic/format/address.ts";
import { timeOf } from "../../src/simulate/traffic/format/clock.ts";
import { lineReader } from "../../src/simulate/traffic/format/formats.ts";
import { layoutReader } from "../../src/simulate/traffic/format/scan.ts";
import { readAll, SAMPLES, sampleOf } from "../support/logs.ts";

/** What every sample says of its request, as far as its format can. */
const CART = { method: "GET", url: expect.stringMatching(/^(?:https:\/\/shop\.example(?::443)?)?\/cart(?:\?x=1)?$/) };

describe("each format", () => {
  test("has a sample in docs/logs.md, and each sample a format", () => {
    expect([...SAMPLES.keys()].toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
  });

  test.each([...SAMPLES])("%s is found in its sample, and the request is read", async (name, sample) => {
    const { format, lines } = await readAll(sample);
    expect(format).toEqual({ name, detected: true });
    expect(lines).toMatchObject([{ visit: { request: CART } }]);
    const named = await readAll(sample, { format: name });
    expect(named.lines).toEqual(lines);
    // `json` and `har` find which of the formats of their kind it is.
    expect(named.format).toEqual({ name, detected: name === "json" });
  });

  test.each([
    "common",
    "combined",
    "nginx-main",
    "vhost_combined",
    "ingress-nginx",
    "alb",
    "cloudfront",
    "w3c",
    "envoy",
    "istio",
    "haproxy",
    "s3",
  ])("%s: the address is read, and time and status", async (name) => {
    const [line] = (await readAll(sampleOf(name))).lines;
    expect(line).toMatchObject({ visit: { request: { attributes: { remote_addr: "192.0.2.7", status: "200" } } } });
    const time = Math.floor(Date.UTC(2026, 10, 24, 12) / 1000);
    expect(line).toHaveProperty("visit.time");
    expect(Math.floor(Number(line !== undefined && "visit" in line ? line.visit.time : 0) / 1000)).toBe(time);
  });

  test.each([
    [
      "combined",
      { headers: { referer: "https://shop.example/", "user-agent": "Mozilla/5.0 (X11; Linux)" }, attributes: { remote_user: "alice" } },
    ],
    ["nginx-main", { headers: { "x-forwarded-for": "198.51.100.1, 203.0.113.9" } }],
    ["vhost_combined", { headers: { host: "shop.example" } }],
    ["alb", { headers: { host: "shop.example", "user-agent": "curl/8" } }],
    ["cloudfront", { headers: { host: "d1.example.net", cookie: "beta=on", "user-agent": "curl/8 (x)" }, url: "/cart?x=1" }],
    ["w3c", { headers: { "user-agent": "Mozilla/5.0 (Windows NT 10.0)" }, url: "/cart?x=1" }],
    ["envoy", { headers: { host: "shop.example", "x-forwarded-for": "192.0.2.7", "x-request-id": "a-1" } }],
    ["s3", { headers: { host: "bucket1.s3.example" }, attributes: { remote_user: "79a59df900b949e5" } }],
  ])("%s: what its own fields say", async (name, request) => {
    expect((await readAll(sampleOf(name))).lines[0]).toMatchObject({ visit: { request } });
  });

  test.each([
    // What nearly fits: a name for the address, a status that is none, another time, a word for a method, a field too many.
    ["common", "192.0.2.7", "web-1", "`remote_addr` is not an address: `web-1`"],
    ["common", "192.0.2.7", "192.0.2.700", "`remote_addr` is not an address: `192.0.2.700`"],
    ["combined", "192.0.2.7", "192.0.2.7, 198.51.100.1", "`remote_addr` is not an address: `192.0.2.7,`"],
    ["combined", '" 200', '" 700', "`status` is not a status from 100 to 599: `700`"],
    ["combined", "24/Nov", "34/Nov", "`time_local` is not a time: `34/Nov/2026:12:00:00 +0000`"],
    ["combined", "GET /cart", "get /cart", "`request` is not a method, a target and a protocol: `get /cart?x=1 HTTP/1.1`"],
    ["combined", "GET /cart?x=1 HTTP/1.1", "GET /a b HTTP/1.1", "`request` is not a method, a target and a protocol: `GET /a b HTTP/1.1`"],
    ["combined", "GET /cart", "GET cart", "`request` is not a method, a target and a protocol: `GET cart?x=1 HTTP/1.1`"],
    ["combined", ' "Mozilla/5.0 (X11; Linux)"', "", 'no `" "` behind `referer`'],
    ["combined", "512", "many", "`bytes` is not a number: `many`"],
    ["nginx-main", "203.0.113.9", '203.0.113.9" "x', "the line has more fields than the format"],
    ["vhost_combined", "shop.example:443", "<script>", "`host` is not a host: `<script>`"],
    ["vhost_combined", "192.0.2.7", "shop.example", "`remote_addr` is not an address: `shop.example`"],
    ["alb", "192.0.2.7:48160", "192.0.2.7", "`client` is not an address and a port: `192.0.2.7`"],
    ["alb", "2026-11-24T12:00:00.186641Z", "yesterday", "`time` is not a time: `yesterday`"],
    ["envoy", '"shop.example"', '"a" "shop.example"', "the line has more fields than the format"],
    ["haproxy", "192.0.2.7:33317", "fe80::zz:1", "`client` is not an address and a port: `fe80::zz:1`"],
    ["s3", "192.0.2.7", "10.0.0", "`remote_ip` is not an address: `10.0.0`"],
    ["ingress-nginx", "0, 512", "0,512 7", "the line has more fields than the format"],
  ])("%s: with %j in place of %j a line is malformed", async (name, from, to, fault) => {
    const sample = sampleOf(name);
    expect(sample).toContain(from);
    const { lines } = await readAll(`${sample}${sample.replace(from, to)}`, { format: name });
    expect(lines[0]).toMatchObject({ line: 1, visit: {} });
    expect(lines[1]).toEqual({ line: 2, fault });
  });

  test.each([
    ["cloudfront", "192.0.2.7", "edge", "`c-ip` is not an address: `edge`"],
    ["cloudfront", "\tHit", "\tHit\tmore", "the line has more fields than the format"],
    ["cloudfront", "2026-11-24\t12:00:00", "2026-11-24\t25:00:00", "`date` is not a date with the time behind it: `2026-11-24`"],
    ["w3c", "GET /cart", "G=T /cart", "`cs-method` is not a method: `G=T`"],
    ["w3c", "192.0.2.7", "-1", "`c-ip` is not an address: `-1`"],
  ])("%s: with %j in place of %j a line is malformed", async (name, from, to, fault) => {
    const sample = sampleOf(name);
    const last = sample.trimEnd().split("\n").at(-1) ?? "";
    const { lines } = await readAll(`${sample}${last.replace(from, to)}\n`);
    expect(lines.at(-1)).toMatchObject({ fault });
    expect(lines).toHaveLength(2);
  });

  test.each([
    ["combined", '"GET /cart?x=1 HTTP/1.1" 200', String.raw`"\x16\x03\x01" 400`],
    ["combined", '"GET /cart?x=1 HTTP/1.1" 200', '"-" 408'],
    ["envoy", '"GET /cart?x=1 HTTP/2" 200', '"- - -" 0'],
    ["haproxy", '"GET /cart?x=1 HTTP/1.1"', '"<BADREQ>"'],
    ["s3", '"GET /cart?x=1 HTTP/1.1"', '"-"'],
    ["alb", '"GET https://shop.example:443/cart?x=1 HTTP/2.0" "curl/8"', '"- http://10.0.0.1:80- -" "-"'],
  ])("%s: a connection without a request is skipped", async (name, from, to) => {
    const sample = sampleOf(name);
    const other = sample
      .replace(from, to)
      .replace("] http-in static/srv1 10/0/30/69/109 200", "] http-in http-in/<NOSRV> -1/-1/-1/-1/0 400");
    const { lines } = await readAll(`${sample}${other}`, { format: name });
    expect(lines).toMatchObject([{ visit: {} }, { skipped: expect.any(String) }]);
  });

  test("quotes within quotes are read as Apache and nginx write them, and a user may have a blank", async () => {
    const line = String.raw`192.0.2.7 - Ann Lee [24/Nov/2026:12:00:00 +0000] "GET /a\"b HTTP/1.1" 200 1 "\x22q\x22" "a\\"`;
    const { lines } = await readAll(`${line}\n`);
    expect(lines).toMatchObject([
      { visit: { user: "Ann Lee", request: { url: '/a"b', headers: { referer: '"q"', "user-agent": "a\\" } } } },
    ]);
  });

  test("HTTP/0.9 has no protocol, a WebDAV method is one, and IPv6 is an address", async () => {
    const text = ['"GET /old"', '"PROPFIND / HTTP/1.1"', '"CONNECT shop.example:443 HTTP/1.1"', '"OPTIONS * HTTP/1.1"']
      .map((request) => `2001:db8::1 - - [24/Nov/2026:12:00:00 +0000] ${request} 200 1\n`)
      .join("");
    const { lines } = await readAll(text);
    const read = lines.map((line) => ("visit" in line ? [line.visit.request.method, line.visit.request.url] : line));
    expect(read).toEqual([
      ["GET", "/old"],
      ["PROPFIND", "/"],
      ["CONNECT", "shop.example:443"],
      ["OPTIONS", "*"],
    ]);
  });

  test("the quick way and the other read the same", () => {
    const layouts = ACCESS_FORMATS.filter(({ name }) => name === "common" || name === "combined");
    const bits = fc.array(fc.constantFrom('"', "\\", " ", "-", "[", "]", "\\x22", "/", "é", "0", "GET", "HTTP/1.1", "::1", "400", ""), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.constantFrom(...layouts), fc.nat(120), fc.nat(3), bits, ({ name, layout }, at, gone, put) => {
        const sample = sampleOf(name).trimEnd();
        const line = sample.slice(0, at) + put.join("") + sample.slice(at + gone);
        expect(lineReader({ name })(line)).toEqual(layoutReader(layout)(line));
      }),
      { seed: 1_000_003, numRuns: 5_000 },
    );
  });
});

describe("what is checked", () => {
  const parts = fc.constantFrom(
    "0",
    "1",
    "25",
    "255",
    "256",
    "01",
    "f",
    "ffff",
    "10000",
    ":",
    "::",
    ".",
    "%eth0",
    "fe80",
    "192.0.2.1",
    "g",
    "",
  );

  test("an address is what node takes for one", () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 17 }), fc.ipV6(), fc.ipV4(), (made, six, four) => {
        for (const text of [made.join(""), made.join(":"), made.join("."), six, four, `${six}%1`])
          expect([text, isAddress(text)]).toEqual([text, isIP(text) !== 0]);
      }),
      { seed: 1_000_003, numRuns: 3_000 },
    );
  });

  test.each([
    ["192.0.2.7:443", "192.0.2.7"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["2001:db8::1:44321", "2001:db8::1"],
    ["192.0.2.7", undefined],
    ["192.0.2.7:70000", undefined],
    ["[shop]:443", undefined],
    ["shop:443", undefined],
  ])("an endpoint: %s", (text, address) => {
    expect(endpointAddress(text)).toBe(address);
  });

  test("a host has no blanks, slashes or brackets", () => {
    expect(["shop.example", "shop.example:443", "[::1]:8080", "a_b", "localhost"].every(isAuthority)).toBe(true);
    expect(["", "a b", "a/b", "<a>", "a:b", "a:123456", "-"].some(isAuthority)).toBe(false);
  });

  test.each([
    ["31/Jan/2017:09:44:00 +0100", "clf", "2017-01-31T08:44:00Z"],
    ["2024-01-31T09:44:00.186641Z", "iso", "2024-01-31T09:44:00.186Z"],
    ["2024-01-31 09:44:00,5+08:00", "iso", "2024-01-31T01:44:00.500Z"],
    ["2024-02-29T00:00:00", "iso", "2024-02-29T00:00:00Z"],
    ["1731084144.32", "seconds", "2024-11-08T16:42:24.320Z"],
    ["06/Feb/2009:12:14:14.655", "haproxy", "2009-02-06T12:14:14.655Z"],
  ] as const)("the time %s", (text, clock, time) => {
    expect(timeOf(text, clock)).toBe(Date.parse(time));
  });

  test.each([
    ["31/Jan/2017:24:44:00 +0100", "clf"],
    ["31/Jam/2017:09:44:00 +0100", "clf"],
    ["31/Jan/2017:09:44:00 0100", "clf"],
    ["2023-02-29T00:00:00Z", "iso"],
    ["2024-01-31T09:44:00.Z", "iso"],
    ["2024-01-31T09:44:00+1", "iso"],
    ["1e9", "seconds"],
  ] as const)("%s is no time", (text, clock) => {
    expect(timeOf(text, clock)).toBeNaN();
  });
});

describe("prefixes", () => {
  const rest = sampleOf("combined").trimEnd();
  const record = sampleOf("json").trimEnd();

  test.each([
    ["syslog", `Jan 31 09:44:00 edge1 nginx: ${rest}`],
    ["syslog", `<190>Jan  1 09:44:00 edge1 nginx[71]: ${rest}`],
    ["syslog", `2026-11-24T12:00:00.123456+00:00 edge1 nginx: ${rest}`],
    ["syslog", `<190>1 2026-11-24T12:00:00.5Z edge1 nginx 71 access [a@1 b="c\\"]" d="e"] ${rest}`],
    ["syslog", `<190>1 2026-11-24T12:00:00.5Z edge1 nginx - - - \uFEFF${rest}`],
    ["compose", `web-1  | ${rest}`],
    ["compose", `\u001B[36mweb-1  |\u001B[0m ${rest}`],
    ["compose", `web-1  | 2026-11-24T12:00:00.123456789Z ${rest}`],
    ["cri", `2026-11-24T12:00:00.123456789Z stdout F ${rest}`],
    ["kubectl", `[pod/web-7d4b/nginx] ${rest}`],
    ["docker", JSON.stringify({ log: `${rest}\n`, stream: "stdout", time: "2026-11-24T12:00:00Z" })],
  ])("%s: %j", async (prefix, line) => {
    const { format, lines } = await readAll(`${line}\n`);
    expect(format).toEqual({ name: "combined", prefix, detected: true });
    expect(lines).toEqual((await readAll(rest)).lines);
  });

  test("JSON records have prefixes too", async () => {
    const { format, lines } = await readAll(`web-1  | ${record}\nweb-1  | ${record}\n`);
    expect(format).toEqual({ name: "json", prefix: "compose", detected: true });
    expect(lines).toHaveLength(2);
  });

  test("a line without the prefix is malformed, and so is one whose rest is not in the format", async () => {
    const { lines } = await readAll([`web-1  | ${rest}\n`.repeat(3), `${rest}\n`, "web-2  | starting\n"]);
    expect(lines.slice(3)).toEqual([
      { line: 4, fault: "the line does not begin as the others do: no prefix of `compose`" },
      { line: 5, fault: expect.stringContaining("behind `remote_addr`") },
    ]);
  });

  test("neither the container nor the month is ever an address", async () => {
    for (const prefix of ["web-1  | ", "web-1 - - ", "Jan 31 09:44:00 edge1 nginx: ", "shop.example:443 "]) {
      const { lines } = await readAll(`${prefix}${rest}\n`.repeat(3), { format: "combined" });
      for (const line of lines) if ("visit" in line) expect(isIP(line.visit.request.attributes?.["remote_addr"] ?? "")).not.toBe(0);
    }
  });
});

describe("detection", () => {
  const combined = sampleOf("combined");

  test("what a container says at its start is passed over, and counted as malformed", async () => {
    const { format, lines } = await readAll(`${"/docker-entrypoint.sh: Configuration complete\n".repeat(40)}${combined.repeat(20)}`);
    expect(format?.name).toBe("combined");
    expect(lines.filter((line) => "fault" in line)).toHaveLength(40);
  });

  test("one broken line does not make a combined log a common one", async () => {
    expect((await readAll(`${combined.slice(0, 90)}\n${combined.repeat(20)}`)).format?.name).toBe("combined");
  });

  test.each([
    ["", "there is no line in it"],
    ["\n\n", "there is no line in it"],
    ['web 192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET /"\n', "these lines look like"],
    [
      '{"level":"info","message":"started","host":"web-1"}\n',
      "look like JSON with the keys `level`, `message`, `host`, of which none is of a request",
    ],
    ["2026-11-24 12:00:00 10.0.0.1 GET /cart - 443\n", "without their `#Fields` line"],
    ['[\n{"level":"info"}\n]', "look like JSON with the keys `level`, of which none is of a request"],
    ["\u0000\u0001\u0002PAR1", "no lines of text"],
  ])("%j is not known, and the complaint guesses", (text, guess) => {
    const found = detectFormat(text);
    expect(found).toMatchObject({
      ok: false,
      diagnostics: [{ code: "log-format", severity: "error", message: "the format of the log is not known" }],
    });
    expect(found.diagnostics[0]?.help).toContain(guess);
    expect(found.diagnostics[0]?.help).toContain("known: `ingress-nginx`, ");
  });

  test("nothing is read of what is not known", async () => {
    await expect(readAll("hello\nworld\n")).rejects.toThrow(TrafficError);
    expect((await readAll("")).lines).toEqual([]);
  });

  test("a format that is named is kept, and its lines are malformed where they are in another", async () => {
    const { format, lines } = await readAll("hello\n", { format: "combined" });
    expect(format).toEqual({ name: "combined", detected: false });
    expect(lines).toEqual([{ line: 1, fault: "no ` ` behind `remote_addr`" }]);
  });

  test("a log of fields names them again, perhaps others, wherever its pieces are cut", async () => {
    const head = "#Fields: date time c-ip cs-method cs-uri-stem sc-status\n";
    const other = "#Fields: date time cs-method cs-uri-stem c-ip\n";
    const line = "2026-11-24 12:00:00 192.0.2.7 GET /a 200\n";
    const { lines } = await readAll(`${head}${line.repeat(9_000)}${other}2026-11-24 12:00:00 GET /b 192.0.2.8\n${head}${line}`);
    expect(lines).toHaveLength(9_002);
    expect(lines.slice(-2)).toMatchObject([
      { line: 9_003, visit: { request: { url: "/b", attributes: { remote_addr: "192.0.2.8" } } } },
      { line: 9_005, visit: { request: { url: "/a", attributes: { remote_addr: "192.0.2.7" } } } },
    ]);
  });

  test("fields without a path are no requests, though others were before", async () => {
    const { lines } = await readAll(`${sampleOf("w3c")}#Fields: date time c-ip\n2026-11-24 12:00:00 192.0.2.7\n`);
    expect(lines.map((line) => ("fault" in line ? line.fault : "read"))).toEqual([
      "read",
      "no line with `#Fields:` and the field of a path stands before it",
    ]);
  });

  test("a log of fields without their names is malformed, and not guessed", async () => {
    const { lines } = await readAll("2026-11-24 12:00:00 192.0.2.7 GET /a 200\n", { format: "w3c" });
    expect(lines).toEqual([{ line: 1, fault: "no line with `#Fields:` and the field of a path stands before it" }]);
  });
});

describe("bytes", () => {
  const text = sampleOf("combined").repeat(3);
  const same = async (bytes: Uint8Array, options?: LogOptions): Promise<void> => {
    expect(await readAll(bytes, options)).toEqual(await readAll(text));
    const cut = Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1));
    expect(await readAll(cut, options)).toEqual(await readAll(text));
  };

  test("gzip is known by its first bytes, several members are one", async () => {
    await same(gzipSync(text));
    await same(Buffer.concat([gzipSync(text.slice(0, 100)), gzipSync(text.slice(100))]));
  });

  test("gzip within gzip is read, and no deeper", async () => {
    const twice = gzipSync(gzipSync(text));
    await same(twice);
    await expect(same(gzipSync(twice))).rejects.toThrow("the log is compressed more than 2 times");
  });

  test("gzip that breaks off or is damaged is a complaint", async () => {
    const whole = gzipSync(text);
    const damaged = Uint8Array.from(whole, (byte, at) => (at === 20 ? byte ^ 255 : byte));
    for (const bytes of [whole.subarray(0, whole.length - 9), damaged])
      await expect(readAll(bytes)).rejects.toMatchObject({ name: "TrafficError", diagnostics: [{ code: "log-compression" }] });
  });

  test.each([
    ["zstd", [0x28, 0xb5, 0x2f, 0xfd, 0, 0]],
    ["bzip2", [0x42, 0x5a, 0x68, 0x39, 0, 0]],
    ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ["zip", [0x50, 0x4b, 3, 4, 0, 0]],
  ])("%s is named", async (name, bytes) => {
    await expect(readAll(Uint8Array.from(bytes))).rejects.toThrow(`the log is compressed with ${name}`);
  });

  test("byte order marks, UTF-16, and lines that end with CR LF", async () => {
    const utf16 = (mark: string, swap: boolean): Uint8Array => {
      const bytes = Buffer.from(mark + text, "utf16le");
      return swap ? bytes.swap16() : bytes;
    };
    await same(Buffer.from(`\uFEFF${text}`));
    await same(utf16("\uFEFF", false));
    await same(utf16("\uFEFF", true));
    await same(Buffer.from(text.replaceAll("\n", "\r\n")));
    expect(await readAll(`\uFEFF${text}`)).toEqual(await readAll(text));
  });
});

describe("patterns", () => {
  const line = '2026-11-24T12:00:00+00:00 shop.example 192.0.2.7 "GET /cart?x=1 HTTP/1.1" 200 u1 beta';
  const nginx = '$time_iso8601 $http_host $remote_addr "$request" $status $http_x_user_id $cookie_flag';
  const request = {
    method: "GET",
    url: "/cart?x=1",
    headers: { host: "shop.example", "x-user-id": "u1", cookie: "flag=beta" },
    attributes: { remote_addr: "192.0.2.7", status: "200" },
  };

  test.each([
    ["alone", nginx],
    [
      "as a directive",
      `log_format main escape=json '$time_iso8601 $http_host $remote_addr "$request" '\n  '$status $http_x_user_id $cookie_flag';`,
    ],
    ["with braces", nginx.replace("$status", "${status}")],
  ])("nginx, %s", async (_, pattern) => {
    const { format, lines } = await readAll(line, { format: { nginx: pattern } });
    expect(format).toEqual({ name: "nginx", detected: false });
    expect(lines).toMatchObject([{ visit: { request } }]);
  });

  test.each([
    ["alone", String.raw`%{%Y-%m-%dT%H:%M:%S%z}t %{Host}i %a "%r" %>s %{X-User-Id}i %{flag}C`],
    ["as a directive", String.raw`LogFormat "%{%FT%T%z}t %{Host}i %a \"%r\" %>s %{X-User-Id}i %{flag}C" main`],
    ["method and path apart", String.raw`%{%FT%T%z}t %{Host}i %a "%m %U%q %H" %>s %{X-User-Id}i %{flag}C`],
  ])("Apache, %s", async (_, pattern) => {
    expect((await readAll(line, { format: { apache: pattern } })).lines).toMatchObject([{ visit: { request } }]);
  });

  test("Apache's combined and nginx's are this library's", async () => {
    const expected = (await readAll(sampleOf("combined"))).lines;
    const apache = String.raw`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`;
    const nginx = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';
    expect((await readAll(sampleOf("combined"), { format: { apache } })).lines).toEqual(expected);
    expect((await readAll(sampleOf("combined"), { format: { nginx } })).lines).toEqual(expected);
  });

  test("a prefix is found for a pattern as well, and a host name of `%h` is no address", async () => {
    const { format, lines } = await readAll('web-1  | client.example "GET / HTTP/1.1"\n', { format: { apache: '%h "%r"' } });
    expect(format).toEqual({ name: "apache", prefix: "compose", detected: false });
    expect(lines).toMatchObject([{ visit: { request: { attributes: { remote_host: "client.example" } } } }]);
    expect(lines[0]).not.toHaveProperty("visit.request.attributes.remote_addr");
  });

  test("host and path may stand together, and the path and the query", async () => {
    const read = async (pattern: string, log: string): Promise<unknown> => (await readAll(log, { format: { nginx: pattern } })).lines[0];
    expect(await read("$scheme://$host$request_uri $status", "https://shop.example/a?b=1 200")).toMatchObject({
      visit: { request: { url: "/a?b=1", headers: { host: "shop.example" } } },
    });
    expect(await read("$request_method $uri$is_args$args", "GET /a?b=1")).toMatchObject({ visit: { request: { url: "/a?b=1" } } });
    expect(await read("$request_method $uri $args", "GET /a b=1")).toMatchObject({ visit: { request: { url: "/a?b=1" } } });
    expect(await read("$request_method $uri $args", "GET /a -")).toMatchObject({ visit: { request: { url: "/a" } } });
    expect(await read("$request_method $uri $arg_b", "GET /a 7")).toMatchObject({ visit: { request: { url: "/a?b=7" } } });
  });

  test("`served` is a field as the format writes it; one that the format does not have is refused", async () => {
    const format = { nginx: `${nginx} $upstream_http_x_version` };
    expect((await readAll(`${line} v2`, { format, served: "$upstream_http_x_version" })).lines).toMatchObject([
      { visit: { served: "v2" } },
    ]);
    await expect(readAll(`${line} v2`, { format, served: "$upstream_http_x_verson" })).rejects.toMatchObject({
      diagnostics: [{ code: "log-served", at: "/served", help: "did you mean `$upstream_http_x_version`?" }],
    });
  });

  test.each<[string, LogOptions, readonly object[]]>([
    ["a name that is near", { format: "combned" }, [{ code: "log-format", at: "/format", help: "did you mean `combined`?" }]],
    ["form and format", { form: "har", format: "har" }, [{ code: "log-format", at: "/form" }]],
    ["form and pattern", { form: "har", format: { nginx: "$request" } }, [{ code: "log-format", at: "/form" }]],
    ["form and map", { form: "access-log", map: { ":path": "p" } }, [{ code: "log-map", at: "/map" }]],
    [
      "no path",
      { format: { nginx: "$remote_addr $status" } },
      [{ code: "log-pattern", at: "/format/nginx", position: { line: 1, column: 1 } }],
    ],
    ["two variables together", { format: { nginx: "$request$status" } }, [{ code: "log-pattern", position: { line: 1, column: 9 } }]],
    ["no name", { format: { nginx: "$request\n $ $" } }, [{ position: { line: 2, column: 2 } }, { position: { line: 2, column: 4 } }]],
    ["an open quote", { format: { nginx: "log_format a '$request" } }, [{ code: "log-pattern", message: "a quote is not closed" }]],
    ["no directive", { format: { apache: "%r %Z %{a}Q" } }, [{ position: { column: 4 } }, { position: { column: 7 } }]],
    ["a map and another format", { format: "alb", map: { ":path": "a" } }, [{ code: "log-map", at: "/map" }]],
    [
      "a part that is none",
      { map: { ":pth": "a", "header ": "b", user: "" } },
      [{ at: "/map/:pth", help: "did you mean `:path`?" }, {}, { at: "/map/user" }],
    ],
    ["a map without a request", { map: { user: "uid" } }, [{ code: "log-map", at: "/map", message: "the map has no part of a request" }]],
  ])("%s is refused before anything is read", async (_, options, diagnostics) => {
    await expect(readAll("", options)).rejects.toMatchObject({ name: "TrafficError", diagnostics });
  });
});
