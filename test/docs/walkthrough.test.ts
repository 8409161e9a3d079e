import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { scratch } from "../support/command.ts";
import { freePort, until } from "../support/daemon.ts";
import { isOutput, snippetsOf } from "../support/snippets.ts";

const { folder } = scratch();

/** Programs that a document leaves running. */
const background: ChildProcess[] = [];
afterAll(async () => {
  for (const child of background) {
    if (child.exitCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Readonly<Record<"devDependencies" | "peerDependencies", object>>;
const installed = new Set(["canary-router", ...Object.keys(manifest.devDependencies), ...Object.keys(manifest.peerDependencies)]);

/** The environment of a newcomer: `npx canary-router` is what was built, and `export` lines add to it. */
function environment(): Record<string, string | undefined> {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "npx"), `#!/bin/sh\nshift\nexec '${process.execPath}' '${resolve("dist/bin/main.js")}' "$@"\n`);
  chmodSync(join(bin, "npx"), 0o755);
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return { ...process.env, PATH: [bin, process.env["PATH"]].join(delimiter), HOME: folder, NO_COLOR: "1" };
}

/** Whether something listens on a port of loopback. */
async function listens(port: string): Promise<boolean> {
  const socket = connect(Number(port), "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}

test("a newcomer can follow docs/alias-api.md from its first command to its last", { timeout: 300_000 }, async () => {
  const env = environment();
  const ports = new Map<string, string>();
  for (const port of ["8070", "8080", "9001", "9002"]) ports.set(port, String(await freePort()));
  const moved = (text: string): string => text.replaceAll(/\b(?:8070|8080|9001|9002)\b/g, (port) => ports.get(port) ?? port);
  let commands = 0;

  for (const { language, text, output } of snippetsOf(readFileSync("docs/alias-api.md", "utf8"))) {
    const [, name] = /^(?:#|\/\/) (\S+\.\w+)$/m.exec(text.split("\n")[0] ?? "") ?? [];
    if (name !== undefined && (language === "yaml" || language === "mjs")) writeFileSync(join(folder, name), moved(text));
    if (language !== "console") continue;
    let printed = "";
    for (const line of text.split("\n")) {
      commands++;
      printed += await runLine(moved(line), env, output?.split("\n").at(-1));
    }
    if (output !== undefined && !isOutput(printed.trimEnd(), output)) expect(printed.trimEnd()).toBe(output);
  }
  expect(commands).toBeGreaterThan(10);
});

/** Runs a line of a shell, and gives what it prints. `expected` is what `curl` prints in the end: the document sleeps, and this asks again. */
async function runLine(line: string, env: Record<string, string | undefined>, expected: string | undefined): Promise<string> {
  const [program, ...args] = line.split(" ");
  switch (program) {
    case "npm":
      expect(args.slice(1).filter((name) => !installed.has(name.replace(/(?<=.)@[\d.]+$/, "")))).toEqual([]);
      return "";
    case "export":
      for (const [, name = "", value] of args.map((arg) => /^(\w+)=(.*)$/.exec(arg) ?? [])) env[name] = value;
      return "";
    case "sleep":
      return "";
    case "curl":
      return becoming(args.at(-1) ?? "", `${expected}\n`);
    default:
      return line.endsWith(" &")
        ? startLine(line.slice(0, -2), env)
        : (await promisify(execFile)("sh", ["-c", line], { cwd: folder, env })).stdout;
  }
}

/** Leaves a program running, once it listens on each port of loopback that it or its file names. */
async function startLine(line: string, env: Record<string, string | undefined>): Promise<string> {
  const [program = "", ...args] = line.split(" ");
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  background.push(child);
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const file = args.find((arg) => /\.(?:yaml|mjs)$/.test(arg) && !line.includes("--store"));
  const named = file === undefined ? line : readFileSync(join(folder, file), "utf8");
  const ports = [...named.matchAll(/(?:listen: |--listen )127\.0\.0\.1:(\d+)|listen\((\d+),/g)].map(([, one, other]) => one ?? other ?? "");
  expect(ports, line).not.toEqual([]);
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`\`${line}\` has ended with ${child.exitCode}: ${complaints}`);
    return (await Promise.all(ports.map(listens))).every(Boolean);
  }, 60);
  return "";
}

/** Asks a URL until it answers what is expected. */
async function becoming(url: string, expected: string): Promise<string> {
  let text = "";
  await until(async () => {
    text = await (await fetch(url)).text();
    return text === expected;
  }, 60).catch(() => {});
  return text;
}
