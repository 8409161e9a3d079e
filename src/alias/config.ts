import type { RuleType } from "../request/index.ts";

/** The name of a deployable version of the function: what a decision returns. */
export type Version = string;

/** `string`, but editors still offer the known spellings: a config imported from JSON is typed `string` throughout. */
type OrString<Known extends string> = Known | (string & {});

/** A rule of a config: one value of the request, compared with one string or with a comma-separated list. */
export interface RuleConfig {
  readonly rule_type: OrString<RuleType | Lowercase<RuleType>>;
  /** The name of the header, cookie, query parameter or attribute; for a header also `:method`, `:path`, `:authority`. */
  readonly param: string;
  readonly op: OrString<"=" | "in">;
  /** Compared byte for byte; for `in` the items are split at commas and trimmed of spaces and tabs. */
  readonly value: string;
}

/** A strategy of a config: the requests for which it holds go to its version, whatever the weights. */
export interface StrategyConfig {
  /** May be left out when there is one rule. */
  readonly combine_type?: OrString<"and" | "or"> | null | undefined;
  readonly rules: readonly RuleConfig[];
}

/** The hashes of sticky draws: `murmur3`, as flagd has it; `murmur2` of nginx, `xxh32` of HAProxy, `sha256` for Varnish. */
export type StickyHash = "murmur3" | "murmur2" | "xxh32" | "sha256";

/** Where a sticky draw takes its key from. */
export interface StickyKeyConfig {
  readonly rule_type: OrString<RuleType | Lowercase<RuleType>>;
  readonly param: string;
}

/** Makes the split a function of the request, so that a user keeps a version. This library's own key. */
export interface StickinessConfig {
  /** The key is the first of these that the request has and that is not empty. */
  readonly keys: readonly StickyKeyConfig[];
  /** Hashed before the key. The default is the `name` of the alias. */
  readonly seed?: string | null | undefined;
  /** What hashes the seed and the key. The default is `murmur3`; another one agrees with an engine that has only that. */
  readonly hash?: OrString<StickyHash> | null | undefined;
  /** What happens to a request without any of the keys: it gets the primary, or is drawn at random. */
  readonly on_missing: OrString<"primary" | "random">;
}

/**
 * The alias as it travels: the body of FunctionGraph's CreateVersionAlias API, or what its GET returns, plus two keys of
 * this library. Snake case ends here.
 */
export interface AliasConfig {
  readonly name?: string | null | undefined;
  /** The primary version: for every request that no strategy and no weight sends to another one. */
  readonly version: Version;
  /** At most 512 characters. */
  readonly description?: string | null | undefined;
  /** Percent of the split for each version, in steps of 0.01. */
  readonly additional_version_weights?: { readonly [version: Version]: number } | null | undefined;
  readonly additional_version_strategy?: { readonly [version: Version]: StrategyConfig } | null | undefined;
  /** The rank of versions: the order in which strategies are tried and the split is laid out. A key of this library only. */
  readonly additional_version_order?: readonly Version[] | null | undefined;
  readonly stickiness?: StickinessConfig | null | undefined;
  /** Set by the service; carried, never interpreted. */
  readonly last_modified?: unknown;
  /** Set by the service; carried, never interpreted. */
  readonly alias_urn?: unknown;
}

/** The versions that a literal config names, as a union of string literals; `string` if they are not known. */
export type VersionOf<C> = C extends { readonly version: infer Primary extends string }
  ? Primary | KeysOf<C, "additional_version_weights"> | KeysOf<C, "additional_version_strategy">
  : Version;

type KeysOf<C, Key extends string> = C extends { readonly [key in Key]: infer Map }
  ? Map extends object
    ? keyof Map & string
    : never
  : never;

/**
 * What a literal config must be beside `AliasConfig`: without keys that no config has, at any depth, and with words that are known, in any case.
 * Intersected with the type of the config, it makes what is misspelt an error of types. A config of which only `string` is known, as one
 * imported from JSON, is not checked.
 */
export type LiteralOf<C> = {
  readonly [key in keyof C]: key extends "additional_version_strategy"
    ? LiteralStrategies<C[key]>
    : key extends "stickiness"
      ? LiteralPart<C[key], StickinessConfig, { readonly hash: StickyHash; readonly on_missing: "primary" | "random" }>
      : key extends keyof AliasConfig
        ? C[key]
        : never;
};

type LiteralStrategies<T> = { readonly [version in keyof T]: LiteralPart<T[version], StrategyConfig, { readonly combine_type: Combine }> };

/** A part of a literal: with keys that `Known` has, and of `Words` where it has those. */
type LiteralPart<T, Known, Words> = {
  readonly [key in keyof T]: key extends "rules"
    ? LiteralList<T[key], RuleConfig>
    : key extends "keys"
      ? LiteralList<T[key], StickyKeyConfig>
      : key extends keyof Words
        ? Word<T[key], Words[key]>
        : key extends keyof Known
          ? T[key]
          : never;
};

type LiteralList<T, Known> = { readonly [index in keyof T]: LiteralPart<T[index], Known, RuleWords> };

interface RuleWords {
  readonly rule_type: RuleType;
  readonly op: "=" | "in";
}

/** The text itself where it is one of the known words in some case of letters, or not known; otherwise those words. */
type Word<Text, Known> = Text extends string
  ? string extends Text
    ? Text
    : Lowercase<Text> extends Lowercase<Known & string>
      ? Text
      : Known
  : Text;

/** How the rules of a strategy combine: every rule must match (`and`), or at least one (`or`). */
export type Combine = "and" | "or";

/** One rule of a parsed strategy: `values` holds the value of `=`, or the items of `in` without repeats. */
export interface AliasRule {
  readonly type: RuleType;
  readonly param: string;
  readonly op: "=" | "in";
  readonly values: readonly string[];
}

/** A parsed strategy. It has at least one rule. */
export interface Strategy {
  readonly version: Version;
  readonly combine: Combine;
  readonly rules: readonly AliasRule[];
}

/** A declared weight in slots of 0.01 %: an integer, 0 to 10,000. */
export interface Weight {
  readonly version: Version;
  readonly slots: number;
}

/** Where a sticky draw takes its key from. */
export interface StickyKey {
  readonly type: RuleType;
  readonly param: string;
}

/** A parsed stickiness. It has at least one key, and a seed. */
export interface Stickiness {
  readonly keys: readonly StickyKey[];
  readonly seed: string;
  readonly hash: StickyHash;
  readonly onMissing: "primary" | "random";
}

/**
 * The alias once it is read: valid, in one spelling, and of fresh frozen values. Maps became lists, in the order in which
 * the config's keys were met; that order means nothing.
 */
export interface Alias {
  readonly name: string | undefined;
  readonly primary: Version;
  readonly description: string | undefined;
  readonly weights: readonly Weight[];
  readonly strategies: readonly Strategy[];
  readonly order: readonly Version[];
  readonly stickiness: Stickiness | undefined;
  /** `last_modified` and `alias_urn`, if they are strings; they are not interpreted. */
  readonly carried: { readonly last_modified?: string; readonly alias_urn?: string };
}
