/** Where a cursor stands: which keys lead there, whether a key or a value is written, and what of it stands before the cursor. */
export interface Context {
  readonly path: readonly string[];
  readonly at: "key" | "value";
  /** Where what is being written begins; in JSON, its quote. */
  readonly from: number;
  readonly typed: string;
}

/** The context at the end of a text that is not whole yet; undefined where nothing can be completed, as in a comment. */
export function contextOf(before: string, json: boolean): Context | undefined {
  return json || /^\s*[[{]/.test(before) ? jsonContext(before) : yamlContext(before);
}

interface Level {
  readonly list: boolean;
  index: number;
  key: string | undefined;
  /** Whether a colon stands behind the key. */
  valued: boolean;
  /** Whether the value stands there whole. */
  written: boolean;
}

function jsonContext(before: string): Context | undefined {
  const levels: Level[] = [];
  let open: { readonly from: number; readonly typed: string } | undefined;
  const tokens = /"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/g;
  for (const { 0: token, index } of before.matchAll(tokens)) {
    const level = levels.at(-1);
    open = undefined;
    switch (token) {
      case "{":
      case "[":
        levels.push({ list: token === "[", index: 0, key: undefined, valued: false, written: false });
        break;
      case "}":
      case "]":
        levels.pop();
        markWritten(levels.at(-1));
        break;
      case ",":
        if (level === undefined) break;
        level.index++;
        level.key = undefined;
        level.valued = false;
        level.written = false;
        break;
      case ":":
        if (level !== undefined) level.valued = true;
        break;
      default: {
        const whole = token.length > 1 && token.endsWith('"');
        if (index + token.length === before.length && !whole) open = { from: index, typed: token.replace(/^"/, "") };
        else if (level !== undefined && !level.list && !level.valued) level.key = token.replaceAll('"', "");
        else markWritten(level);
      }
    }
  }
  const level = levels.at(-1);
  if (level === undefined || level.written) return undefined;
  const path = levels.slice(0, -1).map((each) => (each.list ? String(each.index) : (each.key ?? "")));
  const { from, typed } = open ?? { from: before.length, typed: "" };
  if (level.list) return { path: [...path, String(level.index)], at: "value", from, typed };
  if (level.valued) return level.key === undefined ? undefined : { path: [...path, level.key], at: "value", from, typed };
  return level.key === undefined ? { path, at: "key", from, typed } : undefined;
}

function markWritten(level: Level | undefined): void {
  if (level !== undefined) level.written = true;
}

/** A line of YAML: what stands ahead of a key, the key, and the text behind its colon. */
const KEY_LINE = /^( *)((?:- +)*)(?:"([^"]*)"|'([^']*)'|([^\s#:"'{[][^:#]*?)) *:(?: +(.*))?$/;

function yamlContext(before: string): Context | undefined {
  const lines = before.split("\n");
  const line = lines.at(-1) ?? "";
  const begin = before.length - line.length;
  if (/(?:^|\s)#/.test(line)) return undefined;
  const flow = /^(.*?)([[{].*)$/.exec(line);
  if (flow !== null) {
    const [, ahead = "", rest = ""] = flow;
    const outer = yamlContext(before.slice(0, begin) + ahead);
    const inner = jsonContext(rest.replaceAll(/'([^']*)'/g, '"$1"'));
    return outer === undefined || inner === undefined
      ? undefined
      : { ...inner, path: [...outer.path, ...inner.path], from: inner.from + begin + ahead.length };
  }
  const value = KEY_LINE.exec(line);
  if (value?.[6] !== undefined || (value !== null && line.endsWith(" "))) {
    const typed = value[6] ?? "";
    const path = [
      ...pathAbove(lines.slice(0, -1), indentOf(value) + (value[2] ?? "").length),
      ...itemsIn(lines.slice(0, -1), value),
      keyIn(value),
    ];
    return { path, at: "value", from: begin + line.length - typed.length, typed: typed.replace(/^["']/, "") };
  }
  const start = /^( *)((?:- +)*)(["']?[\w.-]*)$/.exec(line);
  if (start === null) return undefined;
  const [, indent = "", dashes = "", typed = ""] = start;
  const path = pathAbove(lines.slice(0, -1), indent.length + dashes.length);
  const items = dashes === "" ? [] : [String(countItems(lines.slice(0, -1), indent.length))];
  return {
    path: withLastItem(path, lines.slice(0, -1), indent.length, items),
    at: "key",
    from: begin + line.length - typed.length,
    typed: typed.replace(/^["']/, ""),
  };
}

function keyIn([, , , one, other, plain]: RegExpExecArray): string {
  return one ?? other ?? plain ?? "";
}

function indentOf([, indent = ""]: RegExpExecArray): number {
  return indent.length;
}

function itemsIn(above: readonly string[], [, indent = "", dashes = ""]: RegExpExecArray): readonly string[] {
  return dashes === "" ? lastItem(above, indent.length) : [String(countItems(above, indent.length))];
}

/** The keys of the lines above that are less indented, from the outside in. */
function pathAbove(lines: readonly string[], indent: number): readonly string[] {
  const path: string[] = [];
  let limit = indent;
  for (let index = lines.length - 1; index >= 0 && limit > 0; index--) {
    const found = KEY_LINE.exec(lines[index] ?? "");
    if (found === null || (found[6] !== undefined && !found[6].startsWith("#"))) continue;
    const dashes = found[2] ?? "";
    const column = indentOf(found);
    // A list may stand as far to the left as the key that it belongs to.
    if (column + dashes.length < limit) {
      if (dashes !== "" || column < indent) path.unshift(keyIn(found));
      limit = column;
    }
  }
  return path;
}

/** The item in which a line stands that has no dash of its own. */
function lastItem(lines: readonly string[], indent: number): readonly string[] {
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? "";
    if (line.trim() === "") continue;
    const column = line.search(/\S/);
    if (column >= indent) continue;
    return /^ *- /.test(line) ? [String(countItems(lines.slice(0, index), column))] : [];
  }
  return [];
}

function withLastItem(path: readonly string[], lines: readonly string[], indent: number, own: readonly string[]): readonly string[] {
  return own.length > 0 ? [...path, ...own] : [...path, ...lastItem(lines, indent)];
}

/** How many items stand above, in the list of this indentation. */
function countItems(lines: readonly string[], indent: number): number {
  let count = 0;
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? "";
    if (line.trim() === "") continue;
    const column = line.search(/\S/);
    if (column < indent || (column === indent && line[column] !== "-")) break;
    if (column === indent) count++;
  }
  return count;
}
