import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { jsonLanguage } from "@codemirror/lang-json";
import { yamlLanguage } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Pointer } from "../../index.ts";
import { completion } from "./complete.ts";
import type { Change } from "./edit.ts";
import type { Written } from "./written.ts";
import type { Problem } from "./problems.ts";
import { margin, markLines } from "./margin.ts";
import type { Mark } from "./mark.ts";
import { theme } from "./theme.ts";

/** What the rest of the page asks of the editor. */
export interface EditorHandle {
  /** Changes the text as a person would, so that it can be undone. Changes by dragging are undone as one. */
  readonly apply: (change: Change, by: "fix" | "slots") => void;
  /** Puts the cursor there, and brings it into view. */
  readonly show: (from: number) => void;
}

interface Props {
  /** Which document is shown: another one has a history of its own. The text of one document changes in the editor only. */
  readonly id: number;
  /** The text, and where its values stand. */
  readonly written: Written;
  readonly label: string;
  /** The versions that are completed, with what else an alias may have; undefined for a text that is no alias. */
  readonly versions: readonly string[] | undefined;
  readonly problems: readonly Problem[];
  /** What decided the request. */
  readonly lit: Pointer | undefined;
  /** What the margin shows. */
  readonly marks: readonly Mark[];
  readonly onText: (text: string) => void;
  readonly handle: { current: EditorHandle | undefined };
  readonly fixLabel: (problem: Problem) => string;
}

/** The editor. It stands in a shadow root, for there the styles that it makes need no exception from the page's policy. */
export function Editor(props: Props): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const view = useRef<EditorView | undefined>(undefined);
  const language = useRef(new Compartment());
  const labelled = useRef(new Compartment());
  const states = useRef(new Map<number, EditorState>());

  useEffect(() => {
    const root = host.current?.shadowRoot ?? host.current?.attachShadow({ mode: "open" });
    if (root === undefined) return undefined;
    const editor = new EditorView({ root, parent: root as unknown as Element, state: stateOf() });
    view.current = editor;
    props.handle.current = {
      apply: ({ from, to, insert }, by) => {
        editor.dispatch({ changes: { from, to, insert }, userEvent: by === "fix" ? "input.fix" : "input.type.slots" });
        // The button of a fix goes with its problem, and a keyboard stays where the text has changed.
        if (by === "fix") editor.focus();
      },
      show: (from) => {
        editor.dispatch({
          selection: { anchor: Math.min(from, editor.state.doc.length) },
          effects: EditorView.scrollIntoView(from, { y: "center" }),
        });
        editor.focus();
      },
    };
    return () => editor.destroy();
  }, []);

  function stateOf(): EditorState {
    return EditorState.create({ doc: latest.current.written.text, extensions: extensions() });
  }

  function extensions(): readonly Extension[] {
    return [
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      indentUnit.of("  "),
      keymap.of([...closeBracketsKeymap, ...standardKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
      language.current.of(languageOf(latest.current.written.json)),
      labelled.current.of(labelOf(latest.current.label)),
      litField,
      margin,
      latest.current.versions === undefined
        ? []
        : completion({
            json: () => latest.current.written.json,
            places: () => latest.current.written.places,
            versions: () => latest.current.versions ?? [],
          }),
      EditorView.domEventHandlers({ beforeinput: typeOverLines }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) latest.current.onText(update.state.doc.toString());
      }),
      theme,
    ];
  }

  const { text, json, places } = props.written;
  const shown = useRef(props.id);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    if (shown.current !== props.id) {
      states.current.set(shown.current, editor.state);
      shown.current = props.id;
      const known = states.current.get(props.id);
      editor.setState(known?.doc.toString() === text ? known : stateOf());
    }
    editor.dispatch({
      effects: [language.current.reconfigure(languageOf(json)), labelled.current.reconfigure(labelOf(props.label))],
    });
  }, [props.id, json, props.label]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() !== text) return;
    const length = editor.state.doc.length;
    const diagnostics = props.problems.map((problem) => {
      const { diagnostic, from, to, fix } = problem;
      const { severity, message, help, code } = diagnostic;
      return {
        from: Math.min(from, length),
        to: Math.min(to, length),
        severity,
        source: code,
        message: help === undefined ? message : `${message}\n${help}`,
        actions:
          fix === undefined
            ? []
            : [{ name: latest.current.fixLabel(problem), apply: () => props.handle.current?.apply(fix.change, "fix") }],
      };
    });
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [props.problems, props.id]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    const entry = props.lit === undefined ? undefined : places.get(props.lit)?.entry;
    editor.dispatch({ effects: light.of(editor.state.doc.toString() === text ? entry : undefined) });
  }, [props.lit, props.written, props.id]);

  useEffect(() => {
    const editor = view.current;
    if (editor?.state.doc.toString() === text) editor.dispatch({ effects: markLines(props.marks) });
  }, [props.marks, props.id]);

  return <div class="editor" ref={host} />;
}

/**
 * Types over a selection of several lines. Chromium would keep the looks of what was there in a style attribute, which the page's policy
 * refuses with a complaint.
 */
function typeOverLines(event: InputEvent, editor: EditorView): boolean {
  const { main } = editor.state.selection;
  const { data, inputType, isComposing } = event;
  const isOneLine = editor.state.doc.lineAt(main.from).to >= main.to;
  if (inputType !== "insertText" || data === null || isComposing || isOneLine) return false;
  event.preventDefault();
  editor.dispatch(editor.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
  return true;
}

function languageOf(json: boolean): Extension {
  return json ? jsonLanguage : yamlLanguage;
}

function labelOf(label: string): Extension {
  return EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" });
}

/** Lights the lines of what decided. */
const light = StateEffect.define<{ readonly from: number; readonly to: number } | undefined>();

const litLine = Decoration.line({ class: "cm-lit" });
const firstLitLine = Decoration.line({ class: "cm-lit cm-lit-first" });

const litField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (lit, { effects, changes, newDoc }) => {
    let next = lit.map(changes);
    for (const effect of effects) {
      if (!effect.is(light)) continue;
      const range = effect.value;
      if (range === undefined) {
        next = Decoration.none;
        continue;
      }
      const [first, last] = [newDoc.lineAt(Math.min(range.from, newDoc.length)), newDoc.lineAt(Math.min(range.to, newDoc.length))];
      const lines = Array.from({ length: last.number - first.number + 1 }, (_, index) => newDoc.line(first.number + index));
      next = Decoration.set(lines.map(({ from }, index) => (index === 0 ? firstLitLine : litLine).range(from)));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});
