import { describe, expect, test } from "vitest";
import { readAuthorization, readSdkDate, signatureHeaders, type SignedRequest, verifySignature } from "../../src/control/signature.ts";
import { createHash, createHmac } from "node:crypto";

const KEY = { access: "AKEXAMPLE", secret: "a-secret-of-the-tests" };
const NOW = new Date("2026-11-25T19:46:29Z");
const DATE = "20261125T194629Z";

/** A signature by the letter of the reference, which shares no code with the source: the canonical request is written out. */
function signed(
  canonical: readonly string[],
  headers: Readonly<Record<string, string>>,
  rest: Omit<SignedRequest, "headers">,
): SignedRequest {
  const hash = createHash("sha256").update(canonical.join("\n")).digest("hex");
  const signature = createHmac("sha256", KEY.secret).update(`SDK-HMAC-SHA256\n${DATE}\n${hash}`).digest("hex");
  const names = canonical.at(-2) ?? "";
  const authorization = `SDK-HMAC-SHA256 Access=${KEY.access}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...rest, headers: new Map(Object.entries({ ...headers, authorization }).map(([name, value]) => [name, [value]])) };
}

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function verify(request: SignedRequest, secret: string = KEY.secret, now: Date = NOW): string | undefined {
  const authorization = readAuthorization(request.headers.get("authorization")?.[0] ?? "");
  return authorization === undefined ? "no authorization" : verifySignature(request, authorization, secret, now);
}

const PATH = "/v2/p/fgs/functions/urn:fss:r:p:function:default:a%20b/aliases";
const BODY = '{"name":"live","version":"v1"}';
const HEADERS = { "content-type": "application/json", host: "127.0.0.1:8070", "x-project-id": "p", "x-sdk-date": DATE };
const HEADER_LINES = "content-type:application/json\nhost:127.0.0.1:8070\nx-project-id:p\nx-sdk-date:20261125T194629Z\n";
const NAMES = "content-type;host;x-project-id;x-sdk-date";

/** Node encodes the path as it stands, so that `%20` becomes `%2520`. */
const node = signed(
  ["POST", "/v2/p/fgs/functions/urn%3Afss%3Ar%3Ap%3Afunction%3Adefault%3Aa%2520b/aliases/", "", HEADER_LINES, NAMES, sha(BODY)],
  HEADERS,
  { method: "POST", path: PATH, query: "", body: bytes(BODY) },
);

/** Python decodes it first. */
const python = signed(
  ["POST", "/v2/p/fgs/functions/urn%3Afss%3Ar%3Ap%3Afunction%3Adefault%3Aa%20b/aliases/", "", HEADER_LINES, NAMES, sha(BODY)],
  HEADERS,
  { method: "POST", path: PATH, query: "", body: bytes(BODY) },
);

/** .NET signs no `content-type`, and a host without a port. */
const dotnet = signed(
  [
    "GET",
    "/v2/p/fgs/functions/urn%3Afss%3Ar%3Ap%3Afunction%3Adefault%3Aa%20b/aliases/",
    "a=1&b=%21%20x",
    "host:127.0.0.1\nx-sdk-date:20261125T194629Z\n",
    "host;x-sdk-date",
    sha(""),
  ],
  { "content-type": "application/json", host: "127.0.0.1", "x-sdk-date": DATE },
  { method: "GET", path: PATH, query: "b=%21%20x&a=1", body: bytes("") },
);

describe("what is taken", () => {
  test.each([
    ["of Node", node],
    ["of Python", python],
    ["of .NET", dotnet],
  ])("a signature %s", (_, request) => {
    expect(verify(request)).toBeUndefined();
  });

  test("no space after the commas", () => {
    const text = node.headers.get("authorization")?.[0]?.replaceAll(", ", ",") ?? "";
    expect(verify({ ...node, headers: new Map([...node.headers, ["authorization", [text]]]) })).toBeUndefined();
  });

  test("a signature that carries the hash of the body", () => {
    const headers = { host: "h", "x-sdk-content-sha256": sha(BODY), "x-sdk-date": DATE };
    const request = signed(
      [
        "PUT",
        "/v2/",
        "",
        `host:h\nx-sdk-content-sha256:${sha(BODY)}\nx-sdk-date:${DATE}\n`,
        "host;x-sdk-content-sha256;x-sdk-date",
        sha(BODY),
      ],
      headers,
      { method: "PUT", path: "/v2", query: "", body: bytes(BODY) },
    );
    expect(verify(request)).toBeUndefined();
    expect(verify({ ...request, body: bytes("{}") })).toBe("the body is not the one that was signed");
  });

  test("what this library signs itself", () => {
    const plain = { method: "PUT", path: PATH, query: "dry_run=true", body: bytes(BODY) };
    const headers = signatureHeaders({ ...plain, headers: { host: "h:1", "content-type": "application/json" } }, KEY, NOW);
    expect(verify({ ...plain, headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])) })).toBeUndefined();
  });

  test("15 minutes from the clock, either way", () => {
    const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
    expect([verify(node, KEY.secret, minutes(15)), verify(node, KEY.secret, minutes(-15))]).toEqual([undefined, undefined]);
    expect(verify(node, KEY.secret, minutes(15.1))).toContain("15 minutes");
    expect(verify(node, KEY.secret, minutes(-15.1))).toContain("15 minutes");
  });
});

const withHeader = (name: string, values: readonly string[]): SignedRequest => ({
  ...node,
  headers: new Map([...node.headers, [name, values]]),
});
const withoutHeader = (name: string): SignedRequest => ({ ...node, headers: new Map([...node.headers].filter(([each]) => each !== name)) });
const withNames = (names: string): SignedRequest =>
  withHeader("authorization", [node.headers.get("authorization")?.[0]?.replace(NAMES, names) ?? ""]);

describe("what is refused", () => {
  test.each<[string, SignedRequest, string]>([
    ["another method", { ...node, method: "PUT" }, "not that of the request"],
    ["another path", { ...node, path: `${PATH}/x` }, "not that of the request"],
    ["another query", { ...node, query: "dry_run=true" }, "not that of the request"],
    ["another body", { ...node, body: bytes('{"name":"live","version":"v2"}') }, "not that of the request"],
    ["another value of a signed header", withHeader("x-project-id", ["other"]), "not that of the request"],
    ["a signed header twice", withHeader("x-project-id", ["p", "p"]), "there twice"],
    ["a date twice", withHeader("x-sdk-date", [DATE, DATE]), "there twice"],
    ["a signed header that is not there", withoutHeader("x-project-id"), "is not there"],
    ["a name that was dropped", withNames("content-type;host;x-sdk-date"), "not that of the request"],
    ["names in another order", withNames("host;content-type;x-project-id;x-sdk-date"), "no authorization"],
    ["a name twice", withNames("content-type;host;host;x-project-id;x-sdk-date"), "no authorization"],
    ["no host among the names", withNames("content-type;x-project-id;x-sdk-date"), "`host` is not signed"],
    ["no date among the names", withNames("content-type;host;x-project-id"), "`x-sdk-date` is not signed"],
    ["a security token that is not signed", withHeader("x-security-token", ["t"]), "`x-security-token` is not signed"],
    ["a hash of the body that is not signed", withHeader("x-sdk-content-sha256", [sha(BODY)]), "`x-sdk-content-sha256` is not signed"],
    [
      "the derived algorithm",
      withHeader("authorization", ["V11-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=00"]),
      "no authorization",
    ],
    [
      "a signature in capitals",
      withHeader("authorization", [node.headers.get("authorization")?.[0]?.toUpperCase() ?? ""]),
      "no authorization",
    ],
  ])("%s", (_, request, message) => {
    expect(verify(request)).toContain(message);
  });

  test("another secret", () => {
    expect(verify(node, "another")).toContain("not that of the request");
  });

  test.each(["20261125T194629", "20261325T194629Z", "20261125T194660Z", "2026-11-25T19:46:29Z", ""])("the date %j", (text) => {
    expect(readSdkDate(text)).toBeUndefined();
  });
});
