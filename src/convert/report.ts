import type { Pointer } from "../document/index.ts";
import type { WireRequest } from "./wire.ts";

/** A part of what is converted that means the same on both sides. */
export interface Lossless {
  readonly at: Pointer;
  /** What stands there, such as `header x-user`. */
  readonly construct: string;
}

/** A request, with what each side makes of it. `drawn at random` stands for a split without a key. */
export interface Example {
  readonly request: WireRequest;
  /** What a host puts on the request, where a key or a rule is an attribute. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The version that this library decides. */
  readonly alias: string;
  /** The version that the other side decides. */
  readonly other: string;
}

/** A part that means nearly the same: the example was run on both sides, and shows where they part. */
export interface Lossy extends Lossless {
  /** What such requests have, as the rest of a sentence. */
  readonly why: string;
  readonly example: Example;
}

/** A part that the other side cannot say. Nothing is written then. */
export interface Refused extends Lossless {
  readonly why: string;
  /** What to do instead. */
  readonly help: string;
}

/** A part that has no share in choosing a version: the other side keeps it, and an alias has nothing for it. */
export interface Note extends Lossless {
  /** What it is, or does. */
  readonly why: string;
}

/** What a conversion keeps, part by part. Pointers are into what is read: the alias of an export, the document of an import. */
export interface Report {
  readonly lossless: readonly Lossless[];
  readonly lossy: readonly Lossy[];
  readonly refused: readonly Refused[];
  /** What of a document has no share in choosing a version, where there is such. */
  readonly notes?: readonly Note[];
}
