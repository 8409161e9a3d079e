/**
 * Writes traffic.ndjson: 2,400 requests to a shop, in the order of arrival, as its edge would log them.
 *
 *     node docs/examples/traffic.mjs
 *
 * Everything is drawn from seeded streams, one for each purpose: the file is the same on every machine, and a change to
 * one purpose leaves the others as they were.
 */
import seedrandom from "seedrandom";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const REQUESTS = 2400;
const USERS = 320;
const SESSIONS = 560;
const HOURS = 4;

const AGENTS = {
  chrome: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  safari: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
  ios: "Shop/8.4 (iPhone; iOS 19.1)",
  android: "Shop/8.3 (Android 16; Pixel 9)",
};
const LANGUAGES = { DE: "de-DE,de;q=0.9", FR: "fr-FR,fr;q=0.9", GB: "en-GB,en;q=0.9", IS: "is-IS,is;q=0.9,en;q=0.8", PL: "pl-PL,pl;q=0.9" };

/** Weighted choices: each word stands as often as its share. */
const COUNTRIES = words({ DE: 9, FR: 5, GB: 5, PL: 4, IS: 1 });
const TENANTS = words({ "": 15, acme: 3, globex: 2, initech: 4 });
const BETA = words({ "": 44, on: 4, off: 2 });
const ROLES = words({ customer: 59, staff: 1 });
const DEVICES = words({ chrome: 7, safari: 3, firefox: 2, ios: 5, android: 5 });
const TESTS = words({ "": 98, v43: 1, never: 1 });
const THEMES = words({ "": 5, dark: 2, light: 1 });
const PAGES = words({ home: 3, list: 5, item: 8, search: 4, account: 1, cart: 3, add: 2, checkout: 2, pay: 1 });
const TERMS = ["lamp", "oak table", "chair 50%", "rug", "shelf & bracket", "bücherregal"];

function words(shares) {
  return Object.entries(shares).flatMap(([word, share]) => Array.from({ length: share }, () => word));
}

function stream(purpose) {
  const random = seedrandom.alea(`shop traffic: ${purpose}`);
  const below = (limit) => Math.floor(random() * limit);
  return {
    below,
    pick: (list) => list[below(list.length)],
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(""),
  };
}

const users = stream("users");
const sessions = stream("sessions");
const pages = stream("pages");
const robots = stream("robots");

function makeUser(index) {
  return {
    id: `u-${1000 + index * 7 + users.below(7)}`,
    country: users.pick(COUNTRIES),
    tenant: users.pick(TENANTS),
    role: users.pick(ROLES),
    beta: users.pick(BETA),
    devices: [users.pick(DEVICES), users.pick(DEVICES)],
    theme: users.pick(THEMES),
  };
}

function makeSession(people) {
  return {
    user: sessions.pick(people),
    device: sessions.below(2),
    sid: sessions.hex(16),
    analytics: `GA1.2.${100000000 + sessions.below(900000000)}.${1760000000 + sessions.below(9000000)}`,
    start: sessions.below(HOURS * 3600),
    length: 1 + sessions.below(9),
    signsInAt: sessions.below(14),
    test: sessions.pick(TESTS),
  };
}

function target(page, preview) {
  const mark = preview ? "preview=v43" : "";
  switch (page) {
    case "home":
      return ["GET", mark === "" ? "/" : `/?${mark}`];
    case "list":
      return ["GET", `/c/${pages.pick(["living", "kitchen", "garden"])}?page=${1 + pages.below(5)}${mark && `&${mark}`}`];
    case "item":
      return ["GET", `/p/${10000 + pages.below(800)}${mark && `?${mark}`}`];
    case "search":
      return ["GET", `/search?${new URLSearchParams({ q: pages.pick(TERMS) })}${mark && `&${mark}`}`];
    case "add":
      return ["POST", "/cart"];
    case "pay":
      return ["POST", "/checkout"];
    default:
      return ["GET", `/${page}`];
  }
}

/** A browser speaks HTTP/1.1 here: names as people write them, and one Cookie header. */
function browserHeaders(agent, language, extra, cookies) {
  return {
    Host: "shop.example",
    "User-Agent": agent,
    "Accept-Language": language,
    ...Object.fromEntries(extra),
    Cookie: cookies.join("; "),
  };
}

/** The apps speak HTTP/2: lower-case names, and a line of its own for each cookie. Pairs keep the lines apart. */
function appHeaders(agent, language, extra, cookies) {
  return [
    ["host", "shop.example"],
    ["user-agent", agent],
    ["accept-language", language],
    ...extra.map(([name, value]) => [name.toLowerCase(), value]),
    ...cookies.map((cookie) => ["cookie", cookie]),
  ];
}

function* visit({ user, device, sid, analytics, start, length, signsInAt, test }) {
  const agent = user.devices[device];
  const app = agent === "ios" || agent === "android";
  const preview = !app && sessions.below(60) === 0;
  const cookies = [`sid=${sid}`, !app && `_ga=${analytics}`, user.theme && `theme=${user.theme}`, user.beta && `beta=${user.beta}`];
  let time = start;
  for (let view = 0; view < length; view++) {
    const [method, url] = target(pages.pick(PAGES), preview && view === 0);
    const signedIn = view >= signsInAt;
    const extra = [signedIn && ["X-User-Id", user.id], test && ["X-Canary", test]];
    const headers = app ? appHeaders : browserHeaders;
    yield {
      time,
      method,
      url,
      headers: headers(AGENTS[agent], LANGUAGES[user.country], extra.filter(Boolean), cookies.filter(Boolean)),
      attributes: {
        country: user.country,
        ...(signedIn && user.tenant && { tenant: user.tenant }),
        ...(signedIn && user.role === "staff" && { role: user.role }),
      },
    };
    time += 4 + pages.below(90);
  }
}

/** A crawler keeps no cookies. */
function crawl() {
  const headers = { Host: "shop.example", "User-Agent": "Mozilla/5.0 (compatible; ExampleBot/2.1)", Accept: "*/*" };
  return {
    time: robots.below(HOURS * 3600),
    method: "GET",
    url: `/p/${10000 + robots.below(800)}`,
    headers,
    attributes: { country: "US" },
  };
}

/** The monitoring asks for both sides of the canary every five minutes. */
function probe(index) {
  const headers = { Host: "shop.example", "User-Agent": "probe/3", "X-Canary": index % 2 === 0 ? "always" : "never" };
  return { time: Math.floor(index / 2) * 300, method: "HEAD", url: "/", headers };
}

/** The text of traffic.ndjson. */
export function traffic() {
  const people = Array.from({ length: USERS }, (_, index) => makeUser(index));
  const visits = Array.from({ length: SESSIONS }, () => [...visit(makeSession(people))]);
  const crawled = Array.from({ length: 120 }, crawl);
  const probed = Array.from({ length: HOURS * 24 }, (_, index) => probe(index));
  const requests = [...visits.flat(), ...crawled, ...probed].toSorted((one, other) => one.time - other.time).slice(0, REQUESTS);
  return requests.map((request) => `${JSON.stringify({ ...request, time: undefined })}\n`).join("");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL("traffic.ndjson", import.meta.url), traffic());
}
