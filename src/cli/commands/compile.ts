import { open } from "node:fs/promises";
import { emitModule } from "../../route/emit.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { save, tellWritten } from "../files/save.ts";
import { failureOf } from "../files/text.ts";
import { Refusal, write } from "../terminal/host.ts";

/** The first line of every emitted module. */
const EMITTED = /^\/\/ .*compiled by canary-router/;

/** The command `compile`, which writes an alias as a module. */
export const compile: Command = defineCommand({
  name: "compile",
  about: [
    "Compiles an alias into a JavaScript module that needs nothing else.",
    "The module exports `route(request, draw?)`, also as its default, and `decisions`. It imports nothing and runs where ES modules do: node, workers, browsers. A request is as node gives it: `headers` with names in lower case, `url`, `method`, and `attributes` for what the host vouches for.",
    "OUT is written whole or not at all, and not where the config has errors.",
  ],
  arguments: [{ name: "FILE", description: "an alias config, JSON or YAML; `-` for standard input" }],
  options: {
    out: { type: "string", value: "OUT", short: "o", default: "-", description: "the file to write, `-` for standard output" },
    force: { type: "boolean", needs: "out", description: "write over a file that this command has not written" },
  },
  exits: {
    0: "written",
    1: "the config has errors",
    2: "wrong usage, a file that cannot be read or written, or one that is not to be written over",
  },
  examples: ["canary-router compile prod.yaml -o prod.route.js", "canary-router compile prod.yaml | head -20"],
  run: async ({ values: { out, force }, positionals: [file] }, host) => {
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const text = emitModule(alias);
    if (out === "-") await write(host.stdout, text);
    else {
      if (!force && !(await isOurs(out))) {
        throw new Refusal(`${out}: is there already, and not from this command`, "`--force` writes over it");
      }
      await save(out, text);
      await tellWritten(out, host);
    }
    return 0;
  },
});

/** Whether the file can be overwritten without asking: it does not exist, is empty, or was written by `compile`. */
async function isOurs(path: string): Promise<boolean> {
  let file;
  try {
    file = await open(path);
    if (!(await file.stat()).isFile()) throw new Refusal(`${path}: is not a regular file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    return bytesRead === 0 || EMITTED.test(buffer.toString("utf8", 0, bytesRead));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error instanceof Refusal ? error : new Refusal(`${path}: ${failureOf(error)}`);
  } finally {
    await file?.close();
  }
}
