import { ANY_FIELD, type FieldSyntax } from "../request/index.ts";

/** What a config may say. `functiongraph`: exactly what the service accepts. `extended`: more, see `docs/semantics.md`. */
export type Profile = "extended" | "functiongraph";

/** What differs between the profiles. */
export interface ProfileRules extends FieldSyntax {
  readonly name: Profile;
  /** Versions beside the primary, over both maps. */
  readonly additional: number;
  readonly weightsAndStrategy: boolean;
  /** Slots that a weight is a multiple of. */
  readonly step: number;
  readonly versionName: RegExp;
  readonly versionHelp: string;
  /** Whether `latest` may be an additional version. */
  readonly latest: boolean;
  /** Whether a strategy may target the primary. */
  readonly primaryStrategy: boolean;
  /** Whether the keys that the service does not know are allowed. */
  readonly ownKeys: boolean;
}

/** The table of the differences; every other rule holds in both. */
export const PROFILES: Readonly<Record<Profile, ProfileRules>> = {
  extended: {
    ...ANY_FIELD,
    name: "extended",
    additional: Infinity,
    weightsAndStrategy: true,
    step: 1,
    versionName: /^[A-Za-z0-9][!-~]{0,255}$/,
    versionHelp: "a letter or digit, then printable ASCII without spaces; at most 256 characters",
    latest: true,
    primaryStrategy: true,
    ownKeys: true,
  },
  functiongraph: {
    name: "functiongraph",
    additional: 1,
    weightsAndStrategy: false,
    step: 100,
    ruleTypes: ["Header", "Cookie"],
    headerName: /^[A-Za-z0-9_-]+$/,
    headerHelp: "in the `functiongraph` profile a header name has letters, digits, `_` and `-` only",
    versionName: /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/,
    versionHelp: "letters, digits, `.`, `_` and `-`, a letter or digit at both ends; at most 42 characters",
    latest: false,
    primaryStrategy: false,
    ownKeys: false,
  },
};
