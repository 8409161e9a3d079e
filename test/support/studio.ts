import { afterAll } from "vitest";
import { run } from "../../src/cli/run.ts";
import { hostOf } from "./command.ts";

/** Runs `canary-router studio` until the tests of the file have ended; the address of its page. */
export async function serveStudio(...files: readonly string[]): Promise<string> {
  const stop = new AbortController();
  let found: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => (found = resolve));
  const { host, texts } = hostOf({
    interrupted: stop.signal,
    onOutput: ({ stderr }) => {
      const [, address] = /is at (\S+)\n/.exec(stderr) ?? [];
      if (address !== undefined) found(address);
    },
  });
  const ended = run(["studio", "--listen", "127.0.0.1:0", ...files], host);
  afterAll(async () => {
    stop.abort();
    await ended;
  });
  return Promise.race([url, ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${texts.stderr}`)))]);
}
