import { open } from "node:fs/promises";
import { emitModule } from "../../route/emit.ts";
import { onlyFile, readArguments } from "../arguments.ts";
import { failureOf } from "../files/alias.ts";
import { loadAlias } from "../files/load.ts";
import { save, tellWritten } from "../files/save.ts";
import { type Command, Refusal, write } from "../terminal/host.ts";

const HELP = `Compiles an alias into a JavaScript module that needs nothing else.

Usage: canary-router compile FILE [-o OUT] [--force]

The module exports \`route(request, draw?)\`, also as its default, and
\`decisions\`. It imports nothing and runs where ES modules do: node, workers,
browsers. A request is as node gives it: \`headers\` with names in lower case,
\`url\`, \`method\`, and \`attributes\` for what the host vouches for.

Options:
  -o, --out OUT  the file to write; standard output for \`-\` and where it is
                 left out
  --force        write over a file that this command has not written

OUT is written whole or not at all, and not where the config has errors.

Exit codes: 0 written, 1 the config has errors, 2 wrong usage, a file that
cannot be read or written, or one that is not to be written over.

Examples:
  canary-router compile prod.yaml -o prod.route.js
  canary-router compile prod.yaml | head -20
`;

/** The first line of every emitted module. */
const EMITTED = /^\/\/ .*compiled by canary-router/;

/** Writes the module of an alias. */
export const compile: Command = {
  summary: "compile an alias into a JavaScript module of its own",
  help: HELP,
  run: async (args, host) => {
    const { values, positionals } = readArguments(args, { out: { type: "string", short: "o" }, force: { type: "boolean" } });
    const file = onlyFile(positionals, "compile");
    const alias = await loadAlias(file, host);
    if (alias === undefined) return 1;
    const text = emitModule(alias);
    const { out = "-" } = values;
    if (out === "-") await write(host.stdout, text);
    else {
      if (values.force !== true && !(await isOurs(out))) {
        throw new Refusal(`${out}: is there already, and not from this command`, "`--force` writes over it");
      }
      await save(out, text);
      await tellWritten(out, host);
    }
    return 0;
  },
};

/** Whether nothing is lost by writing the file: it is not there, is empty, or has been emitted. */
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
