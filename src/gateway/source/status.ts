/** How well the aliases that are served are those of their source. */
export interface SourceStatus {
  /** `starting` until something is served; `degraded` while what is served may be older than what the source has, or is not all of it. */
  readonly state: "starting" | "healthy" | "degraded";
  /** Why it is degraded. */
  readonly reason: string | undefined;
  /** The revision that is served; undefined if nothing is. */
  readonly revision: number | undefined;
  /** When the source last said that this is what it has, in milliseconds since 1970; undefined if it never has. */
  readonly confirmed: number | undefined;
}

/** Before anything is served. */
export const STARTING: SourceStatus = { state: "starting", reason: undefined, revision: undefined, confirmed: undefined };

/** Seconds since the source last said that what is served is what it has; undefined if it never has. */
export function ageOf({ confirmed }: SourceStatus, now: number = Date.now()): number | undefined {
  return confirmed === undefined ? undefined : Math.max(0, now - confirmed) / 1_000;
}
