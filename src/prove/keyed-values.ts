import { fieldName } from "../request/index.ts";
import type { Run } from "../plan/index.ts";
import { keysInSlots } from "./key.ts";
import type { Range } from "./letters.ts";
import { COOKIE_LINE } from "./links.ts";
import type { Draw, Overlay, Part } from "./overlay.ts";
import { cookiesAhead, mentionedIn, unmentioned, type Values } from "./witness.ts";

/** A sticky key that can have any value that no plan mentions. */
interface FreeKey {
  readonly range: Range;
  readonly sticky: (Draw & { readonly kind: "key" })["sticky"];
  readonly runs: readonly Run[];
}

/** Plain keys such as `other-7` that are tried first: of two draws into an arm of 5 %, all agree once in 25. */
const PLAIN_KEYS = 64;
/** Keys that are made for a run of slots. Two hashes agree by chance on all of them once in 2^64 where a version has half of the slots. */
const KEYS_PER_RUN = 64;

/**
 * A request of an overlay with other and other sticky keys, until one of them draws as somebody wants: first plain keys, and
 * then keys that are made to draw into each run of slots.
 */
export function* keyedValues({ region, before, after }: Overlay, values: Values): Generator<Values> {
  const keys = [before, after].flatMap((part) => freeKeys(part, region.alphabet.ranges));
  const [one, other] = keys;
  if (one === undefined) {
    yield values;
    return;
  }
  const plain = new Map(keys.map(({ range }) => [range, unmentioned(range, PLAIN_KEYS + 1)] as const));
  for (let nth = 0; nth < PLAIN_KEYS; nth++)
    yield new Map([...values, ...[...plain].map(([range, texts], index) => [range.field, texts[nth + index]] as const)]);
  if (other === undefined || one.range === other.range) for (const key of keys) yield* keyed(values, key, KEYS_PER_RUN);
  else {
    // The Cookie line has the cookies, so it comes last.
    const [first, last] = fieldName(one.range.field) === COOKIE_LINE ? [other, one] : [one, other];
    for (const each of keyed(values, first, 1)) yield* keyed(each, last, 1);
  }
}

function freeKeys({ draw, given }: Part, ranges: ReadonlyMap<string, Range>): readonly FreeKey[] {
  if (draw.kind !== "key") return [];
  return [{ range: ranges.get(fieldName(draw.field)) as Range, sticky: draw.sticky, runs: given }];
}

/** For each run of slots, values with a key that draws into it. */
function* keyed(values: Values, { range, sticky, runs }: FreeKey, most: number): Generator<Values> {
  const isMentioned = mentionedIn(range);
  const own = range.field.kind === "path" ? "/" : "";
  const ahead = fieldName(range.field) === COOKIE_LINE ? cookiesAhead(values) : "";
  let from = 0;
  for (const { until } of runs) {
    let count = 0;
    for (const text of keysInSlots(sticky, ahead + own, from, until)) {
      if (isMentioned(own + text)) continue;
      yield new Map([...values, [range.field, own + text]]);
      if (++count === most) break;
    }
    from = until;
  }
}
