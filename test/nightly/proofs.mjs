/**
 * Proofs against enumeration: random pairs of configs over so few fields and values that every request they can tell apart is
 * tried, by a decider of its own. Two of three pairs have fields that stand in one text. Nothing that is proved may be false, and nothing may remain unknown.
 *
 *     npm run build && node test/nightly/proofs.mjs [--runs 100000] [--seed S] [--dist DIR]
 *
 * Ends with 1 at the first pair of which something false or nothing is said, and prints it. The seed is the day where none is given, and is printed.
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const SLOTS = 10_000;

/** A field as rules name it, how a request as node has it is read there, and the values that rules ask of it. */
const field = (rule_type, param, values, read) => ({ name: `${rule_type} ${param}`, rule_type, param, values, read });
const FIELDS = {
  line: field("Header", "cookie", ["a=1", "a=2; b=1", "z"], ({ headers }) => headers.cookie),
  a: field("Cookie", "a", ["1", "2"], ({ headers }) => cookie(headers.cookie, "a")),
  b: field("Cookie", "b", ["1"], ({ headers }) => cookie(headers.cookie, "b")),
  path: field("Header", ":path", ["/", "/p"], ({ url }) => url?.split("?")[0]),
  q: field("Query", "q", ["1", "2"], ({ url }) =>
    url?.includes("?") ? (new URLSearchParams(url.split("?")[1]).get("q") ?? undefined) : undefined,
  ),
  authority: field("Header", ":authority", ["x", "y"], ({ headers }) => headers[":authority"] ?? headers.host),
  host: field("Header", "host", ["x", "y"], ({ headers }) => headers.host ?? headers[":authority"]),
  header: field("Header", "x-a", ["1", "2", "3"], ({ headers }) => headers["x-a"]),
  attribute: field("Attribute", "t", ["1", "2"], ({ attributes }) => attributes?.t),
};

function cookie(line, name) {
  const pair = (line ?? "").split("; ").find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

const some = (...values) => [undefined, "", "other", ...values];
const product = (lists) => lists.reduce((rows, list) => rows.flatMap((row) => list.map((each) => [...row, each])), [[]]);

/** Texts of a request, the fields that are read from each, and what it can be. */
const TEXTS = [
  {
    fields: ["line", "a", "b"],
    parts: [
      undefined,
      "",
      "a=1",
      "a=2; b=1",
      "z",
      ...product([some("1", "2"), some("1")]).map(([a, b]) =>
        [a === undefined ? [] : `a=${a}`, b === undefined ? [] : `b=${b}`, "other"].flat().join("; "),
      ),
    ].map((line) => ({ headers: line === undefined ? {} : { cookie: line } })),
  },
  {
    fields: ["path", "q"],
    parts: [
      {},
      ...product([
        ["", "/", "/p", "/other"],
        ["", "?q", "?q=1", "?q=2", "?q=other"],
      ]).map(([path, query]) => ({ url: path + query })),
    ],
  },
  {
    fields: ["authority", "host"],
    parts: product([some("x", "y"), some("x", "y")]).map(([authority, host]) => ({
      headers: { ...(authority !== undefined && { ":authority": authority }), ...(host !== undefined && { host }) },
    })),
  },
  { fields: ["header"], parts: some("1", "2", "3").map((value) => ({ headers: value === undefined ? {} : { "x-a": value } })) },
  { fields: ["attribute"], parts: some("1", "2").map((value) => ({ attributes: value === undefined ? {} : { t: value } })) },
];

/** Numbers from 0 up to 1 (mulberry32), the same for the same seed. */
function randomOf(seed) {
  let state = Array.from(seed).reduce((sum, letter) => Math.imul(sum ^ letter.codePointAt(0), 0x01000193), 0x811c9dc5);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two configs over few fields, and every request that they can tell apart. */
function pairOf(random) {
  const below = (count) => Math.floor(random() * count);
  const pick = (list) => list[below(list.length)];
  const linked = random() < 0.67 ? [TEXTS[below(3)]] : [];
  const texts = [...linked, ...TEXTS.slice(3).filter(() => random() < 0.5)];
  if (texts.length === 0) texts.push(TEXTS[3]);
  const fields = texts.flatMap((text) => text.fields.map((name) => FIELDS[name]));
  const rule = () => {
    const { rule_type, param, values } = pick(fields);
    const list = values.filter(() => random() < 0.6);
    return list.length < 2 ? { rule_type, param, op: "=", value: pick(values) } : { rule_type, param, op: "in", value: list.join(",") };
  };
  const strategies = () =>
    Object.fromEntries(
      ["v1", "v2", "v3", "v4"]
        .filter(() => random() < 0.5)
        .map((version) => [version, { combine_type: pick(["and", "or"]), rules: Array.from({ length: 1 + below(3) }, rule) }]),
    );
  const config = () => ({
    name: pick(["p", "p", "q"]),
    version: "v1",
    additional_version_strategy: strategies(),
    additional_version_weights: pick([{}, { v2: 0 }, { v2: 0.01 }, { v2: 100 }, { v2: 50, v3: 10 }, { v3: 30 }]),
    ...(random() < 0.6 && {
      stickiness: {
        keys: Array.from({ length: 1 + below(2) }, () => pick(fields)).map(({ rule_type, param }) => ({ rule_type, param })),
        on_missing: pick(["primary", "random"]),
      },
    }),
    ...(random() < 0.3 && { additional_version_order: pick([["v4", "v3", "v2"], ["v3"], ["v2", "v3", "v4", "v1"]]) }),
  });
  const before = config();
  const after = random() < 0.3 ? config() : { ...before };
  for (const key of ["additional_version_strategy", "additional_version_weights", "stickiness", "additional_version_order"])
    if (random() < 0.25) {
      const other = config();
      if (other[key] === undefined) delete after[key];
      else after[key] = other[key];
    }
  const requests = product(texts.map(({ parts }) => parts)).map((parts) => ({
    headers: Object.assign({}, ...parts.map(({ headers }) => headers)),
    attributes: Object.assign({}, ...parts.map(({ attributes }) => attributes)),
    ...Object.assign({}, ...parts.map(({ url }) => (url === undefined ? {} : { url }))),
  }));
  return { before, after, requests };
}

const byName = new Map(Object.values(FIELDS).map((each) => [each.name, each]));
const read = ({ rule_type, param }, request) => byName.get(`${rule_type} ${param}`).read(request);
const itemsOf = ({ value }) => value.split(",");
const matches = (rule, request) => itemsOf(rule).includes(read(rule, request));
const holds = ({ combine_type, rules }, request) =>
  combine_type === "or" ? rules.some((rule) => matches(rule, request)) : rules.every((rule) => matches(rule, request));
const ranked = (versions, { additional_version_order: order = [] }) => [
  ...order.filter((version) => versions.includes(version)),
  ...versions.filter((version) => !order.includes(version)).toSorted(),
];

/** The versions of the slots, as runs: where each ends, and whose it is. */
function runsOf(config) {
  const weights = config.additional_version_weights;
  const named = new Set([...Object.keys(weights), ...(config.additional_version_order ?? [])]);
  named.delete(config.version);
  const [first, second, ...others] = ranked([...named], config);
  const slots = Object.fromEntries(Object.entries(weights).map(([version, percent]) => [version, Math.round(percent * 100)]));
  slots[config.version] = SLOTS - Object.values(slots).reduce((sum, each) => sum + each, 0);
  let until = 0;
  return [first, ...others, config.version, second].flatMap((version) =>
    version === undefined || !(slots[version] > 0) ? [] : [[(until += slots[version]), version]],
  );
}

/** What decides a request, what a given draw gets, and what a draw of its own gets: a version, the split, or what a free key draws. */
function outcomeOf(config, request, mentioned) {
  for (const version of ranked(Object.keys(config.additional_version_strategy), config))
    if (holds(config.additional_version_strategy[version], request))
      return { at: `/additional_version_strategy/${version}`, given: version, own: version, version };
  const runs = runsOf(config);
  const given = runs.length === 1 ? runs[0][1] : JSON.stringify(runs);
  const end = (own, version) => ({ at: "/version", given, own, version, runs });
  const sticky = Object.values(config.additional_version_weights).some((percent) => percent > 0) ? config.stickiness : undefined;
  for (const key of sticky?.keys ?? []) {
    const text = read(key, request);
    if (text === undefined || text === "") continue;
    if (runs.length === 1) return end(given, given);
    const slot = Math.floor((murmur3(new TextEncoder().encode(config.name + text)) / 2 ** 32) * SLOTS);
    const version = runs.find(([until]) => slot < until)[1];
    // A line that is mentioned has its cookies; any other has room for a key of any kind.
    const isFixed = (name) =>
      mentioned.has(name) || (key.rule_type === "Cookie" && mentioned.has(`Header cookie ${request.headers.cookie}`));
    return mentioned === undefined || isFixed(`${key.rule_type} ${key.param} ${text}`)
      ? end(version, version)
      : end(`key ${key.rule_type} ${key.param} of ${config.name} in ${given}`, undefined);
  }
  if (sticky?.on_missing === "primary") return end(config.version, config.version);
  return end(runs.length === 1 ? given : `random ${JSON.stringify(splitOf(runs))}`, runs.length === 1 ? given : undefined);
}

/** The shares of a request, for a draw that is given or none. */
function sharesOf(config, request, draw) {
  const { given, version, runs } = outcomeOf(config, request);
  if (draw !== undefined && runs !== undefined) return { [runs.find(([until]) => draw * SLOTS < until)[1]]: SLOTS };
  if (draw !== undefined) return { [given]: SLOTS };
  if (version !== undefined) return { [version]: SLOTS };
  return splitOf(runs);
}

/** How many slots each version has, by name. */
function splitOf(runs) {
  const shares = {};
  runs.forEach(([until, each], index) => (shares[each] = (shares[each] ?? 0) + until - (runs[index - 1]?.[0] ?? 0)));
  return Object.fromEntries(Object.entries(shares).toSorted());
}

/** murmur3_x86_32 of bytes, as its author states it. */
function murmur3(bytes) {
  const scramble = (word) => {
    const product = Math.imul(word, 0xcc9e2d51);
    return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
  };
  const whole = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    hash ^= scramble(bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at--) tail = (tail << 8) | bytes[at];
  hash ^= scramble(tail) ^ bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** What enumeration says of one config, as the places of claims: strategies that decide nothing, and the rules and items that change nothing. */
function claimsOf(config, requests) {
  const places = new Set();
  const strategies = config.additional_version_strategy;
  const order = ranked(Object.keys(strategies), config);
  const isStated = (version) => config.additional_version_order?.includes(version) ?? false;
  let coming = requests;
  const takes = new Map();
  for (const version of order) {
    const strategy = strategies[version];
    const at = `/additional_version_strategy/${version}`;
    const holding = requests.filter((request) => holds(strategy, request));
    const taken = coming.filter((request) => holds(strategy, request));
    if (taken.length === 0) places.add(`${holding.length === 0 ? "never" : "strategy-shadowed"} ${at}`);
    else {
      if ([...takes].some(([rival, some]) => !(isStated(rival) && isStated(version)) && some.some((request) => holds(strategy, request))))
        places.add(`strategies-overlap ${at}`);
      const decides = new Set(taken);
      const isSame = (rules) => coming.every((request) => holds({ ...strategy, rules }, request) === decides.has(request));
      let kept = strategy.rules;
      for (const rule of strategy.rules.toReversed()) {
        const rules = kept.filter((each) => each !== rule);
        if (rules.length > 0 && isSame(rules)) kept = rules;
      }
      strategy.rules.forEach((rule, index) => kept.includes(rule) || places.add(`rule-idle ${at}/rules/${index}`));
      for (const rule of kept.toReversed()) {
        const without = (items) => kept.map((each) => (each === rule ? { ...rule, value: items.join(",") } : each));
        const own = itemsOf(rule);
        const needed = own.filter((item) => own.length < 2 || !isSame(without(own.filter((other) => other !== item))));
        if (needed.length === own.length) continue;
        places.add(`list-item-idle ${at}/rules/${strategy.rules.indexOf(rule)}/value`);
        kept = without(needed);
      }
    }
    takes.set(version, taken);
    coming = coming.filter((request) => !holds(strategy, request));
  }
  return places;
}

const CLAIMED = ["strategy-shadowed", "strategies-overlap", "rule-idle", "list-item-idle", "undecided"];

/** Looks at so many pairs, and throws at the first of which something false or nothing is said. Returns how often what was found. */
export function compareProofs({ analyze, equivalent, movement, toRequest }, { seed, runs }) {
  const random = randomOf(seed);
  const found = { requests: 0, equivalent: 0, different: 0, shifts: 0, claims: 0 };
  for (let run = 0; run < runs; run++) {
    const { before, after, requests } = pairOf(random);
    const fail = (what) => {
      throw new Error(`${what}: ${JSON.stringify({ seed, run, before, after })}`);
    };
    const isSame = (what, one, other) => JSON.stringify(one) === JSON.stringify(other) || fail(`${what} ${JSON.stringify([one, other])}`);
    const rules = [before, after].flatMap((config) => Object.values(config.additional_version_strategy).flatMap((each) => each.rules));
    const mentioned = new Set(rules.flatMap((rule) => itemsOf(rule).map((item) => `${rule.rule_type} ${rule.param} ${item}`)));
    const shifts = new Set();
    let differs = false;
    for (const request of requests) {
      const [one, other] = [before, after].map((config) => outcomeOf(config, request, mentioned));
      if (one.own !== other.own || one.given !== other.given) differs = true;
      if (one.own !== other.own && (one.runs === undefined || other.runs === undefined)) shifts.add(`${one.at} ${other.at}`);
    }
    found.requests += requests.length;

    const proof = equivalent(before, after);
    isSame("equivalent", proof.kind, differs ? "different" : "equivalent");
    found[proof.kind]++;
    if (proof.kind === "different") {
      const request = toRequest(proof.request);
      isSame("shares before", proof.before, sharesOf(before, request, proof.draw));
      isSame("shares after", proof.after, sharesOf(after, request, proof.draw));
      if (JSON.stringify(proof.before) === JSON.stringify(proof.after)) fail("a witness without a difference");
    }

    const moves = movement(before, after);
    isSame("movement", { unchanged: moves.unchanged, undecided: moves.undecided }, { unchanged: !differs, undecided: false });
    isSame("shifts", [...new Set(moves.shifts.map((shift) => `${shift.before} ${shift.after}`))].toSorted(), [...shifts].toSorted());
    for (const shift of moves.shifts) {
      const request = toRequest(shift.witness);
      isSame(
        "a shift",
        [before, after].map((config) => outcomeOf(config, request).at),
        [shift.before, shift.after],
      );
      if (JSON.stringify(sharesOf(before, request)) === JSON.stringify(sharesOf(after, request))) fail("a shift to the same");
    }
    found.shifts += moves.shifts.length;

    const claims = analyze(before).flatMap(({ code, at }) =>
      code === "strategy-never" || code === "rule-never"
        ? [`never ${at.split("/rules/")[0]}`]
        : CLAIMED.includes(code)
          ? [`${code} ${at}`]
          : [],
    );
    isSame("claims", claims.toSorted(), [...claimsOf(before, requests)].toSorted());
    found.claims += claims.length;
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100000" },
      seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
      dist: { type: "string", default: "dist" },
    },
  });
  console.log(`seed ${values.seed}, ${values.runs} pairs`);
  const library = await import(pathToFileURL(resolve(values.dist, "index.js")).href);
  console.log(compareProofs(library, { seed: values.seed, runs: Number(values.runs) }));
}
