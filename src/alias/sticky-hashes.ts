import type { StickyHash } from "./config.ts";

/** The hashes of sticky draws; the first is the default. */
export const STICKY_HASHES: readonly StickyHash[] = ["murmur3", "murmur2", "xxh32", "sha256"];
