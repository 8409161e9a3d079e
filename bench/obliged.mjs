// The hands again, with what a route owes its callers: it never throws, sees that headers are there, takes lists of values,
// counts only the request's own properties, reads cookies by their whole grammar, and returns a decision. And the least that
// each must do, which decides nothing. And the hands again whose names and values are data, as they must be where no code is generated.

import { murmur3, seedState } from "./murmur3.mjs";

const V1 = { version: "v1" };
const V2 = { version: "v2" };
const V3 = { version: "v3" };
const V4 = { version: "v4" };
const V5 = { version: "v5" };

const joined = (value, separator) =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string") ? value.join(separator) : undefined;

const isBlank = (unit) => unit === 32 || unit === 9;

/** Where the value of a cookie begins, by the whole grammar of a Cookie field; -1 where it is not there. */
function cookieAt(line, name) {
  const first = name.charCodeAt(0);
  let semicolon = -1;
  do {
    let at = semicolon + 1;
    while (at < line.length && isBlank(line.charCodeAt(at))) at++;
    if (at < line.length && line.charCodeAt(at) === first && line.startsWith(name, at)) {
      at += name.length;
      while (at < line.length && isBlank(line.charCodeAt(at))) at++;
      if (at < line.length && line.charCodeAt(at) === 61) {
        at++;
        while (at < line.length && isBlank(line.charCodeAt(at))) at++;
        return at;
      }
    }
    semicolon = line.indexOf(";", at);
  } while (semicolon !== -1);
  return -1;
}

function cookieOf(line, name) {
  const from = cookieAt(line, name);
  if (from === -1) return undefined;
  let to = line.indexOf(";", from);
  if (to === -1) to = line.length;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

/** Whether a value that would count is the request's own. */
const own = (headers, name, counts) => counts && Object.hasOwn(headers, name);

function cookieHas(line, name, value) {
  const from = cookieAt(line, name);
  if (from === -1 || !line.startsWith(value, from)) return false;
  let at = from + value.length;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  return at === line.length || line.charCodeAt(at) === 59;
}

/* oxlint-disable eslint/complexity -- each is one function because a hand is */

const OBLIGED = {
  W1: () => (request) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return V1;
      let canary = headers["x-canary"];
      if (typeof canary === "object") canary = joined(canary, ", ");
      return canary === "always" && Object.hasOwn(headers, "x-canary") ? V2 : V1;
    } catch {
      return V1;
    }
  },
  W2: () => (request) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return V1;
      let env = headers["x-env"];
      if (typeof env === "object") env = joined(env, ", ");
      if (env !== "beta") return V1;
      let line = headers.cookie;
      if (typeof line === "object") line = joined(line, "; ");
      if (typeof line !== "string" || !cookieHas(line, "ab_group", "b")) return V1;
      let region = headers["x-region"];
      if (typeof region === "object") region = joined(region, ", ");
      const held =
        region === "eu-west-101" ||
        region === "ap-southeast-1" ||
        region === "cn-north-4" ||
        region === "af-south-1" ||
        region === "la-north-2";
      return held && Object.hasOwn(headers, "x-env") && Object.hasOwn(headers, "cookie") && Object.hasOwn(headers, "x-region") ? V2 : V1;
    } catch {
      return V1;
    }
  },
  W3: ({ accounts }) => {
    const members = new Set(accounts);
    return (request) => {
      try {
        const { headers } = request;
        if (typeof headers !== "object" || headers === null) return V1;
        let account = headers["x-account"];
        if (typeof account === "object") account = joined(account, ", ");
        return members.has(account) && Object.hasOwn(headers, "x-account") ? V2 : V1;
      } catch {
        return V1;
      }
    };
  },
  W4: () => {
    const arm = (draw) => (draw >= 0 && draw < 1 ? (draw < 0.1 ? V2 : V1) : V1);
    return (request, draw) => {
      try {
        const { headers } = request;
        if (typeof headers !== "object" || headers === null) return V1;
        return draw === undefined ? arm(Math.random()) : arm(draw);
      } catch {
        return V1;
      }
    };
  },
  W5: () => {
    const state = seedState("checkout");
    const arm = (draw) => (draw < 0.1 ? V2 : draw < 0.95 ? V1 : V3);
    return (request, draw) => {
      try {
        const { headers } = request;
        if (typeof headers !== "object" || headers === null) return V1;
        if (draw !== undefined) return draw >= 0 && draw < 1 ? arm(draw) : V1;
        let user = headers["x-user"];
        if (typeof user === "object") user = joined(user, ", ");
        if (typeof user !== "string" || user === "" || !Object.hasOwn(headers, "x-user")) return V1;
        return arm(murmur3(user, state, 8) / 4294967296);
      } catch {
        return V1;
      }
    };
  },
  W6: () => {
    const arm = (draw) => (draw < 0.05 ? V2 : draw < 0.1 ? V4 : draw < 0.15 ? V5 : draw < 0.95 ? V1 : V3);
    return (request, draw) => {
      try {
        const { headers } = request;
        if (typeof headers !== "object" || headers === null) return V1;
        let tenant = headers["x-tenant"];
        if (typeof tenant === "object") tenant = joined(tenant, ", ");
        let plan = headers["x-plan"];
        if (typeof plan === "object") plan = joined(plan, ", ");
        let line = headers.cookie;
        if (typeof line === "object") line = joined(line, "; ");
        const cohort = typeof line === "string" ? cookieOf(line, "cohort") : undefined;
        const ring = typeof line === "string" ? cookieOf(line, "ring") : undefined;
        if (own(headers, "x-tenant", tenant === "tenant-2") || own(headers, "x-plan", plan === "plan-2")) return V2;
        if (own(headers, "cookie", cohort === "cohort-2" || ring === "ring-2")) return V2;
        if (own(headers, "x-tenant", tenant === "tenant-3") || own(headers, "x-plan", plan === "plan-3")) return V3;
        if (own(headers, "cookie", cohort === "cohort-3" || ring === "ring-3")) return V3;
        if (own(headers, "x-tenant", tenant === "tenant-4") || own(headers, "x-plan", plan === "plan-4")) return V4;
        if (own(headers, "cookie", cohort === "cohort-4" || ring === "ring-4")) return V4;
        if (own(headers, "x-tenant", tenant === "tenant-5") || own(headers, "x-plan", plan === "plan-5")) return V5;
        if (own(headers, "cookie", cohort === "cohort-5" || ring === "ring-5")) return V5;
        return draw === undefined ? arm(Math.random()) : draw >= 0 && draw < 1 ? arm(draw) : V1;
      } catch {
        return V1;
      }
    };
  },
  W8: () => (request) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return V1;
      let line = headers.cookie;
      if (typeof line === "object") line = joined(line, "; ");
      return typeof line === "string" && cookieHas(line, "rollout", "on") && Object.hasOwn(headers, "cookie") ? V2 : V1;
    } catch {
      return V1;
    }
  },
};

/**
 * The value read, and the three units that tell the thousand values of W3 apart; the semicolons of W8, each found once. In W6 the
 * four fields found and one unit of each read, and the arm of the draw.
 */
const LEAST = {
  W6: () => {
    const unit = (line, name) => {
      const at = line.indexOf(name);
      return at === -1 ? 0 : line.charCodeAt(at + 2 * name.length + 2);
    };
    return ({ headers }, draw = Math.random()) => {
      const { "x-tenant": tenant, "x-plan": plan, cookie } = headers;
      const last = (text, length) => (text !== undefined && text.length === length ? text.charCodeAt(length - 1) : 0);
      const cookies = cookie === undefined ? 0 : unit(cookie, "cohort") | unit(cookie, "ring");
      // No unit is so large: this only keeps the reading from being left out.
      if ((last(tenant, 8) | last(plan, 6) | cookies) > 200) return V3;
      return draw < 0.05 ? V2 : draw < 0.1 ? V4 : draw < 0.15 ? V5 : draw < 0.95 ? V1 : V3;
    };
  },
  W3: () => (request) => {
    const account = request.headers["x-account"];
    if (account === undefined || account.length !== 12) return V1;
    return ((account.charCodeAt(11) ^ account.charCodeAt(6) ^ account.charCodeAt(5)) & 1) === 0 ? V1 : V2;
  },
  W8: () => (request) => {
    const line = request.headers.cookie;
    let pairs = 1;
    for (let at = line.indexOf(";"); at !== -1; at = line.indexOf(";", at + 1)) pairs++;
    return pairs > 14 ? V2 : V1;
  },
};

/** The same, and whether the value is the request's own, which is asked where it would count: in about half of the requests. */
const OWNED = {
  W3: () => (request) => {
    const { headers } = request;
    const account = headers["x-account"];
    if (account === undefined || account.length !== 12) return V1;
    const odd = ((account.charCodeAt(11) ^ account.charCodeAt(6) ^ account.charCodeAt(5)) & 1) === 0;
    return odd && Object.hasOwn(headers, "x-account") ? V2 : V1;
  },
  W8: () => (request) => {
    const { headers } = request;
    const line = headers.cookie;
    let pairs = 1;
    for (let at = line.indexOf(";"); at !== -1; at = line.indexOf(";", at + 1)) pairs++;
    return pairs > 14 && Object.hasOwn(headers, "cookie") ? V2 : V1;
  },
};

/** What the hand knows of its alias is given to a function that makes it. */
const DATA = {
  W1: () => headerIs("x-canary", "always", V2, V1),
  W2: () =>
    allOf(
      "x-env",
      "beta",
      "ab_group",
      "b",
      "x-region",
      ["eu-west-101", "ap-southeast-1", "cn-north-4", "af-south-1", "la-north-2"],
      V2,
      V1,
    ),
  W3: ({ accounts }) => memberOf("x-account", new Set(accounts), V2, V1),
  W5: () => byUser("x-user", seedState("checkout"), 8, [0.1, 0.95], [V2, V1, V3], V1),
};

function headerIs(name, value, hit, miss) {
  return (request) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return miss;
      let found = headers[name];
      if (typeof found === "object") found = joined(found, ", ");
      return found === value && Object.hasOwn(headers, name) ? hit : miss;
    } catch {
      return miss;
    }
  };
}

function memberOf(name, members, hit, miss) {
  return (request) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return miss;
      let found = headers[name];
      if (typeof found === "object") found = joined(found, ", ");
      return members.has(found) && Object.hasOwn(headers, name) ? hit : miss;
    } catch {
      return miss;
    }
  };
}

/* oxlint-disable eslint/max-params -- what generated code would have as literals */

function allOf(one, first, cookie, second, two, others, hit, miss) {
  return (request) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return miss;
      let found = headers[one];
      if (typeof found === "object") found = joined(found, ", ");
      if (found !== first) return miss;
      let line = headers.cookie;
      if (typeof line === "object") line = joined(line, "; ");
      if (typeof line !== "string" || !cookieHas(line, cookie, second)) return miss;
      let other = headers[two];
      if (typeof other === "object") other = joined(other, ", ");
      const held = others.includes(other);
      return held && Object.hasOwn(headers, one) && Object.hasOwn(headers, "cookie") && Object.hasOwn(headers, two) ? hit : miss;
    } catch {
      return miss;
    }
  };
}

function byUser(name, state, seen, untils, arms, miss) {
  return (request, draw) => {
    try {
      const { headers } = request;
      if (typeof headers !== "object" || headers === null) return miss;
      let at = draw;
      if (at === undefined) {
        let user = headers[name];
        if (typeof user === "object") user = joined(user, ", ");
        if (typeof user !== "string" || user === "" || !Object.hasOwn(headers, name)) return miss;
        at = murmur3(user, state, seen) / 4294967296;
      } else if (!(at >= 0 && at < 1)) return miss;
      let arm = 0;
      while (at >= untils[arm]) arm++;
      return arms[arm];
    } catch {
      return miss;
    }
  };
}

/** Of `accounts`, the values that W3's rule lists. */
const preparer =
  (table) =>
  ({ id, config }) => {
    const accounts = config.additional_version_strategy?.v2.rules[0].value.split(",");
    return table[id]?.({ accounts });
  };

export const obliged = preparer(OBLIGED);
export const least = preparer(LEAST);
export const owned = preparer(OWNED);
export const data = preparer(DATA);
