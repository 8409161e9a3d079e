import type { Diagnostic } from "../../alias/surface.ts";

/** The order of complaints in a file. */
export function byPosition({ position: one }: Diagnostic, { position: other }: Diagnostic): number {
  return (one?.line ?? 0) - (other?.line ?? 0) || (one?.column ?? 0) - (other?.column ?? 0);
}

/** `file:line:column`, as far as it is known. */
export function placed(name: string, { position }: Pick<Diagnostic, "position">): string {
  return position === undefined ? name : `${name}:${position.line}:${position.column}`;
}
