/**
 * Texts of YAML: aliases in every style that the `yaml` library writes, and such texts damaged. Reading must not throw; what is read must be what that
 * library reads, each value where it stands; an alias must be the same as in JSON; and a text must be read alike in the quick way that long ones take.
 *
 *     npm run build && node test/nightly/yaml.mjs [--runs 50000] [--seed S] [--dist DIR]
 *
 * It was seen to fail where the quick way took `1.10` for a text, and where of keys that repeat the first counted.
 */
import { parseDocument, stringify } from "yaml";
import { pick, randomOf, runFuzzer } from "./fuzz.mjs";

const SCALARS = [
  "v1",
  "v2",
  "1",
  "1.10",
  "true",
  "null",
  "~",
  "",
  " ",
  "a: b",
  "a #b",
  "-",
  "- a",
  "é",
  "x,y",
  "{",
  "}",
  "[a",
  "&a",
  "*a",
  "!t",
  "'",
  '"',
  "0x1",
  "1e3",
  ".inf",
  "a\nb",
  "%",
  "@",
  "`",
];
const NAMES = [
  "version",
  "name",
  "additional_version_weights",
  "additional_version_strategy",
  "rules",
  "v2",
  "v3",
  "rule_type",
  "param",
  "op",
  "value",
  "stickiness",
  "<<",
  "__proto__",
  "a b",
  "1",
  "null",
  "é",
  "",
];
const BITS = [
  " ",
  "  ",
  "\n",
  "\n  ",
  "\t",
  ":",
  ": ",
  "- ",
  "#",
  " #",
  ",",
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "&a ",
  "*a",
  "!!str ",
  "|",
  ">",
  "? ",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "\uFEFF",
  "\u0000",
  "\u0085",
  "\r\n",
  "\\",
  "1.10",
  "${x}",
  "version: v1\n",
  "<<: *a\n",
];

const ALIAS = {
  name: "checkout",
  version: "v1",
  additional_version_weights: { v2: 10, v3: 5.5 },
  additional_version_strategy: {
    v4: {
      combine_type: "or",
      rules: [
        { rule_type: "Header", param: "x-a", op: "in", value: "1,2,3" },
        { rule_type: "Cookie", param: "beta", op: "=", value: "on" },
      ],
    },
  },
  stickiness: { keys: [{ rule_type: "Header", param: "X-User" }], on_missing: "primary" },
};

/** A value of maps, lists and scalars. */
function valueOf(random, depth = 0) {
  const kind = random();
  if (depth > 3 || kind < 0.4) return random() < 0.6 ? pick(random, SCALARS) : pick(random, [0, 1, -1, 5.5, true, false, null, 100]);
  const length = Math.floor(random() * 4);
  if (kind < 0.6) return Array.from({ length }, () => valueOf(random, depth + 1));
  return Object.fromEntries(Array.from({ length }, () => [pick(random, NAMES), valueOf(random, depth + 1)]));
}

function aliasOf(random) {
  const alias = structuredClone(ALIAS);
  for (const key of Object.keys(alias)) {
    if (random() < 0.3) delete alias[key];
    else if (random() < 0.15) alias[key] = valueOf(random, 2);
  }
  return alias;
}

/** The value as JSON with its keys in the order of the text; what has no JSON is written out. */
function canonical(value) {
  return JSON.stringify(value, (_, part) => (typeof part === "number" && !Number.isFinite(part) ? String(part) : part));
}

const LIBRARY = { uniqueKeys: false, stringKeys: true, resolveKnownTags: false, logLevel: "silent" };

function libraryReads(text) {
  const { errors, warnings } = parseDocument(text, LIBRARY);
  return errors.length + warnings.length === 0;
}

/** Reads so many texts, and throws at the first that is read wrongly. Returns how many were read, refused, and aliases. */
export async function fuzz({ readYaml, parseYaml, parseText }, { seed, runs }) {
  const random = randomOf(seed);
  const found = { read: 0, refused: 0, aliases: 0, long: 0 };
  for (let run = 0; run < runs; run++) {
    const value = random() < 0.5 ? aliasOf(random) : valueOf(random);
    const style = {
      indent: pick(random, [1, 2, 4]),
      indentSeq: random() < 0.5,
      defaultStringType: pick(random, ["PLAIN", "PLAIN", "PLAIN", "QUOTE_DOUBLE", "QUOTE_SINGLE", "BLOCK_LITERAL"]),
      defaultKeyType: pick(random, ["PLAIN", "PLAIN", "QUOTE_SINGLE"]),
      collectionStyle: pick(random, ["any", "any", "flow", "block"]),
      lineWidth: pick(random, [0, 20, 80]),
      aliasDuplicateObjects: false,
    };
    const sound = stringify(value, style);
    let text = sound;
    const damages = random() < 0.4 ? 0 : 1 + Math.floor(random() * 3);
    for (let times = 0; times < damages; times++) {
      const at = Math.floor(random() * (text.length + 1));
      text = text.slice(0, at) + pick(random, ["", ...BITS]) + text.slice(at + (random() < 0.5 ? 0 : Math.floor(random() * 5)));
    }
    const say = (fault) => new Error(`${fault}, run ${run} of the seed ${seed}, in ${JSON.stringify(text)}`);
    const read = readYaml(text);
    const alias = parseYaml(text);
    if (alias.diagnostics.some(({ position }) => position === undefined)) throw say("a diagnostic without a place");
    if (!read.ok) {
      if (read.diagnostics.length === 0) throw say("refused without a diagnostic");
      // The library does not read all that it writes.
      if (damages === 0 && libraryReads(text)) throw say(`refused: ${read.diagnostics[0].message}`);
      if (alias.ok) throw say("an alias of what is refused");
      found.refused++;
      continue;
    }
    found.read++;
    const theirs = parseDocument(text, LIBRARY).toJS({ maxAliasCount: -1 });
    if (canonical(read.value.value) !== canonical(theirs))
      throw say(`${canonical(read.value.value)}, and by the library ${canonical(theirs)}`);
    if (read.value.duplicates.length === 0) {
      const json = parseText(canonical(read.value.value));
      const sayOf = ({ ok, diagnostics, value: parsed }) => JSON.stringify([ok, parsed, diagnostics.map(({ code, at }) => [code, at])]);
      if (canonical(theirs) === JSON.stringify(theirs) && sayOf(json) !== sayOf(alias))
        throw say(`${sayOf(alias)}, and in JSON ${sayOf(json)}`);
      if (alias.ok) found.aliases++;
    } else if (alias.ok) throw say("an alias with keys that repeat");
    // A comment at the end makes a text long, and says nothing where no block scalar takes it.
    if (text.endsWith("\n") && !/[|>]/.test(text) && random() < 0.1) {
      const long = readYaml(`${text}${`# ${"x".repeat(99)}\n`.repeat(700)}`);
      const told = ({ ok, value: inner, diagnostics }) =>
        canonical([ok, inner?.value, inner?.locate("", "key"), diagnostics, inner?.duplicates]);
      if (told(long) !== told(read)) throw say(`read in the long way ${told(long)}, and in the short way ${told(read)}`);
      found.long++;
    }
  }
  return found;
}

await runFuzzer(
  import.meta.url,
  { runs: 50_000, what: "texts", entries: ["yaml/index.js", "index.js"] },
  (yaml, library) => (options) => fuzz({ ...yaml, parseText: library.parseText }, options),
);
