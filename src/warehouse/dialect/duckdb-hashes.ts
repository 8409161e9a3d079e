import type { StickyHash } from "../../alias/index.ts";

/*
 * DuckDB has SHA-256 but none of the other hashes. They are macros over lists of 32-bit words, in UBIGINT, whose products of two words
 * do not overflow. A macro is expanded, so an argument that stands twice is evaluated twice: `list_transform([x], lambda …)[1]`
 * evaluates it once. Words are read from the text's bytes in hexadecimal.
 */

const M = "4294967296";

const macro = (head: string, body: string): string => `CREATE OR REPLACE TEMP MACRO ${head} AS ${body}`;

/** The expression `body` of `name`, which stands for `value` and is evaluated once. */
const bind = (name: string, value: string, body: string): string => `list_transform([${value}], lambda ${name}: ${body})[1]`;

/** A rotation of a word to the left. The word is evaluated twice. */
const rotated = (word: string, bits: number): string => `((${word}) * ${2 ** bits} % ${M} + (${word}) // ${2 ** (32 - bits)})`;

/** What the hashes share: the bytes of a text, and the little-endian words in them. */
export const DUCKDB_WORDS: readonly string[] = [
  macro("canary_hex(text)", "hex(encode(text))"),
  // The bytes from a position, from 0, as a little-endian number. A byte behind the end counts as 0.
  macro("canary_byte(digits, pos)", "CAST('0x' || rpad(substr(digits, 2 * pos + 1, 2), 2, '0') AS UBIGINT)"),
  macro(
    "canary_word(digits, pos)",
    "CAST('0x' || substr(digits, 2 * pos + 7, 2) || substr(digits, 2 * pos + 5, 2) || substr(digits, 2 * pos + 3, 2) || substr(digits, 2 * pos + 1, 2) AS UBIGINT)",
  ),
  macro("canary_words(digits)", "list_transform(range(0, len(digits) // 8), lambda i: canary_word(digits, 4 * i))"),
  macro(
    "canary_tail(digits)",
    "list_sum(list_transform(range(0, len(digits) // 2 % 4), lambda i: canary_byte(digits, len(digits) // 8 * 4 + i) * CAST(256 ** i AS UBIGINT)))",
  ),
];

const shifted = (word: string, bits: number): string => `xor(${word}, ${word} // ${2 ** bits})`;

/** Steps that each make a number of the one before it. */
const chain = (from: string, ...steps: readonly ((word: string) => string)[]): string =>
  steps.reduce((value, step, at) => bind(`s${at}`, value, step(`s${at}`)), from);

const times =
  (factor: number) =>
  (word: string): string =>
    `${word} * ${factor} % ${M}`;
const shift =
  (bits: number) =>
  (word: string): string =>
    shifted(word, bits);
const rotate =
  (bits: number) =>
  (word: string): string =>
    rotated(word, bits);

const MURMUR3: readonly string[] = [
  macro("canary_murmur3_mixed(word)", chain("word", times(0xcc9e2d51), rotate(15), times(0x1b873593))),
  macro(
    "canary_murmur3_body(words)",
    `list_reduce(list_prepend(0::UBIGINT, list_transform(words, lambda w: canary_murmur3_mixed(w))), lambda h, w: (${rotated("xor(h, w)", 13)} * 5 + ${0xe6546b64}) % ${M})`,
  ),
  macro(
    "canary_murmur3(key)",
    bind(
      "d",
      "canary_hex(key)",
      chain(
        `xor(xor(canary_murmur3_body(canary_words(d)), canary_murmur3_mixed(coalesce(canary_tail(d), 0)::UBIGINT)), (len(d) // 2)::UBIGINT)`,
        shift(16),
        times(0x85ebca6b),
        shift(13),
        times(0xc2b2ae35),
        shift(16),
      ),
    ),
  ),
];

const MURMUR2_FACTOR = 0x5bd1e995;

const MURMUR2: readonly string[] = [
  macro("canary_murmur2_mixed(word)", chain("word", times(MURMUR2_FACTOR), shift(24), times(MURMUR2_FACTOR))),
  macro(
    "canary_murmur2_body(words, start)",
    `list_reduce(list_prepend(start, list_transform(words, lambda w: canary_murmur2_mixed(w))), lambda h, w: xor(h * ${MURMUR2_FACTOR} % ${M}, w))`,
  ),
  macro(
    "canary_murmur2_tailed(h, digits)",
    `CASE WHEN len(digits) % 8 = 0 THEN h ELSE xor(h, canary_tail(digits)::UBIGINT) * ${MURMUR2_FACTOR} % ${M} END`,
  ),
  macro(
    "canary_murmur2(key)",
    bind(
      "d",
      "canary_hex(key)",
      chain(
        "canary_murmur2_tailed(canary_murmur2_body(canary_words(d), (len(d) // 2)::UBIGINT), d)",
        shift(13),
        times(MURMUR2_FACTOR),
        shift(15),
      ),
    ),
  ),
];

const [P1, P2, P3, P4, P5] = [2654435761, 2246822519, 3266489917, 668265263, 374761393];

const XXH32: readonly string[] = [
  // One of four lanes: every fourth word of the stripes of 16 bytes.
  macro(
    "canary_xxh32_lane(words, lane, start)",
    `list_reduce(list_prepend(start::UBIGINT, list_transform(range(0, len(words) // 4), lambda i: words[4 * i + lane + 1])), ` +
      `lambda v, w: ${bind("x", `(v + w * ${P2}) % ${M}`, `${rotated("x", 13)} * ${P1} % ${M}`)})`,
  ),
  macro(
    "canary_xxh32_start(words)",
    `CASE WHEN len(words) < 4 THEN ${P5}::UBIGINT ELSE (${[
      [(P1 + P2) % 2 ** 32, 1],
      [P2, 7],
      [0, 12],
      [2 ** 32 - P1, 18],
    ]
      .map(([start, bits], lane) => bind("v", `canary_xxh32_lane(words, ${lane}, ${start})`, rotated("v", Number(bits))))
      .join(" + ")}) % ${M} END`,
  ),
  macro(
    "canary_xxh32_rest(words, start)",
    `list_reduce(list_prepend(start, words[len(words) // 4 * 4 + 1 :]), lambda h, w: ${bind("x", `(h + w * ${P3}) % ${M}`, `${rotated("x", 17)} * ${P4} % ${M}`)})`,
  ),
  macro(
    "canary_xxh32_ends(digits, start)",
    `list_reduce(list_prepend(start, list_transform(range(0, len(digits) // 2 % 4), lambda i: canary_byte(digits, len(digits) // 8 * 4 + i))), ` +
      `lambda h, b: ${bind("x", `(h + b * ${P5}) % ${M}`, `${rotated("x", 11)} * ${P1} % ${M}`)})`,
  ),
  macro(
    "canary_xxh32(key)",
    bind(
      "d",
      "canary_hex(key)",
      bind(
        "w",
        "canary_words(d)",
        chain(
          `canary_xxh32_ends(d, canary_xxh32_rest(w, (canary_xxh32_start(w) + len(d) // 2) % ${M}))`,
          shift(15),
          times(P2),
          shift(13),
          times(P3),
          shift(16),
        ),
      ),
    ),
  ),
];

const SHA256: readonly string[] = [
  macro(
    "canary_sha256(key)",
    bind("d", "sha256(key)", "CAST('0x' || substr(d, 63, 2) || substr(d, 61, 2) || substr(d, 59, 2) || substr(d, 57, 2) AS UBIGINT)"),
  ),
];

/** For each hash the statements that define a macro such as `canary_murmur3(key)`: the hash of a text, as an unsigned number of 32 bits. */
export const DUCKDB_HASHES: { readonly [hash in StickyHash]: readonly string[] } = {
  murmur3: MURMUR3,
  murmur2: MURMUR2,
  xxh32: XXH32,
  sha256: SHA256,
};
