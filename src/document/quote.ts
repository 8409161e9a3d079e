/**
 * A JavaScript string literal that means exactly `text`: the only way by which text of a config enters code. It is JSON with
 * every unit outside printable ASCII escaped, and `<` too, so that the literal is inert in a script element, a comment of
 * one line, and for readers that treat U+2028 as a line end.
 */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]|</g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
