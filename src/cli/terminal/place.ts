import type { Diagnostic } from "../../alias/surface.ts";

/** Compares complaints by their positions in a file. */
export function byPosition({ position: one }: Diagnostic, { position: other }: Diagnostic): number {
  return (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
}

/** `file:line:column`, or only the file if there is no position. */
export function placed(name: string, { position }: Pick<Diagnostic, "position">): string {
  return position === undefined ? name : `${name}:${position.line}:${position.column}`;
}
