#!/usr/bin/env node
import { failureOf } from "./files/text.ts";
import { run } from "./run.ts";
import { abandon, type Output } from "./terminal/host.ts";

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());

/**
 * Handles errors of a standard stream, to which nothing more is written then. That its reader has gone is no error of the command;
 * that its disk is full is one, and the process ends with 2.
 */
function guarded(output: Output, name: string): Output {
  return output.once("error", (error: NodeJS.ErrnoException) => {
    output.on("error", () => {});
    abandon(output);
    if (error.code === "EPIPE") return;
    failed = true;
    process.exitCode = 2;
    if (output !== process.stderr) process.stderr.on("error", () => {}).write(`canary-router: ${name}: ${failureOf(error)}\n`);
  });
}

let failed = false;
const stdout = guarded(process.stdout, "standard output");
let stderr: Output | undefined;

const code = await run(process.argv.slice(2), {
  // Node takes milliseconds to open each stream, so it is opened when a command needs it.
  get stdin() {
    return process.stdin;
  },
  get stderr() {
    return (stderr ??= guarded(process.stderr, "standard error"));
  },
  stdout,
  columns: process.stdout.columns,
  env: process.env,
  interrupted: interruption.signal,
});
if (!failed) process.exitCode = code;
