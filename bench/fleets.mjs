// W7: ten thousand aliases in one process, and requests that rotate over them.

import seedrandom from "seedrandom";
import { clientRequest, pick, token } from "./clients.mjs";
import { pool } from "./pool.mjs";

const header = (param, value, op = "=") => ({ rule_type: "Header", param, op, value });
const cookie = (param, value, op = "=") => ({ rule_type: "Cookie", param, op, value });

/** The kinds of alias, their share of the fleet in percent, and a request that half of the time meets a rule. */
const KINDS = [
  {
    share: 50,
    config: () => ({ additional_version_weights: { v2: 10 } }),
    request: (random) => clientRequest(random),
  },
  {
    share: 20,
    config: (word) => ({ additional_version_strategy: { v2: { rules: [header("x-canary", word)] } } }),
    request: (random, word) => clientRequest(random, { headers: random() < 0.5 ? [["x-canary", word]] : [] }),
  },
  {
    share: 15,
    config: (word) => ({
      additional_version_strategy: {
        v2: { combine_type: "and", rules: [header("x-env", "beta"), cookie("ab_group", word), header("x-zone", "a,b,c,d", "in")] },
      },
    }),
    request: (random, word) =>
      clientRequest(random, {
        headers: [
          ["x-env", "beta"],
          ["x-zone", "c"],
        ],
        cookies: [["ab_group", random() < 0.5 ? word : "none"]],
      }),
  },
  {
    share: 10,
    config: () => ({
      additional_version_weights: { v2: 10, v3: 5 },
      stickiness: { keys: [{ rule_type: "Header", param: "x-user" }], on_missing: "primary" },
    }),
    request: (random) => clientRequest(random, { headers: [["x-user", `usr_${token(random, 8)}`]] }),
  },
  {
    share: 5,
    config: (word) => ({
      additional_version_weights: { v2: 5, v3: 5 },
      additional_version_strategy: Object.fromEntries(
        ["v2", "v3", "v4"].map((version) => [
          version,
          { combine_type: "or", rules: [header("x-tenant", `${word}-${version}`), cookie("cohort", `${word}-${version}`)] },
        ]),
      ),
    }),
    request: (random, word) =>
      clientRequest(random, {
        headers: [["x-tenant", `${word}-${pick(random, ["v2", "v8", "v9"])}`]],
        cookies: [["cohort", `${word}-${pick(random, ["v4", "v8", "v9"])}`]],
      }),
  },
];

function kindOf(percent) {
  let until = 0;
  return KINDS.find(({ share }) => percent < (until += share));
}

/** Draws a rank, 0 first: all alike, or by Zipf's law, where rank r is met 1 / (r + 1) as often as the first. */
function ranks(random, count, skewed) {
  if (!skewed) return () => Math.floor(random() * count);
  const sums = new Float64Array(count);
  for (let rank = 0, sum = 0; rank < count; rank++) sums[rank] = sum += 1 / (rank + 1);
  return () => {
    const wanted = random() * sums[count - 1];
    let low = 0;
    for (let high = count - 1; low < high;) {
      const middle = (low + high) >> 1;
      if (sums[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** How many aliases a workload has, and how they are met: `W7-100k-skewed` has 100,000, met by Zipf's law. */
export function fleetOf(id) {
  const [, count = "10", kilo = "k", skewed] = /^W7(?:-(\d+)(k?))?(-skewed)?$/.exec(id) ?? [];
  return { count: Number(count) * (kilo === "k" ? 1000 : 1), skewed: skewed !== undefined };
}

/**
 * The fleet: `aliases` of a `key` and a `config` each, and requests that carry the key of theirs as `alias`. Uniform, or with
 * `skewed` so that a tenth of the aliases takes three quarters of the traffic.
 */
export function fleet({ count = 10_000, requests = 20_480, skewed = false } = {}) {
  const random = seedrandom.alea(`fleet ${skewed}`);
  const aliases = Array.from({ length: count }, (_, n) => {
    const word = token(random, 6);
    const name = `fn-${word}-${n}`;
    const kind = kindOf(random() * 100);
    return { key: `default/${name}`, kind, word, config: { name, version: "v1", ...kind.config(word) } };
  });
  const rank = ranks(random, count, skewed);
  const data = Array.from({ length: requests }, () => {
    const { key, kind, word } = aliases[rank()];
    return { ...kind.request(random, word), alias: key };
  });
  return {
    id: skewed ? "W7-skewed" : "W7",
    title: `${count.toLocaleString("en")} aliases, ${skewed ? "met by Zipf's law" : "met uniformly"}`,
    match: "half of the requests for an alias with rules meet one",
    random: true,
    aliases: aliases.map(({ key, config }) => ({ key, config })),
    data,
    requests: pool(data),
  };
}
