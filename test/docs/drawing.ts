/** Styles of the pictures of the documents, for light and dark pages. */
const STYLE = `
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#1b1f24}
.strong{font-weight:600;font-size:15px}
.code{font:13px ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono",monospace}
.quiet{fill:#57606a}
.middle{text-anchor:middle}
.end{text-anchor:end}
.ground{fill:#ffffff}
.box{fill:#f6f8fa;stroke:#57606a}
.line{fill:none;stroke:#57606a;stroke-width:1.5}
.head{fill:#57606a}
.primary{fill:#d0d7de}
.canary{fill:#f2a65a}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
.quiet{fill:#a0aab5}
.ground{fill:#0d1117}
.box{fill:#161b22;stroke:#a0aab5}
.line{stroke:#a0aab5}
.head{fill:#a0aab5}
.primary{fill:#3a424c}
.canary{fill:#b4590e}
}`;

/** A whole SVG with a title and a description, which screen readers tell. */
export function svg(width: number, height: number, title: string, description: string, body: readonly string[]): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    `<style>${STYLE}</style>`,
    `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...body,
    "</svg>",
  ].join("\n")}\n`;
}

export function rect(classes: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${classes}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`;
}

export function label(classes: string, x: number, y: number, text: string): string {
  return `<text class="${classes}" x="${x}" y="${y}">${escaped(text)}</text>`;
}

/** A line along a path of SVG, with a head at its end. */
export function arrow(path: string): string {
  return `<path class="line" d="${path}" marker-end="url(#head)"/>`;
}

/** The words of a text in lines of at most so many characters. */
export function wrapped(text: string, characters: number): readonly string[] {
  return text.split(" ").reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    return last !== undefined && last.length + 1 + word.length <= characters
      ? [...lines.slice(0, -1), `${last} ${word}`]
      : [...lines, word];
  }, []);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
