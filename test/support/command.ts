import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { afterAll } from "vitest";
import type { Terminal } from "../../src/cli/terminal/host.ts";
import { run } from "../../src/cli/run.ts";

/** How a command ended, and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of one test file's own, which goes when its tests are over, and a function that writes files there. */
export function scratch(): { readonly folder: string; readonly file: (name: string, content: unknown) => string } {
  const folder = mkdtempSync(join(tmpdir(), "canary-router-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, null, 2));
    return path;
  };
  return { folder, file };
}

/** What a command has to read, when it is interrupted, and who is told of everything printed so far, each time that something is. */
interface HostOptions {
  readonly env?: Terminal["env"];
  readonly stdin?: string | Readable;
  readonly interrupted?: AbortSignal;
  readonly onOutput?: (ended: Omit<Ended, "code">) => void;
}

/** Runs a command line. */
export async function command(args: readonly string[], options: HostOptions = {}): Promise<Ended> {
  const { host, texts } = hostOf(options);
  return { code: await run(args, host), ...texts };
}

/** A host for commands, and what they print. */
export function hostOf({ stdin = "", env = {}, interrupted = new AbortController().signal, onOutput }: HostOptions = {}): {
  readonly host: Terminal;
  readonly texts: { stdout: string; stderr: string };
} {
  const texts = { stdout: "", stderr: "" };
  const output = (to: keyof typeof texts): Writable =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        texts[to] += chunk.toString();
        onOutput?.({ ...texts });
        done();
      },
    });
  const host: Terminal = {
    stdin: typeof stdin === "string" ? Readable.from(stdin === "" ? [] : [Buffer.from(stdin)]) : stdin,
    stdout: output("stdout"),
    stderr: output("stderr"),
    env,
    interrupted,
  };
  return { host, texts };
}
