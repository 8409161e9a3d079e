import type { Pointer } from "../../index.ts";
import { placeAt, type Range, type TextPlace } from "./places.ts";
import type { Written } from "./written.ts";

/** A change of the text: what stands in a range gives way to `insert`. */
export interface Change extends Range {
  readonly insert: string;
}

/** Applies a change to a text. */
export function changed(text: string, { from, to, insert }: Change): string {
  return text.slice(0, from) + insert + text.slice(to);
}

/** Writes a string where a value or a key stands; a string that YAML would read as something else is quoted. */
export function quoted(value: string, json: boolean): string {
  return json || !/^[A-Za-z_/][\w./-]*$/.test(value) || /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
    ? JSON.stringify(value)
    : value;
}

/** Puts a text in place of a value. */
export function replaceValue({ places }: Written, at: Pointer, insert: string): Change | undefined {
  const place = places.get(at);
  return place === undefined ? undefined : { ...place.value, insert };
}

/** Puts a text in place of a key. */
export function replaceKey({ places }: Written, at: Pointer, insert: string): Change | undefined {
  const place = places.get(at);
  return place?.key === undefined ? undefined : { ...place.key, insert };
}

/** Removes a value with its key, or an item of a list, and the comma or the lines that were its own. A list or object that it leaves empty goes too. */
export function remove(written: Written, at: Pointer): Change | undefined {
  const { places, text } = written;
  const place = places.get(at);
  if (place === undefined || at === "") return undefined;
  const parent = at.slice(0, at.lastIndexOf("/"));
  const siblings = [...places.keys()].filter((each) => each.startsWith(`${parent}/`) && !each.slice(parent.length + 1).includes("/"));
  if (siblings.length === 1 && parent !== "") return remove(written, parent);
  return { ...extent(text, place, isFlow(text, placeAt(places, parent))), insert: "" };
}

/** Whether the members of a collection have commas between them. */
function isFlow(text: string, parent: TextPlace | undefined): boolean {
  return parent !== undefined && /[[{]/.test(text[parent.value.from] ?? "");
}

function extent(text: string, { entry, key }: TextPlace, flow: boolean): Range {
  if (flow) {
    const after = /^\s*,[ \t]*(?:\n[ \t]*)?/.exec(text.slice(entry.to));
    if (after !== null) return { from: entry.from, to: entry.to + after[0].length };
    const before = /,\s*$/.exec(text.slice(0, entry.from));
    return { from: before === null ? entry.from : before.index, to: entry.to };
  }
  const begin = text.lastIndexOf("\n", entry.from - 1) + 1;
  const newline = text.indexOf("\n", entry.to);
  const end = newline === -1 ? text.length : newline + 1;
  // The first key of an item stands behind the dash of the item, which stays for the next key.
  if (key === undefined || !/^\s*- *$/.test(text.slice(begin, entry.from))) return { from: begin, to: end };
  const indent = /^\s*/.exec(text.slice(end))?.[0].length ?? 0;
  return { from: entry.from, to: end + indent };
}

/** The change that makes one text of another: what both have ahead and behind stays. */
export function changeTo(text: string, next: string): Change {
  const most = Math.min(text.length, next.length);
  let from = 0;
  while (from < most && text[from] === next[from]) from++;
  let same = 0;
  while (same < most - from && text.at(-1 - same) === next.at(-1 - same)) same++;
  return { from, to: text.length - same, insert: next.slice(from, next.length - same) };
}
