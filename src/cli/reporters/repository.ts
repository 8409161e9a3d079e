import { relative, resolve, sep } from "node:path";
import type { Terminal } from "../terminal/host.ts";

/**
 * The path of a file below the root of the repository, with `/` between its parts: what GitHub takes for annotations. The root is
 * `GITHUB_WORKSPACE` where that is set, otherwise the working directory. A file outside of it keeps its name.
 */
export function inRepository(file: string, { GITHUB_WORKSPACE: root }: Terminal["env"]): string {
  if (file === "standard input") return file;
  const path = relative(root === undefined || root === "" ? "." : root, resolve(file));
  return path === "" || path === ".." || path.startsWith(`..${sep}`) || resolve(path) === path ? file : path.replaceAll(sep, "/");
}
