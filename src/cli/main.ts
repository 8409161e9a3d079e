#!/usr/bin/env node
import { run } from "./run.ts";
import { abandon, type Output } from "./terminal/host.ts";

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());

/** Handles EPIPE on a standard stream: when its reader has gone, nothing more is written to it. */
function guarded(output: Output): Output {
  return output.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    output.on("error", () => {});
    abandon(output);
  });
}

const stdout = guarded(process.stdout);
let stderr: Output | undefined;

process.exitCode = await run(process.argv.slice(2), {
  // Node takes milliseconds to open each stream, so it is opened when a command needs it.
  get stdin() {
    return process.stdin;
  },
  get stderr() {
    return (stderr ??= guarded(process.stderr));
  },
  stdout,
  columns: process.stdout.columns,
  env: process.env,
  interrupted: interruption.signal,
});
