import type { StickyHash } from "../../alias/index.ts";

/*
 * PostgreSQL has SHA-256 but none of the other hashes. They are functions of the session, in PL/pgSQL, over the bytes of a key. Words of
 * 32 bits are held in bigint. The product of two words does not fit, so `times` multiplies the halves of one.
 */

const MASK = 0xffffffff;

/** A function of the session. `body` is what stands between dollar quotes, and has no text of the user. */
export function temporary(head: string, returns: string, language: "sql" | "plpgsql", body: string): string {
  return `CREATE OR REPLACE FUNCTION pg_temp.${head} RETURNS ${returns} LANGUAGE ${language} IMMUTABLE STRICT PARALLEL SAFE AS $canary$${body}$canary$`;
}

/** Statements that change the variable of a word. */
const times = (word: string, factor: number): string =>
  `${word} := ((${word} & 65535) * ${factor} + (((${word} >> 16) * ${factor} & 65535) << 16)) & ${MASK};`;
const rotate = (word: string, bits: number): string => `${word} := ((${word} << ${bits}) | (${word} >> ${32 - bits})) & ${MASK};`;
const shift = (word: string, bits: number): string => `${word} := ${word} # (${word} >> ${bits});`;

const byte = (at: string): string => `get_byte(key, ${at})::bigint`;

/** The bytes from a position as a little-endian word. */
const wordAt = (at: string): string =>
  `(${byte(at)} | (${byte(`${at} + 1`)} << 8) | (${byte(`${at} + 2`)} << 16) | (${byte(`${at} + 3`)} << 24))`;

/** The one to three bytes from `i` on, as a little-endian number. */
const TAIL = `k := ${byte("i")};
IF i + 1 < n THEN k := k | (${byte("i + 1")} << 8); END IF;
IF i + 2 < n THEN k := k | (${byte("i + 2")} << 16); END IF;`;

/** A function of the bytes of a key: `h` is the hash, `i` the position, `n` the number of bytes. */
const hash = (name: StickyHash, body: string, declared: string = ""): string =>
  temporary(
    `canary_${name}(key bytea)`,
    "bigint",
    "plpgsql",
    `\nDECLARE h bigint := 0; k bigint; i integer := 0; n integer := length(key);${declared}\nBEGIN\n${body}\nRETURN h;\nEND\n`,
  );

const mixed = [times("k", 0xcc9e2d51), rotate("k", 15), times("k", 0x1b873593)].join(" ");

const MURMUR3 = hash(
  "murmur3",
  `WHILE i + 4 <= n LOOP
k := ${wordAt("i")};
${mixed}
h := h # k; ${rotate("h", 13)} h := (h * 5 + ${0xe6546b64}) & ${MASK};
i := i + 4;
END LOOP;
IF i < n THEN
${TAIL}
${mixed}
h := h # k;
END IF;
h := h # n::bigint;
${[shift("h", 16), times("h", 0x85ebca6b), shift("h", 13), times("h", 0xc2b2ae35), shift("h", 16)].join(" ")}`,
);

const M = 0x5bd1e995;

const MURMUR2 = hash(
  "murmur2",
  `h := n;
WHILE i + 4 <= n LOOP
k := ${wordAt("i")};
${[times("k", M), shift("k", 24), times("k", M), times("h", M)].join(" ")}
h := h # k;
i := i + 4;
END LOOP;
IF i < n THEN
${TAIL}
h := h # k; ${times("h", M)}
END IF;
${[shift("h", 13), times("h", M), shift("h", 15)].join(" ")}`,
);

const [P1, P2, P3, P4, P5] = [2654435761, 2246822519, 3266489917, 668265263, 374761393];

/** One lane of a stripe of 16 bytes. */
const lane = (name: string, at: number): string =>
  [`k := ${wordAt(`i + ${at}`)};`, times("k", P2), `${name} := (${name} + k) & ${MASK};`, rotate(name, 13), times(name, P1)].join(" ");

const XXH32 = hash(
  "xxh32",
  `IF n >= 16 THEN
WHILE i + 16 <= n LOOP
${["a", "b", "c", "d"].map((name, at) => lane(name, 4 * at)).join("\n")}
i := i + 16;
END LOOP;
${[rotate("a", 1), rotate("b", 7), rotate("c", 12), rotate("d", 18)].join(" ")}
h := a + b + c + d;
ELSE
h := ${P5};
END IF;
h := (h + n) & ${MASK};
WHILE i + 4 <= n LOOP
k := ${wordAt("i")};
${times("k", P3)}
h := (h + k) & ${MASK}; ${rotate("h", 17)} ${times("h", P4)}
i := i + 4;
END LOOP;
WHILE i < n LOOP
k := ${byte("i")};
${times("k", P5)}
h := (h + k) & ${MASK}; ${rotate("h", 11)} ${times("h", P1)}
i := i + 1;
END LOOP;
${[shift("h", 15), times("h", P2), shift("h", 13), times("h", P3), shift("h", 16)].join(" ")}`,
  ` a bigint := ${(P1 + P2) % 2 ** 32}; b bigint := ${P2}; c bigint := 0; d bigint := ${2 ** 32 - P1};`,
);

const SHA256 = hash("sha256", `key := sha256(key); h := ${wordAt("28")};`);

/** For each hash the statement that defines a function such as `canary_murmur3(key)`: an unsigned number of 32 bits. */
export const POSTGRES_HASHES: { readonly [name in StickyHash]: string } = {
  murmur3: MURMUR3,
  murmur2: MURMUR2,
  xxh32: XXH32,
  sha256: SHA256,
};
