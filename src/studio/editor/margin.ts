import { type Extension, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, gutter, GutterMarker } from "@codemirror/view";
import type { Mark } from "./mark.ts";

/** A class, for that is what the editor takes. */
class ReachedMarker extends GutterMarker {
  readonly #mark: Mark;

  constructor(mark: Mark) {
    super();
    this.#mark = mark;
  }

  override eq(other: ReachedMarker): boolean {
    return other.#mark.reached === this.#mark.reached && other.#mark.text === this.#mark.text;
  }

  override toDOM(view: EditorView): HTMLElement {
    const dom = view.dom.ownerDocument.createElement("span");
    dom.className = `cm-reached cm-reached-${this.#mark.reached}`;
    dom.title = this.#mark.text;
    return dom;
  }
}

const marked = StateEffect.define<readonly Mark[]>();

const field = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update: (markers, { effects, changes, newDoc }) => {
    let next = markers.map(changes);
    for (const effect of effects) {
      if (!effect.is(marked)) continue;
      const lines = new Map<number, Mark>();
      for (const mark of effect.value) {
        const { from } = newDoc.lineAt(Math.min(mark.from, newDoc.length));
        const known = lines.get(from);
        lines.set(from, known === undefined ? mark : both(known, mark));
      }
      next = RangeSet.of(
        [...lines].map(([from, mark]) => new ReachedMarker(mark).range(from)),
        true,
      );
    }
    return next;
  },
});

/** The mark of a line with several places. */
function both(one: Mark, other: Mark): Mark {
  return { ...one, reached: one.reached === other.reached ? one.reached : "some", text: `${one.text}\n${other.text}` };
}

/** The margin that shows what a suite reaches. It is as wide as nothing where there are no marks. */
export const margin: Extension = [field, gutter({ class: "cm-margin", markers: (view) => view.state.field(field) })];

/** The effect that puts marks in place of those that are there. */
export function markLines(marks: readonly Mark[]): StateEffect<readonly Mark[]> {
  return marked.of(marks);
}
