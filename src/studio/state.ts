import { isJson, type Profile, type Witness } from "../index.ts";
import type { AliasText } from "./read.ts";

/** A text that is worked on. */
export interface Doc {
  /** Unlike that of any other document that was open. */
  readonly id: number;
  readonly name: string;
  readonly text: string;
  /** What it is compared with: the text as it was opened, or when it was last kept. */
  readonly kept: string;
}

/** A text as a document. The editor ends lines with `\n`, and places are offsets, so both have to see the same text. */
export function docOf(id: number, name: string, text: string, kept: string = text): Doc {
  return { id, name, text: withLineFeeds(text), kept: withLineFeeds(kept) };
}

/** A text whose lines end as those of the editor do. */
export function withLineFeeds(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

/** The part of a request that a row of the form says. */
export const PARTS = ["method", "path", "host", "header", "cookie", "query", "attribute"] as const;
export type Part = (typeof PARTS)[number];

/** One thing that a request has. The name is empty for the parts that have none. */
export interface Row {
  readonly part: Part;
  readonly name: string;
  readonly value: string;
}

export const TABS = ["ask", "split", "simulate", "suite", "live"] as const;
export type Tab = (typeof TABS)[number];

/** All that a person has done: what a link carries. */
export interface State {
  readonly docs: readonly Doc[];
  readonly active: number;
  /** The document that is compared with the active one; undefined for what the active one was before. */
  readonly other: number | undefined;
  readonly profile: Profile;
  readonly tab: Tab;
  readonly rows: readonly Row[];
  /** The slot of the draw; undefined where the alias draws by its key. */
  readonly slot: number | undefined;
  /** Cases and laws, as `canary-router test` reads them. */
  readonly suite: string;
}

export type Action =
  | { readonly kind: "edit"; readonly text: string }
  | { readonly kind: "keep" }
  | { readonly kind: "open"; readonly docs: readonly Pick<Doc, "name" | "text">[] }
  | { readonly kind: "close"; readonly index: number }
  | { readonly kind: "select"; readonly index: number }
  | { readonly kind: "other"; readonly index: number | undefined }
  | { readonly kind: "profile"; readonly profile: Profile }
  | { readonly kind: "tab"; readonly tab: Tab }
  | { readonly kind: "rows"; readonly rows: readonly Row[] }
  | { readonly kind: "slot"; readonly slot: number | undefined }
  | { readonly kind: "suite"; readonly text: string }
  | { readonly kind: "witness"; readonly witness: Witness; readonly slot: number | undefined };

/** The next state. */
export function reduce(state: State, action: Action): State {
  switch (action.kind) {
    case "edit":
      return withActive(state, (doc) => ({ ...doc, text: action.text }));
    case "keep":
      return withActive(state, (doc) => ({ ...doc, kept: doc.text }));
    case "open": {
      const next = Math.max(...state.docs.map(({ id }) => id)) + 1;
      const docs = [...state.docs, ...action.docs.map(({ name, text }, index) => docOf(next + index, name, text))];
      return { ...state, docs, active: docs.length - action.docs.length, other: undefined };
    }
    case "close": {
      const docs = state.docs.filter((_, index) => index !== action.index);
      if (docs.length === 0) return state;
      const active = Math.min(state.active > action.index ? state.active - 1 : state.active, docs.length - 1);
      return { ...state, docs, active, other: undefined };
    }
    case "select":
      return { ...state, active: action.index, other: state.other === action.index ? undefined : state.other };
    case "other":
      return { ...state, other: action.index };
    case "profile":
      return { ...state, profile: action.profile };
    case "tab":
      return { ...state, tab: action.tab };
    case "rows":
      return { ...state, rows: action.rows };
    case "slot":
      return { ...state, slot: action.slot };
    case "suite":
      return { ...state, suite: action.text };
    case "witness":
      return { ...state, tab: "ask", rows: rowsOf(action.witness), slot: action.slot };
  }
}

function withActive(state: State, change: (doc: Doc) => Doc): State {
  return { ...state, docs: state.docs.map((doc, index) => (index === state.active ? change(doc) : doc)) };
}

/** The document that is worked on. */
export function activeDoc({ docs, active }: State): Doc {
  return docs[active] ?? (docs[0] as Doc);
}

/** A document, to be read. */
export function docSource({ name, text }: Pick<Doc, "name" | "text">, profile: Profile): AliasText {
  return { text, json: isJson(name, text), profile };
}

/** The active text, to be read. */
export function sourceOf(state: State): AliasText {
  return docSource(activeDoc(state), state.profile);
}

/** The text that the active one is compared with. */
export function otherSource(state: State): AliasText {
  const doc = state.other === undefined ? activeDoc(state) : (state.docs[state.other] ?? activeDoc(state));
  const text = state.other === undefined ? doc.kept : doc.text;
  return docSource({ name: doc.name, text }, state.profile);
}

/** A request as rows of the form. */
export function rowsOf({ method, path, headers, cookies, query, attributes }: Witness): readonly Row[] {
  const named = (part: Part, values: Readonly<Record<string, string>> = {}): readonly Row[] =>
    Object.entries(values).map(([name, value]) => ({ part, name, value }));
  return [
    ...(method === undefined ? [] : [{ part: "method", name: "", value: method } as const]),
    ...(path === undefined ? [] : [{ part: "path", name: "", value: path } as const]),
    ...named("header", headers),
    ...named("cookie", cookies),
    ...named("query", query),
    ...named("attribute", attributes),
  ];
}
