import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** Marks a path as a pattern. Node's own `path.matchesGlob` warns that it is an experiment, on standard error, in node 20. */
const MAGIC = /[*?[{]/;

/**
 * The files that an argument names, in the order of their names: of a pattern (`*`, `**`, `?`, `[ab]`, `{a,b}`) those that
 * match it, of a folder those below it that match `within`, and otherwise the path itself, whether it is there or not.
 * Patterns skip `node_modules` and, where they do not name them, files and folders that begin with a dot.
 */
export async function filesOf(path: string, within: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return matching(`${slashed(path).replace(/\/+$/, "")}/${within}`);
  if (found !== undefined || !MAGIC.test(path)) return [path];
  return matching(slashed(path));
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
  const wanted = expression(pattern.replace(/^(?:\.\/)+/, ""));
  const dots = /(?:^|\/)\.[^./]/.test(pattern);
  const found: string[] = [];
  const walk = async (here: string): Promise<void> => {
    const entries = await readdir(here === "" ? "." : here, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const { name } = entry;
      if (name === "node_modules" || (name.startsWith(".") && !dots)) continue;
      const path = slashed(join(here, name));
      if (entry.isDirectory()) await walk(path);
      else if (wanted.test(path)) found.push(path);
    }
  };
  await walk(folder);
  return found;
}

/** What stands for a piece of a pattern; everything else stands for itself. */
const PIECES: Readonly<Record<string, string>> = {
  "**/": "(?:[^/]+/)*",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
  "{": "(?:",
  "}": ")",
  ",": "|",
};

/** A pattern as a regular expression for paths with slashes. */
function expression(pattern: string): RegExp {
  let depth = 0;
  const text = pattern.replaceAll(/\*\*\/|\*\*?|\[[^\]/]+\]|[^]/gu, (piece) => {
    if (piece.length > 1 && piece.startsWith("[")) return classOf(piece.slice(1, -1));
    const known = (piece === "}" || piece === ",") && depth === 0 ? undefined : PIECES[piece];
    if (piece === "{") depth++;
    if (piece === "}" && depth > 0) depth--;
    return known ?? piece.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${text}${")".repeat(depth)}$`, "u");
}

/** One of some characters, or, after `!` or `^`, another one; a dash is a range where its ends are in order. */
function classOf(members: string): string {
  const not = /^[!^]./u.test(members);
  const escaped = (not ? members.slice(1) : members).replaceAll(/[\\\]^[/]/g, "\\$&");
  const inOrder = [...escaped.matchAll(/(.)-(.)/gu)].every(([, from = "", to = ""]) => from <= to);
  return `[${not ? "^/" : ""}${inOrder ? escaped : escaped.replaceAll("-", "\\-")}]`;
}
