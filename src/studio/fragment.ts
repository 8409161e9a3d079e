import { SLOTS } from "./slots.ts";
import { type Doc, docOf, PARTS, type Row, type State, TABS, withLineFeeds } from "./state.ts";

/** The longest link, in characters. It is chosen: browsers take longer ones, and what a chat or a mail takes is not known. */
const LONGEST = 60_000;

/** Characters of state that a link may unpack to: two texts of 1 MiB. */
const MOST_TEXT = 2 * 1024 * 1024 + 65_536;

const PREFIX = "#1.";

/** The state as the fragment of a link; undefined where it would be too long for one. */
export async function toFragment({ docs, active, other, profile, tab, rows, slot, suite }: State): Promise<string | undefined> {
  const carried = { docs, active, other, profile, tab, rows, slot, suite };
  const packing = new Blob([JSON.stringify(carried)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const fragment = PREFIX + toBase64(new Uint8Array(await new Response(packing).arrayBuffer()));
  return fragment.length > LONGEST ? undefined : fragment;
}

/**
 * What a fragment carries; undefined where it is none that can be read. It may come from anybody: what is not of the expected shape
 * is left out, and all of it is only shown.
 */
export async function readFragment(fragment: string): Promise<Partial<State> | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined;
  try {
    const value = JSON.parse(await inflated(fromBase64(fragment.slice(PREFIX.length)))) as unknown;
    return isObject(value) ? stateIn(value) : undefined;
  } catch {
    return undefined;
  }
}

type Loose = Readonly<Record<string, unknown>>;

function stateIn({ docs, active, other, profile, tab, rows, slot, suite }: Loose): Partial<State> {
  const known = (Array.isArray(docs) ? docs : []).filter(isDoc).map(({ name, text, kept }, id) => docOf(id, name, text, kept));
  return {
    ...(known.length > 0 && {
      docs: known,
      active: isIndex(active, known.length) ? active : 0,
      other: isIndex(other, known.length) && other !== active ? other : undefined,
    }),
    ...((profile === "extended" || profile === "functiongraph") && { profile }),
    ...(TABS.some((each) => each === tab) && { tab: tab as State["tab"] }),
    ...(Array.isArray(rows) && { rows: rows.filter(isRow).map(({ part, name, value }) => ({ part, name, value })) }),
    ...(isIndex(slot, SLOTS) && { slot }),
    ...(typeof suite === "string" && { suite: withLineFeeds(suite) }),
  };
}

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isIndex(value: unknown, below: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < below;
}

function isDoc(value: unknown): value is Omit<Doc, "id"> {
  return isObject(value) && ["name", "text", "kept"].every((key) => typeof value[key] === "string");
}

function isRow(value: unknown): value is Row {
  return (
    isObject(value) && PARTS.some((part) => part === value["part"]) && ["name", "value"].every((key) => typeof value[key] === "string")
  );
}

/** Unpacks, and stops where more comes of it than a link may carry. */
async function inflated(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST_TEXT) {
      await reader.cancel();
      throw new Error("too long");
    }
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
