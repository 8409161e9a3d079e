import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { isInstalled, startDaemon } from "./daemon.ts";

/** A runtime that serves `test/runtimes/entries.mjs`. */
export interface Runtime {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** The programs that the packages `bun`, `deno` and `workerd` install. */
const programOf = (name: string): string => resolve("node_modules/.bin", name);

/** What the package of Deno is told not to do: it may fetch nothing, and talk to loopback only. */
const DENO = ["run", "--cached-only", "--no-lock", "--no-check", "--allow-env", "--allow-read", "--allow-net=127.0.0.1"];

/** The runtimes, each with how it is started. Bun and Deno load what was built as it is; a Worker is bundled, as those of users are. */
export const runtimes: readonly { readonly name: string; readonly isThere: boolean; readonly start: () => Promise<Runtime> }[] = [
  { name: "Bun", isThere: isInstalled(programOf("bun")), start: () => started(programOf("bun"), ["test/runtimes/bun.mjs"]) },
  { name: "Deno", isThere: isInstalled(programOf("deno")), start: () => started(programOf("deno"), [...DENO, "test/runtimes/deno.mjs"]) },
  { name: "workerd", isThere: isInstalled(programOf("workerd")), start: startWorkerd },
];

async function started(program: string, args: readonly string[]): Promise<Runtime> {
  let origin = "";
  const daemon = await startDaemon(program, args, ({ output }) => {
    origin = /^serves (http:\S+)$/m.exec(output())?.[1] ?? "";
    return origin !== "";
  });
  return { origin, stop: () => daemon.kill("SIGKILL") };
}

/** It says on this stream which port it has got. */
const CONTROL = 1;

async function startWorkerd(): Promise<Runtime> {
  const folder = mkdtempSync(join(tmpdir(), "workerd-"));
  writeFileSync(join(folder, "app.js"), await bundle("test/runtimes/workerd.mjs"));
  writeFileSync(join(folder, "config.capnp"), CONFIG);
  let port: number | undefined;
  const daemon = await startDaemon(
    programOf("workerd"),
    ["serve", join(folder, "config.capnp"), `--control-fd=${CONTROL}`],
    ({ output }) => {
      const line = output()
        .split("\n")
        .find((each) => each.startsWith('{"event":"listen"'));
      port = line === undefined ? undefined : (JSON.parse(line) as { readonly port: number }).port;
      return port !== undefined;
    },
  );
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      await daemon.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One Worker, which may reach loopback. */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "app", worker = .app), (name = "loopback", network = (allow = ["local", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "app")],
);
const app :Workerd.Worker = (
  modules = [(name = "app.js", esModule = embed "app.js")],
  compatibilityDate = "2026-11-01",
  globalOutbound = "loopback",
);
`;

async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      modulePreload: false,
      target: "es2022",
      rolldownOptions: { input: resolve(entry), preserveEntrySignatures: "strict", output: { format: "es" } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (output === undefined || !("output" in output) || output.output.length !== 1) throw new Error("the Worker is not one module");
  return output.output[0].code;
}
