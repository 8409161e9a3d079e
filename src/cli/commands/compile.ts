import { emitModule } from "../../route/emit.ts";
import { type Command, defineCommand } from "../command.ts";
import { loadAlias } from "../files/load.ts";
import { checkOwn, save, tellWritten } from "../files/save.ts";
import { write } from "../terminal/host.ts";

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
      if (!force) await checkOwn(out, EMITTED);
      await save(out, text);
      await tellWritten(out, host);
    }
    return 0;
  },
});
