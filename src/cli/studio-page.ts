import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Refusal } from "./terminal/host.ts";

/** A file that the page begins with. */
export interface PageFile {
  readonly name: string;
  readonly text: string;
}

/** What a path of the page is answered with. */
export interface Asset {
  readonly type: string;
  readonly body: string;
}

/**
 * What the served page is sent with. It may load what stands beside it, and nothing else; the page of a gateway may also ask the gateway.
 * Nothing in the page is run or styled that does not come from a file. Images are the pictures in its style.
 */
export function pageHeaders(live: boolean): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "worker-src 'self'",
    "img-src data:",
    ...(live ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { "content-security-policy": policy, "cross-origin-opener-policy": "same-origin", "referrer-policy": "no-referrer" };
}

/**
 * The paths of the page. It begins with the files, which it has as data; with `live`, it shows the gateway that serves it. Throws a
 * `Refusal` where it has not been built.
 */
export async function servedPage(files: readonly PageFile[], live: boolean): Promise<ReadonlyMap<string, Asset>> {
  const { html, script, style } = await builtPage();
  const body = live ? withElement(html, "live", true) : withElement(html, "files", files);
  return new Map([
    ["/", { type: "text/html; charset=utf-8", body }],
    ["/studio.js", { type: "text/javascript; charset=utf-8", body: script }],
    ["/studio.css", { type: "text/css; charset=utf-8", body: style }],
  ]);
}

/** How a page in one file begins, so that it is known again. */
export const BEGINNING: RegExp = /^<!doctype html>\n<!-- canary-router studio -->\n/;

/**
 * The page in one file, which loads nothing: script and style are in it, and its policy names them by their hashes. Throws a `Refusal`
 * where the page has not been built.
 */
export async function pageInOneFile(files: readonly PageFile[]): Promise<string> {
  const { html, script, style } = await builtPage();
  const code = inScript(script);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(code)}'`,
    `style-src '${hashOf(style)}'`,
    "worker-src blob:",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const page = replaced(
    replaced(html, /<script type="module"[^>]*><\/script>/, () => ""),
    /<link rel="stylesheet"[^>]*>/,
    () => `<style>${style}</style>`,
  );
  const marked = replaced(page, /^<!doctype html>\n/, (begin) => `${begin}<!-- canary-router studio -->\n`);
  const guarded = replaced(
    marked,
    /<meta charset="utf-8" \/>/,
    (meta) => `${meta}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
  );
  return replaced(withElement(guarded, "files", files), /<\/body>/, (end) => `<script type="module">${code}</script>\n  ${end}`);
}

interface Built {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

/** What `npm run build` has made of src/studio. */
async function builtPage(): Promise<Built> {
  const read = async (name: string): Promise<string> => readFile(new URL(`../../dist/studio/${name}`, import.meta.url), "utf8");
  try {
    const [html, script, style] = await Promise.all([read("index.html"), read("studio.js"), read("studio.css")]);
    return { html, script, style };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new Refusal("the studio has not been built", "npm run build");
    throw error;
  }
}

/** A value as data of the page, which no browser runs: `<` is escaped, so that no text ends the element. */
function withElement(html: string, id: "files" | "live", value: unknown): string {
  const data = JSON.stringify(value).replaceAll("<", "\\u003c");
  return replaced(html, /<\/head>/, (end) => `  <script type="application/json" id="${id}">${data}</script>\n  ${end}`);
}

/** A script that stands in a page. What would end its element is written otherwise; it is in texts only, where `\/` is `/`. */
function inScript(code: string): string {
  return code.replaceAll(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "<\\!--");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** Replaces what is there once; a function gives the text, in which nothing stands for anything else. */
function replaced(text: string, pattern: RegExp, by: (found: string) => string): string {
  if (!pattern.test(text)) throw new Error(`the page has no ${String(pattern)}`);
  return text.replace(pattern, (found) => by(found));
}
