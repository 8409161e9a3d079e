import type { Field } from "../request/index.ts";
import type { StickyHash, Version } from "../alias/index.ts";
import { all, any, type Match, match, type Outcome, type Plan, REASONS, type Split, type Sticky } from "../plan/index.ts";

/**
 * A plan as one string, for the aliases of a table that nobody asks for: a plan of three rules and a sticky split takes 280
 * characters, as JSON 969. Two plans are equal exactly where their strings are.
 */
export type Packed = string;

type PackedField = string;
type PackedMatch = readonly [field: PackedField, values: readonly string[], at: string];
type PackedSticky = readonly [
  keys: readonly (readonly [field: PackedField, at: string])[],
  seed: string,
  hash: StickyHash,
  missing: number | "random",
];
type Parts = readonly [
  name: string | null,
  versions: readonly Version[],
  outcomes: readonly (readonly [version: number, reason: number, at: string])[],
  rules: readonly (readonly [outcome: number, kind: 0 | 1, ...matches: readonly PackedMatch[]])[],
  split: number | readonly [arms: readonly number[], sticky?: PackedSticky],
  error: number,
];

/** Packs a plan. */
export function pack({ name, versions, outcomes, rules, split, error }: Plan): Packed {
  const parts: Parts = [
    name ?? null,
    versions,
    outcomes.map(({ version, reason, at }) => [versions.indexOf(version), REASONS.indexOf(reason), shorten(at)]),
    rules.map(({ outcome, test }) => [
      outcome,
      test.kind === "all" ? 0 : 1,
      ...test.matches.map(({ field, values, at }): PackedMatch => [packField(field), values, shorten(at)]),
    ]),
    packSplit(split),
    error,
  ];
  return JSON.stringify(parts);
}

/** The plan, as it was packed. */
export function unpack(packed: Packed): Plan {
  const [name, versions, outcomes, rules, split, error] = JSON.parse(packed) as Parts;
  return {
    kind: "plan",
    name: name ?? undefined,
    versions,
    outcomes: outcomes.map(([version, reason, at], index): Outcome => ({
      version: versions[version] as Version,
      reason: REASONS[reason] as Outcome["reason"],
      at: expand(at),
      index,
    })),
    rules: rules.map(([outcome, kind, ...matches]) => ({ test: (kind === 0 ? all : any)(...matches.map(unpackMatch)), outcome })),
    split: unpackSplit(split),
    error,
  };
}

function unpackMatch([field, values, at]: PackedMatch): Match {
  return match(unpackField(field), values, expand(at));
}

function packSplit(split: Split): Parts[4] {
  switch (split.kind) {
    case "fixed":
      return split.outcome;
    case "arms": {
      const arms = split.arms.flatMap(({ until, outcome }) => [until, outcome]);
      return split.sticky === undefined ? [arms] : [arms, packSticky(split.sticky)];
    }
  }
}

function packSticky({ keys, seed, hash, missing }: Sticky): PackedSticky {
  return [keys.map(({ field, at }) => [packField(field), shorten(at)]), seed, hash, missing];
}

function unpackSplit(split: Parts[4]): Split {
  if (typeof split === "number") return { kind: "fixed", outcome: split };
  const [numbers, sticky] = split;
  const arms = Array.from({ length: numbers.length / 2 }, (_, index) => ({
    until: numbers[2 * index] as number,
    outcome: numbers[2 * index + 1] as number,
  }));
  return { kind: "arms", arms, sticky: sticky && unpackSticky(sticky) };
}

function unpackSticky([keys, seed, hash, missing]: PackedSticky): Sticky {
  return { keys: keys.map(([field, at]) => ({ field: unpackField(field), at: expand(at) })), seed, hash, missing };
}

/** The letter of each kind of field; the name follows where the kind has one. */
const LETTERS: Readonly<Record<Field["kind"], string>> = {
  header: "h",
  cookie: "c",
  query: "q",
  attribute: "a",
  method: "M",
  path: "P",
  authority: "A",
};
const KINDS: Readonly<Record<string, Field["kind"]>> = Object.fromEntries(
  Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as Field["kind"]]),
);

function packField(field: Field): PackedField {
  return LETTERS[field.kind] + ("name" in field ? field.name : "");
}

function unpackField(packed: PackedField): Field {
  const kind = KINDS[packed.charAt(0)] as Field["kind"];
  switch (kind) {
    case "method":
    case "path":
    case "authority":
      return { kind };
    case "header":
    case "cookie":
    case "query":
    case "attribute":
      return { kind, name: packed.slice(1) };
  }
}

/** What pointers begin with. In a JSON Pointer only `0` and `1` follow a `~`, so the short forms stand for nothing else. */
const PREFIXES = [
  ["/additional_version_strategy/", "~s"],
  ["/additional_version_weights/", "~w"],
] as const;

function shorten(pointer: string): string {
  for (const [long, short] of PREFIXES) if (pointer.startsWith(long)) return short + pointer.slice(long.length);
  return pointer;
}

function expand(pointer: string): string {
  for (const [long, short] of PREFIXES) if (pointer.startsWith(short)) return long + pointer.slice(short.length);
  return pointer;
}
