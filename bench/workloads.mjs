// What is measured: W1 to W9, each an alias, requests that meet it, and the function that a good engineer writes by hand for it.

/* oxlint-disable unicorn/consistent-function-scoping, eslint/no-shadow -- a hand is compiled from its own text, and holds all it needs */

import seedrandom from "seedrandom";
import { clientRequest, hex, pick, token, uuid } from "./clients.mjs";
import { murmur3, seedState } from "./murmur3.mjs";
import { pool } from "./pool.mjs";

/** Distinct requests of a workload: too many for a processor to learn the order of the answers by heart. */
export const REQUESTS = 4096;

const SEED = "canary-router";

const header = (param, value, op = "=") => ({ rule_type: "Header", param, op, value });
const cookie = (param, value, op = "=") => ({ rule_type: "Cookie", param, op, value });

const digits = seedrandom.alea("accounts");
const ACCOUNTS = Array.from({ length: 1000 }, () => `acc_${hex(digits, 8)}`);

/** A field of a request that has one of some values, or is absent for the rest of the time. */
const maybe = (random, share, name, value) => (random() < share ? [[name, value]] : []);

const W1 = {
  title: "one Header `=`",
  match: "25 % match, 25 % another value, 50 % without the header",
  fields: ["x-canary"],
  config: { name: "checkout", version: "v1", additional_version_strategy: { v2: { rules: [header("x-canary", "always")] } } },
  request: (random) => clientRequest(random, { headers: maybe(random, 0.5, "x-canary", pick(random, ["always", "never"])) }),
  hand: () => (request) => (request.headers["x-canary"] === "always" ? "v2" : "v1"),
};

const REGIONS = ["eu-west-101", "ap-southeast-1", "cn-north-4", "af-south-1", "la-north-2"];

const W2 = {
  title: "three rules under `and`: Header `=`, Cookie `=`, Header in 5",
  match: "a quarter of the requests end at each rule, a quarter match",
  fields: ["x-env", "ab_group", "x-region"],
  config: {
    name: "checkout",
    version: "v1",
    additional_version_strategy: {
      v2: { combine_type: "and", rules: [header("x-env", "beta"), cookie("ab_group", "b"), header("x-region", REGIONS.join(","), "in")] },
    },
  },
  request: (random) => {
    const end = Math.floor(random() * 4);
    return clientRequest(random, {
      headers: [
        ...(end === 0 ? maybe(random, 0.5, "x-env", "prod") : [["x-env", "beta"]]),
        ["x-region", end === 2 ? pick(random, ["eu-west-0", "cn-south-1", "sa-brazil-1"]) : pick(random, REGIONS)],
      ],
      cookies: end === 1 ? maybe(random, 0.5, "ab_group", "a") : [["ab_group", "b"]],
    });
  },
  hand: () => (request) => {
    const headers = request.headers;
    if (headers["x-env"] !== "beta") return "v1";
    const cookies = headers.cookie;
    if (cookies === undefined) return "v1";
    let at = 9;
    if (!cookies.startsWith("ab_group=")) {
      at = cookies.indexOf("; ab_group=") + 11;
      if (at < 11) return "v1";
    }
    if (!cookies.startsWith("b", at) || (at + 1 < cookies.length && cookies.charCodeAt(at + 1) !== 59)) return "v1";
    const region = headers["x-region"];
    return region === "eu-west-101" ||
      region === "ap-southeast-1" ||
      region === "cn-north-4" ||
      region === "af-south-1" ||
      region === "la-north-2"
      ? "v2"
      : "v1";
  },
};

const W3 = {
  title: "Header `in` 1,000 values",
  match: "50 % match, 40 % another value of the same form, 10 % without the header",
  fields: ["x-account"],
  config: {
    name: "checkout",
    version: "v1",
    additional_version_strategy: { v2: { rules: [header("x-account", ACCOUNTS.join(","), "in")] } },
  },
  request: (random) => {
    const draw = random();
    const value = draw < 0.5 ? pick(random, ACCOUNTS) : `acc_${hex(random, 8)}`;
    return clientRequest(random, { headers: draw < 0.9 ? [["x-account", value]] : [] });
  },
  hand: ({ accounts }) => {
    const members = new Set(accounts);
    return (request) => (members.has(request.headers["x-account"]) ? "v2" : "v1");
  },
};

const W4 = {
  title: "weights, random",
  match: "10 % by the draw",
  random: true,
  fields: [],
  config: { name: "checkout", version: "v1", additional_version_weights: { v2: 10 } },
  request: (random) => clientRequest(random),
  hand: () => {
    const arm = (draw) => (draw < 0.1 ? "v2" : "v1");
    // A request without headers is none, for the hand too.
    return ({ headers }, draw) => (headers === undefined ? "v1" : arm(draw === undefined ? Math.random() : draw));
  },
};

const W5 = {
  title: "weights, sticky by header",
  match: "10 % and 5 % by the hash; keys of 12 characters, a fifth of 36, 5 % without",
  fields: ["x-user"],
  config: {
    name: "checkout",
    version: "v1",
    additional_version_weights: { v2: 10, v3: 5 },
    stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
  },
  request: (random) =>
    clientRequest(random, { headers: maybe(random, 0.95, "x-user", random() < 0.8 ? `usr_${token(random, 8)}` : uuid(random)) }),
  hand: ({ murmur3, seedState }) => {
    const state = seedState("checkout");
    const arm = (draw) => (draw < 0.1 ? "v2" : draw < 0.95 ? "v1" : "v3");
    return (request, draw) => {
      if (draw !== undefined) return arm(draw);
      const user = request.headers["x-user"];
      return user === undefined || user === "" ? "v1" : arm(murmur3(user, state, 8) / 4294967296);
    };
  },
};

const fourRules = (n) => ({
  combine_type: "or",
  rules: [header("x-tenant", `tenant-${n}`), header("x-plan", `plan-${n}`), cookie("cohort", `cohort-${n}`), cookie("ring", `ring-${n}`)],
});

const W6 = {
  title: "four versions with four `or` rules each over two headers and two cookies, no match, then weights",
  match: "none; each field is there in 75 % of the requests, with a value of the same form",
  random: true,
  fields: ["x-tenant", "x-plan", "cohort", "ring"],
  config: {
    name: "checkout",
    version: "v1",
    additional_version_weights: { v2: 5, v3: 5, v4: 5, v5: 5 },
    additional_version_strategy: { v2: fourRules(2), v3: fourRules(3), v4: fourRules(4), v5: fourRules(5) },
  },
  request: (random) => {
    const other = (word) => `${word}-${pick(random, ["1", "6", "7", "8", "9", "10", "11", "12"])}`;
    return clientRequest(random, {
      headers: [...maybe(random, 0.75, "x-tenant", other("tenant")), ...maybe(random, 0.75, "x-plan", other("plan"))],
      cookies: [...maybe(random, 0.75, "cohort", other("cohort")), ...maybe(random, 0.75, "ring", other("ring"))],
    });
  },
  hand: () => {
    const read = (cookies, first, later) => {
      let at = first.length;
      if (!cookies.startsWith(first)) {
        at = cookies.indexOf(later);
        if (at < 0) return undefined;
        at += later.length;
      }
      const end = cookies.indexOf(";", at);
      return end < 0 ? cookies.slice(at) : cookies.slice(at, end);
    };
    const arm = (draw) => (draw < 0.05 ? "v2" : draw < 0.1 ? "v4" : draw < 0.15 ? "v5" : draw < 0.95 ? "v1" : "v3");
    return (request, draw) => {
      const headers = request.headers;
      const tenant = headers["x-tenant"];
      const plan = headers["x-plan"];
      const cookies = headers.cookie;
      const cohort = cookies === undefined ? undefined : read(cookies, "cohort=", "; cohort=");
      const ring = cookies === undefined ? undefined : read(cookies, "ring=", "; ring=");
      if (tenant === "tenant-2" || plan === "plan-2" || cohort === "cohort-2" || ring === "ring-2") return "v2";
      if (tenant === "tenant-3" || plan === "plan-3" || cohort === "cohort-3" || ring === "ring-3") return "v3";
      if (tenant === "tenant-4" || plan === "plan-4" || cohort === "cohort-4" || ring === "ring-4") return "v4";
      if (tenant === "tenant-5" || plan === "plan-5" || cohort === "cohort-5" || ring === "ring-5") return "v5";
      return draw === undefined ? arm(Math.random()) : arm(draw);
    };
  },
};

/** Fourteen cookies of a busy site: about 1 KB, and the one that is asked for at the end. */
function longCookie(random, last) {
  const pairs = [
    ["_ga", `GA1.2.${token(random, 10, "0123456789")}.${token(random, 10, "0123456789")}`],
    ["not_rollout", "on"],
    ["sid", `s%3A${token(random, 64)}`],
    ["csrftoken", token(random, 64)],
    ["OptanonConsent", `isGpcEnabled=0&datestamp=${token(random, 40)}&version=202401.2.0&groups=C0001%3A1`],
    ["_fbp", `fb.1.${token(random, 13, "0123456789")}.${token(random, 10, "0123456789")}`],
    ["rollouts", token(random, 24)],
    ["ajs_anonymous_id", uuid(random)],
    ["intercom-session", token(random, 120)],
    ["mp_mixpanel", `%7B%22distinct_id%22%3A%22${hex(random, 80)}%22%7D`],
    ["hubspotutk", hex(random, 32)],
    ["_gcl_au", `1.1.${token(random, 20, "0123456789")}`],
    ["cf_clearance", token(random, 180)],
    ["lang", "en"],
  ];
  return [...pairs, ...last].map(([name, value]) => `${name}=${value}`).join("; ");
}

const W8 = {
  title: "a cookie at the end of a 1 KB Cookie header",
  match: "50 % match, 25 % another value, 25 % without the cookie",
  fields: ["rollout"],
  config: { name: "checkout", version: "v1", additional_version_strategy: { v2: { rules: [cookie("rollout", "on")] } } },
  request: (random) => {
    const draw = random();
    return clientRequest(random, { cookie: longCookie(random, draw < 0.75 ? [["rollout", draw < 0.5 ? "on" : "off"]] : []) });
  },
  hand: () => (request) => {
    const cookies = request.headers.cookie;
    if (cookies === undefined) return "v1";
    let at = 8;
    if (!cookies.startsWith("rollout=")) {
      at = cookies.indexOf("; rollout=") + 10;
      if (at < 10) return "v1";
    }
    return cookies.startsWith("on", at) && (at + 2 === cookies.length || cookies.charCodeAt(at + 2) === 59) ? "v2" : "v1";
  },
};

/** The values of the four fields of W9, a thousand each; a strategy knows some of them. */
const value = (word, n) => `${word}-${String(n).padStart(3, "0")}`;
const WIDE_FIELDS = [
  [header, "x-org", "org"],
  [header, "x-zone", "zone"],
  [cookie, "segment", "segment"],
  [cookie, "stage", "stage"],
];

/** Sixteen rules over four fields. `and`: four lists a field, which share one value; `or`: four values a field. */
function wideStrategy(n) {
  const random = seedrandom.alea(`strategy ${n}`);
  const draw = (word) => value(word, Math.floor(random() * 1000));
  const rules = WIDE_FIELDS.flatMap(([rule, param, word]) =>
    Array.from({ length: 4 }, () =>
      n % 2 === 0
        ? rule(param, [value(word, 500 + n), draw(word), draw(word), draw(word)].toSorted().join(","), "in")
        : rule(param, draw(word)),
    ),
  );
  return { combine_type: n % 2 === 0 ? "and" : "or", rules };
}

const wideRequest = (random) => {
  const whole = random() < 0.2 ? 500 + 2 * (1 + Math.floor(random() * 32)) : undefined;
  const [org, zone, segment, stage] = WIDE_FIELDS.map(([, , word]) => value(word, whole ?? Math.floor(random() * 1000)));
  const there = () => whole !== undefined || random() < 0.9;
  return clientRequest(random, {
    headers: [...(there() ? [["x-org", org]] : []), ...(there() ? [["x-zone", zone]] : [])],
    cookies: [...(there() ? [["segment", segment]] : []), ...(there() ? [["stage", stage]] : [])],
  });
};

/** Reads a cookie as the hands of W9 do, which are not made for one alias alone. */
const readCookie = (cookies, name) => {
  if (cookies === undefined) return undefined;
  let at = name.length + 1;
  if (!cookies.startsWith(`${name}=`)) {
    at = cookies.indexOf(`; ${name}=`);
    if (at < 0) return undefined;
    at += name.length + 3;
  }
  const end = cookies.indexOf(";", at);
  return end < 0 ? cookies.slice(at) : cookies.slice(at, end);
};

const W9 = {
  title: "64 strategies of 16 rules over four fields, `and` and `or` mixed",
  match: "a fifth made to meet an `and` whole, the others by chance",
  fields: ["x-org", "x-zone", "segment", "stage"],
  config: {
    name: "checkout",
    version: "v1",
    additional_version_strategy: Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`v${n + 2}`, wideStrategy(n + 2)])),
  },
  request: wideRequest,
  // Nobody writes a thousand comparisons by hand: a loop over the strategies, each field read once.
  hand: ({ config, readCookie }) => {
    const strategies = Object.entries(config.additional_version_strategy).map(([version, { combine_type, rules }]) => ({
      version,
      all: combine_type === "and",
      rules: rules.map((rule) => ({
        cookie: rule.rule_type === "Cookie",
        param: rule.param,
        values: new Set(rule.value.split(",")),
      })),
    }));
    return (request) => {
      const headers = request.headers;
      const read = {
        "x-org": headers["x-org"],
        "x-zone": headers["x-zone"],
        segment: readCookie(headers.cookie, "segment"),
        stage: readCookie(headers.cookie, "stage"),
      };
      for (const { version, all, rules } of strategies) {
        if (all ? rules.every((rule) => rule.values.has(read[rule.param])) : rules.some((rule) => rule.values.has(read[rule.param]))) {
          return version;
        }
      }
      return "v1";
    };
  },
};

const W9_ONE = {
  title: "one strategy with one rule on each of W9's four fields",
  match: "`or`, of values that hardly any request has, so that all four fields are read",
  fields: W9.fields,
  config: {
    name: "checkout",
    version: "v1",
    additional_version_strategy: {
      v2: { combine_type: "or", rules: WIDE_FIELDS.map(([rule, param, word]) => rule(param, value(word, 7))) },
    },
  },
  request: wideRequest,
  hand: () => (request) => {
    const headers = request.headers;
    if (headers["x-org"] === "org-007" || headers["x-zone"] === "zone-007") return "v2";
    const cookies = headers.cookie;
    if (cookies === undefined) return "v1";
    const has = (first, later) => {
      let at = cookies.startsWith(first) ? first.length : -1;
      if (at < 0) {
        at = cookies.indexOf(later);
        if (at < 0) return false;
        at += later.length;
      }
      return at === cookies.length || cookies.charCodeAt(at) === 59;
    };
    return has("segment=segment-007", "; segment=segment-007") || has("stage=stage-007", "; stage=stage-007") ? "v2" : "v1";
  },
};

const DEFINITIONS = { W1, W2, W3, W4, W5, W6, W8, W9, "W9-one": W9_ONE };

/** The workloads of one alias, in order. W7 is `fleet`. */
export const WORKLOADS = ["W1", "W2", "W3", "W4", "W5", "W6", "W8", "W9"];

/** The small ones: what the other aliases of a process are like. */
export const SMALL = ["W1", "W2", "W3", "W4", "W5", "W6", "W8"];

const TOOLS = { murmur3, seedState, readCookie, accounts: ACCOUNTS };

/** The hand, compiled anew from its text, so that the engine knows nothing about it from other uses; fields renamed. */
function compileHand(hand, config, rename) {
  const factory = new Function(`return ${rename(hand.toString())}`)();
  return factory({ ...TOOLS, config });
}

const renamer = (fields, tag) => (text) => fields.reduce((renamed, field) => renamed.replaceAll(field, field + tag), text);

/** The alias of a workload alone, over fields of other names with a `tag`. */
export function alias(id, tag = "") {
  const { fields, config } = DEFINITIONS[id];
  return JSON.parse(renamer(fields, tag)(JSON.stringify(config)));
}

/**
 * A workload by its name. With a `tag`, the same over fields of other names: another alias, for processes that hold many.
 * `config`: the alias; `requests`: as `pool` gives them; `hand(request, draw?)`: the version; `random`: whether a decision takes
 * a random draw, unless it is given.
 */
export function workload(id, tag = "", size = REQUESTS) {
  const { title, match, random = false, fields, request, hand } = DEFINITIONS[id];
  const rename = renamer(fields, tag);
  const config = alias(id, tag);
  const source = seedrandom.alea(`${SEED} ${id}`);
  const data = Array.from({ length: size }, () => {
    const made = request(source);
    return { ...made, pairs: made.pairs.map(([name, text]) => [rename(name), name === "cookie" ? rename(text) : text]) };
  });
  return { id, title, match, random, config, data, requests: pool(data), hand: compileHand(hand, config, rename) };
}

/** Other aliases than the one that is measured, of several kinds in turn. */
export function others(count, size, kinds) {
  return Array.from({ length: count }, (_, n) => workload(kinds[n % kinds.length], `_${n}`, size));
}
