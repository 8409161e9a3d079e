import { run } from "../../src/cli/run.ts";
import { hostOf } from "./command.ts";

/** A command that serves until it is told to stop. */
export interface Serving {
  /** The address that it prints. Rejects where the command ends without one. */
  readonly url: Promise<string>;
  /** Stops it as Ctrl-C does; what it has printed. */
  readonly stop: () => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
}

/** Starts a command on a free port of loopback. */
export function startServing(name: "control" | "studio", args: readonly string[]): Serving {
  const stop = new AbortController();
  let found: (url: string) => void = () => {};
  const printed = new Promise<string>((resolve) => (found = resolve));
  const { host, texts } = hostOf({
    interrupted: stop.signal,
    onOutput: ({ stderr }) => {
      const [, address] = /is at (\S+)\n/.exec(stderr) ?? [];
      if (address !== undefined) found(address);
    },
  });
  const ended = run([name, "--listen", "127.0.0.1:0", ...args], host);
  const url = Promise.race([printed, ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${texts.stderr}`)))]);
  return {
    url,
    stop: async () => {
      stop.abort();
      return { code: await ended, ...texts };
    },
  };
}
