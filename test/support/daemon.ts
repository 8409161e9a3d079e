import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that runs beside a test, on loopback. */
export interface Daemon {
  readonly process: ChildProcess;
  /** What it has printed, on both streams. */
  readonly output: () => string;
  /** Sends a signal, and waits for the end where the signal ends it. */
  readonly kill: (signal: NodeJS.Signals) => Promise<void>;
}

/** Whether a program is there; where it is not, the tests that need it are skipped, unless `CI_ENGINES=required`. */
export function isInstalled(program: string, argument = "--version"): boolean {
  const there = spawnSync(program, [argument], { stdio: "ignore" }).error === undefined;
  if (!there) console.info(`skipped: there is no ${program} on the PATH; CI_ENGINES=required makes that a failure`);
  return there || process.env["CI_ENGINES"] === "required";
}

/** A port of loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a program and waits until `isReady` says so, which may throw meanwhile. */
export async function startDaemon(
  program: string,
  args: readonly string[],
  isReady: (daemon: Daemon) => boolean | Promise<boolean>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Daemon> {
  const child = spawn(program, [...args], { stdio: ["ignore", "pipe", "pipe"], env });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "exit");
  const daemon: Daemon = {
    process: child,
    output: () => output,
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      if (signal !== "SIGSTOP" && signal !== "SIGCONT" && signal !== "SIGHUP") await ended;
    },
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${output}`);
      return await isReady(daemon);
    });
  } catch (error) {
    await daemon.kill("SIGKILL");
    throw error;
  }
  return daemon;
}

/** Waits until something is so; what it throws meanwhile is the reason if it never is. */
export async function until(isSo: () => boolean | Promise<boolean>, seconds = 20): Promise<void> {
  let reason: unknown = new Error("it never was so");
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; await sleep(20)) {
    try {
      if (await isSo()) return;
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}
