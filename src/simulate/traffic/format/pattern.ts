import { nearest, shown } from "../../../document/index.ts";
import type { Layout, Role, Variable } from "./layout.ts";
import { beginsWithSlash } from "./scan.ts";

/** What is wrong with a pattern: `offset` counts characters from 0. */
export interface PatternFault {
  readonly offset: number;
  readonly message: string;
  readonly help: string;
}

/** A pattern once it is read, or everything that is wrong with it. */
export type PatternResult =
  | { readonly ok: true; readonly layout: Layout }
  | { readonly ok: false; readonly faults: readonly PatternFault[] };

/** A piece of a pattern, and where it stands in it. */
export interface Piece {
  readonly token: string | Variable;
  readonly offset: number;
}

/** What a request cannot be without: its path. */
const OF_A_REQUEST: ReadonlySet<Role["kind"]> = new Set<Role["kind"]>(["request", "target", "path"]);

/** Makes a layout of the pieces of a pattern. `needed` names what a request could be made from, in the syntax of the pattern. */
export function layoutOf(pieces: readonly Piece[], escape: Layout["escape"], needed: string): PatternResult {
  const joined = joinTexts(joinTargets(pieces));
  const faults: PatternFault[] = [];
  for (const [index, { token, offset }] of joined.entries()) {
    const before = joined[index - 1]?.token;
    if (typeof token === "string" || before === undefined || typeof before === "string" || beginsWithSlash(token)) continue;
    const message = `nothing stands between ${shown(before.name)} and ${shown(token.name)}`;
    faults.push({ offset, message, help: "put a blank or another text between them, in the server too: where one ends cannot be known" });
  }
  const variables = joined.flatMap(({ token }) => (typeof token === "string" ? [] : [token]));
  if (!variables.some(({ role }) => OF_A_REQUEST.has(role.kind)))
    faults.push({ offset: 0, message: "no request can be made from this format: it has no path", help: `add ${needed}` });
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, layout: { tokens: joined.map(({ token }) => token), escape, tail: "none" } };
}

/** `$uri$is_args$args` and `%U%q` are one target. */
function joinTargets(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const before = result.at(-1)?.token;
    const { token } = piece;
    const joins =
      before !== undefined &&
      typeof before !== "string" &&
      (before.role.kind === "path" || before.role.kind === "target") &&
      typeof token !== "string" &&
      (token.role.kind === "query" || token.name === "$is_args");
    if (joins) result[result.length - 1] = { token: { name: before.name, role: { kind: "target" } }, offset: result.at(-1)?.offset ?? 0 };
    else result.push(piece);
  }
  return result;
}

function joinTexts(pieces: readonly Piece[]): readonly Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    const before = result.at(-1);
    if (piece.token === "") continue;
    if (typeof piece.token === "string" && typeof before?.token === "string")
      result[result.length - 1] = { token: before.token + piece.token, offset: before.offset };
    else result.push(piece);
  }
  return result;
}

/** The help for a name that is not known. */
export function meant(name: string, known: readonly string[], otherwise: string): string {
  const near = nearest(name, known);
  return near === undefined ? otherwise : `did you mean \`${near}\`?`;
}
