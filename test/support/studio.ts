import { afterAll } from "vitest";
import { startServing } from "./serving.ts";

/** Runs `canary-router studio` until the tests of the file have ended; the address of its page. */
export async function serveStudio(...files: readonly string[]): Promise<string> {
  const { url, stop } = startServing("studio", files);
  afterAll(stop);
  return url;
}
