import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** Where Chromium is installed; undefined where it is not. */
export function findChromium(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return ["chromium", "chromium-browser", "google-chrome"].flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Asks for something in the words of the DevTools protocol. */
type Ask = (method: string, params?: object) => Promise<Readonly<Record<string, unknown>>>;

/** A tab of a browser that has no window. */
export interface Tab {
  readonly ask: Ask;
  /** Told of every event from now on. */
  readonly onEvent: (listener: (method: string, params: Readonly<Record<string, unknown>>) => void) => void;
  readonly close: () => Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
  "--force-color-profile=srgb",
  "--remote-debugging-pipe",
];

/** Starts Chromium and opens a tab. They talk over a pipe, so no port is opened. */
export async function openTab(program: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const [, , , to, from] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, { readonly done: (result: Message["result"]) => void; readonly failed: (error: Error) => void }>();
  const listeners: Parameters<Tab["onEvent"]>[0][] = [];
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  void ended.then(() => {
    for (const { failed } of waiting.values()) failed(new Error("Chromium has ended"));
    waiting.clear();
  });
  to.on("error", () => {});

  let text = "";
  from.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = `${text}${chunk}`.split("\0");
    text = messages.pop() ?? "";
    for (const each of messages) {
      const { id, method, params, result, error } = JSON.parse(each) as Message;
      if (method !== undefined) for (const listener of listeners) listener(method, params ?? {});
      const asked = id === undefined ? undefined : waiting.get(id);
      if (id === undefined || asked === undefined) continue;
      waiting.delete(id);
      if (error === undefined) asked.done(result);
      else asked.failed(new Error(error.message));
    }
  });

  let last = 0;
  const send = (method: string, params: object, sessionId?: string): Promise<Readonly<Record<string, unknown>>> =>
    new Promise((done, failed) => {
      last++;
      waiting.set(last, { done: (result) => done(result ?? {}), failed });
      to.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });

  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  return {
    ask: (method, params = {}) => send(method, params, sessionId as string),
    onEvent: (listener) => void listeners.push(listener),
    close: async () => {
      await send("Browser.close", {}).catch(() => {});
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
