import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { basename } from "node:path";
import { BUDGETS } from "../../alias/surface.ts";
import { addressText, isLoopback, listenAddress } from "../arguments.ts";
import { type Command, defineCommand } from "../command.ts";
import { nameOf } from "../files/alias.ts";
import { checkOwn, save, tellWritten, writable } from "../files/save.ts";
import { readFile } from "../files/text.ts";
import { closed, listening, stopSignal } from "../listening.ts";
import { type Asset, BEGINNING, type PageFile, pageHeaders, pageInOneFile, servedPage } from "../studio-page.ts";
import { notice, Refusal, type Terminal, write } from "../terminal/host.ts";

/** The command `studio`. */
export const studio: Command = defineCommand({
  name: "studio",
  about: [
    "Shows aliases in the browser: what is wrong with them, why a request gets a version, and who moves when a weight moves.",
    "The page is the library itself. It proves and counts in the browser and sends nothing; what is changed there is not written back to the files: the page saves it as a file of its own.",
    "--out writes the page as one file that loads nothing, with the FILES in it.",
  ],
  arguments: [
    { name: "FILE", description: "an alias config that the page begins with, JSON or YAML; `-` for standard input", count: "any" },
  ],
  options: {
    listen: {
      type: "string",
      value: "HOST:PORT",
      default: "127.0.0.1:8090",
      read: listenAddress,
      description: "where to listen, on loopback only; port 0 takes a free one",
    },
    out: {
      type: "string",
      value: "OUT",
      short: "o",
      description: "write the page to this file and do not listen, `-` for standard output",
    },
    force: { type: "boolean", needs: "out", description: "let --out write over a file that is no such page" },
  },
  conflicts: [{ options: ["out", "listen"], why: "are two ways to show the page" }],
  exits: {
    0: "stopped by a signal, or written",
    2: "wrong usage, a file that cannot be read or written, or an address that cannot be used",
  },
  examples: ["canary-router studio live.json next.json", "canary-router studio shop.yaml -o shop.html"],
  run: async ({ values: { listen: address, out, force }, positionals }, host) => {
    if (out !== undefined && out !== "-") {
      await writable(out);
      if (!force) await checkOwn(out, BEGINNING);
    }
    if (!isLoopback(address.host)) {
      throw new Refusal(`\`studio\` listens on loopback only, not on \`${address.host}\``, "write the page to a file with `--out`");
    }
    const files = await readFiles(positionals, host);
    if (out === undefined) return serve(await servedPage(files, false), address, host);
    const page = await pageInOneFile(files);
    if (out === "-") await write(host.stdout, page);
    else {
      await save(out, page);
      await tellWritten(out, host);
    }
    return 0;
  },
});

async function readFiles(paths: readonly string[], host: Terminal): Promise<readonly PageFile[]> {
  const files: PageFile[] = [];
  for (const path of paths) {
    const name = nameOf(path);
    const { text } = await readFile(path, name, host, BUDGETS.text);
    if (text.length > BUDGETS.text) throw new Refusal(`${name}: more than ${BUDGETS.text} characters of text`);
    files.push({ name: path === "-" ? "stdin" : basename(path), text });
  }
  return files;
}

async function serve(page: ReadonlyMap<string, Asset>, address: ReturnType<typeof listenAddress>, host: Terminal): Promise<0> {
  const stop = stopSignal(host);
  try {
    const server = await listening(
      createServer((request, response) => answer(page, request, response)),
      address,
    );
    await notice(`the studio is at http://${addressText(server.address() as AddressInfo)}/`, host, "green");
    if (!stop.signal.aborted) await once(stop.signal, "abort");
    await closed(server);
  } finally {
    stop.dispose();
  }
  return 0;
}

/** Answers a request for a part of the page. A name of another host is refused: a page elsewhere could have its name lead here, and read the files. */
function answer(page: ReadonlyMap<string, Asset>, { method, url = "/", headers }: IncomingMessage, response: ServerResponse): void {
  const name = (headers.host ?? "").replace(/:\d+$/, "").replaceAll(/^\[|\]$/g, "");
  const asset = page.get(url.replace(/[?#].*$/s, ""));
  const refuse = (status: number, text: string): void => void response.writeHead(status, { "content-type": "text/plain" }).end(`${text}\n`);
  if (!isLoopback(name)) return refuse(421, "this server has another name");
  if (method !== "GET" && method !== "HEAD") return refuse(405, "only GET and HEAD");
  if (asset === undefined) return refuse(404, "not found");
  const body = Buffer.from(asset.body);
  response.writeHead(200, {
    "content-type": asset.type,
    "content-length": body.length,
    "cache-control": "no-cache",
    ...pageHeaders(false),
    "x-content-type-options": "nosniff",
  });
  response.end(method === "HEAD" ? undefined : body);
}
