import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** Characters that make a path a pattern. `path.matchesGlob` of node 20 prints a warning that it is experimental, so it is not used. */
const MAGIC = /[*?[{]/;

/**
 * The files that an argument names, sorted by name. A pattern (`*`, `**`, `?`, `[ab]`, `{a,b}`) gives the files that match it, a
 * folder gives the files below it that match `within`, and any other path gives itself, even if there is no such file.
 * Patterns skip `node_modules`, and files and folders that begin with a dot unless the pattern has the dot.
 */
export async function filesOf(path: string, within: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return matching(`${slashed(path).replace(/\/+$/, "")}/${within}`);
  if (found !== undefined || !MAGIC.test(path)) return [path];
  return matching(slashed(path));
}

/** Whether a link leads to a file. FIFOs and devices are left out, for to open one may wait for ever. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

function slashed(path: string): string {
  return sep === "/" ? path : path.replaceAll(sep, "/");
}

async function matching(pattern: string): Promise<readonly string[]> {
  const parts = pattern.split("/");
  const fixed = parts
    .slice(
      0,
      Math.max(
        0,
        parts.findIndex((part) => MAGIC.test(part)),
      ),
    )
    .join("/");
  const folder = fixed === "" && pattern.startsWith("/") ? "/" : fixed;
  const matches = matcher(pattern.replace(/^(?:\.\/)+/, ""));
  const dots = /(?:^|\/)\.[^./]/.test(pattern);
  const found: string[] = [];
  const walk = async (here: string): Promise<void> => {
    const entries = await readdir(here === "" ? "." : here, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const { name } = entry;
      if (name === "node_modules" || (name.startsWith(".") && !dots)) continue;
      const path = slashed(join(here, name));
      if (entry.isDirectory()) await walk(path);
      else if (matches(path) && (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path))))) found.push(path);
    }
  };
  await walk(folder);
  return found;
}

/** A state of a matcher: the states that come with it, and those that a character leads to. */
interface State {
  readonly with: State[];
  readonly next: { readonly takes: (character: string) => boolean; readonly to: State }[];
}

/**
 * A pattern as a function that tests paths with slashes. It goes through a path once and keeps every state that it may be in, so many
 * stars cost no more than their number. A regular expression would try each way of dividing the path between them.
 */
function matcher(pattern: string): (path: string) => boolean {
  const pieces = pattern.match(/\*\*\/|\*\*?|\[[^\]/]+\]|[^]/gu) ?? [];
  let at = 0;
  const state = (): State => ({ with: [], next: [] });
  const step = (from: State, takes: (character: string) => boolean, to: State = state()): State => {
    from.next.push({ takes, to });
    return to;
  };
  /** Any number of characters. */
  const many = (from: State, takes: (character: string) => boolean): State => {
    const loop = state();
    from.with.push(loop);
    return step(loop, takes, loop);
  };
  const sequence = (start: State, nested: boolean): State => {
    let here = start;
    for (; at < pieces.length; at++) {
      const piece = pieces[at] ?? "";
      if (nested && (piece === "," || piece === "}")) break;
      if (piece === "**/") {
        const folder = state();
        here.with.push(folder);
        const name = step(folder, isNoSlash);
        step(name, isNoSlash, name);
        step(name, (character) => character === "/", folder);
        here = folder;
      } else if (piece === "**") here = many(here, () => true);
      else if (piece === "*") here = many(here, isNoSlash);
      else if (piece === "?") here = step(here, isNoSlash);
      else if (piece === "{") here = alternatives(here);
      else if (piece.length > 1 && piece.startsWith("[")) {
        const wanted = classOf(piece.slice(1, -1));
        here = step(here, (character) => wanted.test(character));
      } else here = step(here, (character) => character === piece);
    }
    return here;
  };
  /** One of several sequences. Braces that are not closed end with the pattern. */
  const alternatives = (from: State): State => {
    const end = state();
    do {
      at++;
      const start = state();
      from.with.push(start);
      sequence(start, true).with.push(end);
    } while (pieces[at] === ",");
    return end;
  };
  const first = state();
  const last = sequence(first, false);
  return (path) => {
    let states = closure([first]);
    for (const character of path)
      states = closure([...states].flatMap(({ next }) => next.filter(({ takes }) => takes(character)).map(({ to }) => to)));
    return states.has(last);
  };
}

function isNoSlash(character: string): boolean {
  return character !== "/";
}

/** The states, and those that come with them. */
function closure(states: readonly State[]): ReadonlySet<State> {
  const all = new Set(states);
  for (const each of all) for (const other of each.with) all.add(other);
  return all;
}

/** One of some characters, or, after `!` or `^`, another one; a dash is a range where its ends are in order. */
function classOf(members: string): RegExp {
  const not = /^[!^]./u.test(members);
  const escaped = (not ? members.slice(1) : members).replaceAll(/[\\\]^[/]/g, "\\$&");
  const inOrder = [...escaped.matchAll(/(.)-(.)/gu)].every(([, from = "", to = ""]) => from <= to);
  return new RegExp(`^[${not ? "^/" : ""}${inOrder ? escaped : escaped.replaceAll("-", "\\-")}]$`, "u");
}
