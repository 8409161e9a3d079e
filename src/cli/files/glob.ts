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

/** The regular expression for a piece of a pattern. Other characters match themselves. */
const PIECES: Readonly<Record<string, string>> = {
  "**/": "(?:[^/]+/)*",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
  "{": "(?:",
  "}": ")",
  ",": "|",
};

/** A pattern as a regular expression. Paths have slashes on every system. */
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

/** A character class such as `[ab]`. `!` or `^` negates it. A dash is a range if its ends are in order. */
function classOf(members: string): string {
  const not = /^[!^]./u.test(members);
  const escaped = (not ? members.slice(1) : members).replaceAll(/[\\\]^[/]/g, "\\$&");
  const inOrder = [...escaped.matchAll(/(.)-(.)/gu)].every(([, from = "", to = ""]) => from <= to);
  return `[${not ? "^/" : ""}${inOrder ? escaped : escaped.replaceAll("-", "\\-")}]`;
}
