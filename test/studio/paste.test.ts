import { describe, expect, test } from "vitest";
import { readPaste } from "../../src/studio/ask/paste.ts";
import { requestOfRows } from "../../src/studio/ask/request.ts";
import type { Row } from "../../src/studio/state.ts";

function requestOf(text: string): unknown {
  const pasted = readPaste(text);
  if ("fault" in pasted) throw new Error(pasted.fault);
  return requestOfRows(pasted.rows);
}

const BROWSER = String.raw`curl 'https://shop.example:8443/cart?a=1&b=x%20y' \
  -X 'PUT' \
  -H 'accept: */*' \
  -H $'x-note: it\'s \u00e9' \
  -b 'sid=7; beta=on' \
  --data-raw '{"q":"\u0041"}' \
  --compressed`;

describe("what is pasted becomes the request that it says", () => {
  test("curl, as a browser copies it", () => {
    expect(requestOf(BROWSER)).toEqual({
      headers: { host: "shop.example:8443", accept: "*/*", "x-note": "it's é", cookie: "sid=7; beta=on" },
      method: "PUT",
      url: "/cart?a=1&b=x+y",
    });
    expect(readPaste(BROWSER)).toMatchObject({ kind: "curl", left: ["--data-raw", "--compressed"] });
  });

  test.each([
    ["curl shop.example/x", { method: "GET", url: "/x", headers: { host: "shop.example" } }],
    ["curl -d a=1 http://h/", { method: "POST" }],
    ["curl -G -d a=1 --data-urlencode 'b=x y' http://h/", { method: "GET", url: "/?a=1&b=x+y" }],
    ["curl -sSLo out.html -XPOST http://h/p", { method: "POST", url: "/p", headers: { host: "h" } }],
    ["curl -d -abc http://h/p", { method: "POST", url: "/p", headers: { host: "h" } }],
    ["curl -I http://h/", { method: "HEAD" }],
    ["curl -XDELETE http://h/ -HX-A:b", { method: "DELETE", headers: { host: "h", "x-a": "b" } }],
    ["curl --request=PATCH --url=http://h/p", { method: "PATCH", url: "/p" }],
    [
      "curl http://h/ -u me:secret -A agent -e http://from/",
      { headers: { host: "h", authorization: "Basic bWU6c2VjcmV0", "user-agent": "agent", referer: "http://from/" } },
    ],
    ["curl http://127.0.0.1:9/ -H 'Host: shop.example'", { headers: { host: "shop.example" } }],
    [
      "GET /a?q=1 HTTP/1.1\r\nHost: h\r\nCookie: a=b; c=d\r\nX-Empty:\r\n\r\nbody",
      { method: "GET", url: "/a?q=1", headers: { host: "h", cookie: "a=b; c=d" } },
    ],
    [":method: POST\n:path: /p?x=1\n:authority: h\nx-a: 1", { method: "POST", url: "/p?x=1", headers: { host: "h", "x-a": "1" } }],
    ["X-User: 7\nX-Team: red", { headers: { "x-user": "7", "x-team": "red" } }],
    [
      JSON.stringify({
        log: {
          entries: [
            {
              request: {
                method: "GET",
                url: "http://h/p?q=1",
                headers: [{ name: "X-A", value: "1" }],
                cookies: [{ name: "sid", value: "7" }],
              },
            },
          ],
        },
      }),
      { method: "GET", url: "/p?q=1", headers: { host: "h", "x-a": "1", cookie: "sid=7" } },
    ],
    [
      JSON.stringify({ headers: { "X-A": "1" }, cookies: { beta: "on" }, query: { a: "b" }, attributes: { tenant: "t" }, path: "/p" }),
      { url: "/p?a=b", headers: { "x-a": "1", cookie: "beta=on" }, attributes: { tenant: "t" } },
    ],
    [JSON.stringify({ headers: { ":method": "POST", ":path": "/p" } }), { method: "POST", url: "/p" }],
  ])("%s", (text, expected) => {
    expect(requestOf(text)).toMatchObject(expected);
  });

  test("a part that is null is one that the request does not have", () => {
    expect(requestOf(JSON.stringify({ method: null, path: null, headers: { a: "b" } }))).toEqual({ headers: { a: "b" } });
  });

  test("cookies that an archive has as a header too are there once", () => {
    const entry = {
      request: { method: "GET", url: "http://h/", headers: [{ name: "Cookie", value: "a=b" }], cookies: [{ name: "a", value: "b" }] },
    };
    expect(requestOf(JSON.stringify(entry))).toMatchObject({ headers: { cookie: "a=b" } });
  });
});

test.each([
  ["", "the text is empty"],
  ["curl -H 'a: b'", "no URL"],
  ["curl 'http://h/", "a quote is not closed"],
  ["curl http://[", "is no URL"],
  ["curl --max-redirs 5 https://shop.example/cart", "`--max-redirs` is an option that is not read here"],
  ["curl -sz yesterday https://shop.example/cart", "`-z` is an option that is not read here"],
  ["{}", "none of the keys"],
  ["{", "JSON"],
  ["[1]", "expected an object"],
  [JSON.stringify({ log: { entries: [] } }), "the archive has no request"],
  ["hello there", "is no header line"],
  [JSON.stringify({ headers: 5 }), "headers"],
])("%s is refused: %s", (text, fault) => {
  const pasted = readPaste(text);
  expect("fault" in pasted && pasted.fault).toContain(fault);
});

test("a form says what is wrong with it", () => {
  const rows: readonly Row[] = [{ part: "method", name: "", value: "G T" }];
  expect(requestOfRows(rows)).toMatchObject({ fault: expect.stringContaining("G T") });
  expect(requestOfRows([])).toEqual({ headers: {} });
});
