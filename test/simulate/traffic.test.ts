import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recordsOf } from "../../src/simulate/traffic/document.ts";
import { blocksOf, LONGEST_LINE } from "../../src/simulate/traffic/lines.ts";
import type { LogOptions } from "../../src/simulate/traffic/log-options.ts";
import { logTraffic, pieceReader } from "../../src/simulate/traffic/traffic.ts";
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

describe("HAR", () => {
  const entry = (url: string, more: object = {}) => ({
    startedDateTime: "2026-11-24T12:00:00Z",
    request: {
      method: "GET",
      url,
      headers: [
        { name: ":authority", value: "shop.example" },
        { name: ":path", value: "/" },
        { name: "X-User", value: 'a"]}{[\\' },
      ],
      postData: { text: "x".repeat(100) },
    },
    response: { status: 200, content: { text: '"entries": [{' } },
    ...more,
  });
  const har = (...entries: readonly object[]): string =>
    JSON.stringify({ log: { version: "1.2", pages: [{ entries: [1] }], entries } }, null, 2);
  const file = har(entry("https://a/1"), entry("https://a/2"));
  const request = (more: object): object => ({ request: { method: "GET", url: "https://shop.example/cart", headers: [], ...more } });

  test("each entry is a request, wherever the stream is cut", async () => {
    for (const size of [1, 7, 64, file.length]) {
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, at) => file.slice(at * size, (at + 1) * size));
      const batches = await readLog(chunks, { format: "har" });
      const visits = batches.flatMap((batch) => batch.visits);
      expect(visits.map((visit) => visit.request.url)).toEqual(["https://a/1", "https://a/2"]);
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
    ["cookies where no Cookie field is", request({ cookies: [{ name: "beta", value: "on" }] }), { headers: { cookie: "beta=on" } }],
    [
      "a Cookie field before them",
      request({ cookies: [{ name: "beta", value: "on" }], headers: [{ name: "Cookie", value: "beta=off" }] }),
      { headers: { cookie: "beta=off" } },
    ],
    ["the host of the URL", request({}), { headers: { host: "shop.example" } }],
    ["a port that is not the usual one", request({ url: "http://shop.example:443/" }), { headers: { host: "shop.example:443" } }],
    ["the Host field before it", request({ headers: [{ name: "Host", value: "a.example" }] }), { headers: { host: "a.example" } }],
    [
      "a handshake",
      { ...request({ method: "", url: "wss://shop.example/ws" }), response: { status: 0 } },
      { method: "GET", headers: { host: "shop.example" } },
    ],
  ])("%s", async (_, one, wanted) => {
    const [batch] = await readLog([har(one)], {});
    expect(batch?.visits).toMatchObject([{ request: wanted }]);
  });

  test.each([
    [request({ url: "data:image/png;base64,iVBORw0KGgo=" }), "a `data:` URL"],
    [request({ url: "blob:https://shop.example/1e2" }), "a `blob:` URL"],
    [request({ url: "moz-extension://abc/x.js" }), "a URL of a browser extension"],
    [request({ url: "about:blank" }), "a URL that no server answers"],
    [{ ...request({}), _fromCache: "memory" }, "answered from the cache"],
    [{ ...request({}), response: { status: 0 } }, "blocked or given up before an answer"],
  ])("%j never reached a server", async (one, reason) => {
    const [batch] = await readLog([har(one, entry("https://a/"))], {});
    expect(batch).toMatchObject({ lines: 2, visits: [{}], malformed: [], skipped: [{ reason, lines: 1 }] });
  });

  test.each<[object, string]>([
    [{}, "no `request` in the entry"],
    [{ request: { url: "/" } }, "no request with `method` and `url` in the entry"],
    [request({ headers: [{ value: "a" }] }), "an item of `headers` is not a name and a value"],
    [request({ method: "G T" }), "`request.method` is not a method: `G T`"],
    [request({ url: "cart" }), "`request.url` is not a URL: `cart`"],
  ])("%j is malformed", async (one, fault) => {
    const [batch] = await readLog([har(one)], { format: "har" });
    expect(batch?.malformed).toEqual([{ line: 1, fault }]);
  });

  test("bodies are passed over, whatever their size and wherever they stand", async () => {
    async function* file(): AsyncGenerator<string> {
      yield '{"log":{"entries":[{"response":{"content":{"size":1,"text":"';
      for (let part = 0; part < 300; part++) yield await Promise.resolve('\\"]}{['.repeat(20_000));
      yield '"},"status":200},"request":{"method":"POST","postData":{"text":"';
      for (let part = 0; part < 300; part++) yield await Promise.resolve("}".repeat(50_000));
      yield '"},"url":"https://a/1","headers":[]}}]}}';
    }
    const lines: string[] = [];
    for await (const line of recordsOf(file(), "har")) lines.push(line);
    expect(lines.join("")).toBe(
      '{"response":{"content":null,"status":200},"request":{"method":"POST","postData":null,"url":"https://a/1","headers":[]}}\n',
    );
  });

  test("an entry over 512 MiB is refused, and the next is read", async () => {
    async function* file(): AsyncGenerator<string> {
      const part = "x".repeat(2 ** 24);
      yield '{"log":{"entries":[{"response":{"content":"';
      for (let at = 0; at < 33; at++) yield await Promise.resolve(part);
      yield '"},"request":{"method":"GET","url":"https://a/1"}},{"request":{"method":"GET","url":"https://a/2"}}]}}';
    }
    const lines: string[] = [];
    for await (const line of recordsOf(file(), "har")) lines.push(line);
    expect(lines.join("")).toBe('! an entry longer than 512 MiB\n{"request":{"method":"GET","url":"https://a/2"}}\n');
  });

  test("a request that is too long is refused", async () => {
    const [batch] = await readLog([har(request({ headers: [{ name: "a", value: "b".repeat(LONGEST_LINE) }] }))], { format: "har" });
    expect(batch?.malformed).toEqual([{ line: 1, fault: `an entry longer than ${LONGEST_LINE} characters` }]);
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
    expect(blocks.join("").length).toBeLessThan(3 * LONGEST_LINE + 100);
    expect(blocks.join("").endsWith('\n{"url":"/"}\n')).toBe(true);
  });

  test("a line is too long by its characters, however it arrives and whatever they are", async () => {
    const bytes = (count: number): Uint8Array => new TextEncoder().encode(`{"url":"/","a":"${"€".repeat(count)}"}\n{"url":"/"}\n`);
    const read = async (whole: Uint8Array, size: number): Promise<readonly string[]> => {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.subarray(at * size, (at + 1) * size));
      const batches = await readLog(chunks, { format: "json" });
      return batches.flatMap(({ malformed, visits }) => [...malformed.map(({ fault }) => fault), ...visits.map(() => "read")]);
    };
    for (const size of [Infinity, 65_536]) {
      expect((await read(bytes(LONGEST_LINE), Math.min(size, 4e6))).toSorted()).toEqual([`longer than ${LONGEST_LINE} characters`, "read"]);
      expect(await read(bytes(LONGEST_LINE - 20), Math.min(size, 4e6))).toEqual(["read", "read"]);
    }
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
