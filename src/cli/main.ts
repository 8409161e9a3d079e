#!/usr/bin/env node
import { run } from "./run.ts";
import { abandon } from "./terminal/host.ts";

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());

for (const output of [process.stdout, process.stderr]) {
  output.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    abandon(output);
  });
}

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  columns: process.stdout.columns,
  env: process.env,
  interrupted: interruption.signal,
});
