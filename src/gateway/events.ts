/** What a host meets beside decisions. */
export type HostEvent =
  /** A trusted request asked for a version, and got it. */
  | "override"
  /** A request asked for a version that `trusted` does not agree to. */
  | "override-untrusted"
  /** It asked for a version that the alias does not name. */
  | "override-unknown"
  /** What it asked for cannot be read. */
  | "override-malformed"
  /** A visitor got the version of the affinity cookie. */
  | "affinity"
  /** The cookie has no right signature: it was made up, or signed by a key that is gone. */
  | "affinity-invalid"
  /** The alias does not name the version of the cookie any more. */
  | "affinity-gone"
  /** The version of the cookie has no share of the split any more. */
  | "affinity-weightless"
  /** A rule names another version than the cookie. */
  | "affinity-rule";

/** Every event, in the order in which they are counted. */
export const HOST_EVENTS: readonly HostEvent[] = [
  "override",
  "override-untrusted",
  "override-unknown",
  "override-malformed",
  "affinity",
  "affinity-invalid",
  "affinity-gone",
  "affinity-weightless",
  "affinity-rule",
];

/** How often a host has met an event for an alias. */
export interface EventCount {
  readonly alias: string;
  readonly event: HostEvent;
  readonly count: number;
}
