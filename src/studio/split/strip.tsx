import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { percent, type Piece, SLOTS } from "../slots.ts";
import type { Page } from "../page.ts";
import { type Edge, slotsAt } from "./weights.ts";

interface Props {
  readonly page: Page;
  readonly pieces: readonly Piece[];
  readonly label?: string;
  /** Only the slots that change are shown, in a low strip. */
  readonly thin?: boolean;
  /** A slot that is marked. */
  readonly mark?: number | undefined;
  readonly edges?: readonly Edge[];
  /** The slots of one step of an edge. */
  readonly step?: number;
  readonly onWeight?: (version: string, slots: number) => void;
}

/** The slots of a split, drawn to scale, with an edge to drag for each weight. */
export function Strip({ page, pieces, label, thin = false, mark, edges = [], step = 1, onWeight }: Props): JSX.Element {
  const { say, colour } = page;
  const strip = useRef<HTMLDivElement>(null);
  // Each step of dragging changes the text, so the next one is made by what is drawn then.
  const weigh = useRef(onWeight);
  weigh.current = onWeight;
  const at = (slot: number): string => `${(slot / SLOTS) * 100}%`;

  const drag = (edge: Edge, event: PointerEvent): void => {
    const target = event.currentTarget as HTMLElement;
    const box = strip.current?.getBoundingClientRect();
    if (box === undefined) return;
    event.preventDefault();
    target.focus();
    target.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent): void =>
      weigh.current?.(edge.version, slotsAt(edge, ((clientX - box.left) / box.width) * SLOTS, Math.max(step, COARSE)));
    const end = (): void => {
      target.removeEventListener("pointermove", move);
      target.removeEventListener("pointerup", end);
      target.removeEventListener("pointercancel", end);
    };
    target.addEventListener("pointermove", move);
    target.addEventListener("pointerup", end);
    target.addEventListener("pointercancel", end);
  };

  const press = (edge: Edge, event: KeyboardEvent): void => {
    const by = event.shiftKey ? step : Math.max(step, 100);
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: by,
      ArrowRight: by,
      ArrowDown: -by,
      ArrowLeft: -by,
      PageUp: 1000,
      PageDown: -1000,
    };
    const target = event.key === "Home" ? 0 : event.key === "End" ? edge.most : edge.slots + (steps[event.key] ?? Number.NaN);
    if (Number.isNaN(target) || onWeight === undefined) return;
    event.preventDefault();
    onWeight(edge.version, Math.max(0, Math.min(Math.floor(edge.most / step) * step, target)));
  };

  return (
    <div class={thin ? "strip thin" : "strip"}>
      {label !== undefined && <span class="label">{label}</span>}
      <div class="track" ref={strip}>
        {pieces.map(({ version, from, until }) => (
          <span
            key={from}
            class={`piece v${colour(version)}`}
            style={{ left: at(from), width: at(until - from) }}
            title={`${version} · ${percent(until - from)} · ${from}–${until - 1}`}
          >
            {!thin && <span>{version}</span>}
          </span>
        ))}
        {mark !== undefined && <span class="mark" style={{ left: at(mark + 0.5) }} />}
        {edges.map((edge) => (
          <button
            key={edge.version}
            type="button"
            role="slider"
            class="edge"
            style={{ left: at(edge.at) }}
            aria-label={say("slots.edge", edge.version)}
            aria-valuemin={0}
            aria-valuemax={edge.most / 100}
            aria-valuenow={edge.slots / 100}
            aria-valuetext={percent(edge.slots)}
            onPointerDown={(event) => drag(edge, event)}
            onKeyDown={(event) => press(edge, event)}
          />
        ))}
      </div>
    </div>
  );
}

/** Slots that an edge moves at least while it is dragged: a pixel is some ten slots, and 0.1 % is a weight that people write. */
const COARSE = 10;
