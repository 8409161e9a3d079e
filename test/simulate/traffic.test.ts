import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLogLine } from "../../src/simulate/traffic/access-log.ts";
import { entriesOf, readHarEntry } from "../../src/simulate/traffic/har.ts";
import { blocksOf, LONGEST_LINE } from "../../src/simulate/traffic/lines.ts";
import { readEntry } from "../../src/simulate/traffic/ndjson.ts";
import { logTraffic, pieceReader, type LogOptions } from "../../src/simulate/traffic/traffic.ts";
import type { Batch } from "../../src/simulate/traffic/visit.ts";

async function* streamed<T>(chunks: readonly T[]): AsyncGenerator<T> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

async function all<T>(stream: AsyncIterable<T>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Reads a whole log in one batch after the other. */
async function readLog(chunks: readonly (string | Uint8Array)[], options: LogOptions): Promise<readonly Batch[]> {
  const { source, pieces } = logTraffic(streamed(chunks), options);
  const read = pieceReader(source, "");
  const batches: Batch[] = [];
  for await (const piece of pieces) batches.push(read(piece));
  return batches;
}

describe("the combined log format", () => {
  const tail = '"https://shop.example/" "Mozilla/5.0 (X11; Linux)"';

  test.each([
    [
      "a line of nginx",
      `192.0.2.7 - alice [24/Nov/2026:12:00:00 +0000] "GET /cart?x=1 HTTP/1.1" 200 512 ${tail}`,
      {
        user: "alice",
        request: {
          method: "GET",
          url: "/cart?x=1",
          headers: { referer: "https://shop.example/", "user-agent": "Mozilla/5.0 (X11; Linux)" },
          attributes: { remote_addr: "192.0.2.7", remote_user: "alice", status: "200" },
        },
      },
    ],
    [
      "nobody signed in: address and agent are the user",
      `2001:db8::1 - - [24/Nov/2026:12:00:00 +0000] "POST / HTTP/2.0" 302 0 "-" "curl/8"`,
      { user: "2001:db8::1 curl/8", request: { method: "POST", url: "/", headers: { "user-agent": "curl/8" } } },
    ],
    [
      "the common format ends before the referrer",
      `192.0.2.7 - - [24/Nov/2026:12:00:00 +0000] "GET / HTTP/1.0" 404 -`,
      { request: { url: "/", headers: {}, attributes: { status: "404" } } },
    ],
    [
      "quotes within quotes, as Apache and as nginx write them",
      String.raw`192.0.2.7 - - [x] "GET /a\"b HTTP/1.1" 200 1 "\x22q\x22" "a\\"`,
      { request: { url: '/a"b', headers: { referer: '"q"', "user-agent": "a\\" } } },
    ],
    ["a user's name with a space", `192.0.2.7 - Ann Lee [x] "GET / HTTP/1.1" 200 1 ${tail}`, { user: "Ann Lee" }],
    ["HTTP/0.9 has no version", `192.0.2.7 - - [x] "GET /old" 200 1`, { request: { url: "/old" } }],
    ["what follows is the log's own", `192.0.2.7 - - [x] "GET / HTTP/1.1" 200 1 ${tail} "203.0.113.9" 0.003`, { request: { url: "/" } }],
  ])("%s", (_, line, visit) => {
    expect(readLogLine(line)).toMatchObject(visit);
  });

  test.each([
    ["", "not in the combined or common log format"],
    ["hello", "not in the combined or common log format"],
    [`192.0.2.7 - - [x] "GET / HTTP/1.1 200`, "the request line has no closing quote"],
    [`192.0.2.7 - - [x] "\\x16\\x03" 400 0 "-" "-"`, "no method and target between the quotes"],
    [`192.0.2.7 - - [x] "GET / HTTP/1.1"`, "no status after the request line"],
    [`192.0.2.7 - - [x] "GET / HTTP/1.1" two 1`, "the status is not a number of three digits"],
    [`192.0.2.7 - - [x] "GET / HTTP/1.1" 200 1 "https://`, "the referrer has no closing quote"],
    [`192.0.2.7 - - [x] "GET / HTTP/1.1" 200 1 "-" "Mozilla`, "the user agent has no closing quote"],
  ])("%j is malformed", (line, fault) => {
    expect(readLogLine(line)).toEqual({ fault });
  });
});

describe("JSON lines", () => {
  test("everything that a line can say", () => {
    const line = {
      method: "POST",
      path: "/cart",
      query: "a=1",
      host: "shop.example",
      headers: [["X-User", "u1"]],
      attributes: { role: "staff" },
      user: "u1",
      session: "s1",
      draw: 0.25,
      answered_by: "v2",
    };
    expect(readEntry(JSON.stringify(line), "answered_by")).toMatchObject({
      request: { method: "POST", url: "/cart?a=1", headers: { "x-user": "u1", host: "shop.example" }, attributes: { role: "staff" } },
      user: "u1",
      session: "s1",
      draw: 0.25,
      served: "v2",
    });
  });

  test.each([
    ["{", "not JSON"],
    ["null", "not an object"],
    ['{"url":1}', "`url` is not a string"],
    ['{"user":7}', "`user` is not a string"],
    ['{"headers":[["a"]]}', "`headers` is not an object or a list of pairs, of strings"],
    ['{"attributes":{"a":1}}', "`attributes` is not an object of strings"],
  ])("%s is malformed", (line, fault) => {
    expect(readEntry(line)).toEqual({ fault });
  });
});

describe("HAR", () => {
  const entry = (url: string) => ({
    startedDateTime: "2026-11-24T12:00:00Z",
    request: {
      method: "GET",
      url,
      headers: [
        { name: ":authority", value: "shop.example" },
        { name: ":path", value: "/" },
        { name: "X-User", value: 'a"]}{[\\' },
      ],
    },
    response: { content: { text: '"entries": [{' } },
  });
  const file = JSON.stringify(
    { log: { version: "1.2", pages: [{ entries: [1] }], entries: [entry("https://a/1"), entry("https://a/2")] } },
    null,
    2,
  );

  test("each entry is a request, wherever the stream is cut", async () => {
    for (const size of [1, 7, 64, file.length]) {
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, at) => file.slice(at * size, (at + 1) * size));
      const batches = await readLog(chunks, { form: "har" });
      const visits = batches.flatMap((batch) => batch.visits);
      expect(visits.map(({ request }) => request.url)).toEqual(["https://a/1", "https://a/2"]);
      expect({ ...visits[0]?.request.headers }).toEqual({ host: "shop.example", "x-user": 'a"]}{[\\' });
    }
  });

  test("a file that breaks off has a malformed entry, and one that is no HAR says so", async () => {
    const [broken] = await readLog([file.slice(0, file.lastIndexOf("startedDateTime") + 40)], { form: "har" });
    expect(broken).toMatchObject({ visits: [{}], malformed: [{ line: 2, fault: "not a whole entry" }] });
    const [other] = await readLog(['{"entries": []}'], { form: "har" });
    expect(other).toMatchObject({ visits: [], malformed: [{ line: 1, fault: "not a HAR file: there is no list `log.entries`" }] });
    expect(await readLog(['{"log":{"entries":[]}}'], { form: "har" })).toEqual([]);
  });

  test.each([
    ["{}", "no request with `method` and `url` in the entry"],
    ['{"request":{"method":"GET","url":"/","headers":{}}}', "`request.headers` is not a list"],
    ['{"request":{"method":"GET","url":"/","headers":[{"name":"a"}]}}', "a header is not a name and a value"],
  ])("%s is malformed", (line, fault) => {
    expect(readHarEntry(line)).toEqual({ fault });
  });

  test("lines stay in their order over many chunks", async () => {
    const many = JSON.stringify({ log: { entries: Array.from({ length: 50 }, (_, at) => entry(`https://a/${at}`)) } });
    const text = (await all(entriesOf(streamed([many.slice(0, 999), many.slice(999)])))).join("");
    expect(text.split("\n").filter((line) => line !== "")).toHaveLength(50);
  });
});

describe("a stream of lines", () => {
  const text = fc
    .array(fc.constantFrom("a", "ä", "€", "\u{1f600}", "\n", "\u2028", "\r\n", "x".repeat(20_000)), { maxLength: 300, size: "max" })
    .map((parts) => parts.join(""));
  const cuts = fc.array(fc.nat(2000), { maxLength: 20 });

  test("is cut in the same places however it arrives, and nothing is lost", async () => {
    await fc.assert(
      fc.asyncProperty(text, cuts, async (whole, sizes) => {
        const bytes = new TextEncoder().encode(whole);
        const chunks: Uint8Array[] = [];
        let from = 0;
        for (const size of sizes) {
          chunks.push(bytes.subarray(from, from + size));
          from += size;
        }
        chunks.push(bytes.subarray(from));
        const blocks = await all(blocksOf(streamed(chunks)));
        expect(blocks.join("")).toBe(whole);
        expect(blocks).toEqual(await all(blocksOf(streamed([whole]))));
        for (const block of blocks.slice(0, -1)) expect(block.endsWith("\n")).toBe(true);
      }),
      { seed: 1_000_003, numRuns: 60 },
    );
  });

  test("malformed lines are counted with their numbers, and the others are read all the same", async () => {
    const good = '{"url":"/"}\n';
    const batches = await readLog([`${good}{"url"\n\n${good}`, `${"x".repeat(LONGEST_LINE + 5)}`, `yy\n${good}not\n{"url":"/la`], {
      form: "ndjson",
    });
    const visits = batches.flatMap((batch) => batch.visits);
    expect(visits).toHaveLength(3);
    let before = 0;
    const malformed = batches.flatMap((batch) => {
      const placed = batch.malformed.map(({ line, fault }) => [before + line, fault]);
      before += batch.lines;
      return placed;
    });
    expect(malformed).toEqual([
      [2, "not JSON"],
      [5, "longer than 1048576 characters"],
      [7, "not JSON"],
      [8, "not JSON"],
    ]);
  });

  test("a line without end holds no more than the longest line", async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<string> {
      for (; given < 40; given++) yield await Promise.resolve("z".repeat(LONGEST_LINE / 2));
      yield '\n{"url":"/"}\n';
    }
    const blocks = await all(blocksOf(endless()));
    expect(blocks.join("").length).toBeLessThan(LONGEST_LINE + 100);
    expect(blocks.join("").endsWith('\n{"url":"/"}\n')).toBe(true);
  });

  test("is read no faster than it is asked for", async () => {
    let given = 0;
    async function* source(): AsyncGenerator<string> {
      for (; given < 100; given++) yield await Promise.resolve(`${"z".repeat(99_999)}\n`);
    }
    const blocks = blocksOf(source())[Symbol.asyncIterator]();
    await blocks.next();
    expect(given).toBeLessThan(5);
  });

  test("users and sessions are read from fields", async () => {
    const [batch] = await readLog(['{"headers":{"X-User":"u7","Cookie":"a=b; sid=s9"}}\n{"user":"own"}'], {
      form: "ndjson",
      user: { kind: "header", name: "x-user" },
      session: { kind: "cookie", name: "sid" },
    });
    expect(batch?.visits).toMatchObject([{ user: "u7", session: "s9" }, { user: "own" }]);
  });
});
