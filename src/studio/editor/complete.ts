import { autocompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { EditorView, hoverTooltip } from "@codemirror/view";
import { keysOf } from "../../index.ts";
import { type Places, pointerAt } from "./places.ts";
import { contextOf } from "./context.ts";
import { resolved, type Schema, schemaAt, wordsOf } from "./schema.ts";

/** What completion and hints ask the editor for. */
export interface Known {
  readonly json: () => boolean;
  readonly places: () => Places;
  /** The versions that the alias names. */
  readonly versions: () => readonly string[];
}

/** Completes keys and words of the schema, and the versions of the alias; tells what a key is where the pointer rests on it. */
export function completion(known: Known): readonly Extension[] {
  return [
    autocompletion({ override: [(context) => complete(context, known)], icons: false, activateOnTypingDelay: 0, interactionDelay: 0 }),
    hoverTooltip((editor, offset) => describe(editor, offset, known), { hoverTime: 250 }),
  ];
}

function complete(context: CompletionContext, { json, versions }: Known): CompletionResult | null {
  const before = context.state.sliceDoc(0, context.pos);
  const found = contextOf(before, json());
  if (found === undefined || (found.typed === "" && !context.explicit && !/["\s]$/.test(before))) return null;
  const { path, at, from } = found;
  const options = at === "key" ? keyOptions(path, versions(), json()) : valueOptions(path, versions(), json());
  // The quote that the editor has closed is written with the word.
  const to = json() && context.state.sliceDoc(context.pos, context.pos + 1) === '"' ? context.pos + 1 : context.pos;
  return options.length === 0 ? null : { from, to, options };
}

/** Where versions are named. */
const NAMES_VERSIONS: ReadonlySet<string> = new Set(["additional_version_weights", "additional_version_strategy"]);

function keyOptions(path: readonly string[], versions: readonly string[], json: boolean): Completion[] {
  const outer = resolved(schemaAt(path));
  const keys = Object.entries(outer.properties ?? {}).map(([key, schema]) => option(key, schema, json ? `"${key}": ` : `${key}: `));
  const names = path.length === 1 && NAMES_VERSIONS.has(path[0] ?? "") ? versions : [];
  return [...keys, ...names.map((name) => option(name, undefined, json ? `${JSON.stringify(name)}: ` : `${name}: `))];
}

function valueOptions(path: readonly string[], versions: readonly string[], json: boolean): Completion[] {
  const schema = schemaAt(path);
  const names = resolved(schema).title === "Version" || path.join() === "version" ? versions : [];
  const written = (word: string): string => (json || word === "=" ? JSON.stringify(word) : word);
  return [...wordsOf(schema), ...names].map((word) => option(word, undefined, written(word)));
}

function option(label: string, schema: Schema | undefined, apply: string): Completion {
  const { title, description } = resolved(schema);
  // What is filtered by is what stands in the text, and that may begin with a quote.
  return {
    label: apply.startsWith('"') ? `"${label}"` : label,
    displayLabel: label,
    apply,
    ...(title !== undefined && { detail: title }),
    ...(description !== undefined && { info: description }),
  };
}

function describe(
  editor: EditorView,
  offset: number,
  { places }: Known,
): { pos: number; end: number; create: () => { dom: HTMLElement } } | null {
  const at = pointerAt(places(), offset);
  const place = places().get(at);
  const range = place?.key ?? place?.value;
  if (range === undefined || at === "" || offset < range.from || offset > range.to) return null;
  const { title, description } = resolved(schemaAt(keysOf(at)));
  if (description === undefined) return null;
  return {
    pos: range.from,
    end: range.to,
    create: () => {
      const dom = editor.dom.ownerDocument.createElement("div");
      dom.className = "cm-described";
      const name = dom.appendChild(document.createElement("strong"));
      name.textContent = title ?? "";
      dom.append(description);
      return { dom };
    },
  };
}
