/** The user's text as messages show it: in backticks, on one line, invisible characters escaped, cut after 60 characters. */
export function shown(text: string | number): string {
  const characters = Array.from(String(text).slice(0, 122));
  const visible = characters
    .slice(0, 60)
    .join("")
    .replace(/(?! )[\p{C}\p{Z}]/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);
  return `\`${visible}${characters.length > 60 ? "…" : ""}\``;
}
