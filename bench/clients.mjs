// The requests of the benchmarks: header sets as browsers and clients send them behind a gateway, in their own orders.

/** Draws one of a list. */
export function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** `length` characters of an alphabet. */
export function token(random, length, alphabet = "abcdefghijklmnopqrstuvwxyz0123456789") {
  let text = "";
  for (let i = 0; i < length; i++) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}

/** Hexadecimal digits. */
export function hex(random, length) {
  return token(random, length, "0123456789abcdef");
}

/** The form of a version 4 UUID. */
export function uuid(random) {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${pick(random, ["8", "9", "a", "b"])}${hex(random, 3)}-${hex(random, 12)}`;
}

const HOSTS = ["api.example.com", "shop.example.com", "www.example.com"];
const PATHS = ["/", "/v1/orders", "/v1/orders/8812/items", "/v1/cart", "/search", "/assets/app.js", "/v1/users/me", "/healthz", "/graphql"];
const LANGUAGES = ["en-US,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "fr-FR,fr;q=0.9", "ru"];
const PLATFORMS = ["Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"];

const address = (random) => Array.from({ length: 4 }, () => 1 + Math.floor(random() * 254)).join(".");
const major = (random) => 118 + Math.floor(random() * 20);
const chrome = (random) =>
  `Mozilla/5.0 (${pick(random, PLATFORMS)}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major(random)}.0.0.0 Safari/537.36`;
const bearer = (random) => `Bearer eyJhbGciOiJSUzI1NiJ9.${token(random, 120)}.${token(random, 86)}`;

/** What a gateway's own load balancer adds in front of the client's headers, or behind them. */
const forwarded = (random) => [
  ["x-forwarded-for", address(random)],
  ["x-forwarded-proto", "https"],
  ["x-request-id", uuid(random)],
];

const OWN = "(the alias's own headers)";
const COOKIE = "cookie";

/**
 * The clients. Each gives its headers in wire order, with marks where the headers that an alias asks for and the Cookie
 * header go; a part of the headers comes and goes, as it does in the field, so that the header objects have many shapes.
 */
const CLIENTS = [
  function chromeNavigation(random) {
    return [
      ["host", pick(random, HOSTS)],
      ["connection", "keep-alive"],
      ["sec-ch-ua", `"Chromium";v="${major(random)}", "Not_A Brand";v="24"`],
      ["sec-ch-ua-mobile", "?0"],
      ["sec-ch-ua-platform", '"Windows"'],
      ["upgrade-insecure-requests", "1"],
      ["user-agent", chrome(random)],
      ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"],
      ["sec-fetch-site", "none"],
      ["sec-fetch-mode", "navigate"],
      ["sec-fetch-dest", "document"],
      ["accept-encoding", "gzip, deflate, br, zstd"],
      ["accept-language", pick(random, LANGUAGES)],
      COOKIE,
      ...(random() < 0.25 ? [["if-none-match", `W/"${hex(random, 16)}"`]] : []),
      OWN,
      ["x-forwarded-for", address(random)],
    ];
  },
  function chromeFetch(random) {
    return [
      ["host", pick(random, HOSTS)],
      ["connection", "keep-alive"],
      ["content-length", String(Math.floor(random() * 4000))],
      ["authorization", bearer(random)],
      OWN,
      ["user-agent", chrome(random)],
      ["content-type", "application/json"],
      ["accept", "*/*"],
      ["origin", "https://www.example.com"],
      ...(random() < 0.5 ? [["referer", `https://www.example.com/${token(random, 12)}`]] : []),
      ["accept-encoding", "gzip, deflate, br"],
      ["accept-language", pick(random, LANGUAGES)],
      COOKIE,
    ];
  },
  function firefox(random) {
    const version = major(random);
    return [
      ["host", pick(random, HOSTS)],
      ["user-agent", `Mozilla/5.0 (${pick(random, PLATFORMS)}; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`],
      ["accept", "application/json, text/plain, */*"],
      ["accept-language", pick(random, LANGUAGES)],
      ["accept-encoding", "gzip, deflate, br"],
      OWN,
      ...(random() < 0.7 ? [["referer", `https://shop.example.com/${token(random, 8)}`]] : []),
      ["dnt", "1"],
      ["connection", "keep-alive"],
      COOKIE,
      ["x-forwarded-for", address(random)],
      ["x-forwarded-proto", "https"],
    ];
  },
  function safari(random) {
    return [
      ["x-forwarded-for", address(random)],
      ["x-forwarded-proto", "https"],
      ["host", pick(random, HOSTS)],
      COOKIE,
      ["connection", "keep-alive"],
      ["accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
      [
        "user-agent",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
      ],
      ["accept-language", pick(random, LANGUAGES)],
      ["accept-encoding", "gzip, deflate, br"],
      OWN,
      ...(random() < 0.3 ? [["if-modified-since", "Tue, 04 Nov 2025 10:12:44 GMT"]] : []),
    ];
  },
  function okhttp(random) {
    return [
      OWN,
      ["authorization", bearer(random)],
      ["content-type", "application/json; charset=UTF-8"],
      ["content-length", String(Math.floor(random() * 900))],
      ["host", pick(random, HOSTS)],
      ["connection", "Keep-Alive"],
      ["accept-encoding", "gzip"],
      ["user-agent", "okhttp/4.12.0"],
      COOKIE,
      ...forwarded(random),
    ];
  },
  function pythonRequests(random) {
    return [
      ["host", pick(random, HOSTS)],
      ["user-agent", "python-requests/2.32.3"],
      ["accept-encoding", "gzip, deflate"],
      ["accept", "*/*"],
      ["connection", "keep-alive"],
      ...(random() < 0.5 ? [["authorization", bearer(random)]] : []),
      OWN,
      COOKIE,
      ...forwarded(random),
    ];
  },
  function goService(random) {
    return [
      ["host", pick(random, HOSTS)],
      ["user-agent", "Go-http-client/1.1"],
      OWN,
      ["traceparent", `00-${hex(random, 32)}-${hex(random, 16)}-01`],
      ["accept-encoding", "gzip"],
      ["x-forwarded-host", pick(random, HOSTS)],
      ...(random() < 0.4 ? [["content-length", String(Math.floor(random() * 900))]] : []),
      ["content-type", "application/json"],
      COOKIE,
      ...forwarded(random),
    ];
  },
  function axios(random) {
    return [
      ["accept", "application/json, text/plain, */*"],
      ["content-type", "application/json"],
      ["user-agent", "axios/1.7.9"],
      OWN,
      COOKIE,
      ["content-length", String(Math.floor(random() * 900))],
      ["accept-encoding", "gzip, compress, deflate, br"],
      ["host", pick(random, HOSTS)],
      ["connection", "close"],
      ...forwarded(random),
    ];
  },
  function curl(random) {
    return [
      ["host", pick(random, HOSTS)],
      ["user-agent", "curl/8.5.0"],
      ["accept", "*/*"],
      OWN,
      COOKIE,
      ["via", "1.1 edge-7"],
      ["x-real-ip", address(random)],
      ...forwarded(random),
      ["x-forwarded-port", "443"],
    ];
  },
];

/** Cookies that sites have anyway, in front of and behind the one that an alias asks for. */
const SITE_COOKIES = [
  (random) => ["_ga", `GA1.2.${token(random, 9, "0123456789")}.${token(random, 10, "0123456789")}`],
  (random) => ["sid", `s%3A${token(random, 32)}`],
  (random) => ["csrftoken", token(random, 32)],
  (random) => ["lang", pick(random, ["en", "de", "zh-CN"])],
  (random) => ["theme", pick(random, ["dark", "light"])],
  (random) => ["_fbp", `fb.1.${token(random, 13, "0123456789")}.${token(random, 9, "0123456789")}`],
];

/** A Cookie header: the pairs given, each at a random place among a few of a site's own. */
function cookieHeader(random, own) {
  const pairs = SITE_COOKIES.filter(() => random() < 0.5).map((cookie) => cookie(random));
  for (const pair of own) pairs.splice(Math.floor(random() * (pairs.length + 1)), 0, pair);
  return pairs.map(([name, value]) => `${name}=${value}`).join("; ");
}

/**
 * One request of a random client, as data: `pairs` are its headers in wire order. `headers` and `cookies` are what the alias
 * asks for; `cookie`, where given, is the whole Cookie header instead.
 */
export function clientRequest(random, { headers = [], cookies = [], cookie } = {}) {
  const client = pick(random, CLIENTS);
  const field = cookie ?? (cookies.length > 0 || random() < 0.6 ? cookieHeader(random, cookies) : "");
  const pairs = client(random).flatMap((part) => {
    if (part === OWN) return headers;
    if (part === COOKIE) return field === "" ? [] : [["cookie", field]];
    return [part];
  });
  return { method: random() < 0.7 ? "GET" : "POST", url: `${pick(random, PATHS)}?page=${Math.floor(random() * 50)}`, pairs };
}
